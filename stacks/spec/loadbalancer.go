package spec

// LoadBalancer is the load balancer of an environment on a cloud.
type LoadBalancer struct {
	// floating: the cloud may change the addresses of the load balancer at any time; fixed: they never change. Google Cloud has fixed addresses only. On AWS each zone and each NAT gateway needs an Elastic IP, and a new account has a quota of 5 in a region.
	Addresses string `json:"addresses,omitempty" jsonschema:"enum=floating,enum=fixed"`
	// Address ranges that may connect. On Google Cloud they become a policy of Cloud Armor, on AWS two security group rules each, for which a new account has a quota of 60.
	AllowedCIDRs []string `json:"allowedCIDRs,omitempty" jsonschema:"minItems=1,pattern=^[0-9]{1\\,3}(\\.[0-9]{1\\,3}){3}/[0-9]{1\\,2}$,uniqueItems=true"`
	// Whether the load balancer logs requests with the client's address: on AWS all of them, to a bucket of the environment, kept for a year in production; on Google Cloud one in ten, to Cloud Logging, which costs twenty times as much for a gigabyte.
	AccessLogs Switch `json:"accessLogs,omitempty" jsonschema:"enum=on,enum=off"`
}

// The kinds of addresses of a load balancer.
const (
	FloatingAddresses = "floating"
	FixedAddresses    = "fixed"
)
