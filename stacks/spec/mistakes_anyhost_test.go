package spec_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/djangostack/djangostack/stacks/spec"
)

func anyHostMistakes() []wrong {
	anyHost := func(pairs ...any) []any { return list(object(append([]any{"host", "*"}, pairs...)...)) }
	both := func(pairs ...any) map[string]any { return object(pairs...) }
	return []wrong{
		{"every name on AWS", onAWS, "routes", anyHost(), `routes[0].host: "*": needs cloud none: the load balancer of a cloud serves https, and no certificate is for every name; name the hosts, or *.example.com for all names of a domain`},
		{"every name on Google Cloud", onGCP, "routes", anyHost(), `routes[0].host: "*": needs cloud none`},
		{"every name without a controller", minimal, "routes", anyHost(), `routes: need web.ingress or web.gateway with cloud none`},
		{"no host at all", minimal, "web.ingress", object("ingressClassName", "nginx"), `web.ingress.host: is required without app.url; an app without a host has a route with host *`},
		{"no host at a Gateway", minimal, "web.gateway", object("name", "public"), `app.url: is required with web.gateway, whose listeners say neither the host nor whether it is https; an app without a host has a route with host *`},
		{"route without a host beside one for every name", minimal, "", both("web.ingress", object("ingressClassName", "nginx"), "routes", append(anyHost(), object("path", "/ws"))), `routes[1].host: is required without app.url; * matches every name`},
		{"every name twice", minimal, "", both("web.ingress", object("ingressClassName", "nginx"), "routes", append(anyHost(), anyHost()...)), `routes[1]: has the host and the path of routes[0] already`},
		{"redirect to every name", minimal, "", both("app.url", "http://example.com", "web.ingress", object("ingressClassName", "nginx"), "routes", list(object("host", "www.example.com", "redirectTo", "*"))), `routes[0].redirectTo: "*": must be a host name`},
		{"redirect of every name to none", minimal, "", both("web.ingress", object("ingressClassName", "nginx"), "routes", anyHost("redirectTo", "example.com")), `routes[0].redirectTo: "example.com": must be a host that a route leads to a process`},
		{"star in a name", minimal, "", both("app.url", "http://example.com", "web.ingress", object("ingressClassName", "nginx"), "routes", list(object("host", "a.*.com"))), `routes[0].host: "a.*.com": must be a host name, which may begin with *., or * for every name`},
	}
}

func TestARouteForEveryNameNeedsNoAddress(t *testing.T) {
	for _, controller := range []string{"web.ingress", "web.gateway"} {
		value := object("ingressClassName", "nginx")
		if controller == "web.gateway" {
			value = object("name", "public")
		}
		text := changed(t, minimal, controller, value)
		e, err := parse(t, changed(t, text, "routes", list(object("host", "files.example.com"), object("host", "*", "path", "/api"), object("host", "*"))))
		require.NoError(t, err)
		routes := e.AllRoutes()
		require.Len(t, routes, 3)
		assert.Equal(t, spec.Route{Host: "*", Path: "/", Process: "web"}, routes[0], "the first has the name of web")
		assert.Contains(t, e.AllowedHosts(), "*")
		assert.Equal(t, "blog-web.blog-dev.svc", e.AllowedHosts()[0], "probes send a name")
		assert.Equal(t, "http://blog-web.blog-dev.svc:80", e.Address())
		assert.Equal(t, []string{"http://blog-web.blog-dev.svc:80", "http://files.example.com"}, e.TrustedOrigins())
	}
}

func TestOtherNamesCanBeRedirected(t *testing.T) {
	text := changed(t, minimal, "app.url", "https://example.com")
	text = changed(t, text, "web.ingress", object("ingressClassName", "nginx", "tlsSecretName", "certificate"))
	e, err := parse(t, changed(t, text, "routes", list(object("host", "*", "redirectTo", "example.com"))))
	require.NoError(t, err)
	assert.Equal(t, "example.com", e.AllRoutes()[0].Host, "the app's host comes first")
	assert.NotContains(t, e.AllowedHosts(), "*", "no process sees these requests")
}
