package gcp

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/djangostack/djangostack/components/arguments"
)

// tlsPolicy is the spec of a GCPGatewayPolicy.
func (a *LoadBalancerArgs) tlsPolicy(policy pulumi.StringInput) pulumi.Map {
	return pulumi.Map{
		"default": pulumi.Map{"sslPolicy": policy},
		"targetRef": pulumi.Map{
			"group": pulumi.String("gateway.networking.k8s.io"),
			"kind":  pulumi.String("Gateway"),
			"name":  pulumi.String(a.Service),
		},
	}
}

// serviceReference is the target of policies for the backend.
func (b Backend) serviceReference() pulumi.Map {
	return pulumi.Map{"group": pulumi.String(""), "kind": pulumi.String("Service"), "name": pulumi.String(b.Service)}
}

func (b Backend) healthCheck() pulumi.Map {
	const interval, timeout, healthy, unhealthy = 10, 5, 1, 3
	return pulumi.Map{
		"default": pulumi.Map{
			"checkIntervalSec":   pulumi.Int(interval),
			"timeoutSec":         pulumi.Int(timeout),
			"healthyThreshold":   pulumi.Int(healthy),
			"unhealthyThreshold": pulumi.Int(unhealthy),
			"logConfig":          pulumi.Map{"enabled": pulumi.Bool(true)},
			"config":             b.healthCheckConfig(),
		},
		"targetRef": b.serviceReference(),
	}
}

// healthCheckConfig is the protocol of the health check. A Service has one policy for all its
// ports. With several, each port is checked itself: the endpoint groups of a Gateway are one for
// each port
// (https://docs.cloud.google.com/load-balancing/docs/health-check-concepts#category_and_port_specification).
func (b Backend) healthCheckConfig() pulumi.Map {
	if len(b.PodPorts) > 1 {
		return pulumi.Map{"type": pulumi.String("TCP"), "tcpHealthCheck": pulumi.Map{"portSpecification": pulumi.String("USE_SERVING_PORT")}}
	}
	port := pulumi.Map{"portSpecification": pulumi.String("USE_FIXED_PORT"), "port": pulumi.Int(b.PodPorts[0])}
	if b.Health.Path == "" {
		return pulumi.Map{"type": pulumi.String("TCP"), "tcpHealthCheck": port}
	}
	port["requestPath"] = pulumi.String(b.Health.Path)
	if b.Health.Host != "" {
		port["host"] = pulumi.String(b.Health.Host)
	}
	return pulumi.Map{"type": pulumi.String("HTTP"), "httpHealthCheck": port}
}

// backendPolicy is the spec of a GCPBackendPolicy.
func (a *LoadBalancerArgs) backendPolicy(backend Backend, securityPolicy pulumi.StringInput) pulumi.Map {
	settings := pulumi.Map{
		"timeoutSec":         pulumi.Int(backend.TimeoutSeconds),
		"connectionDraining": pulumi.Map{"drainingTimeoutSec": pulumi.Int(backend.DrainSeconds)},
		"logging":            a.logging(),
	}
	if securityPolicy != nil {
		settings["securityPolicy"] = securityPolicy
	}
	return pulumi.Map{"default": settings, "targetRef": backend.serviceReference()}
}

// logging is for one request in ten, or for none. Section 2.16 of the CIS Google Cloud
// Platform Foundation Benchmark requires that requests are logged, not that all are. Cloud
// Logging costs twenty times as much for a gigabyte as the bucket that AWS logs to, and the
// app's server logs every request. Off is stated as well, so that GKE's default does not
// apply.
func (a *LoadBalancerArgs) logging() pulumi.Map {
	// Of a million.
	const oneInTen = 100000
	if a.AccessLogs == arguments.Off {
		return pulumi.Map{"enabled": pulumi.Bool(false)}
	}
	return pulumi.Map{"enabled": pulumi.Bool(true), "sampleRate": pulumi.Int(oneInTen)}
}

// webRules send the requests below a path to the Service, and those below CachedPath through
// Cloud CDN.
func (a *LoadBalancerArgs) webRules(path string) []pulumi.Map {
	rest := pulumi.Map{"backendRefs": a.web().reference()}
	if path != "/" {
		rest["matches"] = pathPrefix(path)
	}
	if a.CachedPath == "" {
		return []pulumi.Map{rest}
	}
	return []pulumi.Map{{
		"matches": pathPrefix(a.CachedPath),
		"filters": pulumi.Array{pulumi.Map{
			"type": pulumi.String("ExtensionRef"),
			"extensionRef": pulumi.Map{
				"group": pulumi.String("networking.gke.io"),
				"kind":  pulumi.String(cdnFilter),
				"name":  pulumi.String(a.Service),
			},
		}},
		"backendRefs": a.web().reference(),
	}, rest}
}

// cdnPolicy caches what the app's headers allow. It does not cache errors: during a rolling
// update, some pods do not have the files of the new release yet.
func (a *LoadBalancerArgs) cdnPolicy() pulumi.Map {
	return pulumi.Map{"cachePolicy": pulumi.Map{
		"cacheMode":         pulumi.String("USE_ORIGIN_HEADERS"),
		"negativeCaching":   pulumi.Bool(false),
		"requestCoalescing": pulumi.Bool(true),
	}}
}

func (a *LoadBalancerArgs) redirect() pulumi.Map {
	return a.httpRoute(httpListener, a.Hosts, pulumi.Map{"filters": pulumi.Array{redirectFilter(pulumi.Map{})}})
}

// httpRoute is the spec of a route of one listener.
func (a *LoadBalancerArgs) httpRoute(listener string, hosts []string, rules ...pulumi.Map) pulumi.Map {
	all := pulumi.Array{}
	for _, rule := range rules {
		all = append(all, rule)
	}
	return pulumi.Map{
		"parentRefs": pulumi.Array{pulumi.Map{
			"group":       pulumi.String("gateway.networking.k8s.io"),
			"kind":        pulumi.String("Gateway"),
			"name":        pulumi.String(a.Service),
			"sectionName": pulumi.String(listener),
		}},
		"hostnames": pulumi.ToStringArray(hosts),
		"rules":     all,
	}
}
