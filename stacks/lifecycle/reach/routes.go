package reach

import (
	"context"
	"fmt"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/rest"

	"github.com/djangostack/djangostack/components/labels"
	"github.com/djangostack/djangostack/stacks/spec"
)

// claim is a host and a path that an object leads to its Service.
type claim struct{ host, path string }

func claimOf(host, path string) claim {
	if host == "" {
		host = spec.AnyHost
	}
	return claim{strings.ToLower(host), "/" + strings.Trim(path, "/")}
}

// takenRoutes looks for objects of others that claim a host and a path of the environment. The API server takes
// both, and the controller would lead the requests to one of them. What the kubeconfig's user may not list is not
// looked at.
func takenRoutes(ctx context.Context, config *rest.Config, environment *spec.Environment) error {
	kind, resource, claims := routesOf(environment)
	if claims == nil {
		return nil
	}
	client, err := dynamic.NewForConfig(config)
	if err != nil {
		return fmt.Errorf("connecting to the cluster at %s: %w", config.Host, err)
	}
	found, err := client.Resource(resource).List(ctx, metav1.ListOptions{})
	switch {
	case unreadable(err):
		return nil
	case err != nil:
		return fmt.Errorf("listing what claims hosts and paths in the cluster at %s: %w", config.Host, err)
	}
	result := &spec.TakenRoutesError{Namespace: environment.Namespace.Name}
	for _, object := range found.Items {
		if isOwn(object, environment) {
			continue
		}
		theirs := claims(object)
		for _, route := range environment.AllRoutes() {
			if !theirs[claimOf(route.Host, route.Path)] {
				continue
			}
			result.Routes = append(result.Routes, spec.TakenRoute{
				Field: environment.RouteField(route), Host: route.Host, Path: route.Path,
				Kind: kind, Namespace: object.GetNamespace(), Name: object.GetName(), Environment: environmentOf(object),
			})
		}
	}
	if len(result.Routes) > 0 {
		return result
	}
	return nil
}

// routesOf returns what leads requests to the environment, and a function that reads the claims of such an object on
// the same controller or Gateway; nil if the objects of others cannot be in the way.
func routesOf(environment *spec.Environment) (kind string, resource schema.GroupVersionResource, claims func(unstructured.Unstructured) map[claim]bool) {
	ingress, gateway := environment.Web.Ingress, environment.Web.Gateway
	switch {
	case environment.HasCloud():
		return "", schema.GroupVersionResource{}, nil
	case ingress != nil && ingress.SharesRoutes():
		return "Ingress", schema.GroupVersionResource{Group: "networking.k8s.io", Version: "v1", Resource: "ingresses"},
			func(object unstructured.Unstructured) map[claim]bool {
				return ofIngress(object, ingress.IngressClassName)
			}
	case gateway != nil:
		return "HTTPRoute", schema.GroupVersionResource{Group: "gateway.networking.k8s.io", Version: "v1", Resource: "httproutes"},
			func(object unstructured.Unstructured) map[claim]bool { return ofHTTPRoute(object, gateway) }
	default:
		return "", schema.GroupVersionResource{}, nil
	}
}

// isOwn tells whether an object is one that an earlier update of the environment made, in whatever namespace.
func isOwn(object unstructured.Unstructured, environment *spec.Environment) bool {
	has := object.GetLabels()
	return has[labels.NameLabel] == environment.App.Name && has[spec.EnvironmentLabel] == environment.EnvironmentLabelValue()
}

// environmentOf says whose an object is; empty if it does not say so.
func environmentOf(object unstructured.Unstructured) string {
	has := object.GetLabels()
	if has[spec.EnvironmentLabel] == "" {
		return ""
	}
	return has[spec.EnvironmentLabel] + " of " + has[labels.NameLabel]
}

// ofIngress reads the claims of an Ingress of a class. A canary of ingress-nginx shares those of another on purpose
// (https://kubernetes.github.io/ingress-nginx/user-guide/nginx-configuration/annotations/#canary).
func ofIngress(object unstructured.Unstructured, class string) map[claim]bool {
	annotations := object.GetAnnotations()
	its, _, _ := unstructured.NestedString(object.Object, "spec", "ingressClassName")
	if its == "" {
		its = annotations["kubernetes.io/ingress.class"]
	}
	if its != class || annotations["nginx.ingress.kubernetes.io/canary"] == "true" {
		return nil
	}
	claims := map[claim]bool{}
	for _, rule := range objectsAt(object.Object, "spec", "rules") {
		host, _, _ := unstructured.NestedString(rule, "host")
		for _, path := range objectsAt(rule, "http", "paths") {
			if path["pathType"] == "Exact" {
				continue
			}
			text, _, _ := unstructured.NestedString(path, "path")
			claims[claimOf(host, text)] = true
		}
	}
	return claims
}

// ofHTTPRoute reads the claims of an HTTPRoute that is attached to a Gateway. A match of a header, a method or a
// parameter is more than a host and a path, and comes before them.
func ofHTTPRoute(object unstructured.Unstructured, gateway *spec.Gateway) map[claim]bool {
	if !attached(object, gateway) {
		return nil
	}
	hosts, _, _ := unstructured.NestedStringSlice(object.Object, "spec", "hostnames")
	if len(hosts) == 0 {
		hosts = []string{spec.AnyHost}
	}
	claims := map[claim]bool{}
	for _, rule := range objectsAt(object.Object, "spec", "rules") {
		matches := objectsAt(rule, "matches")
		if len(matches) == 0 {
			matches = []map[string]any{{}}
		}
		for _, match := range matches {
			kind, _, _ := unstructured.NestedString(match, "path", "type")
			path, _, _ := unstructured.NestedString(match, "path", "value")
			if match["headers"] != nil || match["queryParams"] != nil || match["method"] != nil || kind != "" && kind != "PathPrefix" {
				continue
			}
			for _, host := range hosts {
				claims[claimOf(host, path)] = true
			}
		}
	}
	return claims
}

// attached tells whether a route belongs to a Gateway, on a listener that the environment's routes are on as well.
func attached(object unstructured.Unstructured, gateway *spec.Gateway) bool {
	for _, parent := range objectsAt(object.Object, "spec", "parentRefs") {
		namespace, has, _ := unstructured.NestedString(parent, "namespace")
		if !has {
			namespace = object.GetNamespace()
		}
		section, _, _ := unstructured.NestedString(parent, "sectionName")
		same := section == "" || gateway.SectionName == "" || section == gateway.SectionName
		if parent["name"] == gateway.Name && namespace == gateway.Namespace && same {
			return true
		}
	}
	return false
}

// objectsAt returns the objects of a list; none if there is no such list.
func objectsAt(value map[string]any, path ...string) []map[string]any {
	list, _, _ := unstructured.NestedSlice(value, path...)
	var found []map[string]any
	for _, each := range list {
		if object, is := each.(map[string]any); is {
			found = append(found, object)
		}
	}
	return found
}
