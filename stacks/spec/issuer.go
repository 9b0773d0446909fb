package spec

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/djangostack/djangostack/components/names"
)

// IssuerReference names an issuer of cert-manager that the cluster has.
type IssuerReference struct {
	// Name of the issuer.
	Name string `json:"name" jsonschema:"pattern=^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$,maxLength=253"`
	// ClusterIssuer, or Issuer of namespace.name; with group, a kind of that group.
	Kind string `json:"kind,omitempty" jsonschema:"pattern=^[A-Z][A-Za-z0-9]*$,maxLength=63" default:"ClusterIssuer"`
	// API group of the kind, for issuers of others than cert-manager itself.
	Group string `json:"group,omitempty" jsonschema:"pattern=^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$,maxLength=253" default:"cert-manager.io"`
}

// The kinds and the group of cert-manager's own issuers.
const (
	CertManagerGroup = "cert-manager.io"
	ClusterIssuer    = "ClusterIssuer"
	NamespacedIssuer = "Issuer"
)

// LetsEncrypt is the ACME server of Let's Encrypt
// (https://letsencrypt.org/docs/acme-protocol-updates/).
const LetsEncrypt = "https://acme-v02.api.letsencrypt.org/directory"

// ACME is an account with an ACME server, for an Issuer that the environment creates.
type ACME struct {
	// Address of the account's owner.
	Email string `json:"email" jsonschema:"pattern=^[^@\\s]+@[^@\\s]+$,maxLength=254"`
	// Directory of the server. That of Let's Encrypt for tests is https://acme-staging-v02.api.letsencrypt.org/directory.
	Server string `json:"server,omitempty" jsonschema:"pattern=^https://[A-Za-z0-9./:_~-]+$" default:"https://acme-v02.api.letsencrypt.org/directory"`
	// Certificates of the authorities, in PEM, that have signed the server's own; for a private server.
	CABundle string `json:"caBundle,omitempty" jsonschema:"minLength=1"`
	// How the hosts are proved by records of their zone, which wildcards need. Without it they are proved over http (HTTP-01), through the Ingress' controller: each host has to lead to it, and port 80 has to be open to the server.
	DNS01 *DNS01 `json:"dns01,omitempty"`
}

// Issued reports whether cert-manager issues the certificates because issuer or acme says so.
func (i *Ingress) Issued() bool { return i.Issuer != nil || i.ACME != nil }

// issuedBy names the setting by which the certificates are issued.
func (i *Ingress) issuedBy() string {
	if i.ACME != nil {
		return "web.ingress.acme"
	}
	return "web.ingress.issuer"
}

// deriveIssuer fills in the Secret of the certificate, and the kind of the issuer.
func (e *Environment) deriveIssuer() {
	ingress := e.Web.Ingress
	if ingress == nil || !ingress.Issued() {
		return
	}
	ingress.TLSSecretName = cmp.Or(ingress.TLSSecretName, names.Fit(names.MaxDNSLabel, e.Instance(), "tls"))
	if issuer := ingress.Issuer; issuer != nil {
		issuer.Kind, issuer.Group = cmp.Or(issuer.Kind, ClusterIssuer), cmp.Or(issuer.Group, CertManagerGroup)
	}
	if acme := ingress.ACME; acme != nil {
		acme.Server = cmp.Or(acme.Server, LetsEncrypt)
		acme.DNS01.derive()
	}
}

// checkIssuer reports an issuer that would issue nothing, or not for the hosts that there are.
func (e *Environment) checkIssuer(problems *Problems) {
	ingress := e.Web.Ingress
	if ingress == nil || !ingress.Issued() || e.HasCloud() {
		return
	}
	at := ingress.issuedBy()
	if ingress.DefaultCertificate {
		problems.add(defaultCertificateField, nil, "goes without %s: either the controller has the certificate, or it is issued for this environment", at)
	}
	if ingress.Issuer != nil && ingress.ACME != nil {
		problems.add("web.ingress.acme", nil, "goes without web.ingress.issuer: one of them issues the certificates")
	}
	if ingress.IngressClassName == ALBClass {
		problems.add(at, nil, "would be ignored: with the class alb the load balancer has certificates of ACM only; name one by the annotation alb.ingress.kubernetes.io/certificate-arn")
	}
	if e.App.URL != "" && !e.Secure() {
		problems.add("app.url", e.App.URL, "must begin with https://, because %s gets a certificate for its host", at)
	}
	for _, name := range sortedNames(ingress.Annotations) {
		if slices.Contains(issuerAnnotations(), name) {
			problems.add("web.ingress.annotations."+name, ingress.Annotations[name], "goes without %s, which names the issuer", at)
		}
	}
	if e.OwnSecret(ingress.TLSSecretName) != nil {
		problems.add("web.ingress.tlsSecretName", ingress.TLSSecretName, "is one of secrets, and %s would write another certificate; leave one of them out", at)
	}
	if ingress.ACME != nil {
		e.checkACME(problems, ingress.ACME)
	}
}

// issuerAnnotations are those by which an Ingress names an issuer
// (https://cert-manager.io/docs/usage/ingress/#supported-annotations).
func issuerAnnotations() []string {
	return []string{"cert-manager.io/cluster-issuer", "cert-manager.io/issuer", "cert-manager.io/issuer-kind", "cert-manager.io/issuer-group", "kubernetes.io/tls-acme"}
}

func (e *Environment) checkACME(problems *Problems, acme *ACME) {
	const at = "web.ingress.acme"
	if acme.CABundle != "" && !strings.HasPrefix(strings.TrimSpace(acme.CABundle), "-----BEGIN CERTIFICATE-----") {
		problems.add(at+".caBundle", nil, "must be certificates in PEM, beginning with -----BEGIN CERTIFICATE-----")
	}
	e.checkDNS01(problems, at+".dns01", acme.DNS01)
}

// IssuedHosts lists the hosts whose certificates are issued.
func (e *Environment) IssuedHosts() []string {
	return slices.DeleteFunc(e.RoutedHosts(), func(host string) bool { return host == AnyHost })
}

// ACMEName is the name of the environment's own Issuer.
func (e *Environment) ACMEName() string { return names.Fit(names.MaxDNSLabel, e.Instance(), "acme") }

// IssuerAnnotations returns those by which the Ingress names its issuer; nil without one.
func (e *Environment) IssuerAnnotations() map[string]string {
	ingress := e.Web.Ingress
	switch {
	case ingress == nil || !ingress.Issued():
		return nil
	case ingress.ACME != nil:
		return map[string]string{"cert-manager.io/issuer": e.ACMEName()}
	case ingress.Issuer.Group != CertManagerGroup:
		return map[string]string{
			"cert-manager.io/issuer": ingress.Issuer.Name, "cert-manager.io/issuer-kind": ingress.Issuer.Kind, "cert-manager.io/issuer-group": ingress.Issuer.Group,
		}
	case ingress.Issuer.Kind == NamespacedIssuer:
		return map[string]string{"cert-manager.io/issuer": ingress.Issuer.Name}
	default:
		return map[string]string{"cert-manager.io/cluster-issuer": ingress.Issuer.Name}
	}
}

// traffic adds what leads requests to the app, and who issues its certificates.
func (x *expectations) traffic() {
	e := x.environment
	if e.HasCloud() {
		return
	}
	if gateway := e.Web.Gateway; gateway != nil {
		x.add(ExpectedObject{Kind: "Gateway", Name: gateway.Name, Namespace: gateway.Namespace, Path: "web.gateway.name"})
	}
	ingress := e.Web.Ingress
	if ingress == nil {
		return
	}
	x.add(ExpectedObject{Kind: "IngressClass", Name: ingress.IngressClassName, Path: "web.ingress.ingressClassName"})
	if issuer := ingress.Issuer; issuer != nil && issuer.Group == CertManagerGroup {
		x.add(ExpectedObject{Kind: issuer.Kind, Name: issuer.Name, Path: "web.ingress.issuer.name", OtherwiseCreated: "set web.ingress.acme instead of issuer"})
	}
	acme := ingress.ACME
	if acme == nil {
		return
	}
	x.add(ExpectedObject{Kind: "CustomResourceDefinition", Name: "issuers." + CertManagerGroup, Path: "web.ingress.acme"})
	x.dns01("web.ingress.acme.dns01", acme.DNS01)
}

// checkIssuerKind reports a kind that cert-manager itself does not have.
func (e *Environment) checkIssuerKind(problems *Problems) {
	ingress := e.Web.Ingress
	if ingress == nil || ingress.Issuer == nil || ingress.Issuer.Group != CertManagerGroup {
		return
	}
	kinds := []string{ClusterIssuer, NamespacedIssuer}
	if kind := ingress.Issuer.Kind; !slices.Contains(kinds, kind) {
		problems.add("web.ingress.issuer.kind", kind, "must be %s; other kinds need web.ingress.issuer.group", fmt.Sprintf("%s or %s", kinds[0], kinds[1]))
	}
}

const defaultCertificateField = "web.ingress.defaultCertificate"

// checkDefaultCertificate reports a controller that is not known to serve an Ingress with its default
// certificate, and certificates that it would not use.
func (e *Environment) checkDefaultCertificate(problems *Problems) {
	ingress := e.Web.Ingress
	if !ingress.DefaultCertificate || e.HasCloud() {
		return
	}
	if class := ingress.IngressClassName; !slices.Contains(defaultingClasses(), class) {
		problems.add(defaultCertificateField, nil, "is known for web.ingress.ingressClassName %s; for %s name a Secret in web.ingress.tlsSecretName, or write the controller's annotation into web.ingress.annotations", strings.Join(defaultingClasses(), ", "), class)
	}
	if ingress.TLSSecretName != "" && !ingress.Issued() {
		problems.add(defaultCertificateField, nil, "goes without web.ingress.tlsSecretName: either the controller has the certificate, or a Secret of the namespace")
	}
	for _, name := range sortedNames(ingress.Annotations) {
		if slices.Contains(issuerAnnotations(), name) && !ingress.Issued() {
			problems.add("web.ingress.annotations."+name, ingress.Annotations[name], "goes without %s: either the controller has the certificate, or it is issued for this environment", defaultCertificateField)
		}
	}
	if e.App.URL != "" && !e.Secure() {
		problems.add("app.url", e.App.URL, "must begin with https://, because %s serves its host by https", defaultCertificateField)
	}
}
