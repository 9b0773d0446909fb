package django

import (
	"slices"
	"strings"

	networkingv1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/networking/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// hasCertificate reports whether a route is served by https: with a Secret, or with the
// controller's default certificate. No certificate is for every name.
func (a *RoutesArgs) hasCertificate(r Route) bool {
	return r.TLSSecret != "" || a.Ingress.DefaultCertificate && r.Host != AnyHost
}

// tls lists the hosts of each certificate. The first Ingress has those of all routes, so that
// an issuer sees every name of a certificate at once. Hosts without a Secret are served with
// the controller's default certificate.
func (a *RoutesArgs) tls(group ingressGroup) networkingv1.IngressTLSArray {
	routes := group.routes
	if group.first == 0 {
		routes = a.Routes
	}
	var secrets []string
	hosts := map[string][]string{}
	for _, route := range routes {
		secret := route.TLSSecret
		if !a.hasCertificate(route) || slices.Contains(hosts[secret], route.Host) {
			continue
		}
		if len(hosts[secret]) == 0 {
			secrets = append(secrets, secret)
		}
		hosts[secret] = append(hosts[secret], route.Host)
	}
	var tls networkingv1.IngressTLSArray
	for _, secret := range secrets {
		var name pulumi.StringPtrInput
		if secret != "" {
			name = a.Objects.Secret(secret).ToStringPtrOutput()
		}
		named := slices.DeleteFunc(slices.Clone(hosts[secret]), func(host string) bool { return host == AnyHost })
		if len(named) > 0 {
			tls = append(tls, networkingv1.IngressTLSArgs{Hosts: pulumi.ToStringArray(a.certified(group, named)), SecretName: name})
		}
		if len(named) < len(hosts[secret]) {
			// Without hosts the certificate is for all of them.
			tls = append(tls, networkingv1.IngressTLSArgs{SecretName: name})
		}
	}
	return tls
}

// certified returns the names of a certificate. An issuer gets no name that a wildcard beside it
// has: Let's Encrypt refuses such an order (https://github.com/letsencrypt/boulder/pull/3542),
// and controllers find the certificate by its own names.
func (a *RoutesArgs) certified(group ingressGroup, hosts []string) []string {
	if !slices.ContainsFunc(sortedKeys(a.Ingress.Annotations), issues) && !slices.ContainsFunc(sortedKeys(group.routes[0].Annotations), issues) {
		return hosts
	}
	return slices.DeleteFunc(slices.Clone(hosts), func(host string) bool {
		_, domain, _ := strings.Cut(host, ".")
		return !strings.HasPrefix(host, "*.") && slices.Contains(hosts, "*."+domain)
	})
}
