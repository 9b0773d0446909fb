package spec

// AWS is the account, region and zones of an environment on AWS. It is read with cloud aws
// only, so that one configuration can describe both clouds.
type AWS struct {
	// The region, for instance eu-west-1.
	Region string `json:"region" jsonschema:"pattern=^[a-z]{2}(-[a-z]+)+-[0-9]$"`
	// The account of the environment, 12 digits; credentials of any other account are refused before anything is changed.
	AccountID string `json:"accountId,omitempty" jsonschema:"pattern=^[0-9]{12}$"`
	// Availability zones by their last letter. The position in the list decides the address range of a zone, so append new ones.
	Zones []string `json:"zones,omitempty" jsonschema:"pattern=^[a-z]$,uniqueItems=true,minItems=2,maxItems=3" default:"the region's first zones, as many as network.zones"`
	// ARNs of the IAM roles and users that administer the cluster, including the one that runs the program.
	Admins []string `json:"admins" jsonschema:"minItems=1,pattern=^arn:aws[a-z-]*:.+$,uniqueItems=true"`
	// The role with which the program creates the environment; without it, it uses the credentials that it finds as they are.
	AssumeRole *AssumeRole `json:"assumeRole,omitempty"`
	// Further tags of every AWS resource of the environment, for instance cost-center: "4711". A change of them replaces nothing that holds data.
	Tags map[string]string `json:"tags,omitempty"`
}

// GCP is the project, region and zones of an environment on Google Cloud. It is read with
// cloud gcp only.
type GCP struct {
	// The id of the project, for instance blog-production.
	Project string `json:"project" jsonschema:"pattern=^[a-z][a-z0-9-]{4\\,28}[a-z0-9]$"`
	// The region, for instance europe-west1.
	Region string `json:"region" jsonschema:"pattern=^[a-z]+-[a-z]+[0-9]+$"`
	// Zones of the nodes by their last letter; with cluster.mode nodes.
	Zones []string `json:"zones,omitempty" jsonschema:"pattern=^[a-z]$,uniqueItems=true,minItems=2,maxItems=3" default:"Google picks three"`
	// Administrators of the cluster: user:…, group:… or serviceAccount:…, in lower case. All groups belong to one domain and are members of its group gke-security-groups.
	Admins []string `json:"admins,omitempty" jsonschema:"pattern=^(user|group|serviceAccount):[a-z0-9._%+-]+@[a-z0-9.-]+$,uniqueItems=true"`
	// The billing account of the project; required with budget.
	BillingAccount string `json:"billingAccount,omitempty" jsonschema:"pattern=^[0-9A-F]{6}-[0-9A-F]{6}-[0-9A-F]{6}$"`
	// The email of a service account with which the program creates the environment. The identity that runs the program needs the role roles/iam.serviceAccountTokenCreator on it.
	ImpersonateServiceAccount string `json:"impersonateServiceAccount,omitempty" jsonschema:"pattern=^[a-z][a-z0-9-]{4\\,28}[a-z0-9]@[a-z0-9.-]+\\.gserviceaccount\\.com$"`
	// Further labels of every resource of Google Cloud of the environment that can have labels, for instance cost-center: "4711". A change of them replaces nothing that holds data.
	Labels map[string]string `json:"labels,omitempty"`
}

// Switch turns something on or off.
type Switch string

// On and Off are the two states of a Switch.
const (
	On  Switch = "on"
	Off Switch = "off"
)

//go:generate go run ./internal/generate

// Cloud is the cloud that holds the managed services of an environment.
type Cloud string

// NoCloud is for environments on an existing Kubernetes cluster, without managed services.
const (
	NoCloud  Cloud = "none"
	AWSCloud Cloud = "aws"
	GCPCloud Cloud = "gcp"
)
