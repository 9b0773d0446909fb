package gcp

import (
	components "github.com/djangostack/djangostack/components/gcp"
	"github.com/djangostack/djangostack/stacks/spec"
)

// backends lists the processes besides web that routes lead to.
func (w wiring) backends() []components.Backend {
	var backends []components.Backend
	for _, process := range w.environment.RoutedProcesses() {
		if process == spec.WebProcess {
			continue
		}
		service, port := w.environment.ServiceOf(process)
		backends = append(backends, components.Backend{
			Name:           process,
			Service:        service,
			ServicePort:    port,
			PodPorts:       w.environment.RoutedPorts(process),
			DrainSeconds:   w.environment.DrainOf(process),
			TimeoutSeconds: w.environment.RouteTimeout(process),
		})
	}
	return backends
}

// webPorts lists the ports of the web pods that the load balancer leads to. Its policies are there
// without a route to them too.
func (w wiring) webPorts() []int {
	if ports := w.environment.RoutedPorts(spec.WebProcess); len(ports) > 0 {
		return ports
	}
	return []int{w.environment.Web.Port}
}

// rules lists the rules of the load balancer; none if it leads to web only.
func (w wiring) rules() []components.Rule {
	routes := w.environment.AllRoutes()
	if len(routes) == 1 && w.environment.TargetOf(routes[0]).Name() == spec.WebProcess && routes[0].Path == "/" {
		return nil
	}
	var rules []components.Rule
	for _, route := range routes {
		rule := components.Rule{Host: route.Host, Path: route.Path, RedirectTo: route.RedirectTo}
		if route.Process != spec.WebProcess {
			rule.Backend = route.Process
		}
		if route.Port != "" {
			rule.ServicePort = w.environment.TargetOf(route).ServicePort
		}
		rules = append(rules, rule)
	}
	return rules
}

// certificates returns the issued certificates of hosts outside of the zone, by host.
func (w wiring) certificates() map[string]string {
	certificates := map[string]string{}
	for _, route := range w.environment.AllRoutes() {
		if route.Certificate != "" {
			certificates[route.Host] = route.Certificate
		}
	}
	return certificates
}
