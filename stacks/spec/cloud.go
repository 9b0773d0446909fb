package spec

// AWS says where on AWS an environment stands; read with cloud aws only, so that
// a configuration can describe both clouds and pick one by its place.
type AWS struct {
	// The region, for instance eu-west-1.
	Region string `json:"region" jsonschema:"pattern=^[a-z]{2}(-[a-z]+)+-[0-9]$"`
	// The account that the environment must stand in, 12 digits; with another one's credentials nothing is touched.
	AccountID string `json:"accountId,omitempty" jsonschema:"pattern=^[0-9]{12}$"`
	// Availability zones by their last letter. Each has the addresses of its place in the list, so that another is added at the end.
	Zones []string `json:"zones,omitempty" jsonschema:"pattern=^[a-z]$,uniqueItems=true,minItems=2,maxItems=3" default:"the region's first zones, as many as network.zones"`
	// ARNs of the IAM roles and users that administer the cluster; the one that runs the program must be among them.
	Admins []string `json:"admins" jsonschema:"minItems=1,pattern=^arn:aws[a-z-]*:.+$,uniqueItems=true"`
}

// GCP says where on Google Cloud an environment stands; read with cloud gcp only.
type GCP struct {
	// The id of the project, for instance blog-production.
	Project string `json:"project" jsonschema:"pattern=^[a-z][a-z0-9-]{4\\,28}[a-z0-9]$"`
	// The region, for instance europe-west1.
	Region string `json:"region" jsonschema:"pattern=^[a-z]+-[a-z]+[0-9]+$"`
	// Zones of the nodes by their last letter; with cluster.mode nodes.
	Zones []string `json:"zones,omitempty" jsonschema:"pattern=^[a-z]$,uniqueItems=true,minItems=2,maxItems=3" default:"Google picks three"`
	// Who administers the cluster: user:…, group:… or serviceAccount:…, in lower case; groups of one domain, members of its gke-security-groups.
	Admins []string `json:"admins,omitempty" jsonschema:"pattern=^(user|group|serviceAccount):[a-z0-9._%+-]+@[a-z0-9.-]+$,uniqueItems=true"`
	// The billing account that pays for the project; needed by budget.
	BillingAccount string `json:"billingAccount,omitempty" jsonschema:"pattern=^[0-9A-F]{6}-[0-9A-F]{6}-[0-9A-F]{6}$"`
}

// Switch turns something on or off.
type Switch string

// On and Off are the two states of a Switch.
const (
	On  Switch = "on"
	Off Switch = "off"
)

//go:generate go run ./internal/generate

// Cloud names where an environment stands.
type Cloud string

// An environment stands on a Kubernetes cluster that is already there, or on a
// network and cluster of its own on AWS or Google Cloud.
const (
	NoCloud  Cloud = "none"
	AWSCloud Cloud = "aws"
	GCPCloud Cloud = "gcp"
)
