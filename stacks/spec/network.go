package spec

// Network is the network that an environment makes for itself on a cloud.
type Network struct {
	Origin
	// The addresses of the network; a /16 has room for the pods of hundreds of nodes.
	CIDR string `json:"cidr,omitempty" jsonschema:"pattern=^[0-9]{1\\,3}(\\.[0-9]{1\\,3}){3}/(1[6-9]|20)$"`
	// Zones it spans; on Google Cloud a network spans its whole region. On AWS a third can come later, where cluster.mode nodes has nodes and auto has none; none can go, and production refuses it.
	Zones int `json:"zones,omitempty" jsonschema:"minimum=2,maximum=3"`
	// single: one way out for all zones, cheaper; per-zone: the loss of a zone takes no other one's way out. On Google Cloud one NAT gateway spans the region.
	NAT string `json:"nat,omitempty" jsonschema:"enum=single,enum=per-zone"`
	// Whether the network's flows are logged.
	FlowLogs Switch `json:"flowLogs,omitempty" jsonschema:"enum=on,enum=off"`
}
