package aws

import (
	components "github.com/djangostack/djangostack/components/aws"
	"github.com/djangostack/djangostack/stacks/spec"
)

// backends lists the processes besides web that routes lead to.
func (w wiring) backends() []components.Backend {
	var backends []components.Backend
	for _, process := range w.environment.RoutedProcesses() {
		if process == spec.WebProcess {
			continue
		}
		backends = append(backends, components.Backend{
			Name:         process,
			Port:         w.environment.PortOf(process),
			Health:       components.HealthCheck{Path: w.environment.HealthPathOf(process), Codes: healthyCodes},
			DrainSeconds: w.environment.DrainOf(process),
		})
	}
	return backends
}

// rules lists the rules of the load balancer; none if it leads to web only.
func (w wiring) rules() []components.Rule {
	routes := w.environment.AllRoutes()
	if len(routes) == 1 && routes[0].Process == spec.WebProcess && routes[0].Path == "/" {
		return nil
	}
	var rules []components.Rule
	for _, route := range routes {
		rule := components.Rule{Host: route.Host, Path: route.Path, RedirectTo: route.RedirectTo}
		if route.Process != spec.WebProcess {
			rule.Backend = route.Process
		}
		rules = append(rules, rule)
	}
	return rules
}
