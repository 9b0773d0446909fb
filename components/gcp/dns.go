package gcp

import "github.com/pulumi/pulumi/sdk/v3/go/pulumi"

// ZoneSource says who makes a zone.
type ZoneSource string

// A made zone is the program's own; a given one is already there.
const (
	MadeZone  ZoneSource = "made"
	GivenZone ZoneSource = "given"
)

// DNSSEC says whether a made zone's answers are signed.
type DNSSEC string

// Signing begins to matter once the parent zone has the DS record. A zone whose parent
// has it must stay signed until the record is gone from all caches.
const (
	DNSSECOff DNSSEC = "off"
	DNSSECOn  DNSSEC = "on"
)

// DNSArgs describes the zone that an environment's names stand in.
type DNSArgs struct {
	Project string
	// Domain of the zone, for instance staging.example.com.
	Domain string
	Zone   ZoneSource
	// ZoneName is the name of a given zone in Cloud DNS; without it the public zone of the
	// domain is looked up in the project.
	ZoneName pulumi.StringInput
	// ParentZoneName is a zone of Cloud DNS that a made zone is delegated from, and
	// ParentProject the project it is in, when that is another. Without it someone writes
	// the NS records at the registrar, and certificates wait until then.
	ParentZoneName pulumi.StringInput
	ParentProject  string
	// DNSSEC of a made zone; with a parent zone, which is signed as well, the DS record is
	// written there.
	DNSSEC DNSSEC
	// Protect refuses every plan that deletes or replaces a made zone, and leaves the
	// deletion of a zone that still has records of others to a person.
	Protect bool
	Labels  Labels
}

// DNS is one public zone of Cloud DNS.
type DNS struct {
	pulumi.ResourceState

	// ZoneName is the zone's name in Cloud DNS.
	ZoneName pulumi.StringOutput
	// NameServers answer for the zone.
	NameServers pulumi.StringArrayOutput
	// DS is the record of a signed zone that its parent needs, for whoever writes it at
	// the registrar; empty for a zone that is not signed or was given.
	DS pulumi.StringOutput
	// Delegation is what makes the zone's names known to the world: whoever waits for
	// a name to be found depends on it. It is empty for a given zone and for one that
	// a person delegates.
	Delegation []pulumi.Resource
}
