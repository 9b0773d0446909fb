package gcp

import "github.com/pulumi/pulumi/sdk/v3/go/pulumi"

// CertificateArgs describes one certificate of Certificate Manager, and the map that
// load balancers find it by.
type CertificateArgs struct {
	Project string
	// Domain is the certificate's first name; *.example.com is allowed.
	Domain string
	// AlsoFor are its other names.
	AlsoFor []string
	// ZoneName is the zone of Cloud DNS that proves every name.
	ZoneName pulumi.StringInput
	// Delegation is what the world must know before Google can find the proof.
	Delegation []pulumi.Resource
	Labels     Labels
}

// Certificate is one certificate that Google issues once it finds the proofs, and
// renews by itself. Nothing waits for that: a load balancer begins to answer by TLS
// some minutes after the certificate's names are proved.
type Certificate struct {
	pulumi.ResourceState

	// MapID is what a proxy names the map by.
	MapID pulumi.StringOutput
	// MapName is what a Gateway names it by.
	MapName pulumi.StringOutput
}
