package controllers_test

import (
	"crypto/x509"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/djangostack/djangostack/tests/e2e"
)

const acmeServer = "https://pebble.pebble.svc:14000/dir"

// cert-manager gets the certificates from an ACME server, which asks the hosts over http, through Traefik.
func TestCertificatesAreIssuedByACME(t *testing.T) {
	e := newEnvironment(t, "cert-manager", "pebble")
	t.Cleanup(func() {
		if t.Failed() {
			e.logs(t, "cert-manager", "deployment/cert-manager", "deployment/cert-manager-webhook")
			e.logs(t, "pebble", "deployment/pebble")
		}
	})
	placeholder, _ := selfSigned(t, "placeholder.test")
	e.installTraefik(t, placeholder)
	authority := e.installPebble(t)
	e.installCertManager(t)

	e2e.Step(t, "by an Issuer of the environment", func(t *testing.T) {
		e.configure(t, "https://"+own, settings{"ingress": settings{"ingressClassName": "traefik", "acme": settings{
			"email": "ops@example.test", "server": acmeServer, "caBundle": string(authority),
		}}})
		began := time.Now()
		e.mustUp(t)
		e.isIssued(t, "blog-acme")
		t.Logf("the certificate was there %s after the update began", time.Since(began).Round(time.Second))
		e.browser(t, e.pebbleRoot(t)).servesHTTPS(t)
	})
	e2e.Step(t, "by an issuer of the cluster", func(t *testing.T) {
		wanted := settings{"ingress": settings{"ingressClassName": "traefik", "issuer": settings{"name": "pebble"}}}
		e.configure(t, "https://"+own, wanted)
		out, err := e.up()
		require.Error(t, err, "an issuer that is not there is noticed before anything is touched")
		assert.Contains(t, out, "web.ingress.issuer.name: the ClusterIssuer pebble is not there")
		e.addClusterIssuer(t, authority)
		e.mustUp(t)
		e.isIssued(t, "pebble")
		e.browser(t, e.pebbleRoot(t)).servesHTTPS(t)
		assert.NotContains(t, e.Kubectl(t, namespace, "get", "issuers", "--output", "name"), "blog-acme")
	})
}

// servesHTTPS shows each host with a certificate of the server's authority.
func (b *browser) servesHTTPS(t *testing.T) {
	b.shows(t, "https://"+own+"/", `<strong id="version">orange`)
	b.shows(t, "https://"+further+"/", `<strong id="version">orange`)
	b.redirects(t, "https://"+other+"/a?b=c", "https://"+own+"/a?b=c")
	b.redirects(t, "http://"+own+"/a?b=c", "https://"+own+"/a?b=c")
	_, err := b.environment.browser(t, x509.NewCertPool()).get("https://" + own + "/")
	assert.ErrorContains(t, err, "certificate signed by unknown authority", "the certificate is checked")
}

// isIssued waits for the certificate of the hosts, from an issuer.
func (e *environment) isIssued(t *testing.T, issuer string) {
	t.Helper()
	e2e.Eventually(t, 5*time.Minute, "the certificate is issued by "+issuer, func() error {
		out := e.Kubectl(t, namespace, "get", "certificates", "--output", `jsonpath={range .items[*]}{.metadata.name} {.spec.issuerRef.name} {.status.conditions[?(@.type=="Ready")].status}{"\n"}{end}`)
		if strings.TrimSpace(out) != "blog-tls "+issuer+" True" {
			return fmt.Errorf("certificates: %s", out)
		}
		return nil
	})
}

// installPebble installs the ACME server and returns the authority of the certificate that it serves.
func (e *environment) installPebble(t *testing.T) []byte {
	t.Helper()
	served, _ := selfSigned(t, "pebble.pebble.svc")
	e.Kubectl(t, "", "create", "namespace", "pebble")
	e.storeCertificate(t, "pebble", served)
	e.apply(t, filepath.Join(e.Root, "tests", "controllers", "testdata", "pebble.yaml"))
	e.Kubectl(t, "pebble", "rollout", "status", "deployment/pebble", "--timeout=2m")
	return served.certificate
}

// pebbleRoot returns the authority of the certificates that Pebble issues, which it creates when it starts.
func (e *environment) pebbleRoot(t *testing.T) *x509.CertPool {
	t.Helper()
	root := e.Kubectl(t, "", "get", "--raw", "/api/v1/namespaces/pebble/services/https:pebble:15000/proxy/roots/0")
	trusted := x509.NewCertPool()
	require.True(t, trusted.AppendCertsFromPEM([]byte(root)), root)
	return trusted
}

// refusedIssuer has no solver that cert-manager knows.
const refusedIssuer = `{"apiVersion": "cert-manager.io/v1", "kind": "ClusterIssuer", "metadata": {"name": "wrong"}, "spec": {"acme": {"server": "", "privateKeySecretRef": {"name": "a"}}}}`

// installCertManager installs cert-manager and waits until its webhook checks objects.
func (e *environment) installCertManager(t *testing.T) {
	t.Helper()
	kinds, err := filepath.Glob(filepath.Join(e.addonModule(t, "cert-manager", "github.com/cert-manager/cert-manager"), "deploy", "crds", "*.yaml"))
	require.NoError(t, err)
	require.NotEmpty(t, kinds)
	e.apply(t, kinds...)
	e.Kubectl(t, "", "create", "namespace", "cert-manager")
	e.apply(t, filepath.Join(e.Root, "tests", "controllers", "testdata", "cert-manager.yaml"))
	for _, name := range []string{"cert-manager", "cert-manager-webhook"} {
		e.Kubectl(t, "cert-manager", "rollout", "status", "deployment/"+name, "--timeout=2m")
	}
	file := filepath.Join(t.TempDir(), "refused.json")
	require.NoError(t, os.WriteFile(file, []byte(refusedIssuer), 0o600))
	e2e.Eventually(t, time.Minute, "the webhook refuses a wrong issuer", func() error {
		out, err := e.Command("djangostack-local", "kubectl", "apply", "--dry-run=server", "--filename", file).CombinedOutput()
		if err == nil || !strings.Contains(string(out), "spec.acme.server: Required value") {
			return fmt.Errorf("it said: %s", out)
		}
		return nil
	})
}

// addClusterIssuer creates what the owner of a cluster does.
func (e *environment) addClusterIssuer(t *testing.T, authority []byte) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "issuer.json")
	text, err := json.Marshal(settings{
		"apiVersion": "cert-manager.io/v1", "kind": "ClusterIssuer", "metadata": settings{"name": "pebble"},
		"spec": settings{"acme": settings{
			"server": acmeServer, "email": "ops@example.test", "caBundle": authority, "privateKeySecretRef": settings{"name": "pebble-account"},
			"solvers": []settings{{"http01": settings{"ingress": settings{"ingressClassName": "traefik"}}}},
		}},
	})
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(file, text, 0o600))
	e.apply(t, file)
	e.Kubectl(t, "", "wait", "--for=condition=Ready", "clusterissuer/pebble", "--timeout=1m")
}
