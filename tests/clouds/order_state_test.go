package clouds_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"
	"github.com/stretchr/testify/require"

	"github.com/djangostack/djangostack/tests/mocks"
)

// state is the state of an environment before its teardown, as a graph: each resource is deleted before everything that
// it needs.
type state struct {
	resources []resource
	edges     []edge
	// out are the edges that begin at a resource, and in those that end there, by the resource's index.
	out, in [][]int
}

// resource is one resource of a state.
type resource struct {
	urn, kind, name string
	inputs          map[string]any
	// parent and provider are URNs, or empty.
	parent, provider string
	// properties are what its inputs depend on, and stated what DependsOn adds.
	properties, stated []string
	// silent says why no provider is asked to delete it; empty if one is.
	silent string
}

// reason is why one resource is deleted before another.
type reason string

const (
	child    reason = "child"
	provided reason = "provider"
	property reason = "property"
	stated   reason = "dependsOn"
)

// edge says that one resource is deleted before another. Its ends are indexes in the state.
type edge struct {
	from, to int
	why      reason
}

// exported parses the state that pulumi stack export --show-secrets writes.
func exported(t testing.TB, text []byte) *state {
	t.Helper()
	var whole apitype.UntypedDeployment
	require.NoError(t, json.Unmarshal(text, &whole))
	var deployment apitype.DeploymentV3
	require.NoError(t, json.Unmarshal(whole.Deployment, &deployment))
	var resources []resource
	for _, each := range deployment.Resources {
		read := resource{
			urn: string(each.URN), kind: string(each.Type), name: each.URN.Name(), inputs: each.Inputs,
			parent: string(each.Parent), provider: providerURN(each.Provider),
		}
		for _, urns := range each.PropertyDependencies {
			for _, urn := range urns {
				read.properties = append(read.properties, string(urn))
			}
		}
		for _, urn := range each.Dependencies {
			read.state(string(urn))
		}
		switch {
		case each.RetainOnDelete:
			read.silent = "it is kept"
		case each.DeletedWith != "":
			read.silent = "it is deleted with " + each.DeletedWith.Name()
		}
		resources = append(resources, read)
	}
	return newState(resources)
}

// registered returns the state that a program would leave.
func registered(program mocks.Program) *state {
	var resources []resource
	for _, each := range program.Resources {
		read := resource{
			urn: each.URN, kind: each.Type, name: each.Name, inputs: each.Plain(),
			parent: each.Parent, provider: providerURN(each.Provider),
		}
		for _, urns := range each.ByProperty {
			read.properties = append(read.properties, urns...)
		}
		for _, urn := range each.DependsOn {
			read.state(urn)
		}
		// A retained component retains its children too.
		of := slices.IndexFunc(resources, func(r resource) bool { return r.urn == each.Parent })
		if each.Retain || of >= 0 && resources[of].silent != "" {
			read.silent = "it is kept"
		}
		resources = append(resources, read)
	}
	return newState(resources)
}

// state adds a dependency that the program states and the inputs do not have.
func (r *resource) state(urn string) {
	if !slices.Contains(r.properties, urn) {
		r.stated = append(r.stated, urn)
	}
}

// providerURN returns the URN of a provider reference, which ends with the provider's id.
func providerURN(reference string) string {
	end := strings.LastIndex(reference, "::")
	return reference[:max(end, 0)]
}

func newState(resources []resource) *state {
	s := &state{resources: resources, out: make([][]int, len(resources)), in: make([][]int, len(resources))}
	place := map[string]int{}
	for i, r := range resources {
		place[r.urn] = i
	}
	known := map[[2]int]bool{}
	add := func(from int, urn string, why reason) {
		to, there := place[urn]
		if !there || known[[2]int{from, to}] {
			return
		}
		known[[2]int{from, to}] = true
		s.out[from] = append(s.out[from], len(s.edges))
		s.in[to] = append(s.in[to], len(s.edges))
		s.edges = append(s.edges, edge{from: from, to: to, why: why})
	}
	for i, r := range resources {
		add(i, r.parent, child)
		add(i, r.provider, provided)
		for _, urn := range r.properties {
			add(i, urn, property)
		}
		for _, urn := range r.stated {
			add(i, urn, stated)
		}
	}
	return s
}

// cutting is a set of removed edges, by their indexes; nil is the empty set.
type cutting map[int]bool

// needs returns the indexes of all resources that a resource is deleted before, directly or not. The engine deletes a
// resource after all that depend on it.
func (s *state) needs(from int, cut cutting) []bool {
	seen := make([]bool, len(s.resources))
	queue := []int{from}
	for len(queue) > 0 {
		at := queue[0]
		queue = queue[1:]
		for _, each := range s.out[at] {
			to := s.edges[each].to
			if seen[to] || cut[each] {
				continue
			}
			seen[to] = true
			queue = append(queue, to)
		}
	}
	return seen
}

// statedBy returns the edges that DependsOn adds to a resource, except those to some types.
func (s *state) statedBy(at int, without []string) cutting {
	cut := cutting{}
	for _, each := range s.out[at] {
		to := s.resources[s.edges[each].to]
		if s.edges[each].why == stated && !slices.ContainsFunc(without, to.matches) {
			cut[each] = true
		}
	}
	return cut
}

// at returns the input at a path, or nil.
func (r resource) at(path ...string) any {
	var value any = r.inputs
	for _, step := range path {
		fields, _ := value.(map[string]any)
		value = fields[step]
	}
	return value
}

// text returns the input at a path, or "".
func (r resource) text(path ...string) string {
	text, _ := r.at(path...).(string)
	return text
}

// component tells whether the resource is a component.
func (r resource) component() bool { return strings.HasPrefix(r.kind, "djangostack:") }

// matches tells whether the type equals a given one, or begins like one that ends with a star.
func (r resource) matches(kind string) bool {
	begin, any := strings.CutSuffix(kind, "*")
	return r.kind == kind || any && strings.HasPrefix(r.kind, begin)
}

// word returns the last part of the type: Deployment for kubernetes:apps/v1:Deployment.
func (r resource) word() string { return r.kind[strings.LastIndexByte(r.kind, ':')+1:] }

// called returns the resource as messages name it.
func (r resource) called() string {
	return r.word() + " " + r.name
}
