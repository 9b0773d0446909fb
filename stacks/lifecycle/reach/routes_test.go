package reach_test

import (
	"context"
	"encoding/json"
	"maps"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/djangostack/djangostack/stacks/lifecycle/reach"
	"github.com/djangostack/djangostack/stacks/spec"
)

const (
	ingresses  = "/apis/networking.k8s.io/v1/ingresses"
	httpRoutes = "/apis/gateway.networking.k8s.io/v1/httproutes"
)

// withControllers starts a cluster with the objects and those that lead requests to the app.
func withControllers(t *testing.T, forbidden string, objects map[string]string) string {
	t.Helper()
	all := map[string]string{
		"/apis/networking.k8s.io/v1/ingressclasses/nginx":                     `{"kind": "IngressClass", "metadata": {"name": "nginx"}}`,
		"/apis/gateway.networking.k8s.io/v1/namespaces/infra/gateways/public": `{"kind": "Gateway", "metadata": {"name": "public"}}`,
	}
	maps.Copy(all, objects)
	return cluster(t, forbidden, all)
}

// routed is an environment whose routes an Ingress or a Gateway has.
func routed(t *testing.T, server string, web map[string]any, routes ...any) *spec.Environment {
	t.Helper()
	raw, err := json.Marshal(map[string]any{
		"cloud": "none", "tier": "staging", "cluster": map[string]any{"context": "shop"}, "namespace": map[string]any{"name": "shop"},
		"app": map[string]any{"name": "shop", "image": "registry.example.com/shop:1", "settingsModule": "shop.settings"},
		"web": web, "routes": routes,
	})
	require.NoError(t, err)
	environment, err := spec.Parse(raw, "dev")
	require.NoError(t, err)
	environment.Cluster = existing(t, server).Cluster
	return environment
}

// items is a list of one object of a kind, with labels.
func items(kind, namespace, labels, spec string) string {
	return `{"apiVersion": "v1", "kind": "List", "items": [{"apiVersion": "v1", "kind": "` + kind + `",
		"metadata": {"name": "web", "namespace": "` + namespace + `", "labels": ` + labels + `}, "spec": ` + spec + `}]}`
}

const (
	nobody = `{}`
	other  = `{"app.kubernetes.io/name": "shop", "djangostack/environment": "test"}`
	own    = `{"app.kubernetes.io/name": "shop", "djangostack/environment": "dev"}`
)

func TestAHostAndPathOfAnotherIngressAreRefusedByNamingBoth(t *testing.T) {
	nginx := map[string]any{"ingress": map[string]any{"ingressClassName": "nginx"}}
	every, api := map[string]any{"host": "*"}, map[string]any{"host": "shop.example.com", "path": "/api"}
	rule := func(class, host, kind, path string) string {
		return `{"ingressClassName": "` + class + `", "rules": [{"host": "` + host + `", "http": {"paths": [{"path": "` + path + `", "pathType": "` + kind + `"}]}}]}`
	}
	for name, test := range map[string]struct {
		object string
		route  map[string]any
		want   string
	}{
		"every host": {items("Ingress", "shop-test", other, rule("nginx", "", "Prefix", "/")), every,
			"the environment in the namespace shop claims hosts and paths that others in the cluster have:\n  routes[0]: */ is led elsewhere by the Ingress web in the namespace shop-test, of the environment test of shop"},
		"a path": {items("Ingress", "wiki", nobody, rule("nginx", "shop.example.com", "Prefix", "/api/")), api,
			"routes[1]: shop.example.com/api is led elsewhere by the Ingress web in the namespace wiki:"},
		"its own":               {items("Ingress", "shop", own, rule("nginx", "", "Prefix", "/")), every, ""},
		"another host":          {items("Ingress", "wiki", nobody, rule("nginx", "wiki.example.com", "Prefix", "/")), every, ""},
		"another path":          {items("Ingress", "wiki", nobody, rule("nginx", "shop.example.com", "Prefix", "/wiki")), api, ""},
		"another controller":    {items("Ingress", "wiki", nobody, rule("internal", "", "Prefix", "/")), every, ""},
		"one path and no more":  {items("Ingress", "wiki", nobody, rule("nginx", "", "Exact", "/")), every, ""},
		"a host without a path": {items("Ingress", "wiki", nobody, `{"ingressClassName": "nginx", "rules": [{"host": "shop.example.com"}]}`), every, ""},
	} {
		t.Run(name, func(t *testing.T) {
			server := withControllers(t, "", map[string]string{ingresses: test.object})
			routes := []any{every}
			if test.route["path"] != nil {
				routes = append(routes, test.route)
			}
			err := reach.Environment(context.Background(), routed(t, server, nginx, routes...))
			if test.want == "" {
				assert.NoError(t, err)
				return
			}
			var taken *spec.TakenRoutesError
			require.ErrorAs(t, err, &taken)
			assert.ErrorContains(t, err, test.want)
		})
	}
}

func TestAHostAndPathOfAnotherRouteOfAGatewayAreRefused(t *testing.T) {
	public := map[string]any{"gateway": map[string]any{"name": "public", "namespace": "infra"}}
	route := func(gateway, more string) string {
		return `{"parentRefs": [{"name": "` + gateway + `", "namespace": "infra"}], "rules": [{"matches": [{"path": {"type": "PathPrefix", "value": "/"}` + more + `}]}]}`
	}
	for object, isTaken := range map[string]bool{
		items("HTTPRoute", "wiki", nobody, route("public", "")):                                                         true,
		items("HTTPRoute", "wiki", nobody, `{"parentRefs": [{"name": "public", "namespace": "infra"}], "rules": [{}]}`): true,
		items("HTTPRoute", "wiki", nobody, route("internal", "")):                                                       false,
		items("HTTPRoute", "wiki", nobody, route("public", `, "headers": [{"name": "X-Wiki", "value": "1"}]`)):          false,
		items("HTTPRoute", "shop", own, route("public", "")):                                                            false,
	} {
		server := withControllers(t, "", map[string]string{httpRoutes: object})
		err := reach.Environment(context.Background(), routed(t, server, public, map[string]any{"host": "*"}))
		assert.Equal(t, isTaken, err != nil, "%s: %v", object, err)
	}
}

func TestRoutesThatMayNotBeListedAreNotLookedAt(t *testing.T) {
	server := withControllers(t, ingresses, nil)
	nginx := map[string]any{"ingress": map[string]any{"ingressClassName": "nginx"}}
	assert.NoError(t, reach.Environment(context.Background(), routed(t, server, nginx, map[string]any{"host": "*"})))
}
