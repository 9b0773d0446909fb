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
func (a *LoadBalancerArgs) serviceReference() pulumi.Map {
	return pulumi.Map{"group": pulumi.String(""), "kind": pulumi.String("Service"), "name": pulumi.String(a.Service)}
}

func (a *LoadBalancerArgs) healthCheck() pulumi.Map {
	const interval, timeout, healthy, unhealthy = 10, 5, 1, 3
	return pulumi.Map{
		"default": pulumi.Map{
			"checkIntervalSec":   pulumi.Int(interval),
			"timeoutSec":         pulumi.Int(timeout),
			"healthyThreshold":   pulumi.Int(healthy),
			"unhealthyThreshold": pulumi.Int(unhealthy),
			"logConfig":          pulumi.Map{"enabled": pulumi.Bool(true)},
			"config":             a.healthCheckConfig(),
		},
		"targetRef": a.serviceReference(),
	}
}

// healthCheckConfig is the protocol of the health check.
func (a *LoadBalancerArgs) healthCheckConfig() pulumi.Map {
	port := pulumi.Map{"portSpecification": pulumi.String("USE_FIXED_PORT"), "port": pulumi.Int(a.PodPort)}
	if a.Health.Path == "" {
		return pulumi.Map{"type": pulumi.String("TCP"), "tcpHealthCheck": port}
	}
	port["requestPath"] = pulumi.String(a.Health.Path)
	if a.Health.Host != "" {
		port["host"] = pulumi.String(a.Health.Host)
	}
	return pulumi.Map{"type": pulumi.String("HTTP"), "httpHealthCheck": port}
}

// backendPolicy is the spec of a GCPBackendPolicy.
func (a *LoadBalancerArgs) backendPolicy(securityPolicy pulumi.StringInput) pulumi.Map {
	settings := pulumi.Map{
		"timeoutSec":         pulumi.Int(a.TimeoutSeconds),
		"connectionDraining": pulumi.Map{"drainingTimeoutSec": pulumi.Int(a.DrainSeconds)},
		"logging":            a.logging(),
	}
	if securityPolicy != nil {
		settings["securityPolicy"] = securityPolicy
	}
	return pulumi.Map{"default": settings, "targetRef": a.serviceReference()}
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

// route sends all requests to the Service, and those below CachedPath through Cloud CDN.
func (a *LoadBalancerArgs) route() pulumi.Map {
	backend := pulumi.Array{pulumi.Map{
		"name": pulumi.String(a.Service),
		"port": pulumi.Int(a.ServicePort),
	}}
	rest := pulumi.Map{"backendRefs": backend}
	if a.CachedPath == "" {
		return a.httpRoute(httpsListener, rest)
	}
	return a.httpRoute(httpsListener, pulumi.Map{
		"matches": pulumi.Array{pulumi.Map{"path": pulumi.Map{
			"type":  pulumi.String("PathPrefix"),
			"value": pulumi.String(a.CachedPath),
		}}},
		"filters": pulumi.Array{pulumi.Map{
			"type": pulumi.String("ExtensionRef"),
			"extensionRef": pulumi.Map{
				"group": pulumi.String("networking.gke.io"),
				"kind":  pulumi.String(cdnFilter),
				"name":  pulumi.String(a.Service),
			},
		}},
		"backendRefs": backend,
	}, rest)
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
	const movedPermanently = 301
	return a.httpRoute(httpListener, pulumi.Map{"filters": pulumi.Array{pulumi.Map{
		"type": pulumi.String("RequestRedirect"),
		"requestRedirect": pulumi.Map{
			"scheme":     pulumi.String("https"),
			"statusCode": pulumi.Int(movedPermanently),
		},
	}}})
}

// httpRoute is the spec of a route of one listener.
func (a *LoadBalancerArgs) httpRoute(listener string, rules ...pulumi.Map) pulumi.Map {
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
		"hostnames": pulumi.ToStringArray(a.Hosts),
		"rules":     all,
	}
}
