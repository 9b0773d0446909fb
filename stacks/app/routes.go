package app

import (
	"cmp"
	"maps"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/djangostack/djangostack/components/component"
	"github.com/djangostack/djangostack/components/django"
	"github.com/djangostack/djangostack/stacks/spec"
)

// routes registers the Ingress or the HTTPRoutes of an existing cluster. The load balancer of a
// cloud leads to the Services itself.
func (w wiring) routes(web *django.Web, processes []pulumi.Resource) error {
	args := w.routesArgs()
	if args == nil {
		return nil
	}
	args.Web = web
	before := append([]pulumi.Resource{web}, processes...)
	_, err := django.NewRoutes(w.ctx, w.name, args, component.With(w.options, pulumi.DependsOn(before))...)
	return err
}

// routesArgs describes the routes; nil without an Ingress or HTTPRoutes.
func (w wiring) routesArgs() *django.RoutesArgs {
	ingress, gateway := w.environment.Web.Ingress, w.environment.Web.Gateway
	if w.environment.HasCloud() || ingress == nil && gateway == nil {
		return nil
	}
	args := &django.RoutesArgs{Namespace: w.namespace, Labels: w.labels, Objects: w.stored.objects}
	if ingress != nil {
		annotations := maps.Clone(w.environment.IssuerAnnotations())
		if annotations == nil {
			annotations = map[string]string{}
		}
		maps.Copy(annotations, ingress.Annotations)
		args.Ingress = &django.Ingress{ClassName: ingress.IngressClassName, Annotations: annotations, RedirectHTTP: w.environment.Secure(), DefaultCertificate: ingress.DefaultCertificate, ACME: w.acme()}
	}
	if gateway != nil {
		args.Gateway = &django.Gateway{Name: gateway.Name, Namespace: gateway.Namespace, SectionName: gateway.SectionName, HTTPSectionName: gateway.HTTPSectionName, Annotations: gateway.Annotations}
	}
	for _, route := range w.environment.AllRoutes() {
		args.Routes = append(args.Routes, w.route(route))
	}
	return args
}

func (w wiring) route(wanted spec.Route) django.Route {
	target := w.environment.TargetOf(wanted)
	route := django.Route{
		Host:           wanted.Host,
		Path:           wanted.Path,
		Service:        target.Service,
		ServicePort:    target.ServicePort,
		PortName:       target.Port,
		TimeoutSeconds: w.environment.ControllerTimeout(wanted),
		TLSSecret:      wanted.TLSSecretName,
		Annotations:    wanted.Annotations,
	}
	if wanted.RedirectTo != "" {
		route.RedirectTo = w.environment.OriginOf(wanted.RedirectTo)
	}
	// The certificate of the app's hosts is not for every name.
	if ingress := w.environment.Web.Ingress; ingress != nil && wanted.Host != spec.AnyHost {
		route.TLSSecret = cmp.Or(wanted.TLSSecretName, ingress.TLSSecretName)
	}
	if signIn := wanted.SignIn; signIn != nil {
		route.SignIn = &django.SignIn{BasicAuthSecret: signIn.BasicAuthSecretName, AuthURL: signIn.AuthURL, LoginURL: signIn.LoginURL}
	}
	return route
}

// HostsOutside returns the hosts of the routes that are not in the environment's zone, with
// what their own zones have to point to; nil if there are none.
func HostsOutside(environment *spec.Environment, target pulumi.StringInput) pulumi.StringMap {
	outside := pulumi.StringMap{}
	for _, host := range environment.HostsOutside() {
		outside[host] = target
	}
	if len(outside) == 0 {
		return nil
	}
	return outside
}
