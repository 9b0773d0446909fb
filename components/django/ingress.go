package django

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	networkingv1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/networking/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// Ingress is the controller of the routes.
type Ingress struct {
	ClassName string
	// Annotations of every Ingress. Those that ask an issuer for a certificate are on the
	// first one only: two Ingresses cannot own one certificate.
	Annotations map[string]string
	// RedirectHTTP says that requests over http to hosts with a certificate are redirected to
	// https. ingress-nginx does it without being told.
	RedirectHTTP bool
	// DefaultCertificate says that the controller serves hosts whose route names no Secret with
	// its default certificate.
	DefaultCertificate bool
	// ACME is an Issuer of the environment's own; nil for none. The annotations name it.
	ACME *ACME
}

// ingressGroup are the routes of one Ingress: annotations hold for all of its rules.
type ingressGroup struct {
	// first is the index of the route that the Ingress is named after.
	first       int
	routes      []Route
	annotations pulumi.StringMap
	actions     map[int]string
}

// ingresses registers one Ingress for the first route and those with the same settings, and
// one for each other route.
func (a *RoutesArgs) ingresses(ctx *pulumi.Context, name string, parent pulumi.Resource) error {
	if acme := a.Ingress.ACME; acme != nil {
		if err := a.issuer(ctx, name, acme, parent); err != nil {
			return err
		}
	}
	groups, err := a.groups(ctx, name, parent)
	if err != nil {
		return err
	}
	for _, group := range groups {
		suffix, metadata := a.metadata(group.first)
		metadata.Annotations = group.annotations
		options := []pulumi.ResourceOption{pulumi.Parent(parent)}
		if group.first == 0 && a.Web != nil {
			options = append(options, pulumi.Aliases([]pulumi.Alias{{Parent: a.Web}}))
		}
		_, err := networkingv1.NewIngress(ctx, name+"-"+suffix, &networkingv1.IngressArgs{
			Metadata: metadata,
			Spec: networkingv1.IngressSpecArgs{
				IngressClassName: pulumi.String(a.Ingress.ClassName),
				Rules:            group.rules(a.ingressPaths),
				Tls:              a.tls(group),
			},
		}, options...)
		if err != nil {
			return fmt.Errorf("registering the Ingress of %s%s: %w", group.routes[0].Host, group.routes[0].Path, err)
		}
	}
	return nil
}

// groups returns the Ingresses, the first route's first.
func (a *RoutesArgs) groups(ctx *pulumi.Context, name string, parent pulumi.Resource) ([]ingressGroup, error) {
	if a.Ingress.ClassName == albClass {
		return []ingressGroup{a.albGroup()}, nil
	}
	var groups []ingressGroup
	for i, route := range a.Routes {
		if i > 0 && a.settings(route) == a.settings(a.Routes[0]) {
			groups[0].routes = append(groups[0].routes, route)
			continue
		}
		annotations, err := a.annotations(ctx, name, i, parent)
		if err != nil {
			return nil, err
		}
		groups = append(groups, ingressGroup{first: i, routes: []Route{route}, annotations: annotations})
	}
	return groups, nil
}

// settings is the same for routes that can share the annotations of one Ingress.
func (a *RoutesArgs) settings(r Route) string {
	signIn := SignIn{}
	if r.SignIn != nil {
		signIn = *r.SignIn
	}
	return fmt.Sprintf("%q %d %q %q %t %d", r.RedirectTo, r.TimeoutSeconds, signIn, r.Annotations, a.redirectsScheme(r), a.priority(r))
}

// annotations returns those of the Ingress of one route: those of all, of the controller, and
// of the route, the later ones last.
func (a *RoutesArgs) annotations(ctx *pulumi.Context, name string, i int, parent pulumi.Resource) (pulumi.StringMap, error) {
	route := a.Routes[i]
	all := pulumi.StringMap{}
	for key, value := range a.Ingress.Annotations {
		if i == 0 || !issues(key) {
			all[key] = pulumi.String(value)
		}
	}
	if controller := a.controller(); controller != nil {
		own, err := controller.annotate(ctx, a, name, i, parent)
		if err != nil {
			return nil, err
		}
		for key, value := range own {
			if _, stated := a.Ingress.Annotations[key]; !stated || controller.replaces(key) {
				all[key] = value
			}
		}
	}
	maps.Copy(all, pulumi.ToStringMap(route.Annotations))
	return all, nil
}

// issues reports whether an annotation asks cert-manager for a certificate
// (https://cert-manager.io/docs/usage/ingress/).
func issues(key string) bool {
	return strings.HasPrefix(key, "cert-manager.io/") || strings.HasPrefix(key, "acme.cert-manager.io/") || key == "kubernetes.io/tls-acme"
}

// Certificates returns the names of the Certificates that cert-manager creates for the routes because
// annotations ask for them: those of the Secrets that it writes (https://cert-manager.io/docs/usage/ingress/).
func (a *RoutesArgs) Certificates() []string {
	if a.Ingress == nil {
		return nil
	}
	asked := func(annotations map[string]string) bool {
		return slices.ContainsFunc(slices.Collect(maps.Keys(annotations)), issues)
	}
	var names []string
	for _, route := range a.Routes {
		if secret := route.TLSSecret; secret != "" && !slices.Contains(names, secret) && (asked(a.Ingress.Annotations) || asked(route.Annotations)) {
			names = append(names, secret)
		}
	}
	return names
}

// rules returns one rule for each host, in the order of the routes.
func (g ingressGroup) rules(pathsOf func(r Route, action string) networkingv1.HTTPIngressPathArray) networkingv1.IngressRuleArray {
	var hosts []string
	paths := map[string]networkingv1.HTTPIngressPathArray{}
	for i, route := range g.routes {
		if !slices.Contains(hosts, route.Host) {
			hosts = append(hosts, route.Host)
		}
		paths[route.Host] = append(paths[route.Host], pathsOf(route, g.actions[i])...)
	}
	var rules networkingv1.IngressRuleArray
	for _, host := range hosts {
		rule := networkingv1.IngressRuleArgs{Http: networkingv1.HTTPIngressRuleValueArgs{Paths: paths[host]}}
		if host != AnyHost {
			rule.Host = pulumi.String(host)
		}
		rules = append(rules, rule)
	}
	return rules
}

// ingressPaths lead to the Service, or to an action that an annotation describes. Traefik by
// default takes a prefix for one of characters, so that /api would match /apiary, and /api/ not
// /api (https://doc.traefik.io/traefik/reference/install-configuration/providers/kubernetes/kubernetes-ingress/).
func (a *RoutesArgs) ingressPaths(r Route, action string) networkingv1.HTTPIngressPathArray {
	path := strings.TrimRight(r.Path, "/")
	if a.priority(r) == 0 {
		return networkingv1.HTTPIngressPathArray{r.ingressPath("Prefix", r.Path, action)}
	}
	return networkingv1.HTTPIngressPathArray{r.ingressPath("Exact", path, action), r.ingressPath("Prefix", path+"/", action)}
}

func (r Route) ingressPath(kind, path, action string) networkingv1.HTTPIngressPathArgs {
	backend := networkingv1.IngressServiceBackendArgs{
		Name: pulumi.String(r.Service),
		Port: networkingv1.ServiceBackendPortArgs{Name: pulumi.String(cmp.Or(r.PortName, "http"))},
	}
	if action != "" {
		backend = networkingv1.IngressServiceBackendArgs{
			Name: pulumi.String(action),
			Port: networkingv1.ServiceBackendPortArgs{Name: pulumi.String("use-annotation")},
		}
	}
	return networkingv1.HTTPIngressPathArgs{
		Path:     pulumi.String(path),
		PathType: pulumi.String(kind),
		Backend:  networkingv1.IngressBackendArgs{Service: backend},
	}
}
