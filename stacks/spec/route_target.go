package spec

import (
	"cmp"
	"regexp"
	"slices"
	"strings"

	"github.com/djangostack/djangostack/components/names"
)

// RouteTarget is the port of a process that requests are led to.
type RouteTarget struct {
	// Process is web, or the name of one of processes.
	Process string
	// Port is the name of a further port of the process; empty for its own.
	Port string
	// Service leads to the pods. ServicePort is its port, and PodPort that of the pods.
	Service     string
	ServicePort int
	PodPort     int
}

// plainTarget matches the names of targets that are processes: a dot divides the others.
var plainTarget = regexp.MustCompile(`^[^.]*$`)

// Name tells the target from every other one: the process' name for its own port.
func (t RouteTarget) Name() string {
	if t.Port == "" {
		return t.Process
	}
	return names.Distinct(names.MaxDNSLabel, plainTarget, t.Process+"."+t.Port)
}

// TargetOf returns where a route leads. A redirect leads to web, because an Ingress has no rule
// without a Service.
func (e *Environment) TargetOf(route Route) RouteTarget {
	target := RouteTarget{Process: cmp.Or(route.Process, WebProcess), Port: route.Port}
	target.Service, target.ServicePort = e.ServiceOf(target.Process)
	target.PodPort = e.PortOf(target.Process)
	if port := e.portOf(target.Process, route.Port); port != nil {
		target.ServicePort, target.PodPort = port.ServicePort, port.ContainerPort
	}
	return target
}

// RouteTargets lists where the routes lead, each target once, web's own port first.
func (e *Environment) RouteTargets() []RouteTarget {
	targets := []RouteTarget{}
	for _, route := range e.AllRoutes() {
		if target := e.TargetOf(route); route.RedirectTo == "" && !slices.Contains(targets, target) {
			targets = append(targets, target)
		}
	}
	slices.SortStableFunc(targets, func(a, b RouteTarget) int {
		return cmp.Compare(boolRank(a.Name() != WebProcess), boolRank(b.Name() != WebProcess))
	})
	return targets
}

// RoutedPorts lists the ports of a process' pods that routes lead to, in ascending order.
func (e *Environment) RoutedPorts(process string) []int {
	var ports []int
	for _, target := range e.RouteTargets() {
		if target.Process == process {
			ports = append(ports, target.PodPort)
		}
	}
	slices.Sort(ports)
	return ports
}

// furtherPorts lists the ports of a process besides its own, with their field.
func (e *Environment) furtherPorts(process string) (at string, ports []Port) {
	if process == WebProcess {
		return "web.ports", e.Web.Ports
	}
	i := slices.IndexFunc(e.Processes, func(p Process) bool { return p.Name == process })
	if i < 0 {
		return "", nil
	}
	return indexed("processes", i) + ".ports", e.Processes[i].Ports
}

// portOf returns a further port of a process by its name; nil if it has none.
func (e *Environment) portOf(process, name string) *Port {
	_, ports := e.furtherPorts(process)
	i := slices.IndexFunc(ports, func(p Port) bool { return p.Name == name })
	if i < 0 {
		return nil
	}
	return &ports[i]
}

// checkRoutePort reports a port that the process lacks, or that its Service does not lead to.
func (e *Environment) checkRoutePort(problems *Problems, path string, route Route) {
	if route.Port == "" {
		return
	}
	at, ports := e.furtherPorts(route.Process)
	i := slices.IndexFunc(ports, func(p Port) bool { return p.Name == route.Port })
	switch {
	case route.Port == mainPort:
		problems.add(path+".port", route.Port, "is the port of the process itself, to which a route leads without it; leave it out")
	case i < 0 && len(ports) == 0:
		problems.add(path+".port", route.Port, "needs a port of this name in %s, which is empty", at)
	case i < 0:
		problems.add(path+".port", route.Port, "is no port of %s; allowed: %s", at, portNames(ports))
	case ports[i].Protocol == UDP:
		problems.add(path+".port", route.Port, "is a port of UDP, and routes lead requests of HTTP: use service.type LoadBalancer of the process")
	case ports[i].ServicePort == 0:
		problems.add(path+".port", route.Port, "needs %s.servicePort, the port of the Service that leads to it, for instance %d", indexed(at, i), ports[i].ContainerPort)
	}
}

func portNames(ports []Port) string {
	all := make([]string, 0, len(ports))
	for _, port := range ports {
		all = append(all, port.Name)
	}
	return strings.Join(all, ", ")
}
