package gcp_test

import (
	"fmt"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"

	"github.com/djangostack/djangostack/components/arguments"
	"github.com/djangostack/djangostack/components/gcp"
	"github.com/djangostack/djangostack/components/labels"
	"github.com/djangostack/djangostack/tests/mocks"
)

func withLoadBalancer(change func(*gcp.LoadBalancerArgs)) pulumi.RunFunc {
	return func(ctx *pulumi.Context) error {
		args := &gcp.LoadBalancerArgs{
			Project:            mocks.Project,
			Namespace:          pulumi.String("blog-dev"),
			Labels:             labels.Labels{labels.NameLabel: "blog", labels.InstanceLabel: "blog"},
			Service:            "blog-web",
			ServicePort:        80,
			PodPorts:           []int{8000},
			Hosts:              []string{"blog.example.com"},
			AddressName:        pulumi.String("blog-address-1a2b3c4"),
			CertificateMapName: pulumi.String("blog-certificates-1a2b3c4"),
			Health:             gcp.HealthCheck{Path: "/healthz/ready", Host: "blog.example.com"},
			DrainSeconds:       30,
			TimeoutSeconds:     60,
			AllowedCIDRs:       []string{"0.0.0.0/0"},
			SecurityPolicy:     "armor",
			AccessLogs:         arguments.On,
		}
		change(args)
		_, err := gcp.NewLoadBalancer(ctx, "blog", args)
		return err
	}
}

func TestTheGatewayEndsTLSAtTheNamedAddress(t *testing.T) {
	for _, outputs := range mocks.Both() {
		t.Run(string(outputs), func(t *testing.T) {
			ran := mocks.Run(t, outputs, withLoadBalancer(unchanged))

			gateway := ran.Find(t, "Gateway", "blog-gateway")
			assert.Equal(t, "blog-web", gateway.At(t, "metadata.name"))
			assert.Equal(t, "blog-dev", gateway.At(t, "metadata.namespace"))
			assert.Equal(t, "blog-certificates-1a2b3c4", gateway.At(t, `metadata.annotations["networking.gke.io/certmap"]`))
			assert.Equal(t, "gke-l7-global-external-managed", gateway.At(t, "spec.gatewayClassName"))
			assert.Equal(t, []any{map[string]any{"type": "NamedAddress", "value": "blog-address-1a2b3c4"}}, gateway.At(t, "spec.addresses"))
			for i, want := range []map[string]any{{"name": "https", "protocol": "HTTPS", "port": 443.0}, {"name": "http", "protocol": "HTTP", "port": 80.0}} {
				listener := gateway.At(t, "spec.listeners").([]any)[i].(map[string]any)
				for field, value := range want {
					assert.Equal(t, value, listener[field], field)
				}
				assert.NotContains(t, listener, "tls", "the map has the certificates")
			}
			assert.Equal(t, "TLS_1_2", ran.Find(t, "SSLPolicy", "blog-web").At(t, "minTlsVersion"))
			ofProject(t, ran)
			descendsFrom(t, ran, "LoadBalancer", "blog-traffic")
		})
	}
}

func TestHTTPSGoesToTheServiceAndHTTPToHTTPS(t *testing.T) {
	ran := mocks.Run(t, mocks.Known, withLoadBalancer(unchanged))

	route, redirect := ran.Find(t, "HTTPRoute", "blog-route"), ran.Find(t, "HTTPRoute", "blog-redirect")
	for r, listener := range map[*mocks.Resource]string{&route: "https", &redirect: "http"} {
		assert.Equal(t, "blog-web", r.At(t, "spec.parentRefs[0].name"))
		assert.Equal(t, listener, r.At(t, "spec.parentRefs[0].sectionName"))
		assert.Equal(t, []any{"blog.example.com"}, r.At(t, "spec.hostnames"))
	}
	assert.Equal(t, []any{map[string]any{"name": "blog-web", "port": 80.0}}, route.At(t, "spec.rules[0].backendRefs"))
	assert.Equal(t, []any{map[string]any{
		"type": "RequestRedirect", "requestRedirect": map[string]any{"scheme": "https", "statusCode": 301.0},
	}}, redirect.At(t, "spec.rules[0].filters"))
	assert.NotEqual(t, route.At(t, "metadata.name"), redirect.At(t, "metadata.name"))
}

func cached(a *gcp.LoadBalancerArgs) { a.CachedPath = "/static/" }

func TestOnlyTheCachedPathGoesThroughTheCDN(t *testing.T) {
	for _, outputs := range mocks.Both() {
		ran := mocks.Run(t, outputs, withLoadBalancer(cached))

		route, filter := ran.Find(t, "HTTPRoute", "blog-route"), ran.Find(t, "GCPHTTPFilter", "blog-cdn")
		assert.Equal(t, map[string]any{
			"cacheMode": "USE_ORIGIN_HEADERS", "negativeCaching": false, "requestCoalescing": true,
		}, filter.At(t, "spec.cachePolicy"))
		service := []any{map[string]any{"name": "blog-web", "port": 80.0}}
		assert.Equal(t, []any{
			map[string]any{
				"matches": []any{map[string]any{"path": map[string]any{"type": "PathPrefix", "value": "/static/"}}},
				"filters": []any{map[string]any{"type": "ExtensionRef", "extensionRef": map[string]any{
					"group": "networking.gke.io", "kind": "GCPHTTPFilter", "name": filter.At(t, "metadata.name"),
				}}},
				"backendRefs": service,
			},
			map[string]any{"backendRefs": service},
		}, route.At(t, "spec.rules"))
		assert.True(t, ran.Waits(route, filter), "no request is answered without what it names")
	}
	assert.Empty(t, mocks.Run(t, mocks.Known, withLoadBalancer(unchanged)).OfKind("GCPHTTPFilter"), "none unless asked for")
}

func TestACachedPathIsForEveryone(t *testing.T) {
	refuses(t, withLoadBalancer, func(a *gcp.LoadBalancerArgs) {
		cached(a)
		a.SecurityPolicy, a.AllowedCIDRs = "", []string{"203.0.113.0/24"}
	}, "CachedPath goes with AllowedCIDRs 0.0.0.0/0 only")
	refuses(t, withLoadBalancer, func(a *gcp.LoadBalancerArgs) { a.CachedPath = "static" }, `CachedPath is "static"; allowed is a path such as /static/`)
}

func TestPoliciesAreAttachedToWhatTheyAreAbout(t *testing.T) {
	ran := mocks.Run(t, mocks.Known, withLoadBalancer(unchanged))

	service := map[string]any{"group": "", "kind": "Service", "name": "blog-web"}
	backend, health := ran.Find(t, "GCPBackendPolicy", "blog-backend"), ran.Find(t, "HealthCheckPolicy", "blog-health")
	assert.Equal(t, service, backend.At(t, "spec.targetRef"))
	assert.Equal(t, service, health.At(t, "spec.targetRef"))
	assert.Equal(t, map[string]any{
		"timeoutSec":         60.0,
		"connectionDraining": map[string]any{"drainingTimeoutSec": 30.0},
		"logging":            map[string]any{"enabled": true, "sampleRate": 100000.0},
		"securityPolicy":     "armor",
	}, backend.At(t, "spec.default"))
	assert.Equal(t, map[string]any{"type": "HTTP", "httpHealthCheck": map[string]any{
		"portSpecification": "USE_FIXED_PORT", "port": 8000.0, "requestPath": "/healthz/ready", "host": "blog.example.com",
	}}, health.At(t, "spec.default.config"))
	front := ran.Find(t, "GCPGatewayPolicy", "blog-tls")
	assert.Equal(t, map[string]any{"group": "gateway.networking.k8s.io", "kind": "Gateway", "name": "blog-web"}, front.At(t, "spec.targetRef"))
	assert.Equal(t, map[string]any{"sslPolicy": "blog-web-1a2b3c4"}, front.At(t, "spec.default"))
}

func TestRequestsAreLoggedOnlyWhereAsked(t *testing.T) {
	backend := mocks.Run(t, mocks.Known, withLoadBalancer(func(a *gcp.LoadBalancerArgs) { a.AccessLogs = arguments.Off })).Find(t, "GCPBackendPolicy", "blog-backend")

	assert.Equal(t, map[string]any{"enabled": false}, backend.At(t, "spec.default.logging"))
}

func TestAConnectionIsEnoughOfACheckWithoutAPath(t *testing.T) {
	health := mocks.Run(t, mocks.Known, withLoadBalancer(func(a *gcp.LoadBalancerArgs) { a.Health = gcp.HealthCheck{} })).Find(t, "HealthCheckPolicy", "blog-health")

	assert.Equal(t, map[string]any{"type": "TCP", "tcpHealthCheck": map[string]any{"portSpecification": "USE_FIXED_PORT", "port": 8000.0}},
		health.At(t, "spec.default.config"))
}

func TestOnlyAllowedClientsConnect(t *testing.T) {
	assert.Empty(t, mocks.Run(t, mocks.Known, withLoadBalancer(func(a *gcp.LoadBalancerArgs) { a.SecurityPolicy = "" })).OfKind("SecurityPolicy"), "everyone may")

	for _, outputs := range mocks.Both() {
		ran := mocks.Run(t, outputs, withLoadBalancer(func(a *gcp.LoadBalancerArgs) {
			a.SecurityPolicy, a.AllowedCIDRs = "", nil
			for i := range 11 {
				a.AllowedCIDRs = append(a.AllowedCIDRs, fmt.Sprintf("203.0.113.%d/32", i))
			}
		}))
		policy := ran.Find(t, "SecurityPolicy", "blog-visitors")
		rules := policy.At(t, "rules").([]any)
		assert.Len(t, rules, 3)
		for i, want := range []struct {
			action   string
			priority float64
			ranges   int
		}{{"allow", 1000, 10}, {"allow", 1001, 1}, {"deny(403)", 2147483647, 1}} {
			rule := rules[i].(map[string]any)
			assert.Equal(t, want.action, rule["action"])
			assert.Equal(t, want.priority, rule["priority"])
			assert.Len(t, rule["match"].(map[string]any)["config"].(map[string]any)["srcIpRanges"], want.ranges)
		}
		assert.Equal(t, "*", policy.At(t, "rules[2].match.config.srcIpRanges[0]"))
		assert.NotNil(t, ran.Find(t, "GCPBackendPolicy", "blog-backend").At(t, "spec.default.securityPolicy"))
		assert.True(t, ran.Waits(ran.Find(t, "Gateway", "blog-gateway"), policy), "the Gateway uses it until it is deleted")
	}
}

func TestTheGatewayIsCreatedLastAndDeletedFirst(t *testing.T) {
	ran := mocks.Run(t, mocks.Known, withLoadBalancer(unchanged))

	gateway, policy := ran.Find(t, "Gateway", "blog-gateway"), ran.Find(t, "GCPGatewayPolicy", "blog-tls")
	for _, route := range []string{"blog-route", "blog-redirect"} {
		assert.True(t, ran.Waits(ran.Find(t, "HTTPRoute", route), gateway), route)
	}
	for kind, name := range map[string]string{"HealthCheckPolicy": "blog-health", "GCPBackendPolicy": "blog-backend"} {
		assert.True(t, ran.Waits(ran.Find(t, "HTTPRoute", "blog-route"), ran.Find(t, kind, name)), kind)
	}
	assert.True(t, ran.Waits(gateway, policy), "no visitor is let in without it")
	assert.True(t, ran.Waits(gateway, ran.Find(t, "SSLPolicy", "blog-web")), "the Gateway uses it until it is deleted")
}

func TestTheLoadBalancerRefusesWhatCannotWork(t *testing.T) {
	refuses(t, withLoadBalancer, func(a *gcp.LoadBalancerArgs) { *a = gcp.LoadBalancerArgs{} },
		"LoadBalancer: Project is required", "LoadBalancer: Namespace is required", "LoadBalancer: Service is required", "LoadBalancer: Hosts is required",
		"LoadBalancer: AllowedCIDRs is required", "LoadBalancer: AddressName is required", "LoadBalancer: CertificateMapName is required", "ServicePort is 0", "PodPorts is required", "TimeoutSeconds is 0",
		"LoadBalancer: AccessLogs is")
	refuses(t, withLoadBalancer, func(a *gcp.LoadBalancerArgs) { a.Health.Path = "" }, "Health.Host goes with Health.Path")
	refuses(t, withLoadBalancer, func(a *gcp.LoadBalancerArgs) { a.AllowedCIDRs = []string{"203.0.113.7"} },
		`AllowedCIDRs[0] is "203.0.113.7"`, "SecurityPolicy goes with AllowedCIDRs 0.0.0.0/0 only")
	refuses(t, withLoadBalancer, func(a *gcp.LoadBalancerArgs) { a.DrainSeconds = 3601 }, "DrainSeconds is 3601")
	refuses(t, withLoadBalancer, func(a *gcp.LoadBalancerArgs) { a.Hosts = []string{"Blog"} }, `Hosts[0] is "Blog"`)
}
