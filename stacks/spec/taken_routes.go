package spec

import (
	"fmt"
	"slices"
	"strings"

	"github.com/djangostack/djangostack/components/names"
)

// EnvironmentLabel is the label of every object with the stack's name, and EnvironmentLabelValue
// its value.
const EnvironmentLabel = "djangostack/environment"

// EnvironmentLabelValue is the value of EnvironmentLabel.
func (e *Environment) EnvironmentLabelValue() string { return names.Label(e.stack) }

// SharesRoutes reports whether all Ingresses of the class lead requests to one address, so that
// two of them can claim the same host and path. The controllers of AWS and Google Cloud create a
// load balancer for each Ingress.
func (i *Ingress) SharesRoutes() bool {
	return i.IngressClassName != ALBClass && !strings.HasPrefix(i.IngressClassName, "gce")
}

// RouteField is the field that a route of AllRoutes comes from.
func (e *Environment) RouteField(route Route) string {
	i := slices.IndexFunc(e.Routes, func(r Route) bool { return r.Host == route.Host && samePath(r.Path, route.Path) })
	switch {
	case i >= 0:
		return indexed("routes", i)
	case e.App.URL != "":
		return "app.url"
	default:
		return "web.ingress.host"
	}
}

// TakenRoute is a host and path that an object of somebody else claims already.
type TakenRoute struct {
	// Field is the configuration's field that claims them as well.
	Field      string
	Host, Path string
	// Kind, Namespace and Name are the object's, and Environment is whose it is, if it says so.
	Kind, Namespace, Name, Environment string
}

// TakenRoutesError names the routes that an update would share with others.
type TakenRoutesError struct {
	// Namespace of the environment.
	Namespace string
	Routes    []TakenRoute
}

func (e *TakenRoutesError) Error() string {
	var text strings.Builder
	fmt.Fprintf(&text, "the environment in the namespace %s claims hosts and paths that others in the cluster have:", e.Namespace)
	for _, route := range e.Routes {
		whose := ""
		if route.Environment != "" {
			whose = ", of the environment " + route.Environment
		}
		fmt.Fprintf(&text, "\n  %s: %s%s is led elsewhere by the %s %s in the namespace %s%s: the controller would choose one of the two; use another host or path, or remove that %s",
			route.Field, route.Host, route.Path, route.Kind, route.Name, route.Namespace, whose, route.Kind)
	}
	return text.String()
}
