package gcp

import "github.com/pulumi/pulumi/sdk/v3/go/pulumi"

// DNSRecord is one record set.
type DNSRecord struct {
	// Name in full, for instance www.example.com.
	Name string
	// Type is A, AAAA, CAA, CNAME, MX, NS, SRV or TXT.
	Type string
	// TTL in seconds.
	TTL int
	// Values without quotes around texts; names in full, with or without their last dot.
	Values pulumi.StringArray
}

// RecordsArgs lists records of one zone.
type RecordsArgs struct {
	Project  string
	ZoneName pulumi.StringInput
	Records  []DNSRecord
}

// Records are record sets of one zone.
type Records struct {
	pulumi.ResourceState

	// Names of the records, in the order given.
	Names []string
}
