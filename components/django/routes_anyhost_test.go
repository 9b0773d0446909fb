package django_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/djangostack/djangostack/components/django"
	"github.com/djangostack/djangostack/tests/mocks"
)

func everyName() []django.Route {
	return []django.Route{
		{Host: "example.com", Path: "/", Service: "blog-web", ServicePort: 80, TLSSecret: "certificate"},
		{Host: django.AnyHost, Path: "/", Service: "blog-web", ServicePort: 80},
		{Host: django.AnyHost, Path: "/internal", Service: "blog-web", ServicePort: 80, TLSSecret: "certificate", SignIn: &django.SignIn{BasicAuthSecret: "users"}},
	}
}

func TestAnIngressForEveryNameHasNoHost(t *testing.T) {
	ran := mocks.Run(t, mocks.Known, withRoutes(&django.RoutesArgs{Routes: everyName(), Ingress: &django.Ingress{ClassName: "nginx"}}))
	first := ran.Find(t, "Ingress", "blog-web")
	assert.Equal(t, "example.com", first.At(t, "spec.rules[0].host"))
	assert.NotContains(t, first.At(t, "spec.rules[1]"), "host", "the API server refuses * as a host")
	assert.Equal(t, []any{
		map[string]any{"hosts": []any{"example.com"}, "secretName": "certificate"},
		map[string]any{"secretName": "certificate"},
	}, first.At(t, "spec.tls"), "a certificate without hosts is for all of them")
	for _, r := range ran.OfKind("Ingress") {
		if r.Name == "blog-web" {
			continue
		}
		assert.NotContains(t, r.At(t, "spec.rules[0]"), "host")
		assert.Equal(t, "Restricted", r.At(t, `metadata.annotations["nginx.ingress.kubernetes.io/auth-realm"]`))
		assert.Regexp(t, `^[a-z0-9-]+$`, r.At(t, "metadata.name"))
	}
	assert.Len(t, ran.OfKind("Ingress"), 2)
}

func TestAnHTTPRouteForEveryNameHasNoHostnames(t *testing.T) {
	ran := mocks.Run(t, mocks.Known, withRoutes(&django.RoutesArgs{Routes: everyName()[:2], Gateway: &django.Gateway{Name: "public"}}))
	routes := ran.OfKind("HTTPRoute")
	assert.Len(t, routes, 2)
	assert.Equal(t, []any{"example.com"}, ran.Find(t, "HTTPRoute", "blog-web").At(t, "spec.hostnames"))
	for _, r := range routes {
		if r.Name != "blog-web" {
			assert.NotContains(t, r.At(t, "spec"), "hostnames", "a route without them takes every name of the listener")
		}
	}
}
