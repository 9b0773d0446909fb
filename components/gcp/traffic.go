package gcp

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/djangostack/djangostack/components/binding"
)

// HealthCheck is how the load balancer finds out whether a pod serves. Only ready pods
// are asked at all, so that a connection is enough.
type HealthCheck struct {
	// Path that is asked for by plain HTTP and must answer 200, without a redirect to
	// HTTPS; empty for a check that a connection is taken.
	Path string
	// Host that is asked for, one that the app answers to; only with a Path.
	Host string
}

// TrafficArgs describes the way in: a Gateway that ends TLS and sends on to pods.
type TrafficArgs struct {
	Project   string
	Namespace pulumi.StringInput
	Labels    binding.Labels
	// Service and its port, whose pods are sent to; PodPort is theirs.
	Service     string
	ServicePort int
	PodPort     int
	// Hosts are the names that the app answers to.
	Hosts []string
	// AddressName is a global address, CertificateMapName a certificate map with an entry
	// for every host.
	AddressName        pulumi.StringInput
	CertificateMapName pulumi.StringInput
	Health             HealthCheck
	// DrainSeconds is how long a pod that goes still gets to finish its requests, 0 to
	// 3600.
	DrainSeconds int
	// TimeoutSeconds is how long a pod may take for an answer, 1 to 2147483647.
	TimeoutSeconds int
	// SecurityPolicy is the name of a policy of Cloud Armor that is there; empty for none.
	SecurityPolicy string
}

// Traffic is a global load balancer that GKE makes of a Gateway.
type Traffic struct {
	pulumi.ResourceState

	// GatewayName is the Gateway's, in the namespace.
	GatewayName string
}
