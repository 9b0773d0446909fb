package spec

import (
	"cmp"
	"strings"
)

// Search is the search engine of the app.
type Search struct {
	// in-cluster: one pod of OpenSearch with a volume; managed: Amazon OpenSearch Service, with cloud aws; none: no search engine.
	Kind Kind `json:"kind,omitempty" jsonschema:"enum=none,enum=in-cluster,enum=managed"`
	// Version of the managed OpenSearch.
	Version string `json:"version,omitempty" jsonschema:"pattern=^[1-9]\\.[0-9]{1\\,2}$"`
	// The in-cluster server's image: opensearchproject/opensearch of version 2 or 3, or one with the same folders.
	Image ImageName `json:"image,omitempty"`
	// Memory of each node. In the cluster it is the pod's request and limit, and half of it is the heap.
	Memory Quantity `json:"memory,omitempty"`
	// CPU request of the in-cluster server.
	CPU Quantity `json:"cpu,omitempty"`
	// The in-cluster server's volume.
	Volume Volume `json:"volume,omitempty"`
	// Whether connections to the in-cluster server use TLS. off is for an app that has no setting for the file of its authority (SEARCH_CA_FILE). The server asks for a password in either case.
	TLS string `json:"tls,omitempty" jsonschema:"enum=required,enum=off" default:"namespace.tls"`
	// Disk of each managed node.
	Storage Quantity `json:"storage,omitempty"`
	// single-zone: one managed node; multi-zone: one in each zone of the network.
	Availability Availability `json:"availability,omitempty" jsonschema:"enum=single-zone,enum=multi-zone"`
	// create: the stack creates the service-linked role of OpenSearch, which an account has once, and leaves it to the account; existing: the account has it.
	ServiceRole Source `json:"serviceRole,omitempty" jsonschema:"enum=create,enum=existing"`
}

// searchImage has the major version of the managed OpenSearch, so that an app on both needs one
// client.
const searchImage = "docker.io/opensearchproject/opensearch:2"

// leastSearchMemory leaves 768Mi beside a heap of as much, which the JVM and the plugins of the
// image need.
const leastSearchMemory = "1536Mi"

func defaultSearch() Search {
	return Search{
		Kind: None, Version: "2.19", Image: searchImage, Memory: "2Gi", CPU: "100m", Volume: Volume{Size: "10Gi"},
		Storage: "10Gi", Availability: SingleZone, ServiceRole: SourceExisting,
	}
}

func (s *Search) forProduction() {
	s.Memory = "8Gi"
	s.CPU = "500m"
	s.Volume.Size = "50Gi"
	s.Storage = "50Gi"
	s.Availability = MultiZone
}

// RunsSearch reports whether the search engine runs in the cluster.
func (e *Environment) RunsSearch() bool { return e.Search.Kind == InCluster }

func (e *Environment) deriveSearch() {
	e.Search.TLS = cmp.Or(e.Search.TLS, e.Namespace.TLS)
}

func (e *Environment) checkSearch(problems *Problems) {
	if e.Search.Kind == Managed && e.Cloud != AWSCloud {
		problems.add("search.kind", string(Managed), "needs cloud aws: elsewhere there is no managed OpenSearch; use in-cluster")
	}
	if !e.RunsSearch() {
		return
	}
	atLeast(problems, "search.memory", e.Search.Memory, leastSearchMemory)
	if strings.Contains(imageName(string(e.Search.Image)), "elastic") {
		problems.add("search.image", e.Search.Image, "is no OpenSearch; leave it out for %s", searchImage)
	}
	if image := string(e.Search.Image); imageName(image) == "opensearch" && majorOf(image) == 1 {
		problems.add("search.image", image, "is of version 1, which has other settings than the program writes; leave it out for %s", searchImage)
	}
}
