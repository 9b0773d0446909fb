package existing_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/djangostack/djangostack/tests/mocks"
)

const site = `"app": {"name": "blog", "image": "registry.example.com/blog:1.0", "settingsModule": "blog.settings", "url": "https://example.com/blog"},
	"processes": [{"name": "sockets", "command": ["sockets"], "port": 9000}, {"name": "bot", "command": ["bot"]}],
	"routes": [{"path": "/ws/", "process": "sockets", "timeoutSeconds": 3600}, {"host": "www.example.com", "redirectTo": "example.com"}], `

func TestRoutesLeadToProcesses(t *testing.T) {
	for kind, web := range map[string]string{
		"Ingress":   `"web": {"ingress": {"ingressClassName": "nginx", "tlsSecretName": "certificate"}}`,
		"HTTPRoute": `"web": {"gateway": {"name": "shared", "namespace": "gateways"}}`,
	} {
		for _, outputs := range mocks.Both() {
			ran := chosen(t, outputs, site+web)
			require.Len(t, ran.OfKind(kind), 3, kind)
			main := ran.Find(t, kind, "blog-web")
			for _, process := range [][2]string{{"Deployment", "blog-web"}, {"Deployment", "blog-process-sockets"}, {"Service", "blog-process-sockets"}} {
				assert.True(t, waits(ran, main, ran.Find(t, process[0], process[1]).URN), "%s leads to %v", kind, process)
			}
			assert.False(t, waits(ran, main, ran.Find(t, "Deployment", "blog-process-bot").URN), "no route leads to it")
			assert.True(t, may(t, ran, "web", destination{component: "postgres", port: 5432, protocol: "TCP"}))
			policy := ran.Find(t, "NetworkPolicy", "blog-process-sockets")
			assert.Equal(t, 9000.0, policy.At(t, "spec.ingress[0].ports[0].port"), "the controller reaches the process")
			assert.Nil(t, policy.At(t, "spec.ingress[0].from"), "its pods are not known")
		}
	}
}

// A console of the same pods has a path, and its own port of the Service.
func TestARouteLeadsToAnotherPortOfAProcess(t *testing.T) {
	const consoles = `"app": {"name": "blog", "image": "registry.example.com/blog:1.0", "settingsModule": "blog.settings", "url": "https://example.com"},
	"processes": [{"name": "queue", "command": ["queue"], "port": 5672, "ports": [{"name": "console", "containerPort": 15672, "servicePort": 8080}]}],
	"routes": [{"path": "/queue", "process": "queue", "port": "console"}, {"path": "/proxy", "port": "proxy"}], `
	const webPorts = `"ports": [{"name": "proxy", "containerPort": 4180, "servicePort": 4180}], `
	targets := func(t *testing.T, ran mocks.Program, kind string) map[any]any {
		t.Helper()
		ports := map[any]any{}
		for _, route := range ran.OfKind(kind) {
			if kind == "HTTPRoute" {
				ports[route.At(t, "spec.rules[0].matches[0].path.value")] = route.At(t, "spec.rules[0].backendRefs[0].port")
				continue
			}
			for _, path := range route.At(t, "spec.rules[0].http.paths").([]any) {
				found := path.(map[string]any)
				service := found["backend"].(map[string]any)["service"].(map[string]any)
				ports[found["path"]] = service["port"].(map[string]any)["name"]
			}
		}
		return ports
	}
	for _, outputs := range mocks.Both() {
		ran := chosen(t, outputs, consoles+`"web": {`+webPorts+`"ingress": {"ingressClassName": "contour", "tlsSecretName": "certificate"}}`)
		assert.Equal(t, map[any]any{"/": "http", "/queue": "console", "/proxy": "proxy"}, targets(t, ran, "Ingress"))
		ran = chosen(t, outputs, consoles+`"web": {`+webPorts+`"gateway": {"name": "shared"}}`)
		assert.Equal(t, map[any]any{"/": 80.0, "/queue": 8080.0, "/proxy": 4180.0}, targets(t, ran, "HTTPRoute"))
		service, policy := ran.Find(t, "Service", "blog-process-queue"), ran.Find(t, "NetworkPolicy", "blog-process-queue")
		assert.Equal(t, map[string]any{"name": "console", "port": 8080.0, "targetPort": "console"}, service.At(t, "spec.ports[1]"))
		assert.Equal(t, 15672.0, policy.At(t, "spec.ingress[0].ports[1].port"))
		assert.True(t, waits(ran, ran.OfKind("HTTPRoute")[0], ran.Find(t, "Service", "blog-process-queue").URN))
	}
}

func TestAnAppBelowAPathKnowsIt(t *testing.T) {
	ran := chosen(t, mocks.Known, site+`"web": {"gateway": {"name": "shared", "namespace": "gateways"}}`)
	assert.Equal(t, "/blog", ran.Find(t, "HTTPRoute", "blog-web").At(t, "spec.rules[0].matches[0].path.value"))
	settings := ran.Find(t, "ConfigMap", "blog-env")
	assert.Equal(t, "/blog", settings.At(t, "data.SCRIPT_NAME"))
	assert.Equal(t, "/blog", settings.At(t, "data.DJANGO_FORCE_SCRIPT_NAME"))
	assert.Equal(t, "/blog/static/", settings.At(t, "data.STATIC_URL"))

	root := chosen(t, mocks.Known, smallApp).Find(t, "ConfigMap", "blog-env")
	assert.Nil(t, root.At(t, "data.SCRIPT_NAME"))
}

// An account with an ACME server is all that an environment needs for https, besides cert-manager.
func TestAnAccountBringsCertificates(t *testing.T) {
	for _, outputs := range mocks.Both() {
		ran := chosen(t, outputs, site+`"web": {"ingress": {"ingressClassName": "traefik", "acme": {"email": "ops@example.com"}}}`)
		issuer := ran.OfKind("Issuer")
		require.Len(t, issuer, 1)
		assert.Equal(t, "https://acme-v02.api.letsencrypt.org/directory", issuer[0].At(t, "spec.acme.server"))
		assert.Equal(t, "ops@example.com", issuer[0].At(t, "spec.acme.email"))
		asking := 0
		for _, ingress := range ran.OfKind("Ingress") {
			if ingress.At(t, `metadata.annotations["cert-manager.io/issuer"]`) == issuer[0].At(t, "metadata.name") {
				asking++
				assert.Equal(t, []any{"example.com", "www.example.com"}, ingress.At(t, "spec.tls[0].hosts"))
			}
		}
		assert.Equal(t, 1, asking, "one Ingress asks for the certificate of all hosts")
	}
}

// A key that writes to the zone is a Secret of the environment, and in no other object.
func TestAZonesKeyIsASecretOfTheEnvironment(t *testing.T) {
	const tsig = "c2l4dGVlbiBieXRlcyBhbmQgc2l4dGVlbiBtb3JlLi4="
	for _, outputs := range mocks.Both() {
		ran := chosen(t, outputs, `"app": {"name": "blog", "image": "registry.example.com/blog:1.0", "settingsModule": "blog.settings", "url": "https://example.com"},
			"secrets": [{"name": "zone", "entries": {"tsig": "`+tsig+`"}}],
			"routes": [{"host": "*.example.com"}, {"host": "www.example.com", "redirectTo": "example.com"}],
			"web": {"ingress": {"ingressClassName": "traefik", "acme": {"email": "ops@example.com", "dns01": {
				"rfc2136": {"nameserver": "ns1.example.com", "tsigKeyName": "acme", "tsigSecret": {"name": "zone", "key": "tsig"}}}}}}`)
		secret := ran.Find(t, "Secret", "blog-secret-zone")
		issuer := ran.OfKind("Issuer")[0]
		assert.True(t, waits(ran, issuer, secret.URN), "the Issuer comes after what it names")
		solver := "spec.acme.solvers[0].dns01.rfc2136."
		name := "[unknown]"
		if outputs == mocks.Known {
			name = "blog-secret-zone-1a2b3c4d"
		}
		assert.Equal(t, name, issuer.At(t, solver+"tsigSecretSecretRef.name"), "another value is another Secret, and the Issuer names it")
		assert.Equal(t, "tsig", issuer.At(t, solver+"tsigSecretSecretRef.key"))
		assert.Equal(t, "HMACSHA256", issuer.At(t, solver+"tsigAlgorithm"))
		ingress := ran.Find(t, "Ingress", "blog-web")
		assert.Equal(t, []any{"example.com", "*.example.com"}, ingress.At(t, "spec.tls[0].hosts"))
		assert.Equal(t, "*.example.com", ingress.At(t, "spec.rules[1].host"))
		for _, object := range ran.Resources {
			assert.NotContains(t, fmt.Sprint(object.Plain()), tsig, object.Name)
		}
	}
}
