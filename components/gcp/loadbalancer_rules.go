package gcp

import (
	"cmp"
	"errors"
	"fmt"
	"hash/fnv"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/djangostack/djangostack/components/gcp/limits"
	"github.com/djangostack/djangostack/components/names"
	"github.com/djangostack/djangostack/components/validate"
)

// Backend is a Service that the load balancer leads to.
type Backend struct {
	// Name of the process; empty for the Service of LoadBalancerArgs.
	Name string
	// Service and its port; PodPorts are the ports of its pods that rules lead to.
	Service     string
	ServicePort int
	PodPorts    []int
	Health      HealthCheck
	// DrainSeconds is how long a stopping pod may take to finish its requests, 0 to 3600.
	DrainSeconds int
	// TimeoutSeconds is how long a response or a WebSocket may last, 1 to 2147483647.
	TimeoutSeconds int
}

// Rule leads the requests to a host and path to a process, or redirects them.
type Rule struct {
	// Host is one of LoadBalancerArgs.Hosts.
	Host string
	// Path and everything below it.
	Path string
	// Backend is the name of one of LoadBalancerArgs.Backends; empty for the Service of
	// LoadBalancerArgs.
	Backend string
	// ServicePort is another port of the Service; 0 for the backend's own.
	ServicePort int
	// RedirectTo is the host of a permanent redirect; empty for none.
	RedirectTo string
}

func (a *LoadBalancerArgs) checkRules() error {
	const mostPort = 65535
	var problems []error
	known := []string{""}
	for i, backend := range a.Backends {
		at := fmt.Sprintf("Backends[%d]", i)
		known = append(known, backend.Name)
		problems = append(problems,
			validate.Check("LoadBalancer", validate.Required(at+".Name", backend.Name != ""), validate.Required(at+".Service", backend.Service != "")),
			validate.Within("LoadBalancer", at+".ServicePort", backend.ServicePort, 1, mostPort),
			checkPodPorts(at+".PodPorts", backend.PodPorts, backend.Health),
			validate.Within("LoadBalancer", at+".DrainSeconds", backend.DrainSeconds, 0, limits.MaxDrainSeconds),
			validate.Within("LoadBalancer", at+".TimeoutSeconds", backend.TimeoutSeconds, 1, limits.MaxBackendTimeoutSeconds))
	}
	for i, rule := range a.Rules {
		at := fmt.Sprintf("Rules[%d]", i)
		problems = append(problems,
			validate.Check("LoadBalancer", validate.Required(at+".Path", strings.HasPrefix(rule.Path, "/"))),
			validate.Within("LoadBalancer", at+".ServicePort", rule.ServicePort, 0, mostPort),
			validate.RefuseIf(!slices.Contains(a.Hosts, rule.Host), "LoadBalancer", fmt.Sprintf("%s.Host is %q, which is not one of Hosts", at, rule.Host)),
			validate.RefuseIf(!slices.Contains(known, rule.Backend), "LoadBalancer", fmt.Sprintf("%s.Backend is %q, which is not one of Backends", at, rule.Backend)))
	}
	return errors.Join(problems...)
}

// checkPodPorts refuses a path of the health check for several ports: the policy of a Service has
// one for all of them.
func checkPodPorts(at string, ports []int, health HealthCheck) error {
	const mostPort = 65535
	problems := []error{
		validate.Check("LoadBalancer", validate.Required(at, len(ports) > 0)),
		validate.RefuseIf(len(ports) > 1 && health.Path != "", "LoadBalancer", at+": Health.Path goes with one port only"),
	}
	for i, port := range ports {
		problems = append(problems, validate.Within("LoadBalancer", fmt.Sprintf("%s[%d]", at, i), port, 1, mostPort))
	}
	return errors.Join(problems...)
}

// web is the Service of the arguments themselves.
func (a *LoadBalancerArgs) web() Backend {
	return Backend{
		Service: a.Service, ServicePort: a.ServicePort, PodPorts: a.PodPorts,
		Health: a.Health, DrainSeconds: a.DrainSeconds, TimeoutSeconds: a.TimeoutSeconds,
	}
}

// policies registers the health check and the settings of each Service.
func (o *gatewayObjects) policies(name string, securityPolicy pulumi.StringInput) []pulumi.Resource {
	var all []pulumi.Resource
	for _, backend := range append([]Backend{o.args.web()}, o.args.Backends...) {
		part := name
		if backend.Name != "" {
			part += "-" + backend.Name
		}
		all = append(all,
			o.register(part+"-health", "networking.gke.io/v1", "HealthCheckPolicy", backend.Service, nil, backend.healthCheck()),
			o.register(part+"-backend", "networking.gke.io/v1", "GCPBackendPolicy", backend.Service, nil, o.args.backendPolicy(backend, securityPolicy)))
	}
	return all
}

// routes registers one HTTPRoute for each host. Without rules all hosts share one, which leads
// to the Service.
func (o *gatewayObjects) routes(name string, before []pulumi.Resource) {
	a := o.args
	if len(a.Rules) == 0 {
		o.register(name+"-route", gatewayVersion, "HTTPRoute", a.Service, nil, a.httpRoute(httpsListener, a.Hosts, a.webRules("/")...), before...)
		return
	}
	for i, host := range a.Hosts {
		part, object := name+"-route", a.Service
		if i > 0 {
			part, object = name+"-route-"+hostKey(host), names.Fit(names.MaxDNSLabel, a.Service, "route", hostKey(host))
		}
		var rules []pulumi.Map
		for _, rule := range a.Rules {
			if rule.Host == host {
				rules = append(rules, a.gatewayRules(i == 0, rule)...)
			}
		}
		o.register(part, gatewayVersion, "HTTPRoute", object, nil, a.httpRoute(httpsListener, []string{host}, rules...), before...)
	}
}

// hostKey is part of the name of a host's objects. The hash tells apart what the name does not.
func hostKey(host string) string {
	const length = 30
	sum := fnv.New32a()
	sum.Write([]byte(host))
	return fmt.Sprintf("%s-%08x", names.Fit(length, strings.Replace(host, "*", "any", 1)), sum.Sum32())
}

// gatewayRules are the rules of one route. The CDN is part of those to the Service on the first
// host.
func (a *LoadBalancerArgs) gatewayRules(first bool, rule Rule) []pulumi.Map {
	if rule.RedirectTo != "" {
		return []pulumi.Map{{
			"matches": pathPrefix(rule.Path),
			"filters": pulumi.Array{redirectFilter(pulumi.Map{"hostname": pulumi.String(rule.RedirectTo)})},
		}}
	}
	if rule.Backend == "" && rule.ServicePort == 0 && first && strings.HasPrefix(a.CachedPath, strings.TrimRight(rule.Path, "/")+"/") {
		return a.webRules(rule.Path)
	}
	target := a.web()
	for _, backend := range a.Backends {
		if backend.Name == rule.Backend {
			target = backend
		}
	}
	target.ServicePort = cmp.Or(rule.ServicePort, target.ServicePort)
	return []pulumi.Map{{"matches": pathPrefix(rule.Path), "backendRefs": target.reference()}}
}

func (b Backend) reference() pulumi.Array {
	return pulumi.Array{pulumi.Map{"name": pulumi.String(b.Service), "port": pulumi.Int(b.ServicePort)}}
}

func pathPrefix(path string) pulumi.Array {
	return pulumi.Array{pulumi.Map{"path": pulumi.Map{
		"type":  pulumi.String("PathPrefix"),
		"value": pulumi.String(path),
	}}}
}

// redirectFilter redirects for good.
func redirectFilter(to pulumi.Map) pulumi.Map {
	const movedPermanently = 301
	to["scheme"], to["statusCode"] = pulumi.String("https"), pulumi.Int(movedPermanently)
	return pulumi.Map{"type": pulumi.String("RequestRedirect"), "requestRedirect": to}
}
