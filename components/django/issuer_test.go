package django_test

import (
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/djangostack/djangostack/components/django"
	"github.com/djangostack/djangostack/tests/mocks"
)

func withAccount(acme *django.ACME) *django.RoutesArgs {
	args := behind("traefik")
	acme.Name, acme.Email, acme.Server, acme.CABundle = "blog-acme", "ops@example.com", "https://acme.example.com/directory", "PEM"
	args.Ingress.ACME = acme
	return args
}

func TestTheEnvironmentHasItsOwnIssuer(t *testing.T) {
	key := &django.SecretKey{Name: "zone", Key: "key"}
	server := &django.RFC2136{Nameserver: "ns1.example.com:53", Protocol: "TCP", TSIGKeyName: "acme", TSIGAlgorithm: "HMACSHA256", TSIGSecret: key}
	for want, dns01 := range map[string]*django.DNS01{
		"http01.ingress.ingressClassName=traefik":                     nil,
		"dns01.route53.secretAccessKeySecretRef.name=zone":            {Route53: &django.Route53{Region: "eu-west-1", AccessKeyID: "AKIA", SecretAccessKey: key}},
		"dns01.route53.auth.kubernetes.serviceAccountRef.name=issuer": {Route53: &django.Route53{Region: "eu-west-1", Role: "arn", ServiceAccountName: "issuer"}},
		"dns01.cloudDNS.serviceAccountSecretRef.key=key":              {CloudDNS: &django.CloudDNS{Project: "shop-1", ServiceAccountKey: key}},
		"dns01.cloudDNS.project=shop-1":                               {CloudDNS: &django.CloudDNS{Project: "shop-1"}},
		"dns01.cloudflare.apiTokenSecretRef.name=zone":                {Cloudflare: &django.Cloudflare{APIToken: key}},
		"dns01.rfc2136.tsigSecretSecretRef.key=key":                   {RFC2136: server},
		"dns01.rfc2136.nameserver=ns1.example.com:53":                 {RFC2136: server},
		"dns01.rfc2136.tsigKeyName=acme":                              {RFC2136: server},
		"dns01.rfc2136.tsigAlgorithm=HMACSHA256":                      {RFC2136: server},
		"dns01.rfc2136.protocol=TCP":                                  {RFC2136: server},
		"dns01.cnameStrategy=Follow":                                  {CNAMEStrategy: "Follow", RFC2136: server},
	} {
		for _, outputs := range mocks.Both() {
			issuer := mocks.Run(t, outputs, withRoutes(withAccount(&django.ACME{DNS01: dns01}))).OfKind("Issuer")
			require.Len(t, issuer, 1)
			assert.Equal(t, "blog-acme", issuer[0].At(t, "metadata.name"))
			assert.Equal(t, "UEVN", issuer[0].At(t, "spec.acme.caBundle"))
			assert.Equal(t, "blog-acme-account", issuer[0].At(t, "spec.acme.privateKeySecretRef.name"))
			path, value, _ := strings.Cut(want, "=")
			assert.Equal(t, value, issuer[0].At(t, "spec.acme.solvers[0]."+path))
			assert.Nil(t, issuer[0].At(t, "spec.acme.solvers[0].selector"), "it proves every host")
			assert.Len(t, issuer[0].At(t, "spec.acme.solvers"), 1)
		}
	}
}

// A name server that knows cert-manager by its address needs no key.
func TestUpdatesWithoutAKeyNameNone(t *testing.T) {
	args := withAccount(&django.ACME{DNS01: &django.DNS01{RFC2136: &django.RFC2136{Nameserver: "192.0.2.53"}}})
	issuer := mocks.Run(t, mocks.Known, withRoutes(args)).OfKind("Issuer")[0]
	assert.Equal(t, map[string]any{"nameserver": "192.0.2.53"}, issuer.At(t, "spec.acme.solvers[0].dns01.rfc2136"))
}

func TestHostsOutsideOfTheZonesAreProvedOverHTTP(t *testing.T) {
	zone := &django.DNS01{Zones: []string{"example.com"}, Cloudflare: &django.Cloudflare{APIToken: &django.SecretKey{Name: "zone", Key: "token"}}}
	issuer := mocks.Run(t, mocks.Known, withRoutes(withAccount(&django.ACME{DNS01: zone}))).OfKind("Issuer")[0]
	assert.Equal(t, []any{"example.com"}, issuer.At(t, "spec.acme.solvers[0].selector.dnsZones"))
	assert.Equal(t, "traefik", issuer.At(t, "spec.acme.solvers[1].http01.ingress.ingressClassName"))
	assert.Nil(t, issuer.At(t, "spec.acme.solvers[1].selector"))
}

// The Secret of an environment has another name whenever its content is another one.
func TestCredentialsAreThoseOfTheEnvironment(t *testing.T) {
	args := withAccount(&django.ACME{DNS01: &django.DNS01{Cloudflare: &django.Cloudflare{APIToken: &django.SecretKey{Name: "zone", Key: "token"}}}})
	args.Objects.Secrets = map[string]pulumi.StringInput{"zone": pulumi.String("blog-zone-1a2b3c")}
	issuer := mocks.Run(t, mocks.Known, withRoutes(args)).OfKind("Issuer")[0]
	assert.Equal(t, "blog-zone-1a2b3c", issuer.At(t, "spec.acme.solvers[0].dns01.cloudflare.apiTokenSecretRef.name"))
}

// Let's Encrypt refuses an order for a wildcard and a name that it has.
func TestAnIssuerGetsNoNameThatAWildcardHas(t *testing.T) {
	args := behind("traefik")
	for _, host := range []string{"*.example.com", "deep.api.example.com"} {
		args.Routes = append(args.Routes, django.Route{Host: host, Path: "/", Service: "blog-web", ServicePort: 80, TLSSecret: "certificate"})
	}
	first := mocks.Run(t, mocks.Known, withRoutes(args)).Find(t, "Ingress", "blog-web")
	assert.Equal(t, []any{"example.com", "*.example.com", "deep.api.example.com"}, first.At(t, "spec.tls[0].hosts"))
	assert.Equal(t, []any{"flower.example.com"}, first.At(t, "spec.tls[1].hosts"), "another certificate")

	args.Ingress.Annotations = nil
	first = mocks.Run(t, mocks.Known, withRoutes(args)).Find(t, "Ingress", "blog-web")
	assert.Contains(t, first.At(t, "spec.tls[0].hosts"), "api.example.com", "a Secret that nothing issues is as its owner made it")
}

func TestTheControllersCertificateServesHostsWithoutASecret(t *testing.T) {
	for _, class := range []string{"nginx", "traefik"} {
		args := behind(class)
		args.Ingress.Annotations, args.Ingress.DefaultCertificate, args.Ingress.RedirectHTTP = nil, true, true
		for i := range args.Routes[:4] {
			args.Routes[i].TLSSecret = ""
		}
		args.Routes = append(args.Routes, django.Route{Host: django.AnyHost, Path: "/", Service: "blog-web", ServicePort: 80})
		ran := mocks.Run(t, mocks.Known, withRoutes(args))
		first := ran.Find(t, "Ingress", "blog-web")
		assert.Equal(t, map[string]any{"hosts": []any{"example.com", "api.example.com", "www.example.com"}}, first.At(t, "spec.tls[0]"), class)
		assert.Equal(t, "flower", first.At(t, "spec.tls[1].secretName"), class)
		assert.Len(t, first.At(t, "spec.tls"), 2, "no certificate is for every name")
		if class == "traefik" {
			assert.Contains(t, first.At(t, `metadata.annotations["traefik.ingress.kubernetes.io/router.middlewares"]`), "https", "http is redirected")
		}
	}
}
