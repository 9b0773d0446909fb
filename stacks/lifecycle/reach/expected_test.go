package reach_test

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/djangostack/djangostack/stacks/lifecycle/reach"
	"github.com/djangostack/djangostack/stacks/spec"
)

const apiV1 = "/api/v1/namespaces/shop"

// cluster serves objects by their paths, and forbids one path.
func cluster(t *testing.T, forbidden string, objects map[string]string) string {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		object, has := objects[r.URL.Path]
		switch {
		case r.URL.Path == "/version":
			object = `{"gitVersion": "v1.36.1"}`
		case r.URL.Path == forbidden:
			w.WriteHeader(http.StatusForbidden)
			object = `{"kind": "Status", "apiVersion": "v1", "status": "Failure", "reason": "Forbidden", "code": 403}`
		case !has:
			w.WriteHeader(http.StatusNotFound)
			object = `{"kind": "Status", "apiVersion": "v1", "status": "Failure", "reason": "NotFound", "code": 404}`
		}
		_, err := w.Write([]byte(object))
		assert.NoError(t, err)
	}))
	t.Cleanup(server.Close)
	return server.URL
}

// using is an environment that uses a Secret, a ConfigMap, claims and classes that it does not create.
func using(t *testing.T, server, namespace string) *spec.Environment {
	t.Helper()
	raw, err := json.Marshal(map[string]any{
		"cloud": "none", "tier": "staging", "namespace": map[string]any{"source": namespace, "name": "shop"},
		"app": map[string]any{"name": "shop", "image": "registry.example.com/shop:1", "settingsModule": "shop.settings",
			"secretKeyRefs": map[string]any{"KEY": map[string]any{"name": "vault", "key": "stripe"}}},
		"cluster":  map[string]any{"context": "shop"},
		"database": map[string]any{"volume": map[string]any{"storageClassName": "fast"}},
		"volumes":  []any{map[string]any{"name": "media", "claimName": "uploads", "accessMode": "ReadWriteMany"}},
		"web": map[string]any{
			"envFrom": []any{map[string]any{"configMap": "levels"}, map[string]any{"secret": "other", "optional": true}},
			"volumes": []any{map[string]any{"name": "d", "mountPath": "/d", "source": "persistentVolumeClaim", "from": "data"}},
		},
	})
	require.NoError(t, err)
	environment, err := spec.Parse(raw, "dev")
	require.NoError(t, err)
	environment.Cluster = existing(t, server).Cluster
	return environment
}

func TestWhatIsMissingIsNamedWithItsFieldAndItsCure(t *testing.T) {
	server := cluster(t, "", map[string]string{
		"/api/v1/namespaces/shop":                 `{"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "shop"}}`,
		apiV1 + "/secrets/vault":                  `{"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "vault"}, "data": {"paypal": "eA=="}}`,
		apiV1 + "/persistentvolumeclaims/uploads": `{"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": {"name": "uploads"}, "spec": {"accessModes": ["ReadWriteOnce"]}}`,
		apiV1 + "/persistentvolumeclaims/data":    `{"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": {"name": "data"}, "spec": {"accessModes": ["ReadWriteOnce"]}}`,
	})
	err := reach.Environment(context.Background(), using(t, server, "existing"))
	var missing *spec.MissingObjectsError
	require.ErrorAs(t, err, &missing)
	for _, line := range []string{
		"app.secretKeyRefs.KEY.name: the Secret vault in the namespace shop has no entry stripe: add it before the update; or let the environment create it: give its entries in secrets",
		"web.envFrom[0].configMap: the ConfigMap levels in the namespace shop is not there: create it before the update; or let the environment create it: give its entries in configMaps",
		"volumes[0].claimName: the PersistentVolumeClaim uploads in the namespace shop is ReadWriteOnce, and the configuration says accessMode ReadWriteMany: set it to what the claim has",
		"web.volumes[0].from: the PersistentVolumeClaim data in the namespace shop is ReadWriteOnce, so pods on several nodes cannot mount it: declare it as {name: data, claimName: data, accessMode: ReadWriteOnce} in volumes",
		"database.volume.storageClassName: the StorageClass fast is not there: create it before the update",
	} {
		assert.ErrorContains(t, err, line)
	}
	assert.Len(t, missing.Objects, 5, "an optional Secret may be missing")
}

// What leads requests to the app is looked up even if the namespace is new.
func TestControllersAndIssuersAreLookedUp(t *testing.T) {
	within := func(t *testing.T, server string, web string) *spec.Environment {
		t.Helper()
		environment, err := spec.Parse([]byte(`{"cloud": "none", "tier": "staging", "cluster": {"context": "shop"}, "namespace": {"name": "shop"},
			"app": {"name": "shop", "image": "registry.example.com/shop:1", "settingsModule": "shop.settings", "url": "https://shop.example.com"}, "web": `+web+`}`), "dev")
		require.NoError(t, err)
		environment.Cluster = existing(t, server).Cluster
		return environment
	}
	for web, found := range map[string]map[string]string{
		`{"gateway": {"name": "public", "namespace": "edge"}}`: {
			"/apis/gateway.networking.k8s.io/v1/namespaces/edge/gateways/public": "web.gateway.name: the Gateway public in the namespace edge is not there",
		},
		`{"ingress": {"ingressClassName": "traefik", "issuer": {"name": "letsencrypt"}}}`: {
			"/apis/networking.k8s.io/v1/ingressclasses/traefik":   "web.ingress.ingressClassName: the IngressClass traefik is not there",
			"/apis/cert-manager.io/v1/clusterissuers/letsencrypt": "web.ingress.issuer.name: the ClusterIssuer letsencrypt is not there: create it before the update; or let the environment create it: set web.ingress.acme instead of issuer",
		},
		`{"ingress": {"ingressClassName": "traefik", "acme": {"email": "ops@example.com"}}}`: {
			"/apis/networking.k8s.io/v1/ingressclasses/traefik":                               "web.ingress.ingressClassName: the IngressClass traefik is not there",
			"/apis/apiextensions.k8s.io/v1/customresourcedefinitions/issuers.cert-manager.io": "web.ingress.acme: the CustomResourceDefinition issuers.cert-manager.io is not there",
		},
	} {
		err := reach.Environment(context.Background(), within(t, cluster(t, "", nil), web))
		served := map[string]string{}
		for path, line := range found {
			assert.ErrorContains(t, err, line)
			served[path] = `{"apiVersion": "v1", "kind": "Any", "metadata": {"name": "any"}}`
		}
		assert.NoError(t, reach.Environment(context.Background(), within(t, cluster(t, "", served), web)), web)
	}
}

func TestKindsOfControllersAreLookedUpWhereTheyAreUsed(t *testing.T) {
	const definitions = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions/"
	using := func(t *testing.T, server, section string) *spec.Environment {
		t.Helper()
		environment, err := spec.Parse([]byte(`{"cloud": "none", "tier": "staging", "cluster": {"context": "shop"}, "namespace": {"name": "shop"},
			"app": {"name": "shop", "image": "registry.example.com/shop:1", "settingsModule": "shop.settings", "celeryApp": "shop"}, `+section+`}`), "dev")
		require.NoError(t, err)
		environment.Cluster = existing(t, server).Cluster
		return environment
	}
	without := cluster(t, "", nil)
	for section, missing := range map[string][2]string{
		`"workers": [{"name": "mail", "autoscaling": {"by": "queue", "maxReplicas": 3}}]`: {"workers[0].autoscaling.by", "scaledobjects.keda.sh"},
		`"monitoring": {"prometheus": {"scrape": "podMonitor"}}`:                          {"monitoring.prometheus.scrape", "podmonitors.monitoring.coreos.com"},
		`"monitoring": {"prometheus": {"scrape": "serviceMonitor"}}`:                      {"monitoring.prometheus.scrape", "servicemonitors.monitoring.coreos.com"},
		`"monitoring": {"alerts": {}}`:                                                    {"monitoring.alerts", "prometheusrules.monitoring.coreos.com"},
	} {
		assert.ErrorContains(t, reach.Environment(context.Background(), using(t, without, section)),
			missing[0]+": the CustomResourceDefinition "+missing[1]+" is not there: create it before the update")
		with := cluster(t, "", map[string]string{definitions + missing[1]: `{"apiVersion": "v1", "kind": "Any", "metadata": {"name": "any"}}`})
		assert.NoError(t, reach.Environment(context.Background(), using(t, with, section)))
	}
	for _, section := range []string{
		`"workers": [{"name": "mail", "autoscaling": {"by": "cpu", "maxReplicas": 3}}]`,
		`"monitoring": {"prometheus": {"scrape": "annotations"}}`,
	} {
		assert.NoError(t, reach.Environment(context.Background(), using(t, without, section)))
	}
}

func TestWhatMayNotBeReadIsNotMissing(t *testing.T) {
	const claim = `{"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": {"name": "x"}, "spec": {"accessModes": ["ReadWriteMany"]}}`
	server := cluster(t, apiV1+"/secrets/vault", map[string]string{
		"/api/v1/namespaces/shop":                     `{"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "shop"}}`,
		apiV1 + "/configmaps/levels":                  `{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "levels"}}`,
		apiV1 + "/persistentvolumeclaims/uploads":     claim,
		apiV1 + "/persistentvolumeclaims/data":        claim,
		"/apis/storage.k8s.io/v1/storageclasses/fast": `{"apiVersion": "storage.k8s.io/v1", "kind": "StorageClass", "metadata": {"name": "fast"}}`,
	})
	assert.NoError(t, reach.Environment(context.Background(), using(t, server, "existing")))
}

// Whoever creates objects in new namespaces does it while the update waits for the pods.
func TestANamespaceThatIsNotThereYetMayBeEmpty(t *testing.T) {
	server := cluster(t, "", map[string]string{
		"/apis/storage.k8s.io/v1/storageclasses/fast": `{"apiVersion": "storage.k8s.io/v1", "kind": "StorageClass", "metadata": {"name": "fast"}}`,
	})
	require.NoError(t, reach.Environment(context.Background(), using(t, server, "create")))
	err := reach.Environment(context.Background(), using(t, server, "existing"))
	assert.ErrorContains(t, err, "the namespace shop is not there, and namespace.source is existing: create it, or set namespace.source to create")
}

// storing is an environment whose cache has its password in the Secret vault.
func storing(t *testing.T, server string) *spec.Environment {
	t.Helper()
	key := func(key string) map[string]any { return map[string]any{"name": "vault", "key": key} }
	raw, err := json.Marshal(map[string]any{
		"cloud": "none", "tier": "staging", "namespace": map[string]any{"source": "existing", "name": "shop"},
		"app":      map[string]any{"name": "shop", "image": "registry.example.com/shop:1", "settingsModule": "shop.settings"},
		"cluster":  map[string]any{"context": "shop"},
		"database": map[string]any{"kind": "external", "external": map[string]any{"host": "db", "passwordSecretKeyRef": key("database")}},
		"cache":    map[string]any{"kind": "external", "external": map[string]any{"host": "redis", "passwordSecretKeyRef": key("cache")}},
	})
	require.NoError(t, err)
	environment, err := spec.Parse(raw, "dev")
	require.NoError(t, err)
	environment.Cluster = existing(t, server).Cluster
	return environment
}

func TestAPasswordThatNoURLCanHaveIsNamedAndNotShown(t *testing.T) {
	const hidden = "hunter2/?#"
	serve := func(cache string) string {
		return cluster(t, "", map[string]string{
			"/api/v1/namespaces/shop": `{"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "shop"}}`,
			apiV1 + "/secrets/vault": `{"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "vault"}, "data": {"database": "` +
				base64.StdEncoding.EncodeToString([]byte(hidden)) + `", "cache": "` + base64.StdEncoding.EncodeToString([]byte(cache)) + `"}}`,
		})
	}
	assert.NoError(t, reach.Environment(context.Background(), storing(t, serve("hunter2"))), "libpq takes any password")

	for _, wrong := range []string{hidden, "hunter2\n", ""} {
		err := reach.Environment(context.Background(), storing(t, serve(wrong)))
		var missing *spec.MissingObjectsError
		require.ErrorAs(t, err, &missing, "%q", wrong)
		assert.Len(t, missing.Objects, 1)
		assert.ErrorContains(t, err, "cache.external.passwordSecretKeyRef: the Secret vault in the namespace shop has an entry cache that has characters that a URL must have percent-encoded, "+
			"which Kubernetes does not do, and it is a part of CACHE_LOCATION, CACHE_URL, REDIS_URL: add an entry with the encoded password and name it in cache.external.urlPasswordSecretKeyRef")
		assert.NotContains(t, err.Error(), "hunter2")
	}
}

func TestAStoredPasswordIsExpected(t *testing.T) {
	server := cluster(t, "", map[string]string{
		"/api/v1/namespaces/shop": `{"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "shop"}}`,
		apiV1 + "/secrets/vault":  `{"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "vault"}, "data": {"other": "eA=="}}`,
	})
	err := reach.Environment(context.Background(), storing(t, server))
	assert.ErrorContains(t, err, "database.external.passwordSecretKeyRef.name: the Secret vault in the namespace shop has no entry database, cache: add it before the update")
	assert.NotContains(t, err.Error(), "percent-encoded", "an entry that is missing has no form")
}
