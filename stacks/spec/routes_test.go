package spec_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/djangostack/djangostack/stacks/spec"
)

const routed = `
cloud: none
tier: staging
cluster: {context: kind-kind}
app: {name: blog, image: "registry.example.com/blog:1.0", settingsModule: blog.settings, url: "https://example.com"}
web: {ingress: {ingressClassName: nginx, tlsSecretName: certificate}}
processes:
- {name: sockets, command: [sockets], port: 9000}
- {name: front, image: "registry.example.com/front:1.0", port: 3000}
routes:
- {path: /ws/, process: sockets, timeoutSeconds: 86400}
- {host: www.example.com, redirectTo: example.com}
- {host: "*.example.com"}
- {host: api.example.org, process: sockets}
- {host: front.example.com, process: front}
`

func TestHostsAndOriginsFollowFromTheRoutes(t *testing.T) {
	e, err := parse(t, routed)
	require.NoError(t, err)
	assert.Equal(t, []string{"example.com", ".example.com", "api.example.org", "blog-web.blog-dev.svc"}, e.AllowedHosts(),
		"neither the redirect nor the frontend asks Django")
	assert.Equal(t, []string{"https://example.com", "https://*.example.com", "https://api.example.org"}, e.TrustedOrigins())
	assert.Equal(t, []string{"example.com", "www.example.com", "*.example.com", "api.example.org", "front.example.com"}, e.RoutedHosts())
	assert.Equal(t, []string{"web", "sockets", "front"}, e.RoutedProcesses())
	assert.Equal(t, "example.com", e.Web.Ingress.Host)
}

func TestTheAppsHostLeadsToWebUnlessARouteSaysOtherwise(t *testing.T) {
	e, err := parse(t, routed)
	require.NoError(t, err)
	assert.Equal(t, spec.Route{Host: "example.com", Path: "/", Process: "web"}, e.AllRoutes()[0])

	e, err = parse(t, changed(t, routed, "routes", []any{map[string]any{"process": "front"}, map[string]any{"path": "/api"}}))
	require.NoError(t, err)
	assert.Equal(t, spec.Route{Host: "example.com", Path: "/", Process: "front"}, e.AllRoutes()[0])
	assert.Equal(t, spec.Route{Host: "example.com", Path: "/api", Process: "web"}, e.AllRoutes()[1])
	assert.Equal(t, []string{"web", "front"}, e.RoutedProcesses())
}

func TestAnAppBelowAPath(t *testing.T) {
	e, err := parse(t, changed(t, routed, "app.url", "https://example.com/shop/blog"))
	require.NoError(t, err)
	assert.Equal(t, "/shop/blog", e.BasePath())
	assert.Equal(t, "/shop/blog", e.AllRoutes()[0].Path)
	assert.Equal(t, "/shop/blog/healthz/ready", e.Web.ReadinessPath)
	assert.Equal(t, "/shop/blog/static/", e.Static.URL)
	assert.Equal(t, "https://example.com/shop/blog", e.Address())
	assert.Equal(t, "https://example.com", e.TrustedOrigins()[0], "an origin has no path")
	assert.Equal(t, "example.com", e.ProbeHost())
}

// A route's time is neither that of a request nor one that a rollout waits for.
func TestALongRouteChangesNoShutdown(t *testing.T) {
	for _, base := range []string{onAWS, onGCP} {
		before, err := parse(t, base)
		require.NoError(t, err)
		after, err := parse(t, changed(t, base, "routes", []any{map[string]any{"path": "/ws/", "timeoutSeconds": 86400}}))
		require.NoError(t, err)
		assert.Equal(t, before.WebShutdown(), after.WebShutdown())
		assert.Equal(t, before.DrainOf("web"), after.DrainOf("web"))
		assert.Equal(t, 86400, after.RouteTimeout("web"))
		assert.Equal(t, 30, before.RouteTimeout("web"))
		assert.LessOrEqual(t, after.IdleSeconds(), 4000)
		assert.Greater(t, after.KeepAliveSeconds(), before.IdleSeconds())
	}
}

func TestAKnownControllerWaitsForTheLongestRequest(t *testing.T) {
	long := changed(t, routed, "web.longestRequestSeconds", 300)
	e, err := parse(t, long)
	require.NoError(t, err)
	assert.Equal(t, 300, e.ControllerTimeout(e.AllRoutes()[0]), "ingress-nginx would cut it after a minute")
	assert.Equal(t, 86400, e.ControllerTimeout(e.AllRoutes()[1]))

	e, err = parse(t, changed(t, changed(t, long, "web.ingress.ingressClassName", "contour"), "routes", []any{map[string]any{"path": "/api"}}))
	require.NoError(t, err)
	assert.Zero(t, e.ControllerTimeout(e.AllRoutes()[0]), "no annotation is known")
}

const ported = `
cloud: none
tier: staging
cluster: {context: kind-kind}
app: {name: blog, image: "registry.example.com/blog:1.0", settingsModule: blog.settings, url: "https://example.com"}
web: {gateway: {name: shared}, longestRequestSeconds: 300, ports: [{name: proxy, containerPort: 4180, servicePort: 4180}]}
processes:
- {name: api, command: [api], port: 9000, ports: [{name: admin, containerPort: 9001, servicePort: 8001}]}
- {name: api-admin, command: [admin], port: 9002}
routes:
- {path: /admin, process: api, port: admin}
- {path: /more, process: api, port: admin}
- {path: /api, process: api}
- {path: /other, process: api-admin}
- {path: /proxy, port: proxy, timeoutSeconds: 5}
`

func TestARouteToAnotherPortHasATargetThatNoOtherHas(t *testing.T) {
	e, err := parse(t, ported)
	require.NoError(t, err, "the longest request is of web's own port")
	targets := e.RouteTargets()
	require.Len(t, targets, 5, "two routes share one")
	assert.Equal(t, spec.RouteTarget{Process: "web", Service: "blog-web", ServicePort: 80, PodPort: 8000}, targets[0])
	assert.Equal(t, spec.RouteTarget{Process: "api", Port: "admin", Service: "blog-process-api", ServicePort: 8001, PodPort: 9001}, targets[1])
	names := map[string]bool{}
	for _, target := range targets {
		names[target.Name()] = true
	}
	assert.Len(t, names, 5, "a process is called as another one with its port")
	assert.Equal(t, []int{9000, 9001}, e.RoutedPorts("api"))
	assert.Empty(t, e.WebTimeouts(), "NGINX in the web pods is at web's own port")
	assert.Equal(t, "/", e.HealthPathOf(targets[1]))
}
