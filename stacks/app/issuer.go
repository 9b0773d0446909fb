package app

import (
	"github.com/djangostack/djangostack/components/django"
	"github.com/djangostack/djangostack/stacks/spec"
)

// acme describes the environment's own Issuer; nil without one.
func (w wiring) acme() *django.ACME {
	wanted := w.environment.Web.Ingress.ACME
	if wanted == nil {
		return nil
	}
	return &django.ACME{Name: w.environment.ACMEName(), Email: wanted.Email, Server: wanted.Server, CABundle: wanted.CABundle, DNS01: dns01(wanted.DNS01)}
}

// dns01 describes the service that has the zone of the hosts; nil for hosts that are proved over http.
func dns01(wanted *spec.DNS01) *django.DNS01 {
	if wanted == nil {
		return nil
	}
	challenge := &django.DNS01{Zones: wanted.Zones, CNAMEStrategy: wanted.CNAMEStrategy}
	if found := wanted.Route53; found != nil {
		challenge.Route53 = &django.Route53{
			Region: found.Region, HostedZoneID: found.HostedZoneID, AccessKeyID: found.AccessKeyID, SecretAccessKey: secretKey(found.SecretAccessKey),
			Role: found.Role, ServiceAccountName: found.ServiceAccountName,
		}
	}
	if found := wanted.CloudDNS; found != nil {
		challenge.CloudDNS = &django.CloudDNS{Project: found.Project, HostedZoneName: found.HostedZoneName, ServiceAccountKey: secretKey(found.ServiceAccountKey)}
	}
	if found := wanted.Cloudflare; found != nil {
		challenge.Cloudflare = &django.Cloudflare{APIToken: secretKey(&found.APIToken)}
	}
	if found := wanted.RFC2136; found != nil {
		challenge.RFC2136 = &django.RFC2136{
			Nameserver: found.Nameserver, Protocol: found.Protocol,
			TSIGKeyName: found.TSIGKeyName, TSIGAlgorithm: found.TSIGAlgorithm, TSIGSecret: secretKey(found.TSIGSecret),
		}
	}
	return challenge
}

func secretKey(ref *spec.SecretKeyRef) *django.SecretKey {
	if ref == nil {
		return nil
	}
	return &django.SecretKey{Name: ref.Name, Key: ref.Key}
}
