package spec_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/djangostack/djangostack/stacks/spec"
)

// issuerMistakes are issuers that would issue nothing, and listeners that would redirect in a circle.
func issuerMistakes() []wrong {
	ingress := func(pairs ...any) map[string]any {
		return object(append([]any{"ingressClassName", "traefik"}, pairs...)...)
	}
	acme := func(pairs ...any) map[string]any {
		return ingress("acme", object(append([]any{"email", "ops@example.com"}, pairs...)...))
	}
	route53 := func(pairs ...any) map[string]any {
		return acme("dns01", object("route53", object(append([]any{"region", "eu-west-1"}, pairs...)...)))
	}
	gateway := func(pairs ...any) map[string]any { return object(append([]any{"name", "shared"}, pairs...)...) }
	key := object("name", "zone", "key", "secret")
	const role, access = "arn:aws:iam::123456789012:role/zone", "AKIAIOSFODNN7EXAMPLE"
	return []wrong{
		{"issuer without a name", production, "web.ingress", ingress("issuer", object("kind", "Issuer")), `web.ingress.issuer.name: is required`},
		{"issuer of an unknown kind", production, "web.ingress", ingress("issuer", object("name", "letsencrypt", "kind", "AWSPCAIssuer")), `web.ingress.issuer.kind: "AWSPCAIssuer": must be ClusterIssuer or Issuer; other kinds need web.ingress.issuer.group`},
		{"kind in small letters", production, "web.ingress", ingress("issuer", object("name", "letsencrypt", "kind", "issuer")), `web.ingress.issuer.kind: "issuer": must be`},
		{"issuer and account", production, "web.ingress", ingress("issuer", object("name", "letsencrypt"), "acme", object("email", "ops@example.com")), `web.ingress.acme: goes without web.ingress.issuer`},
		{"issuer of an ALB", production, "web.ingress", object("ingressClassName", "alb", "issuer", object("name", "letsencrypt")), `web.ingress.issuer: would be ignored: with the class alb the load balancer has certificates of ACM only`},
		{"issuer of an app over http", production, "", map[string]any{"app.url": "http://blog.example.com", "web.ingress": ingress("issuer", object("name", "letsencrypt"))}, `app.url: "http://blog.example.com": must begin with https://, because web.ingress.issuer gets a certificate for its host`},
		{"issuer by field and annotation", production, "web.ingress", ingress("issuer", object("name", "letsencrypt"), "annotations", object("cert-manager.io/cluster-issuer", "other")), `web.ingress.annotations.cert-manager.io/cluster-issuer: "other": goes without web.ingress.issuer, which names the issuer`},
		{"own certificate with an issuer", production, "", map[string]any{
			"web.ingress": ingress("issuer", object("name", "letsencrypt"), "tlsSecretName", "own"),
			"secrets":     list(object("name", "own", "type", "kubernetes.io/tls", "entries", object("tls.crt", "a", "tls.key", "b"))),
		}, `web.ingress.tlsSecretName: "own": is one of secrets, and web.ingress.issuer would write another certificate`},
		{"account without an address", production, "web.ingress", ingress("acme", object()), `web.ingress.acme.email: is required`},
		{"account without an owner", production, "web.ingress", ingress("acme", object("email", "ops")), `web.ingress.acme.email: "ops": must be one e-mail address`},
		{"server over http", production, "web.ingress", acme("server", "http://acme.example.com/directory"), `web.ingress.acme.server: "http://acme.example.com/directory": must be`},
		{"authority that is a path", production, "web.ingress", acme("caBundle", "/etc/ca.pem"), `web.ingress.acme.caBundle: must be certificates in PEM`},
		{"wildcard over http", production, "", map[string]any{"web.ingress": acme(), "routes": list(object("host", "*.blog.example.com"))}, `web.ingress.acme.dns01: is required for *.blog.example.com: no server issues a certificate for a wildcard over http; name the service that has the zone, or name the hosts`},
		{"no zone", production, "web.ingress", acme("dns01", object()), `web.ingress.acme.dns01: needs one of route53 and cloudDNS`},
		{"two zones", production, "web.ingress", acme("dns01", object("route53", object("region", "eu-west-1", "accessKeyID", access, "secretAccessKey", key), "cloudDNS", object("project", "shop-prod"))), `web.ingress.acme.dns01: needs one of route53 and cloudDNS`},
		{"zone without credentials", production, "web.ingress", route53(), `web.ingress.acme.dns01.route53: needs credentials: accessKeyID and secretAccessKey, or role and serviceAccountName`},
		{"role that no one assumes", production, "web.ingress", route53("role", role), `web.ingress.acme.dns01.route53: needs credentials`},
		{"half of a key", production, "web.ingress", route53("accessKeyID", access), `web.ingress.acme.dns01.route53: needs accessKeyID and secretAccessKey together`},
		{"account without a role", production, "web.ingress", route53("serviceAccountName", "zone"), `web.ingress.acme.dns01.route53.role: is required with serviceAccountName, which assumes it`},
		{"two credentials", production, "web.ingress", route53("accessKeyID", access, "secretAccessKey", key, "role", role, "serviceAccountName", "zone"), `web.ingress.acme.dns01.route53.serviceAccountName: "zone": goes without accessKeyID`},
		{"zone by its name", production, "web.ingress", route53("hostedZoneID", "example.com", "accessKeyID", access, "secretAccessKey", key), `web.ingress.acme.dns01.route53.hostedZoneID: "example.com": must be`},
		{"zone without a project", production, "web.ingress", acme("dns01", object("cloudDNS", object("hostedZoneName", "shop"))), `web.ingress.acme.dns01.cloudDNS.project: is required`},
		{"listener for http alone", production, "web.gateway", gateway("httpSectionName", "http"), `web.gateway.sectionName: is required with web.gateway.httpSectionName`},
		{"one listener for both", production, "web.gateway", gateway("sectionName", "web", "httpSectionName", "web"), `web.gateway.httpSectionName: "web": must be another listener than web.gateway.sectionName`},
		{"redirect of an app over http", production, "", map[string]any{"app.url": "http://blog.example.com", "web.gateway": gateway("sectionName", "https", "httpSectionName", "http")}, `web.gateway.httpSectionName: "http": redirects to https, but app.url is "http://blog.example.com"`},
	}
}

func TestAnIssuerFollowsFromItsName(t *testing.T) {
	e, err := parse(t, changed(t, production, "web.ingress", object("ingressClassName", "traefik", "issuer", object("name", "letsencrypt"))))
	require.NoError(t, err)
	assert.Equal(t, map[string]string{"cert-manager.io/cluster-issuer": "letsencrypt"}, e.IssuerAnnotations())
	assert.Equal(t, "blog-tls", e.Web.Ingress.TLSSecretName)
	assert.Contains(t, e.Expected(), spec.ExpectedObject{Kind: "ClusterIssuer", Name: "letsencrypt", Path: "web.ingress.issuer.name", OtherwiseCreated: "set web.ingress.acme instead of issuer"})

	e, err = parse(t, changed(t, production, "web.ingress", object("ingressClassName", "traefik", "issuer", object("name", "shop", "kind", "Issuer"))))
	require.NoError(t, err)
	assert.Equal(t, map[string]string{"cert-manager.io/issuer": "shop"}, e.IssuerAnnotations())

	e, err = parse(t, changed(t, production, "web.ingress", object("ingressClassName", "traefik", "issuer", object("name", "ca", "kind", "AWSPCAIssuer", "group", "awspca.cert-manager.io"))))
	require.NoError(t, err)
	assert.Equal(t, map[string]string{"cert-manager.io/issuer": "ca", "cert-manager.io/issuer-kind": "AWSPCAIssuer", "cert-manager.io/issuer-group": "awspca.cert-manager.io"}, e.IssuerAnnotations())
	for _, object := range e.Expected() {
		assert.NotEqual(t, "AWSPCAIssuer", object.Kind, "the kinds of others are not known")
	}
}

func TestAnAccountNeedsOnlyAnAddress(t *testing.T) {
	text := changed(t, production, "web.ingress", object("ingressClassName", "traefik", "tlsSecretName", "hosts", "acme", object("email", "ops@example.com")))
	e, err := parse(t, changed(t, text, "routes", list(object("host", "*"), object("host", "api.example.com"))))
	require.NoError(t, err)
	assert.Equal(t, spec.LetsEncrypt, e.Web.Ingress.ACME.Server)
	assert.Equal(t, "hosts", e.Web.Ingress.TLSSecretName)
	assert.Equal(t, []string{"blog.example.com", "api.example.com"}, e.IssuedHosts(), "no certificate is for every name")
	assert.Equal(t, map[string]string{"cert-manager.io/issuer": e.ACMEName()}, e.IssuerAnnotations())
	assert.Contains(t, e.Expected(), spec.ExpectedObject{Kind: "CustomResourceDefinition", Name: "issuers.cert-manager.io", Path: "web.ingress.acme"})

	zone := object("project", "shop-prod", "serviceAccountKey", object("name", "zone", "key", "key.json"))
	text = changed(t, production, "web.ingress", object("ingressClassName", "traefik", "acme", object("email", "ops@example.com", "dns01", object("cloudDNS", zone))))
	e, err = parse(t, changed(t, text, "routes", list(object("host", "*.blog.example.com"))))
	require.NoError(t, err, "records of the zone prove a wildcard")
	assert.Contains(t, e.Expected(), spec.ExpectedObject{Kind: "Secret", Name: "zone", Path: "web.ingress.acme.dns01.cloudDNS.serviceAccountKey.name", Keys: []string{"key.json"}, OtherwiseCreated: "give its entries in secrets"})
}
