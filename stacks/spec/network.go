package spec

// Network is the network of an environment on a cloud.
type Network struct {
	Origin
	// Address range of the network; a /16 is large enough for the pods of hundreds of nodes.
	CIDR string `json:"cidr,omitempty" jsonschema:"pattern=^[0-9]{1\\,3}(\\.[0-9]{1\\,3}){3}/(1[6-9]|20)$"`
	// Number of zones; on AWS only, since a network on Google Cloud spans its region. A third zone can be added later: with cluster.mode nodes it gets nodes, with auto it does not. A zone cannot be removed, and production refuses to try.
	Zones int `json:"zones,omitempty" jsonschema:"minimum=2,maximum=3"`
	// single: one NAT gateway for all zones, which is cheaper; per-zone: one in each zone, so that the loss of a zone affects no other. On Google Cloud one NAT gateway spans the region.
	NAT string `json:"nat,omitempty" jsonschema:"enum=single,enum=per-zone"`
	// Whether connections are recorded, with one record of each for ten minutes. They cost by the gigabyte. On Google Cloud DNS queries are recorded as well.
	FlowLogs Switch `json:"flowLogs,omitempty" jsonschema:"enum=on,enum=off"`
}
