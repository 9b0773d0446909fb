package gcp

import (
	"errors"
	"fmt"
	"regexp"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/djangostack/djangostack/components/arguments"
	"github.com/djangostack/djangostack/components/component"
	"github.com/djangostack/djangostack/components/gcp/limits"
	"github.com/djangostack/djangostack/components/labels"
	"github.com/djangostack/djangostack/components/validate"
)

// HealthCheck is the health check of pods. GKE checks ready pods only, so opening a
// connection is enough.
type HealthCheck struct {
	// Path for a GET over HTTP that must return 200, without a redirect to HTTPS; empty for
	// a TCP check.
	Path string
	// Host header of the GET, which the app must allow; only with a Path.
	Host string
}

// LoadBalancerArgs describes a Gateway that terminates TLS and forwards requests to pods.
type LoadBalancerArgs struct {
	Project   string
	Namespace pulumi.StringInput
	Labels    labels.Labels
	// Service and its port; PodPorts are the ports of its pods that rules lead to.
	Service     string
	ServicePort int
	PodPorts    []int
	// Hosts are the host names of the app.
	Hosts []string
	// Backends are further Services, and Rules lead hosts and paths to them. Without rules all
	// requests go to Service.
	Backends []Backend
	Rules    []Rule
	// AddressName is a global address, and CertificateMapName a certificate map with an
	// entry for every host.
	AddressName        pulumi.StringInput
	CertificateMapName pulumi.StringInput
	Health             HealthCheck
	// DrainSeconds is how long a stopping pod may take to finish its requests, 0 to 3600.
	DrainSeconds int
	// TimeoutSeconds is how long a pod may take to respond, 1 to 2147483647.
	TimeoutSeconds int
	// AllowedCIDRs are the addresses that may connect; 0.0.0.0/0 is everyone.
	AllowedCIDRs []string
	// SecurityPolicy is the name of an existing Cloud Armor policy that replaces the one
	// for AllowedCIDRs; empty for none.
	SecurityPolicy string
	// AccessLogs logs one request in ten, which costs by the gigabyte.
	AccessLogs arguments.Switch
	// CachedPath is a path with a trailing slash. Below it, Cloud CDN caches what the app's
	// headers allow; empty for no caching. The cluster must have version 1.35.2-gke.1751000
	// or later
	// (https://docs.cloud.google.com/kubernetes-engine/docs/how-to/configure-cdn-for-gateway).
	// Cloud Armor does not check requests that the cache answers.
	CachedPath string
	// Before are what the Gateway waits for, and outlive it: the cluster's nodes, egress and
	// bindings, and the Service. Its policies do not wait.
	Before []pulumi.Resource
}

// LoadBalancer is a global load balancer that GKE creates for a Gateway.
type LoadBalancer struct {
	pulumi.ResourceState

	// GatewayName is the name of the Gateway in the namespace.
	GatewayName string

	project   string
	namespace pulumi.StringOutput
}

// NewLoadBalancer registers the Gateway, its routes and its policies. GKE deletes the load
// balancer that it created for them when they are deleted. It can do so only while the
// cluster works. The address and the certificates are inputs, and outlive the Gateway.
func NewLoadBalancer(ctx *pulumi.Context, name string, args *LoadBalancerArgs, opts ...pulumi.ResourceOption) (*LoadBalancer, error) {
	t := &LoadBalancer{GatewayName: args.Service, project: args.Project}
	return component.New(ctx, "djangostack:gcp:LoadBalancer", name+"-traffic", t, args.check, func() (pulumi.Map, error) {
		t.namespace = args.Namespace.ToStringOutput()
		policy, err := newTLSPolicy(ctx, child(name, "web"), args.Project, t)
		if err != nil {
			return nil, err
		}
		policyName, armor, err := args.clientPolicy(ctx, name, t)
		if err != nil {
			return nil, err
		}
		objects := gatewayObjects{ctx: ctx, args: args, parent: t}
		tls := objects.register(name+"-tls", "networking.gke.io/v1", "GCPGatewayPolicy", args.Service, nil, args.tlsPolicy(policy.Name))
		policies := objects.policies(name, policyName)
		gateway := objects.gateway(name+"-gateway", append(armor, tls)...)
		before := append([]pulumi.Resource{gateway}, policies...)
		if args.CachedPath != "" {
			before = append(before, objects.register(name+"-cdn", "networking.gke.io/v1", cdnFilter, args.Service, nil, args.cdnPolicy()))
		}
		objects.routes(name, before)
		objects.register(name+"-redirect", gatewayVersion, "HTTPRoute", args.Service+"-redirect", nil, args.redirect(), gateway)
		if objects.err != nil {
			return nil, objects.err
		}
		return pulumi.Map{"gatewayName": pulumi.String(t.GatewayName)}, nil
	}, opts...)
}

func (a *LoadBalancerArgs) check() error {
	cachedPath := regexp.MustCompile(`^(/[A-Za-z0-9._~-]+)+/$`)
	const mostPort = 65535
	problems := []error{
		validate.Check("LoadBalancer",
			validate.Required("Project", a.Project != ""),
			validate.Required("Namespace", a.Namespace != nil),
			validate.Required("Service", a.Service != ""),
			validate.Required("Hosts", len(a.Hosts) > 0),
			validate.Required("AllowedCIDRs", len(a.AllowedCIDRs) > 0),
			validate.Required("AddressName", a.AddressName != nil),
			validate.Required("CertificateMapName", a.CertificateMapName != nil),
		),
		checkProject("LoadBalancer", a.Project),
		checkHosts("LoadBalancer", arguments.BaseDomains(a.Hosts...)),
		validate.CIDRs("LoadBalancer", "AllowedCIDRs", a.AllowedCIDRs),
		validate.OneOf("LoadBalancer", "AccessLogs", a.AccessLogs, arguments.Off, arguments.On),
		validate.RefuseIf(a.SecurityPolicy != "" && !a.allowsEveryone(), "LoadBalancer", "SecurityPolicy goes with AllowedCIDRs 0.0.0.0/0 only: a Service can have only one policy"),
		validate.RefuseIf(a.Health.Path == "" && a.Health.Host != "", "LoadBalancer", "Health.Host goes with Health.Path"),
		validate.Within("LoadBalancer", "ServicePort", a.ServicePort, 1, mostPort),
		checkPodPorts("PodPorts", a.PodPorts, a.Health),
		validate.Within("LoadBalancer", "DrainSeconds", a.DrainSeconds, 0, limits.MaxDrainSeconds),
		validate.RefuseIf(a.CachedPath != "" && !a.allowsEveryone(), "LoadBalancer", "CachedPath goes with AllowedCIDRs 0.0.0.0/0 only: the cache answers every client"),
		validate.RefuseIf(a.CachedPath != "" && !cachedPath.MatchString(a.CachedPath), "LoadBalancer", fmt.Sprintf("CachedPath is %q; allowed is a path such as /static/", a.CachedPath)),
		a.checkRules(),
		validate.Within("LoadBalancer", "TimeoutSeconds", a.TimeoutSeconds, 1, limits.MaxBackendTimeoutSeconds),
	}
	if a.Health.Host != "" {
		problems = append(problems, checkHosts("LoadBalancer", []string{a.Health.Host}))
	}
	return errors.Join(problems...)
}
