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

// HealthCheck is how the load balancer finds out whether a pod serves. Only ready pods
// are asked at all, so that a connection is enough.
type HealthCheck struct {
	// Path that is asked for by plain HTTP and must answer 200, without a redirect to
	// HTTPS; empty for a check that a connection is taken.
	Path string
	// Host that is asked for, one that the app answers to; only with a Path.
	Host string
}

// LoadBalancerArgs describes the way in: a Gateway that ends TLS and sends on to pods.
type LoadBalancerArgs struct {
	Project   string
	Namespace pulumi.StringInput
	Labels    labels.Labels
	// Service and its port, whose pods are sent to; PodPort is theirs.
	Service     string
	ServicePort int
	PodPort     int
	// Hosts are the names that the app answers to.
	Hosts []string
	// AddressName is a global address, CertificateMapName a certificate map with an entry
	// for every host.
	AddressName        pulumi.StringInput
	CertificateMapName pulumi.StringInput
	Health             HealthCheck
	// DrainSeconds is how long a pod that goes still gets to finish its requests, 0 to
	// 3600.
	DrainSeconds int
	// TimeoutSeconds is how long a pod may take for an answer, 1 to 2147483647.
	TimeoutSeconds int
	// AllowedCIDRs are the addresses that may connect; 0.0.0.0/0 is everyone.
	AllowedCIDRs []string
	// SecurityPolicy is the name of a policy of Cloud Armor that is there, instead of one
	// for AllowedCIDRs; empty for none.
	SecurityPolicy string
	// AccessLogs says whether each request is logged.
	AccessLogs arguments.Switch
	// CachedPath is a path that ends with a slash, below which Cloud CDN keeps what the
	// app's own headers let it keep; empty for none. The cluster is of version
	// 1.35.2-gke.1751000 or later
	// (https://docs.cloud.google.com/kubernetes-engine/docs/how-to/configure-cdn-for-gateway).
	// Cloud Armor does not judge who is answered from the cache.
	CachedPath string
}

// LoadBalancer is a global load balancer that GKE makes of a Gateway.
type LoadBalancer struct {
	pulumi.ResourceState

	// GatewayName is the Gateway's, in the namespace.
	GatewayName string
}

// NewLoadBalancer registers the Gateway, its routes and its policies. What GKE makes of
// them in the project it takes away again when they go, as long as it can: the component
// depends, by an option, on whatever the cluster needs for that, its nodes, its way out
// and the rights of its accounts, and on the Service. The address and the certificates
// are arguments, and stay until the Gateway is gone.
func NewLoadBalancer(ctx *pulumi.Context, name string, args *LoadBalancerArgs, opts ...pulumi.ResourceOption) (*LoadBalancer, error) {
	t := &LoadBalancer{GatewayName: args.Service}
	return component.New(ctx, "djangostack:gcp:LoadBalancer", name+"-traffic", t, args.check, func() (pulumi.Map, error) {
		policy, err := newTLSPolicy(ctx, child(name, "web"), args.Project, t)
		if err != nil {
			return nil, err
		}
		guard, armor, err := args.clientPolicy(ctx, name, t)
		if err != nil {
			return nil, err
		}
		objects := gatewayObjects{ctx: ctx, args: args, parent: t}
		front := objects.register(name+"-tls", "networking.gke.io/v1", "GCPGatewayPolicy", args.Service, nil, args.tlsPolicy(policy.Name))
		health := objects.register(name+"-health", "networking.gke.io/v1", "HealthCheckPolicy", args.Service, nil, args.healthCheck())
		backend := objects.register(name+"-backend", "networking.gke.io/v1", "GCPBackendPolicy", args.Service, nil, args.backendPolicy(guard))
		gateway := objects.gateway(name+"-gateway", append(armor, front)...)
		before := []pulumi.Resource{gateway, health, backend}
		if args.CachedPath != "" {
			before = append(before, objects.register(name+"-cdn", "networking.gke.io/v1", cdnFilter, args.Service, nil, args.cdnPolicy()))
		}
		objects.register(name+"-route", gatewayVersion, "HTTPRoute", args.Service, nil, args.route(), before...)
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
		checkHosts("LoadBalancer", a.Hosts),
		validate.CIDRs("LoadBalancer", "AllowedCIDRs", a.AllowedCIDRs),
		validate.OneOf("LoadBalancer", "AccessLogs", a.AccessLogs, arguments.Off, arguments.On),
		validate.RefuseIf(a.SecurityPolicy != "" && !a.allowsEveryone(), "LoadBalancer", "SecurityPolicy goes with AllowedCIDRs 0.0.0.0/0 only: a Service has one policy"),
		validate.RefuseIf(a.Health.Path == "" && a.Health.Host != "", "LoadBalancer", "Health.Host goes with Health.Path"),
		validate.Within("LoadBalancer", "ServicePort", a.ServicePort, 1, mostPort),
		validate.Within("LoadBalancer", "PodPort", a.PodPort, 1, mostPort),
		validate.Within("LoadBalancer", "DrainSeconds", a.DrainSeconds, 0, limits.MaxDrainSeconds),
		validate.RefuseIf(a.CachedPath != "" && !a.allowsEveryone(), "LoadBalancer", "CachedPath goes with AllowedCIDRs 0.0.0.0/0 only: whoever asks is answered from the cache"),
		validate.RefuseIf(a.CachedPath != "" && !cachedPath.MatchString(a.CachedPath), "LoadBalancer", fmt.Sprintf("CachedPath is %q; allowed is a path such as /static/", a.CachedPath)),
		validate.Within("LoadBalancer", "TimeoutSeconds", a.TimeoutSeconds, 1, limits.MaxBackendTimeoutSeconds),
	}
	if a.Health.Host != "" {
		problems = append(problems, checkHosts("LoadBalancer", []string{a.Health.Host}))
	}
	return errors.Join(problems...)
}
