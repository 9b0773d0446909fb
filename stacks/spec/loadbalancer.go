package spec

// LoadBalancer is the way in to an environment on a cloud.
type LoadBalancer struct {
	// floating: the load balancer's addresses change as the cloud pleases; fixed: they never change. Google Cloud has only fixed ones. On AWS each zone and each NAT gateway takes an Elastic IP, and a new account has a quota of 5 in a region.
	Addresses string `json:"addresses,omitempty" jsonschema:"enum=floating,enum=fixed"`
	// Addresses that may connect; on Google Cloud a policy of Cloud Armor, on AWS two rules each of a security group, of which a new account has a quota of 60.
	AllowedCIDRs []string `json:"allowedCIDRs,omitempty" jsonschema:"minItems=1,pattern=^[0-9]{1\\,3}(\\.[0-9]{1\\,3}){3}/[0-9]{1\\,2}$,uniqueItems=true"`
	// Whether the load balancer logs each request and its visitor: on AWS in a bucket of the environment's own, kept for a year in production; on Google Cloud in Cloud Logging.
	AccessLogs Switch `json:"accessLogs,omitempty" jsonschema:"enum=on,enum=off"`
}

// Ways that the load balancer's addresses behave.
const (
	FloatingAddresses = "floating"
	FixedAddresses    = "fixed"
)
