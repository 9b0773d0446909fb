package gcp_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/djangostack/djangostack/components/gcp"
	"github.com/djangostack/djangostack/tests/mocks"
)

func sites(a *gcp.LoadBalancerArgs) {
	a.Hosts = []string{"blog.example.com", "www.example.com", "*.example.com"}
	a.CachedPath, a.SecurityPolicy = "/static/", ""
	a.Backends = []gcp.Backend{{Name: "sockets", Service: "blog-process-sockets", ServicePort: 9000, PodPorts: []int{9001}, DrainSeconds: 5, TimeoutSeconds: 86400}}
	a.Rules = []gcp.Rule{
		{Host: "blog.example.com", Path: "/"},
		{Host: "blog.example.com", Path: "/ws/", Backend: "sockets"},
		{Host: "www.example.com", Path: "/", RedirectTo: "blog.example.com"},
		{Host: "*.example.com", Path: "/", Backend: "sockets"},
	}
}

func routeOf(t *testing.T, ran mocks.Program, host string) mocks.Resource {
	t.Helper()
	for _, route := range ran.OfKind("HTTPRoute") {
		if route.At(t, "spec.hostnames[0]") == host && route.At(t, "spec.parentRefs[0].sectionName") == "https" {
			return route
		}
	}
	require.Fail(t, "no route", host)
	return mocks.Resource{}
}

func TestRulesLeadHostsAndPathsToProcesses(t *testing.T) {
	for _, outputs := range mocks.Both() {
		ran := mocks.Run(t, outputs, withLoadBalancer(sites))
		require.Len(t, ran.OfKind("HTTPRoute"), 4, "one for each host, and the redirect to HTTPS")
		main := routeOf(t, ran, "blog.example.com")
		assert.Equal(t, "blog-web", main.At(t, "metadata.name"))
		assert.Equal(t, "/static/", main.At(t, "spec.rules[0].matches[0].path.value"))
		assert.Equal(t, "ExtensionRef", main.At(t, "spec.rules[0].filters[0].type"), "Cloud CDN")
		assert.Equal(t, "blog-web", main.At(t, "spec.rules[1].backendRefs[0].name"))
		assert.Equal(t, "/ws/", main.At(t, "spec.rules[2].matches[0].path.value"))
		assert.Equal(t, "blog-process-sockets", main.At(t, "spec.rules[2].backendRefs[0].name"))
		assert.Equal(t, map[string]any{"scheme": "https", "hostname": "blog.example.com", "statusCode": 301.0},
			routeOf(t, ran, "www.example.com").At(t, "spec.rules[0].filters[0].requestRedirect"))
		assert.Equal(t, 9000.0, routeOf(t, ran, "*.example.com").At(t, "spec.rules[0].backendRefs[0].port"))
		assert.Equal(t, []any{"blog.example.com", "www.example.com", "*.example.com"}, ran.Find(t, "HTTPRoute", "blog-redirect").At(t, "spec.hostnames"))

		policy := ran.Find(t, "GCPBackendPolicy", "blog-sockets-backend")
		assert.Equal(t, 86400.0, policy.At(t, "spec.default.timeoutSec"), "a WebSocket of a day")
		assert.Equal(t, 5.0, policy.At(t, "spec.default.connectionDraining.drainingTimeoutSec"))
		assert.Equal(t, "blog-process-sockets", policy.At(t, "spec.targetRef.name"))
		assert.Equal(t, 60.0, ran.Find(t, "GCPBackendPolicy", "blog-backend").At(t, "spec.default.timeoutSec"))
		check := ran.Find(t, "HealthCheckPolicy", "blog-sockets-health")
		assert.Equal(t, 9001.0, check.At(t, "spec.default.config.tcpHealthCheck.port"))
	}
}

// The policies are those of a Service, whatever ports it has.
func TestARuleLeadsToAnotherPortOfAProcess(t *testing.T) {
	for _, outputs := range mocks.Both() {
		ran := mocks.Run(t, outputs, withLoadBalancer(func(a *gcp.LoadBalancerArgs) {
			sites(a)
			a.Backends[0].PodPorts = []int{9001, 9002}
			a.Rules[1].ServicePort = 8080
			a.Health, a.PodPorts = gcp.HealthCheck{}, []int{4180, 8000}
			a.Rules = append(a.Rules, gcp.Rule{Host: "blog.example.com", Path: "/static/", ServicePort: 4180})
		}))
		main := routeOf(t, ran, "blog.example.com")
		assert.Equal(t, 8080.0, main.At(t, "spec.rules[2].backendRefs[0].port"))
		assert.Equal(t, 4180.0, main.At(t, "spec.rules[3].backendRefs[0].port"), "not the CDN, which is part of the Service's own port")
		assert.Equal(t, 9000.0, routeOf(t, ran, "*.example.com").At(t, "spec.rules[0].backendRefs[0].port"))
		checks := ran.OfKind("HealthCheckPolicy")
		require.Len(t, checks, 2)
		for _, check := range checks {
			assert.Equal(t, map[string]any{"portSpecification": "USE_SERVING_PORT"}, check.At(t, "spec.default.config.tcpHealthCheck"), check.Name)
		}
	}
	mocks.Refused(t, withLoadBalancer(func(a *gcp.LoadBalancerArgs) { a.PodPorts = []int{8000, 8001} }), "PodPorts: Health.Path goes with one port only")
}

func TestClientsAreLimitedForEveryProcess(t *testing.T) {
	ran := mocks.Run(t, mocks.Known, withLoadBalancer(func(a *gcp.LoadBalancerArgs) {
		sites(a)
		a.CachedPath, a.AllowedCIDRs = "", []string{"203.0.113.0/24"}
	}))
	for _, policy := range ran.OfKind("GCPBackendPolicy") {
		assert.NotNil(t, policy.At(t, "spec.default.securityPolicy"), policy.Name)
	}
}

func TestRulesToNothingAreRefused(t *testing.T) {
	for want, rule := range map[string]gcp.Rule{
		`Rules[0].Backend is "mail", which is not one of Backends`:    {Host: "blog.example.com", Path: "/", Backend: "mail"},
		`Rules[0].Host is "a.example.com", which is not one of Hosts`: {Host: "a.example.com", Path: "/"},
		"Rules[0].Path": {Host: "blog.example.com"},
	} {
		mocks.Refused(t, withLoadBalancer(func(a *gcp.LoadBalancerArgs) { a.Rules = []gcp.Rule{rule} }), want)
	}
}
