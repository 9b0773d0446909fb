package aws

import (
	components "github.com/djangostack/djangostack/components/aws"
	"github.com/djangostack/djangostack/stacks/spec"
)

// backends lists where routes lead besides the port of web.
func (w wiring) backends() []components.Backend {
	var backends []components.Backend
	for _, target := range w.environment.RouteTargets() {
		if target.Name() == spec.WebProcess {
			continue
		}
		backends = append(backends, components.Backend{
			Name:         target.Name(),
			Port:         target.PodPort,
			Health:       components.HealthCheck{Path: w.environment.HealthPathOf(target), Codes: healthyCodes},
			DrainSeconds: w.environment.DrainOf(target.Process),
		})
	}
	return backends
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
		if target := w.environment.TargetOf(route).Name(); target != spec.WebProcess {
			rule.Backend = target
		}
		rules = append(rules, rule)
	}
	return rules
}
