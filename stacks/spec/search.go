package spec

// Search is the search engine of the app.
type Search struct {
	// none; managed: Amazon OpenSearch Service, with cloud aws.
	Kind Kind `json:"kind,omitempty" jsonschema:"enum=none,enum=managed"`
	// Version of OpenSearch.
	Version string `json:"version,omitempty" jsonschema:"pattern=^[1-9]\\.[0-9]{1\\,2}$"`
	// Memory of each node.
	Memory Quantity `json:"memory,omitempty"`
	// Disk of each node.
	Storage Quantity `json:"storage,omitempty"`
	// single-zone: one node; multi-zone: one in each zone of the network.
	Availability Availability `json:"availability,omitempty" jsonschema:"enum=single-zone,enum=multi-zone"`
	// create: the stack creates the service-linked role of OpenSearch, which an account has once, and leaves it to the account; existing: the account has it.
	ServiceRole Source `json:"serviceRole,omitempty" jsonschema:"enum=create,enum=existing"`
}
