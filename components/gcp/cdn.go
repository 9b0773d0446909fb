package gcp

import "github.com/pulumi/pulumi/sdk/v3/go/pulumi"

// CDNArgs describes a load balancer with Cloud CDN in front of one bucket.
type CDNArgs struct {
	Project string
	// Bucket has Access cdn, and is in one CDN only.
	Bucket *Bucket
	// Hosts are the names that it answers to; every other is sent on to the first.
	Hosts []string
	// CertificateMapID is a certificate map with an entry for every host.
	CertificateMapID pulumi.StringInput
	// Address that it answers at.
	Address *Address
	Labels  Labels
}

// CDN serves the objects of one bucket by HTTPS from Google's edge.
type CDN struct {
	pulumi.ResourceState

	// IP is what the hosts' records hold.
	IP pulumi.StringOutput
	// URL is where users find the files: the first host.
	URL string
	// URLMapName is what an invalidation names.
	URLMapName pulumi.StringOutput
}
