// Package arguments holds the types of arguments that the components of several clouds
// share, with their checks. A value means the same on AWS, on Google Cloud and in the
// cluster.
//
// The package imports validate and no SDK.
package arguments

// Switch turns an optional feature on or off. The zero value is neither, so that a
// component can require a decision.
type Switch string

// The two positions of a Switch.
const (
	On  Switch = "on"
	Off Switch = "off"
)

// Source says where a resource comes from.
type Source string

const (
	// Create registers a new resource, which the program manages and deletes.
	Create Source = "create"
	// Existing looks up a resource that exists. The program never changes or deletes it.
	Existing Source = "existing"
)

// EvictionPolicy is what a Redis server does when its memory is full, in the words of
// maxmemory-policy (https://redis.io/docs/latest/develop/reference/eviction/).
type EvictionPolicy string

const (
	// AllKeysLRU evicts the least recently used keys, as a cache needs it.
	AllKeysLRU EvictionPolicy = "allkeys-lru"
	// NoEviction refuses new keys, as a broker needs it: an evicted message is a lost task.
	NoEviction EvictionPolicy = "noeviction"
)

// ClusterMode says who manages the nodes of a cluster.
type ClusterMode string

const (
	// ModeAuto leaves the nodes to the cloud: EKS Auto Mode, or GKE Autopilot.
	ModeAuto ClusterMode = "auto"
	// ModeNodes creates a group of nodes and an autoscaler for it.
	ModeNodes ClusterMode = "nodes"
)

// EndpointAccess says from where clients reach the API server of a cluster.
type EndpointAccess string

const (
	// EndpointPrivate is reached from the cluster's network only. The program must run
	// in that network, or in a network connected to it.
	EndpointPrivate EndpointAccess = "private"
	// EndpointPublicAndPrivate is also reached from the internet.
	EndpointPublicAndPrivate EndpointAccess = "public-and-private"
)

// Endpoint describes who reaches the API server of a cluster.
type Endpoint struct {
	Access EndpointAccess
	// AllowedCIDRs are the addresses that reach the public endpoint. GKE also applies
	// them to networks connected to the cluster's.
	AllowedCIDRs []string
}

// Capacity says how nodes are paid for.
type Capacity string

const (
	// OnDemand nodes run until they are deleted.
	OnDemand Capacity = "on-demand"
	// Spot nodes cost about a third. AWS reclaims them with two minutes' notice, Google
	// Cloud with half a minute's.
	Spot Capacity = "spot"
)

// Taint keeps pods that do not tolerate it away from nodes.
type Taint struct {
	Key, Value string
	Effect     TaintEffect
}

// TaintEffect is what a taint does, in the words of the Kubernetes API.
type TaintEffect string

// The effects of taints.
const (
	NoSchedule       TaintEffect = "NoSchedule"
	PreferNoSchedule TaintEffect = "PreferNoSchedule"
	NoExecute        TaintEffect = "NoExecute"
)

// Upper is the effect as the APIs of node groups write it, for instance NO_SCHEDULE.
func (e TaintEffect) Upper() string {
	switch e {
	case PreferNoSchedule:
		return "PREFER_NO_SCHEDULE"
	case NoExecute:
		return "NO_EXECUTE"
	default:
		return "NO_SCHEDULE"
	}
}

// KeyRotation says how often a KMS key gets new key material. What was encrypted with
// older material stays readable.
type KeyRotation string

const (
	// RotateQuarterly is every 90 days, as CIS 1.10 for Google Cloud asks. AWS components
	// do not offer it.
	RotateQuarterly KeyRotation = "quarterly"
	RotateYearly    KeyRotation = "yearly"
	RotateNever     KeyRotation = "never"
)
