package spec

// Search is the search engine that the app may use.
type Search struct {
	// none; managed: OpenSearch that AWS looks after.
	Kind Kind `json:"kind,omitempty" jsonschema:"enum=none,enum=managed"`
	// Version of OpenSearch.
	Version string `json:"version,omitempty" jsonschema:"pattern=^[1-9]\\.[0-9]{1\\,2}$"`
	// Memory of each node.
	Memory Quantity `json:"memory,omitempty"`
	// Disk of each node.
	Storage Quantity `json:"storage,omitempty"`
	// single-zone: one node; multi-zone: one in each zone of the network.
	Availability Availability `json:"availability,omitempty" jsonschema:"enum=single-zone,enum=multi-zone"`
	// Whether the account gets OpenSearch's service-linked role from this environment; an account has it once.
	ServiceRole Source `json:"serviceRole,omitempty" jsonschema:"enum=create,enum=existing"`
}
