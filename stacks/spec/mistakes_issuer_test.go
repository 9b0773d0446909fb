package spec_test

import (
	"maps"
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
	onCluster := func(dns01 map[string]any, more map[string]any) map[string]any {
		all := map[string]any{"web.ingress": acme("dns01", dns01)}
		maps.Copy(all, more)
		return all
	}
	wildcard := map[string]any{"routes": list(object("host", "*.blog.example.com"))}
	own := map[string]any{"secrets": list(object("name", "zone", "entries", object("key", "not base64!")))}
	rfc2136 := func(pairs ...any) map[string]any {
		return object("rfc2136", object(append([]any{"nameserver", "ns1.example.com:53"}, pairs...)...))
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
		{"no zone", production, "web.ingress", acme("dns01", object()), `web.ingress.acme.dns01: needs one of route53, cloudDNS, cloudflare and rfc2136, has 0`},
		{"two zones", production, "web.ingress", acme("dns01", object("route53", object("region", "eu-west-1", "accessKeyID", access, "secretAccessKey", key), "cloudDNS", object("project", "shop-prod"))), `web.ingress.acme.dns01: needs one of route53, cloudDNS, cloudflare and rfc2136, has 2`},
		{"zone without credentials", production, "web.ingress", route53(), `web.ingress.acme.dns01.route53: needs credentials: accessKeyID and secretAccessKey, or role and serviceAccountName`},
		{"role that no one assumes", production, "web.ingress", route53("role", role), `web.ingress.acme.dns01.route53: needs credentials`},
		{"half of a key", production, "web.ingress", route53("accessKeyID", access), `web.ingress.acme.dns01.route53: needs accessKeyID and secretAccessKey together`},
		{"account without a role", production, "web.ingress", route53("serviceAccountName", "zone"), `web.ingress.acme.dns01.route53.role: is required with serviceAccountName, which assumes it`},
		{"two credentials", production, "web.ingress", route53("accessKeyID", access, "secretAccessKey", key, "role", role, "serviceAccountName", "zone"), `web.ingress.acme.dns01.route53.serviceAccountName: "zone": goes without accessKeyID`},
		{"zone by its name", production, "web.ingress", route53("hostedZoneID", "example.com", "accessKeyID", access, "secretAccessKey", key), `web.ingress.acme.dns01.route53.hostedZoneID: "example.com": must be`},
		{"zone without a project", production, "web.ingress", acme("dns01", object("cloudDNS", object("hostedZoneName", "shop"))), `web.ingress.acme.dns01.cloudDNS.project: is required`},
		{"token without a Secret", production, "web.ingress", acme("dns01", object("cloudflare", object())), `web.ingress.acme.dns01.cloudflare.apiToken: is required`},
		{"token in plain text", production, "web.ingress", acme("dns01", object("cloudflare", object("apiToken", "secret"))), `web.ingress.acme.dns01.cloudflare.apiToken: must be of type object`},
		{"token of a missing entry", production, "", onCluster(object("cloudflare", object("apiToken", object("name", "zone", "key", "token"))), own), `web.ingress.acme.dns01.cloudflare.apiToken.key: "token": is not an entry of the Secret zone in secrets, which has key`},
		{"updates to no server", production, "web.ingress", acme("dns01", object("rfc2136", object())), `web.ingress.acme.dns01.rfc2136.nameserver: is required`},
		{"updates to a URL", production, "web.ingress", acme("dns01", object("rfc2136", object("nameserver", "udp://ns1.example.com"))), `web.ingress.acme.dns01.rfc2136.nameserver: "udp://ns1.example.com": must be a host or host:port`},
		{"updates with half of a key", production, "web.ingress", acme("dns01", rfc2136("tsigKeyName", "acme")), `web.ingress.acme.dns01.rfc2136: needs tsigKeyName and tsigSecret together`},
		{"updates with an unknown algorithm", production, "web.ingress", acme("dns01", rfc2136("tsigKeyName", "acme", "tsigSecret", key, "tsigAlgorithm", "hmac-sha256")), `web.ingress.acme.dns01.rfc2136.tsigAlgorithm: "hmac-sha256": must be one of HMACMD5, HMACSHA1, HMACSHA256, HMACSHA512`},
		{"algorithm of no key", production, "web.ingress", acme("dns01", rfc2136("tsigAlgorithm", "HMACSHA512")), `web.ingress.acme.dns01.rfc2136.tsigAlgorithm: "HMACSHA512": would be ignored, because no key signs the updates`},
		{"key that is not in base64", production, "", onCluster(rfc2136("tsigKeyName", "acme", "tsigSecret", object("name", "zone", "key", "key")), own), `web.ingress.acme.dns01.rfc2136.tsigSecret: names an entry that is not base64: give it the text that the name server's configuration has`},
		{"zone of no host", production, "web.ingress", acme("dns01", object("zones", list("example.org"), "rfc2136", object("nameserver", "ns1"))), `web.ingress.acme.dns01.zones[0]: "example.org": would be ignored, because no route has a host of it; the hosts are blog.example.com`},
		{"zones without that of a wildcard", production, "", onCluster(object("zones", list("example.org"), "rfc2136", object("nameserver", "ns1")), wildcard), `web.ingress.acme.dns01.zones: must have a zone of *.blog.example.com: no server issues a certificate for a wildcard over http`},
		{"zone that is a wildcard", production, "web.ingress", acme("dns01", object("zones", list("*.example.com"), "rfc2136", object("nameserver", "ns1"))), `web.ingress.acme.dns01.zones[0]: "*.example.com": must be`},
		{"strategy of another word", production, "web.ingress", acme("dns01", object("cnameStrategy", "follow", "rfc2136", object("nameserver", "ns1"))), `web.ingress.acme.dns01.cnameStrategy: "follow": must be one of None, Follow`},
		{"account on a cloud", onAWS, "web.ingress", acme("dns01", object("rfc2136", object("nameserver", "ns1"))), `web.ingress: would be ignored, because the load balancer of the cloud leads to the Service; its certificate is proved by records of dns.zone`},
		{"default certificate of an unknown controller", production, "web.ingress", object("ingressClassName", "contour", "defaultCertificate", true), `web.ingress.defaultCertificate: is known for web.ingress.ingressClassName nginx, traefik; for contour name a Secret in web.ingress.tlsSecretName`},
		{"default certificate beside a Secret", production, "web.ingress", ingress("defaultCertificate", true, "tlsSecretName", "shared"), `web.ingress.defaultCertificate: goes without web.ingress.tlsSecretName`},
		{"default certificate beside an account", production, "web.ingress", ingress("defaultCertificate", true, "acme", object("email", "ops@example.com")), `web.ingress.defaultCertificate: goes without web.ingress.acme`},
		{"default certificate beside an issuer", production, "web.ingress", ingress("defaultCertificate", true, "annotations", object("cert-manager.io/cluster-issuer", "letsencrypt")), `web.ingress.annotations.cert-manager.io/cluster-issuer: "letsencrypt": goes without web.ingress.defaultCertificate`},
		{"default certificate of an app over http", production, "", map[string]any{"app.url": "http://blog.example.com", "web.ingress": ingress("defaultCertificate", true)}, `app.url: "http://blog.example.com": must begin with https://, because web.ingress.defaultCertificate serves its host by https`},
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

func TestHostsOutsideOfTheZonesAreProvedOverHTTP(t *testing.T) {
	zone := object("zones", list("example.com"), "rfc2136", object("nameserver", "192.0.2.53", "tsigKeyName", "acme", "tsigSecret", object("name", "zone", "key", "tsig")))
	text := changed(t, production, "web.ingress", object("ingressClassName", "traefik", "acme", object("email", "ops@example.com", "dns01", zone)))
	text = changed(t, text, "routes", list(object("host", "*.blog.example.com"), object("host", "customer.example.org")))
	e, err := parse(t, text)
	require.NoError(t, err, "the wildcard is in the zone")
	challenge := e.Web.Ingress.ACME.DNS01
	assert.True(t, challenge.Has("*.blog.example.com"))
	assert.True(t, challenge.Has("example.com"))
	assert.False(t, challenge.Has("customer.example.org"))
	assert.False(t, challenge.Has("blog-example.com"), "another domain with the same end")
	assert.Equal(t, "HMACSHA256", challenge.RFC2136.TSIGAlgorithm, "what tsig-keygen creates, where cert-manager takes MD5")
	assert.Contains(t, e.Expected(), spec.ExpectedObject{Kind: "Secret", Name: "zone", Path: "web.ingress.acme.dns01.rfc2136.tsigSecret.name", Keys: []string{"tsig"}, OtherwiseCreated: "give its entries in secrets"})

	stored := changed(t, text, "secrets", list(object("name", "zone", "entries", object("tsig", "c2VjcmV0"))))
	e, err = parse(t, stored)
	require.NoError(t, err)
	for _, object := range e.Expected() {
		assert.NotEqual(t, "Secret", object.Kind, "the environment creates it")
	}
}

// The check accepts the placeholder of an encrypted value, which cannot be read before the update.
func TestAnEncryptedKeyOfAZoneIsTaken(t *testing.T) {
	challenge := object("rfc2136", object("nameserver", "192.0.2.53", "tsigKeyName", "acme", "tsigSecret", object("name", "zone", "key", "tsig")))
	text := changed(t, production, "web.ingress", object("ingressClassName", "traefik", "acme", object("email", "ops@example.com", "dns01", challenge)))
	_, err := parse(t, changed(t, text, "secrets", list(object("name", "zone", "entries", object("tsig", spec.Substitute("secrets[0].entries.tsig"))))))
	assert.NoError(t, err)
}

func TestTheControllersCertificateServesTheHosts(t *testing.T) {
	e, err := parse(t, changed(t, production, "web.ingress", object("ingressClassName", "traefik", "defaultCertificate", true)))
	require.NoError(t, err)
	assert.Empty(t, e.Web.Ingress.TLSSecretName)
	text := changed(t, minimal, "web.ingress", object("ingressClassName", "nginx", "host", "blog.example.com", "defaultCertificate", true))
	e, err = parse(t, text)
	require.NoError(t, err)
	assert.Equal(t, "https://blog.example.com", e.Address())
}
