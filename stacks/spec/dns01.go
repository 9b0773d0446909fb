package spec

import (
	"cmp"
	"encoding/base64"
	"net"
	"slices"
	"strconv"
	"strings"
)

// DNS01 is the service that has the zone of the hosts: one of them.
type DNS01 struct {
	// Zones that the service has. Hosts of others are proved over http. Without it all hosts are proved by records.
	Zones []string `json:"zones,omitempty" jsonschema:"minItems=1,pattern=^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+$" default:"every zone"`
	// Follow: the record is written where the CNAME of _acme-challenge leads, for a zone that the service does not have itself. None: it is written into the zone of the host.
	CNAMEStrategy string `json:"cnameStrategy,omitempty" jsonschema:"enum=None,enum=Follow" default:"None"`
	// A hosted zone of AWS.
	Route53 *Route53Challenge `json:"route53,omitempty"`
	// A zone of Google Cloud.
	CloudDNS *CloudDNSChallenge `json:"cloudDNS,omitempty"`
	// A zone of Cloudflare.
	Cloudflare *CloudflareChallenge `json:"cloudflare,omitempty"`
	// A zone of any name server that takes dynamic updates (RFC 2136), such as BIND, Knot or PowerDNS.
	RFC2136 *RFC2136Challenge `json:"rfc2136,omitempty"`
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

// CloudflareChallenge says how cert-manager writes to a zone of Cloudflare.
type CloudflareChallenge struct {
	// Entry of a Secret with an API token that may read Zone and edit DNS of the zone.
	APIToken SecretKeyRef `json:"apiToken"`
}

// RFC2136Challenge says how cert-manager writes to a zone by dynamic updates.
type RFC2136Challenge struct {
	// Primary name server of the zone, as host or host:port, an IPv6 address in brackets; the port is 53 when left out. cert-manager connects to it, from its namespace.
	Nameserver string `json:"nameserver" jsonschema:"pattern=^([A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?|\\[[0-9A-Fa-f:.]+\\])(:[1-9][0-9]{0\\,4})?$,maxLength=260"`
	// Name of the key that signs the updates (TSIG), as the name server has it; with tsigSecret. Without it the updates are not signed, and the name server has to know cert-manager by its address.
	TSIGKeyName string `json:"tsigKeyName,omitempty" jsonschema:"pattern=^[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9.])?$,maxLength=254"`
	// Entry of a Secret with the key of tsigKeyName in base64, the text that the name server's configuration has.
	TSIGSecret *SecretKeyRef `json:"tsigSecret,omitempty"`
	// Algorithm of the key.
	TSIGAlgorithm string `json:"tsigAlgorithm,omitempty" jsonschema:"enum=HMACMD5,enum=HMACSHA1,enum=HMACSHA256,enum=HMACSHA512" default:"HMACSHA256"`
	// Protocol of the updates.
	Protocol string `json:"protocol,omitempty" jsonschema:"enum=UDP,enum=TCP" default:"UDP"`
}

// usualTSIGAlgorithm is that of tsig-keygen, which creates keys for BIND.
const usualTSIGAlgorithm = "HMACSHA256"

// derive fills in the algorithm of a key.
func (d *DNS01) derive() {
	if d == nil || d.RFC2136 == nil || d.RFC2136.TSIGKeyName == "" {
		return
	}
	d.RFC2136.TSIGAlgorithm = cmp.Or(d.RFC2136.TSIGAlgorithm, usualTSIGAlgorithm)
}

// credential is an entry of a Secret by which cert-manager writes to a zone.
type credential struct {
	path string
	ref  *SecretKeyRef
}

// credentials lists the entries that are named.
func (d *DNS01) credentials(at string) []credential {
	if d == nil {
		return nil
	}
	var all []credential
	add := func(path string, ref *SecretKeyRef) {
		if ref != nil {
			all = append(all, credential{at + path, ref})
		}
	}
	if found := d.Route53; found != nil {
		add(".route53.secretAccessKey", found.SecretAccessKey)
	}
	if found := d.CloudDNS; found != nil {
		add(".cloudDNS.serviceAccountKey", found.ServiceAccountKey)
	}
	if found := d.Cloudflare; found != nil {
		add(".cloudflare.apiToken", &found.APIToken)
	}
	if found := d.RFC2136; found != nil {
		add(".rfc2136.tsigSecret", found.TSIGSecret)
	}
	return all
}

// Has reports whether a host is proved by records.
func (d *DNS01) Has(host string) bool {
	if d == nil {
		return false
	}
	name := "." + strings.TrimPrefix(host, "*.")
	return len(d.Zones) == 0 || slices.ContainsFunc(d.Zones, func(zone string) bool { return strings.HasSuffix(name, "."+zone) })
}

// checkDNS01 reports hosts that no server would issue a certificate for, and zones that
// cert-manager could not write to.
func (e *Environment) checkDNS01(problems *Problems, at string, challenge *DNS01) {
	for _, host := range e.IssuedHosts() {
		if !strings.HasPrefix(host, "*.") || challenge.Has(host) {
			continue
		}
		if challenge == nil {
			problems.add(at, nil, "is required for %s: no server issues a certificate for a wildcard over http; name the service that has the zone, or name the hosts", host)
		} else {
			problems.add(at+".zones", nil, "must have a zone of %s: no server issues a certificate for a wildcard over http", host)
		}
	}
	if challenge == nil {
		return
	}
	for i, zone := range challenge.Zones {
		one := &DNS01{Zones: []string{zone}}
		if !slices.ContainsFunc(e.IssuedHosts(), one.Has) {
			problems.add(indexed(at+".zones", i), zone, "would be ignored, because no route has a host of it; the hosts are %s", strings.Join(e.IssuedHosts(), ", "))
		}
	}
	services := 0
	for _, named := range []bool{challenge.Route53 != nil, challenge.CloudDNS != nil, challenge.Cloudflare != nil, challenge.RFC2136 != nil} {
		if named {
			services++
		}
	}
	if services != 1 {
		problems.add(at, nil, "needs one of route53, cloudDNS, cloudflare and rfc2136, has %d", services)
	}
	if challenge.Route53 != nil {
		checkRoute53(problems, at+".route53", challenge.Route53)
	}
	if challenge.RFC2136 != nil {
		e.checkRFC2136(problems, at+".rfc2136", challenge.RFC2136)
	}
	for _, used := range challenge.credentials(at) {
		checkName(problems, used.path+".name", used.ref.Name)
		e.checkKey(problems, used.path+".key", *used.ref)
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

// checkRFC2136 reports a key with which no update would be signed.
func (e *Environment) checkRFC2136(problems *Problems, at string, challenge *RFC2136Challenge) {
	if _, port, err := net.SplitHostPort(challenge.Nameserver); err == nil {
		if number, err := strconv.Atoi(port); err != nil || number > mostPort {
			problems.add(at+".nameserver", challenge.Nameserver, "has a port that is not from 1 to %d", mostPort)
		}
	}
	if (challenge.TSIGKeyName == "") != (challenge.TSIGSecret == nil) {
		problems.add(at, nil, "needs tsigKeyName and tsigSecret together")
		return
	}
	if challenge.TSIGSecret == nil {
		if challenge.TSIGAlgorithm != "" {
			problems.add(at+".tsigAlgorithm", challenge.TSIGAlgorithm, "would be ignored, because no key signs the updates: name tsigKeyName and tsigSecret")
		}
		return
	}
	own := e.OwnSecret(challenge.TSIGSecret.Name)
	if own == nil || own.Entries[challenge.TSIGSecret.Key] == "" {
		return
	}
	if _, err := base64.StdEncoding.DecodeString(own.Entries[challenge.TSIGSecret.Key]); err != nil {
		problems.add(at+".tsigSecret", nil, "names an entry that is not base64: give it the text that the name server's configuration has as the secret of the key")
	}
}

// dns01 adds what cert-manager writes to the zone with.
func (x *expectations) dns01(at string, challenge *DNS01) {
	for _, used := range challenge.credentials(at) {
		x.secret(used.path+".name", used.ref.Name, used.ref.Key)
	}
	if challenge != nil && challenge.Route53 != nil {
		x.add(ExpectedObject{Kind: "ServiceAccount", Name: challenge.Route53.ServiceAccountName, Path: at + ".route53.serviceAccountName"})
	}
}
