package django_test

import (
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/djangostack/djangostack/components/django"
	"github.com/djangostack/djangostack/tests/mocks"
)

// sites are an app with a second process, a redirect, and a dashboard behind a sign-in.
func sites() []django.Route {
	return []django.Route{
		{Host: "example.com", Path: "/", Service: "blog-web", ServicePort: 80, TLSSecret: "certificate"},
		{Host: "api.example.com", Path: "/", Service: "blog-web", ServicePort: 80, TLSSecret: "certificate"},
		{Host: "example.com", Path: "/ws/", Service: "blog-process-sockets", ServicePort: 9000, TLSSecret: "certificate", TimeoutSeconds: 86400},
		{Host: "www.example.com", Path: "/", Service: "blog-web", ServicePort: 80, TLSSecret: "certificate", RedirectTo: "https://example.com"},
		{Host: "flower.example.com", Path: "/", Service: "blog-process-flower", ServicePort: 5555, TLSSecret: "flower", SignIn: &django.SignIn{BasicAuthSecret: "users"}},
	}
}

func withRoutes(args *django.RoutesArgs) pulumi.RunFunc {
	return func(ctx *pulumi.Context) error {
		args.Namespace, args.Labels = runtime().Namespace, runtime().Labels
		_, err := django.NewRoutes(ctx, "blog", args)
		return err
	}
}

func behind(class string) *django.RoutesArgs {
	return &django.RoutesArgs{Routes: sites(), Ingress: &django.Ingress{ClassName: class, Annotations: map[string]string{
		"cert-manager.io/cluster-issuer": "letsencrypt", "example.com/team": "web",
	}}}
}

// byHost returns the Ingresses or HTTPRoutes by the host and path of their first rule.
func byHost(t *testing.T, ran mocks.Program, kind, host, path string) map[string]mocks.Resource {
	t.Helper()
	all := map[string]mocks.Resource{}
	for _, r := range ran.OfKind(kind) {
		all[r.At(t, host).(string)+r.At(t, path).(string)] = r
	}
	return all
}

const (
	ingressHost = "spec.rules[0].host"
	ingressPath = "spec.rules[0].http.paths[0].path"
)

func TestOneIngressHoldsTheRoutesWithTheSameSettings(t *testing.T) {
	for _, outputs := range mocks.Both() {
		ran := mocks.Run(t, outputs, withRoutes(behind("nginx")))
		all := byHost(t, ran, "Ingress", ingressHost, ingressPath)
		require.Len(t, all, 4, "the app with its API, the sockets, the redirect, the dashboard")

		first := ran.Find(t, "Ingress", "blog-web")
		assert.Equal(t, "api.example.com", first.At(t, "spec.rules[1].host"))
		assert.Equal(t, "letsencrypt", first.At(t, `metadata.annotations["cert-manager.io/cluster-issuer"]`))
		assert.Equal(t, []any{"example.com", "api.example.com", "www.example.com"}, first.At(t, "spec.tls[0].hosts"), "an issuer sees all names at once")
		assert.Equal(t, []any{"flower.example.com"}, first.At(t, "spec.tls[1].hosts"))

		names := map[string]bool{}
		for at, r := range all {
			names[r.At(t, "metadata.name").(string)] = true
			assert.Equal(t, "web", r.At(t, `metadata.annotations["example.com/team"]`), at)
			if r.Name != first.Name {
				assert.Nil(t, r.At(t, `metadata.annotations["cert-manager.io/cluster-issuer"]`), "%s: two Ingresses cannot own one certificate", at)
				assert.Len(t, r.At(t, "spec.tls"), 1, at)
			}
		}
		assert.Len(t, names, 4, "each has its own name")
	}
}

func TestNGINXIsToldByAnnotations(t *testing.T) {
	all := byHost(t, mocks.Run(t, mocks.Known, withRoutes(behind("nginx"))), "Ingress", ingressHost, ingressPath)
	annotation := func(at, name string) any {
		return all[at].At(t, `metadata.annotations["nginx.ingress.kubernetes.io/`+name+`"]`)
	}
	assert.Equal(t, "86400", annotation("example.com/ws/", "proxy-read-timeout"))
	assert.Equal(t, "86400", annotation("example.com/ws/", "proxy-send-timeout"))
	assert.Equal(t, "blog-process-sockets", all["example.com/ws/"].At(t, "spec.rules[0].http.paths[0].backend.service.name"))
	assert.Equal(t, "https://example.com$request_uri", annotation("www.example.com/", "permanent-redirect"))
	assert.Equal(t, "basic", annotation("flower.example.com/", "auth-type"))
	assert.Equal(t, "users", annotation("flower.example.com/", "auth-secret"))
	assert.Nil(t, annotation("example.com/", "proxy-read-timeout"))

	args := behind("nginx")
	args.Routes[4].SignIn = &django.SignIn{AuthURL: "https://auth.example.com/check", LoginURL: "https://auth.example.com/login"}
	args.Routes[2].Annotations = map[string]string{"nginx.ingress.kubernetes.io/proxy-read-timeout": "7"}
	all = byHost(t, mocks.Run(t, mocks.Known, withRoutes(args)), "Ingress", ingressHost, ingressPath)
	assert.Equal(t, "https://auth.example.com/check", annotation("flower.example.com/", "auth-url"))
	assert.Equal(t, "https://auth.example.com/login", annotation("flower.example.com/", "auth-signin"))
	assert.Equal(t, "7", annotation("example.com/ws/", "proxy-read-timeout"), "an annotation of the route has the last word")
}

func TestTraefikIsToldByMiddlewares(t *testing.T) {
	for _, outputs := range mocks.Both() {
		args := behind("traefik")
		args.Ingress.Annotations["traefik.ingress.kubernetes.io/router.middlewares"] = "tools-compress@kubernetescrd"
		args.Ingress.RedirectHTTP = true
		ran := mocks.Run(t, outputs, withRoutes(args))
		middlewares := ran.OfKind("Middleware")
		require.Len(t, middlewares, 5, "the redirect, the sign-in, and https for the app, the sockets and the dashboard")
		var redirects, signsIn bool
		for _, middleware := range middlewares {
			redirects = redirects || middleware.At(t, "spec.redirectRegex.replacement") == "https://example.com${1}"
			signsIn = signsIn || middleware.At(t, "spec.basicAuth.secret") == "users"
		}
		assert.True(t, redirects)
		assert.True(t, signsIn)
		if outputs == mocks.Unknown {
			continue
		}
		all := byHost(t, ran, "Ingress", ingressHost, ingressPath)
		list := all["www.example.com/"].At(t, `metadata.annotations["traefik.ingress.kubernetes.io/router.middlewares"]`)
		assert.Regexp(t, `^tools-compress@kubernetescrd,blog-dev-blog-route-www-example-com-[0-9a-f]{8}@kubernetescrd$`, list)
		const annotation = `metadata.annotations["traefik.ingress.kubernetes.io/router.middlewares"]`
		assert.Regexp(t, `^tools-compress@kubernetescrd,blog-dev-blog-https-example-com-[0-9a-f]{8}@kubernetescrd$`, all["example.com/ws"].At(t, annotation))
		assert.Regexp(t, `,blog-dev-blog-https-flower-example-com-[0-9a-f]{8}@kubernetescrd,blog-dev-blog-route-flower-example-com-[0-9a-f]{8}@kubernetescrd$`,
			all["flower.example.com/"].At(t, annotation), "no one signs in over http")
	}
}

// Traefik matches a prefix by characters, and an Ingress means parts of the path.
func TestTraefikMatchesPartsOfAPath(t *testing.T) {
	ran := mocks.Run(t, mocks.Known, withRoutes(behind("traefik")))
	sockets := byHost(t, ran, "Ingress", ingressHost, ingressPath)["example.com/ws"]
	paths := sockets.At(t, "spec.rules[0].http.paths").([]any)
	require.Len(t, paths, 2)
	for i, want := range [][2]string{{"Exact", "/ws"}, {"Prefix", "/ws/"}} {
		path := paths[i].(map[string]any)
		assert.Equal(t, want, [2]string{path["pathType"].(string), path["path"].(string)})
	}
	assert.Equal(t, "10003", sockets.At(t, `metadata.annotations["traefik.ingress.kubernetes.io/router.priority"]`), "by length the root's rule would win")
	assert.Nil(t, ran.Find(t, "Ingress", "blog-web").At(t, `metadata.annotations["traefik.ingress.kubernetes.io/router.priority"]`), "a challenge has to win")
	assert.Empty(t, ran.OfKind("Middleware")[0].At(t, "spec.redirectScheme"), "an app that is reached by http redirects nothing")
}

// A path of every name must not take the path of another environment's host.
func TestTraefikPrefersAHostToOneForManyNames(t *testing.T) {
	for _, host := range []string{"*", "*.example.com"} {
		args := behind("traefik")
		args.Routes = []django.Route{{Host: host, Path: "/api", Service: "blog-web", ServicePort: 80}}
		ingress := mocks.Run(t, mocks.Known, withRoutes(args)).Find(t, "Ingress", "blog-web")
		assert.Nil(t, ingress.At(t, `metadata.annotations["traefik.ingress.kubernetes.io/router.priority"]`), host)
		assert.Len(t, ingress.At(t, "spec.rules[0].http.paths"), 1, host)
	}
}

// A group shares annotations, so a host without a certificate is not in the one that redirects.
func TestTraefikRedirectsOnlyHostsWithACertificate(t *testing.T) {
	args := behind("traefik")
	args.Ingress.RedirectHTTP = true
	args.Routes = []django.Route{args.Routes[0], {Host: "plain.example.com", Path: "/", Service: "blog-web", ServicePort: 80}}
	ran := mocks.Run(t, mocks.Known, withRoutes(args))
	all := byHost(t, ran, "Ingress", ingressHost, ingressPath)
	const annotation = `metadata.annotations["traefik.ingress.kubernetes.io/router.middlewares"]`
	assert.NotNil(t, all["example.com/"].At(t, annotation))
	assert.Nil(t, all["plain.example.com/"].At(t, annotation))
}

func TestAGatewayRedirectsHTTP(t *testing.T) {
	for _, outputs := range mocks.Both() {
		args := &django.RoutesArgs{Routes: sites()[:4], Gateway: &django.Gateway{Name: "shared", Namespace: "gateways", SectionName: "https", HTTPSectionName: "http"}}
		ran := mocks.Run(t, outputs, withRoutes(args))
		redirected := map[any]int{}
		for _, route := range ran.OfKind("HTTPRoute") {
			if route.At(t, "spec.parentRefs[0].sectionName") == "http" {
				redirected[route.At(t, "spec.hostnames[0]")]++
				assert.Equal(t, map[string]any{"scheme": "https", "statusCode": 301.0}, route.At(t, "spec.rules[0].filters[0].requestRedirect"))
			}
		}
		assert.Equal(t, map[any]int{"example.com": 1, "api.example.com": 1, "www.example.com": 1}, redirected)
		assert.Len(t, ran.OfKind("HTTPRoute"), 7)
	}
}

func TestAnALBHasOneIngress(t *testing.T) {
	args := behind("alb")
	args.Routes = args.Routes[:4]
	args.Ingress.Annotations["alb.ingress.kubernetes.io/load-balancer-attributes"] = "routing.http2.enabled=true"
	ran := mocks.Run(t, mocks.Known, withRoutes(args))
	require.Len(t, ran.OfKind("Ingress"), 1, "each would get a load balancer")
	ingress := ran.Find(t, "Ingress", "blog-web")
	assert.Equal(t, "routing.http2.enabled=true,idle_timeout.timeout_seconds=4000", ingress.At(t, `metadata.annotations["alb.ingress.kubernetes.io/load-balancer-attributes"]`))
	action := ingress.At(t, "spec.rules[2].http.paths[0].backend.service.name").(string)
	assert.Equal(t, "use-annotation", ingress.At(t, "spec.rules[2].http.paths[0].backend.service.port.name"))
	assert.JSONEq(t, `{"Type": "redirect", "RedirectConfig": {"Protocol": "HTTPS", "Host": "example.com", "Port": "443", "StatusCode": "HTTP_301"}}`,
		ingress.At(t, `metadata.annotations["alb.ingress.kubernetes.io/actions.`+action+`"]`).(string))
}

func TestAGatewayGetsAnHTTPRouteForEachRoute(t *testing.T) {
	for _, outputs := range mocks.Both() {
		args := &django.RoutesArgs{Routes: sites()[:4], Gateway: &django.Gateway{Name: "shared", Namespace: "gateways", SectionName: "https"}}
		args.Routes[3].RedirectTo = "https://example.com:8443"
		ran := mocks.Run(t, outputs, withRoutes(args))
		all := byHost(t, ran, "HTTPRoute", "spec.hostnames[0]", "spec.rules[0].matches[0].path.value")
		require.Len(t, all, 4)
		assert.Equal(t, "blog-web", ran.Find(t, "HTTPRoute", "blog-web").At(t, "metadata.name"))
		for at, r := range all {
			assert.Equal(t, map[string]any{"group": "gateway.networking.k8s.io", "kind": "Gateway", "name": "shared", "namespace": "gateways", "sectionName": "https"}, r.At(t, "spec.parentRefs[0]"), at)
		}
		sockets, redirect := all["example.com/ws/"], all["www.example.com/"]
		assert.Equal(t, "86400s", sockets.At(t, "spec.rules[0].timeouts.request"))
		assert.Equal(t, 9000.0, sockets.At(t, "spec.rules[0].backendRefs[0].port"))
		assert.Equal(t, map[string]any{"scheme": "https", "hostname": "example.com", "port": 8443.0, "statusCode": 301.0}, redirect.At(t, "spec.rules[0].filters[0].requestRedirect"))
		assert.Nil(t, redirect.At(t, "spec.rules[0].backendRefs"), "a redirect has no backend")
		args.Routes[3].RedirectTo = "https://example.com"
		usual := byHost(t, mocks.Run(t, outputs, withRoutes(args)), "HTTPRoute", "spec.hostnames[0]", "spec.rules[0].matches[0].path.value")["www.example.com/"]
		assert.Nil(t, usual.At(t, "spec.rules[0].filters[0].requestRedirect.port"), "Traefik would write it into the address")
		assert.Nil(t, all["example.com/"].At(t, "spec.rules[0].timeouts"))
	}
}

func TestRoutesThatTheControllerWouldIgnoreAreRefused(t *testing.T) {
	for want, args := range map[string]*django.RoutesArgs{
		"Routes[2].TimeoutSeconds needs a known Ingress.ClassName":  behind("contour"),
		"Routes[3].RedirectTo needs a known Ingress.ClassName":      behind("contour"),
		"Routes[4].SignIn needs Ingress.ClassName nginx or traefik": {Routes: sites(), Gateway: &django.Gateway{Name: "shared"}},
		"Ingress goes without Gateway":                              {Routes: sites()[:1], Ingress: &django.Ingress{ClassName: "nginx"}, Gateway: &django.Gateway{Name: "shared"}},
		"Ingress or Gateway":                                        {Routes: sites()[:1]},
		"Routes":                                                    {Ingress: &django.Ingress{ClassName: "nginx"}},
	} {
		mocks.Refused(t, withRoutes(args), want)
	}
}
