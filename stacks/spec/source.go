package spec

import (
	"fmt"
	"slices"
	"strings"
)

// Source says where a part of an environment comes from.
type Source string

// The sources. NoSource is for parts that an environment can do without.
const (
	SourceCreate   Source = "create"
	SourceExisting Source = "existing"
	SourceStack    Source = "stack"
	NoSource       Source = "none"
)

// Origin is where one part of an environment comes from.
type Origin struct {
	// create: this stack creates, changes and deletes it; existing: it exists already, and this stack never changes or deletes it; stack: another stack has created it, and its outputs describe it.
	Source Source `json:"source,omitempty" jsonschema:"enum=create,enum=existing,enum=stack"`
	// The stack that has created it, as organization/project/stack; with source stack.
	Stack string `json:"stack,omitempty" jsonschema:"pattern=^[A-Za-z0-9][A-Za-z0-9_.-]*/[A-Za-z0-9][A-Za-z0-9_.-]*/[A-Za-z0-9][A-Za-z0-9_.-]*$"`
}

// HasCloud reports whether the environment has managed services of a cloud.
func (e *Environment) HasCloud() bool { return e.Cloud != NoCloud }

// CreatesNetwork reports whether the stack creates the network.
func (e *Environment) CreatesNetwork() bool {
	return e.HasCloud() && e.Network.Source == SourceCreate
}

// CreatesCluster reports whether the stack creates the Kubernetes cluster.
func (e *Environment) CreatesCluster() bool { return e.Cluster.Source == SourceCreate }

// CreatesNamespace reports whether the stack creates the namespace.
func (e *Environment) CreatesNamespace() bool { return e.Namespace.Source == SourceCreate }

// CreatesZone reports whether the stack creates the DNS zone.
func (e *Environment) CreatesZone() bool { return e.DNS != nil && e.DNS.Source == SourceCreate }

// KeepsProofs reports whether the records that prove the names of certificates stay in the zone. All certificates of an
// account or a project have the same record for a name, so those of others, or of this environment after a change, may
// need it; no provider can tell. Those of a staging environment go with it, or each would leave records for good. A zone
// that the stack creates must be empty before it can be deleted.
func (e *Environment) KeepsProofs() bool { return e.Tier == Production && !e.CreatesZone() }

// CreatesRegistry reports whether the stack creates a registry for the app's images.
func (e *Environment) CreatesRegistry() bool { return e.Registry.Source == SourceCreate }

// part is a part of an environment that has a source.
type part struct {
	path   string
	origin Origin
	// supported are the sources that work, by cloud. A cloud without an entry does not have
	// the part at all.
	supported map[Cloud][]Source
}

// parts is the table of the sources that work. A source that is missing here is refused
// with a message that lists the others.
func (e *Environment) parts() []part {
	onClouds := func(sources ...Source) map[Cloud][]Source {
		return map[Cloud][]Source{AWSCloud: sources, GCPCloud: sources}
	}
	parts := []part{
		{"network", e.Network.Origin, onClouds(SourceCreate)},
		{"cluster", e.Cluster.Origin, map[Cloud][]Source{
			AWSCloud: {SourceCreate}, GCPCloud: {SourceCreate}, NoCloud: {SourceExisting},
		}},
		{"namespace", e.Namespace.Origin, map[Cloud][]Source{
			AWSCloud: {SourceCreate, SourceExisting},
			GCPCloud: {SourceCreate, SourceExisting},
			NoCloud:  {SourceCreate, SourceExisting},
		}},
		{"registry", e.Registry.origin(), onClouds(NoSource, SourceCreate)},
		{"database", e.Database.Origin, onClouds(SourceCreate)},
		{"cache", e.Cache.Origin, onClouds(SourceCreate)},
		{"broker", e.Broker.Origin, onClouds(SourceCreate)},
	}
	if e.DNS != nil {
		parts = append(parts, part{"dns", e.DNS.Origin, onClouds(SourceCreate, SourceExisting)})
	}
	return parts
}

// checkSources reports sources that do not work yet, and names of stacks that are missing
// or ignored.
func (e *Environment) checkSources(problems *Problems) {
	for _, part := range e.parts() {
		supported, has := part.supported[e.Cloud]
		if has && !slices.Contains(supported, part.origin.Source) {
			problems.add(part.path+".source", string(part.origin.Source), "is not supported yet with cloud %s; allowed with cloud %s: %s", e.Cloud, e.Cloud, sourceList(supported))
		}
		if part.origin.Source == SourceStack && part.origin.Stack == "" {
			problems.add(part.path+".stack", nil, "is required with %s.source stack: organization/project/stack", part.path)
		}
		if part.origin.Source != SourceStack && part.origin.Stack != "" {
			problems.add(part.path+".stack", nil, "would be ignored, because %s.source is not stack", part.path)
		}
	}
}

func sourceList(sources []Source) string {
	texts := make([]string, 0, len(sources))
	for _, source := range sources {
		texts = append(texts, fmt.Sprint(source))
	}
	return strings.Join(texts, " or ")
}
