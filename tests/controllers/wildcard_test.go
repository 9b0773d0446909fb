package controllers_test

import (
	"bytes"
	"crypto/tls"
	"encoding/base64"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"sigs.k8s.io/yaml"

	"github.com/djangostack/djangostack/tests/e2e"
)

const (
	// tsig is the key that signs updates of the zone.
	tsig = "c2l4dGVlbiBieXRlcyBhbmQgc2l4dGVlbiBtb3JlLi4="
	// nameServer is the address of the Service of testdata/bind.yaml.
	nameServer = "10.96.0.81"
	// anyName is one that only a wildcard has.
	anyName = "any.example.test"
	// secondName is that of the second environment. The first one's wildcard has it too.
	secondName = "second.example.test"
)

// wildcardRoutes lead every name of example.test to the app. A second host is in another zone.
const wildcardRoutes = "routes=[{path: /ws, process: sockets, timeoutSeconds: 86400}, {host: www.example.test, redirectTo: example.test}, {host: '*.example.test'}, {host: further.test}]"

// cert-manager gets certificates for wildcards from an ACME server, which asks for records of their zone. BIND takes the
// records by signed updates.
func TestWildcardsAreProvedByRecords(t *testing.T) {
	e := newEnvironment(t, "cert-manager", "pebble")
	t.Cleanup(func() {
		if t.Failed() {
			e.logs(t, "cert-manager", "deployment/cert-manager")
			e.logs(t, "pebble", "deployment/pebble")
			e.logs(t, "names", "deployment/bind")
		}
	})
	placeholder, _ := selfSigned(t, "placeholder.test")
	e.installTraefik(t, placeholder)
	e.installBind(t)
	authority := e.installPebble(t)
	e.asksNameServer(t, "pebble", "pebble", "-dnsserver="+nameServer+":53")
	e.installCertManager(t)
	e.asksNameServer(t, "cert-manager", "cert-manager", "--dns01-recursive-nameservers="+nameServer+":53")

	e2e.Step(t, "cert-manager takes every form of the Issuer", func(t *testing.T) { e.takesIssuers(t) })
	e2e.Step(t, "by an Issuer of the environment", func(t *testing.T) {
		e.configure(t, "https://"+own, settings{"ingress": settings{"ingressClassName": "traefik", "acme": settings{
			"email": "ops@example.test", "server": acmeServer, "caBundle": string(authority),
			"dns01": settings{"zones": []string{own}, "rfc2136": settings{"nameserver": nameServer + ":53", "tsigKeyName": "acme", "tsigSecret": settings{"name": "zone", "key": "tsig"}}},
		}}})
		began := time.Now()
		e.encryptKey(t)
		e.mustUp(t, wildcardRoutes)
		e.isIssued(t, "blog-acme")
		t.Logf("the certificate was there %s after the update began", time.Since(began).Round(time.Second))
		names := e.Kubectl(t, namespace, "get", "certificate", "blog-tls", "--output", "jsonpath={.spec.dnsNames}")
		assert.JSONEq(t, `["example.test", "*.example.test", "further.test"]`, names, "Let's Encrypt refuses www.example.test beside the wildcard")
		assert.Contains(t, e.Kubectl(t, "names", "logs", "deployment/bind"), `adding an RR at '_acme-challenge.example.test' TXT`)
		b := e.browser(t, e.pebbleRoot(t))
		b.showsWildcard(t)
		b.shows(t, "https://"+further+"/", `<strong id="version">orange`)
	})
	e2e.Step(t, "by the certificate of the platform", func(t *testing.T) {
		e.configure(t, "https://"+own, settings{"ingress": settings{"ingressClassName": "traefik", "defaultCertificate": true}})
		e.mustUp(t, wildcardRoutes)
		assert.Empty(t, e.Kubectl(t, namespace, "get", "issuers", "--output", "name"))
		// cert-manager leaves the Certificate of an Ingress that no longer names an issuer.
		e.Kubectl(t, namespace, "delete", "certificate/blog-tls", "secret/blog-tls")
		e.browser(t, e.pebbleRoot(t)).refuses(t, "https://"+own+"/")
		e.createPlatform(t, authority)
		e.browser(t, e.pebbleRoot(t)).showsWildcard(t)
	})
	second := e.beside("second")
	e2e.Step(t, "two environments share the certificate of the platform", func(t *testing.T) {
		second.configure(t, "https://"+secondName, settings{"ingress": settings{"ingressClassName": "traefik", "defaultCertificate": true}})
		second.mustUp(t, "routes=[]", "app.image=djangostack.local/blog:maroon")
		assert.Empty(t, second.Kubectl(t, second.namespace, "get", "certificates,issuers", "--output", "name"))
		b := second.browser(t, e.pebbleRoot(t))
		b.shows(t, "https://"+secondName+"/", `<strong id="version">maroon`)
		b.redirects(t, "http://"+secondName+"/a?b=c", "https://"+secondName+"/a?b=c")
		b.showsWildcard(t)
	})
	e2e.Step(t, "by a Gateway with the certificate of the platform", func(t *testing.T) {
		for _, each := range []struct {
			*environment

			url    string
			values []string
		}{
			{e, "https://" + own, []string{wildcardRoutes}},
			{second, "https://" + secondName, []string{"routes=[]", "app.image=djangostack.local/blog:maroon"}},
		} {
			each.configure(t, each.url, settings{"gateway": settings{"name": "public", "namespace": "traefik", "sectionName": "https", "httpSectionName": "http"}})
			each.mustUp(t, each.values...)
		}
		// Without the default certificate, all that a browser gets is the listener's.
		e.Kubectl(t, "traefik", "delete", "tlsstore/default")
		e.browser(t, e.pebbleRoot(t)).refuses(t, "https://"+own+"/")
		e.Kubectl(t, "traefik", "patch", "gateway", "public", "--type=json", "--patch", `[{"op": "replace", "path": "/spec/listeners/1/tls/certificateRefs/0/name", "value": "platform-tls"}]`)
		b := e.browser(t, e.pebbleRoot(t))
		b.showsWildcard(t)
		b.shows(t, "https://"+secondName+"/", `<strong id="version">maroon`)
	})
}

// beside returns an environment of another stack on the same cluster.
func (e *environment) beside(stack string) *environment {
	other := *e
	other.stack, other.namespace = stack, "blog-"+stack
	return &other
}

// refuses waits until a new connection gets a certificate that the browser does not trust for the host.
func (b *browser) refuses(t *testing.T, address string) {
	t.Helper()
	e2e.Eventually(t, 20*time.Second, address+" has no certificate to trust", func() error {
		_, err := b.environment.browser(t, b.trusted).get(address)
		var wrong *tls.CertificateVerificationError
		if !errors.As(err, &wrong) {
			return fmt.Errorf("it was answered, or there was another error: %w", err)
		}
		return nil
	})
}

// showsWildcard shows names of the domain with a certificate of the server's authority.
func (b *browser) showsWildcard(t *testing.T) {
	t.Helper()
	b.shows(t, "https://"+own+"/", `<strong id="version">orange`)
	b.shows(t, "https://"+anyName+"/", `<strong id="version">orange`)
	b.redirects(t, "https://"+other+"/a?b=c", "https://"+own+"/a?b=c")
	b.redirects(t, "http://"+anyName+"/a?b=c", "https://"+anyName+"/a?b=c")
	_, err := b.get("https://deep." + anyName + "/")
	assert.ErrorContains(t, err, "certificate is valid for", "a wildcard has one label")
}

// applyWith applies a file of testdata with values in place of words.
func (e *environment) applyWith(t *testing.T, name string, values ...string) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(e.Root, "tests", "controllers", "testdata", name))
	require.NoError(t, err)
	file := filepath.Join(t.TempDir(), name)
	require.NoError(t, os.WriteFile(file, []byte(strings.NewReplacer(values...).Replace(string(text))), 0o600))
	e.apply(t, file)
}

// installBind installs the name server. Its image is one of those that are built only by name.
func (e *environment) installBind(t *testing.T) {
	t.Helper()
	out, err := e.Command("djangostack-image", "build", "--app", filepath.Join(e.Root, "examples", "blog"), "--out", e.Images, "bind").CombinedOutput()
	require.NoError(t, err, "%s", out)
	e.Local(t, nil, "load-image", filepath.Join(e.Images, "bind.tar"))
	e.Kubectl(t, "", "create", "namespace", "names")
	e.applyWith(t, "bind.yaml", "SECRET", tsig)
	e.Kubectl(t, "names", "rollout", "status", "deployment/bind", "--timeout=2m")
}

// encryptKey adds a Secret with the key of the zone to the configuration, as a user does.
func (e *environment) encryptKey(t *testing.T) {
	t.Helper()
	path := filepath.Join(e.project, "Pulumi."+e.stack+".yaml")
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	var file settings
	require.NoError(t, yaml.Unmarshal(text, &file))
	file["config"].(settings)["djangostack:environment"].(settings)["secrets"] = []settings{{"name": "zone", "entries": settings{}}}
	text, err = yaml.Marshal(file)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(path, text, 0o600))
	command := e.Command("djangostack", "config", "secret", "-s", e.stack, "--dir", e.project, "secrets[0].entries.tsig")
	command.Stdin = strings.NewReader(tsig)
	out, err := command.CombinedOutput()
	require.NoError(t, err, "%s", out)
	text, err = os.ReadFile(path)
	require.NoError(t, err)
	require.NotContains(t, string(text), tsig)
}

// asksNameServer gives a program an option with the name server that knows the hosts.
func (e *environment) asksNameServer(t *testing.T, namespace, deployment, option string) {
	t.Helper()
	e.Kubectl(t, namespace, "patch", "deployment", deployment, "--type=json", "--patch", `[{"op": "add", "path": "/spec/template/spec/containers/0/args/-", "value": "`+option+`"}]`)
	e.Kubectl(t, namespace, "rollout", "status", "deployment/"+deployment, "--timeout=2m")
}

// createPlatform creates the certificate that environments share, and waits for it.
func (e *environment) createPlatform(t *testing.T, authority []byte) {
	t.Helper()
	e.applyWith(t, "platform.yaml", "SECRET", tsig, "AUTHORITY", base64.StdEncoding.EncodeToString(authority))
	e.Kubectl(t, "traefik", "wait", "--for=condition=Ready", "certificate/platform", "--timeout=5m")
}

// takesIssuers has the API server and cert-manager's webhook check the Issuer with each service that may have the zone.
func (e *environment) takesIssuers(t *testing.T) {
	t.Helper()
	key := settings{"name": "zone", "key": "key"}
	for name, dns01 := range map[string]settings{
		"route53 by a key":  {"route53": settings{"region": "eu-west-1", "hostedZoneID": "Z0123456789", "accessKeyID": "AKIAIOSFODNN7EXAMPLE", "secretAccessKey": key}},
		"route53 by a role": {"route53": settings{"region": "eu-west-1", "role": "arn:aws:iam::123456789012:role/zone", "serviceAccountName": "zone"}},
		"cloudDNS":          {"cloudDNS": settings{"project": "shop-prod", "hostedZoneName": "shop", "serviceAccountKey": key}},
		"cloudflare":        {"cloudflare": settings{"apiToken": key}},
		"rfc2136":           {"cnameStrategy": "Follow", "zones": []string{own}, "rfc2136": settings{"nameserver": "[2001:db8::1]:53", "protocol": "TCP", "tsigKeyName": "acme", "tsigAlgorithm": "HMACSHA512", "tsigSecret": key}},
		"rfc2136 unsigned":  {"rfc2136": settings{"nameserver": "ns1.example.com"}},
	} {
		e.configure(t, "https://"+own, settings{"ingress": settings{"ingressClassName": "traefik", "acme": settings{"email": "ops@example.test", "dns01": dns01}}})
		command := e.Command("djangostack", "--dir", e.project, "render", "-s", e.stack, "--generate-secrets")
		rendered, err := command.Output()
		require.NoError(t, err, name)
		file := filepath.Join(t.TempDir(), "issuer.yaml")
		require.NoError(t, os.WriteFile(file, issuerOf(t, rendered), 0o600))
		out, err := e.Command("djangostack-local", "kubectl", "--namespace", "default", "apply", "--dry-run=server", "--validate=strict", "--filename", file).CombinedOutput()
		assert.NoError(t, err, "%s: %s", name, out)
	}
}

// issuerOf returns the only Issuer of manifests, without its namespace, which is not there yet.
func issuerOf(t *testing.T, manifests []byte) []byte {
	t.Helper()
	for _, document := range bytes.Split(manifests, []byte("\n---\n")) {
		var object settings
		require.NoError(t, yaml.Unmarshal(document, &object))
		if object["kind"] != "Issuer" {
			continue
		}
		delete(object["metadata"].(settings), "namespace")
		text, err := yaml.Marshal(object)
		require.NoError(t, err)
		return text
	}
	require.Fail(t, "no Issuer is rendered")
	return nil
}
