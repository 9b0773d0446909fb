package gcp

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/djangostack/djangostack/components/arguments"
)

// tls attaches a TLS policy to the Gateway.
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

// service is the target of the policies of what stands behind the Gateway.
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

// question is what the load balancer asks a pod.
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

// backend says how requests are sent to pods.
func (a *LoadBalancerArgs) backendPolicy(guard pulumi.StringInput) pulumi.Map {
	settings := pulumi.Map{
		"timeoutSec":         pulumi.Int(a.TimeoutSeconds),
		"connectionDraining": pulumi.Map{"drainingTimeoutSec": pulumi.Int(a.DrainSeconds)},
		"logging":            a.logging(),
	}
	if guard != nil {
		settings["securityPolicy"] = guard
	}
	return pulumi.Map{"default": settings, "targetRef": a.serviceReference()}
}

// logging is of all requests, as section 2.16 of the CIS Google Cloud Platform
// Foundation Benchmark wants it, or of none, which is said as well, lest a default of
// GKE's decide.
func (a *LoadBalancerArgs) logging() pulumi.Map {
	const all = 1000000
	if a.AccessLogs == arguments.Off {
		return pulumi.Map{"enabled": pulumi.Bool(false)}
	}
	return pulumi.Map{"enabled": pulumi.Bool(true), "sampleRate": pulumi.Int(all)}
}

// route sends all to the Service, what may be kept through the CDN.
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

// caching keeps what the app lets it keep. An error is asked for again: while pods are
// replaced one by one, a new release's file is not everywhere at once.
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

// through is a route of one of the Gateway's doors.
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
