package django

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// DNS01 proves hosts by records of their zone: by one of its services.
type DNS01 struct {
	// Zones are those that the service has. Other hosts are proved over http. An empty list means
	// every zone.
	Zones []string
	// CNAMEStrategy is None or Follow.
	CNAMEStrategy string
	Route53       *Route53
	CloudDNS      *CloudDNS
	Cloudflare    *Cloudflare
	RFC2136       *RFC2136
}

// Route53 is a hosted zone of AWS.
type Route53 struct {
	Region, HostedZoneID     string
	AccessKeyID              string
	SecretAccessKey          *SecretKey
	Role, ServiceAccountName string
}

// CloudDNS is a zone of Google Cloud.
type CloudDNS struct {
	Project, HostedZoneName string
	ServiceAccountKey       *SecretKey
}

// Cloudflare is a zone of Cloudflare.
type Cloudflare struct {
	APIToken *SecretKey
}

// RFC2136 is a zone of a name server that takes dynamic updates, signed with a key or not.
type RFC2136 struct {
	Nameserver, Protocol       string
	TSIGKeyName, TSIGAlgorithm string
	TSIGSecret                 *SecretKey
}

// SecretKey is an entry of a Secret.
type SecretKey struct{ Name, Key string }

// solvers say how the hosts are proved.
func (a *RoutesArgs) solvers(acme *ACME) pulumi.Array {
	overHTTP := pulumi.Map{"http01": pulumi.Map{"ingress": pulumi.Map{
		"ingressClassName": pulumi.String(a.Ingress.ClassName),
		// Routes reach the pod by its Service alone.
		"serviceType": pulumi.String("ClusterIP"),
	}}}
	if acme.DNS01 == nil {
		return pulumi.Array{overHTTP}
	}
	byRecords := pulumi.Map{"dns01": a.dns01(acme.DNS01)}
	if len(acme.DNS01.Zones) == 0 {
		return pulumi.Array{byRecords}
	}
	byRecords["selector"] = pulumi.Map{"dnsZones": pulumi.ToStringArray(acme.DNS01.Zones)}
	return pulumi.Array{byRecords, overHTTP}
}

func (a *RoutesArgs) dns01(wanted *DNS01) pulumi.Map {
	challenge := pulumi.Map{}
	addText(challenge, "cnameStrategy", wanted.CNAMEStrategy)
	switch {
	case wanted.Route53 != nil:
		challenge["route53"] = a.route53(wanted.Route53)
	case wanted.CloudDNS != nil:
		zone := pulumi.Map{"project": pulumi.String(wanted.CloudDNS.Project)}
		addText(zone, "hostedZoneName", wanted.CloudDNS.HostedZoneName)
		a.addKey(zone, "serviceAccountSecretRef", wanted.CloudDNS.ServiceAccountKey)
		challenge["cloudDNS"] = zone
	case wanted.Cloudflare != nil:
		zone := pulumi.Map{}
		a.addKey(zone, "apiTokenSecretRef", wanted.Cloudflare.APIToken)
		challenge["cloudflare"] = zone
	case wanted.RFC2136 != nil:
		zone := pulumi.Map{"nameserver": pulumi.String(wanted.RFC2136.Nameserver)}
		addText(zone, "protocol", wanted.RFC2136.Protocol)
		addText(zone, "tsigKeyName", wanted.RFC2136.TSIGKeyName)
		addText(zone, "tsigAlgorithm", wanted.RFC2136.TSIGAlgorithm)
		a.addKey(zone, "tsigSecretSecretRef", wanted.RFC2136.TSIGSecret)
		challenge["rfc2136"] = zone
	}
	return challenge
}

func (a *RoutesArgs) route53(wanted *Route53) pulumi.Map {
	zone := pulumi.Map{"region": pulumi.String(wanted.Region)}
	addText(zone, "hostedZoneID", wanted.HostedZoneID)
	addText(zone, "accessKeyID", wanted.AccessKeyID)
	addText(zone, "role", wanted.Role)
	a.addKey(zone, "secretAccessKeySecretRef", wanted.SecretAccessKey)
	if wanted.ServiceAccountName != "" {
		zone["auth"] = pulumi.Map{"kubernetes": pulumi.Map{"serviceAccountRef": pulumi.Map{"name": pulumi.String(wanted.ServiceAccountName)}}}
	}
	return zone
}

func addText(to pulumi.Map, field, text string) {
	if text != "" {
		to[field] = pulumi.String(text)
	}
}

// addKey refers to an entry of a Secret, which may be one of the environment's.
func (a *RoutesArgs) addKey(to pulumi.Map, field string, key *SecretKey) {
	if key != nil {
		to[field] = pulumi.Map{"name": a.Objects.Secret(key.Name), "key": pulumi.String(key.Key)}
	}
}
