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

// DNS01 is the service that has the zone of the hosts: one of them.
type DNS01 struct {
	// A hosted zone of AWS.
	Route53 *Route53Challenge `json:"route53,omitempty"`
	// A zone of Google Cloud.
	CloudDNS *CloudDNSChallenge `json:"cloudDNS,omitempty"`
}

// Route53Challenge says how cert-manager writes to a hosted zone: by an access key, or by a role
// that a service account of the namespace may assume.
type Route53Challenge struct {
	// Region of the requests.
	Region string `json:"region" jsonschema:"pattern=^[a-z]{2}(-[a-z]+)+-[0-9]$"`
	// ID of the hosted zone.
	HostedZoneID string `json:"hostedZoneID,omitempty" jsonschema:"pattern=^Z[A-Z0-9]+$" default:"found by its name, which needs route53:ListHostedZonesByName"`
	// ID of an access key; with secretAccessKey.
	AccessKeyID string `json:"accessKeyID,omitempty" jsonschema:"pattern=^[A-Z0-9]{16\\,128}$"`
	// Entry of a Secret with the key of accessKeyID.
	SecretAccessKey *SecretKeyRef `json:"secretAccessKey,omitempty"`
	// ARN of a role to assume: by the access key, or by serviceAccountName.
	Role string `json:"role,omitempty" jsonschema:"pattern=^arn:aws[a-z-]*:iam::[0-9]{12}:role/.+$"`
	// Service account of the namespace that may assume role, for which cert-manager has to be allowed to request tokens.
	ServiceAccountName string `json:"serviceAccountName,omitempty" jsonschema:"pattern=^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$,maxLength=253"`
}

// CloudDNSChallenge says how cert-manager writes to a zone of Cloud DNS.
type CloudDNSChallenge struct {
	// Project of the zone.
	Project string `json:"project" jsonschema:"pattern=^[a-z][a-z0-9-]{4\\,28}[a-z0-9]$"`
	// Name of the managed zone.
	HostedZoneName string `json:"hostedZoneName,omitempty" jsonschema:"pattern=^[a-z]([a-z0-9-]*[a-z0-9])?$,maxLength=63" default:"found by its name"`
	// Entry of a Secret with the key of a service account, as JSON. Without it cert-manager uses the rights that its pods have, for instance by workload identity, if it runs with --issuer-ambient-credentials.
	ServiceAccountKey *SecretKeyRef `json:"serviceAccountKey,omitempty"`
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
	}
}

// checkIssuer reports an issuer that would issue nothing, or not for the hosts that there are.
func (e *Environment) checkIssuer(problems *Problems) {
	ingress := e.Web.Ingress
	if ingress == nil || !ingress.Issued() || e.HasCloud() {
		return
	}
	at := ingress.issuedBy()
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
	if acme.DNS01 == nil {
		for _, host := range e.IssuedHosts() {
			if strings.HasPrefix(host, "*.") {
				problems.add(at+".dns01", nil, "is required for %s: no server issues a certificate for a wildcard over http; name the service that has the zone, or name the hosts", host)
			}
		}
		return
	}
	route53, cloudDNS := acme.DNS01.Route53, acme.DNS01.CloudDNS
	if (route53 == nil) == (cloudDNS == nil) {
		problems.add(at+".dns01", nil, "needs one of route53 and cloudDNS")
	}
	if route53 != nil {
		checkRoute53(problems, at+".dns01.route53", route53)
	}
}

// checkRoute53 reports credentials that cert-manager does not have. An Issuer uses none of its
// pods' own unless cert-manager is told to, and then it has those of every namespace.
func checkRoute53(problems *Problems, at string, challenge *Route53Challenge) {
	switch {
	case (challenge.AccessKeyID == "") != (challenge.SecretAccessKey == nil):
		problems.add(at, nil, "needs accessKeyID and secretAccessKey together")
	case challenge.AccessKeyID != "" && challenge.ServiceAccountName != "":
		problems.add(at+".serviceAccountName", challenge.ServiceAccountName, "goes without accessKeyID: one of them signs the requests")
	case challenge.ServiceAccountName != "" && challenge.Role == "":
		problems.add(at+".role", nil, "is required with serviceAccountName, which assumes it")
	case challenge.AccessKeyID == "" && challenge.ServiceAccountName == "":
		problems.add(at, nil, "needs credentials: accessKeyID and secretAccessKey, or role and serviceAccountName")
	}
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
	if acme.DNS01 == nil {
		return
	}
	if route53 := acme.DNS01.Route53; route53 != nil {
		x.reference("web.ingress.acme.dns01.route53.secretAccessKey", route53.SecretAccessKey)
		x.add(ExpectedObject{Kind: "ServiceAccount", Name: route53.ServiceAccountName, Path: "web.ingress.acme.dns01.route53.serviceAccountName"})
	}
	if cloudDNS := acme.DNS01.CloudDNS; cloudDNS != nil {
		x.reference("web.ingress.acme.dns01.cloudDNS.serviceAccountKey", cloudDNS.ServiceAccountKey)
	}
}

func (x *expectations) reference(path string, ref *SecretKeyRef) {
	if ref != nil {
		x.secret(path+".name", ref.Name, ref.Key)
	}
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
