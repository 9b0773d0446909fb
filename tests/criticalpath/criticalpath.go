// Package criticalpath computes how long the first update of an environment takes at least: the longest chain of
// resources of which each waits for the one before. The times of single resources come from creation.yaml.
package criticalpath

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// Resource is a resource of a state, with everything that must exist before it is created.
type Resource struct {
	URN, Type, Name string
	Inputs          map[string]any
	// Needs are URNs: of its parent, of its provider, of what its inputs depend on, and of what DependsOn names.
	Needs []string
}

// Step is one resource of a path.
type Step struct {
	Resource Resource
	// Took is its own time, and Done the time since the update began.
	Took, Done time.Duration
}

// Path is the longest chain of an environment, in the order of creation.
type Path struct {
	Steps []Step
	// Longest is the resource that takes the longest, on the path or beside it.
	Longest Step
}

// Total is how long the update takes at least.
func (p Path) Total() time.Duration {
	if len(p.Steps) == 0 {
		return 0
	}
	return p.Steps[len(p.Steps)-1].Done
}

// Ratio is the total time in times of the longest resource. One means that nothing waits.
func (p Path) Ratio() float64 {
	if p.Longest.Took == 0 {
		return 1
	}
	return float64(p.Total()) / float64(p.Longest.Took)
}

// String returns the path as lines of resource, own time and sum, without resources that take no time.
func (p Path) String() string {
	var text strings.Builder
	for _, step := range p.Steps {
		if step.Took > 0 {
			fmt.Fprintf(&text, "%-64s %6.0f s %6.0f s\n", step.Resource.label(), step.Took.Seconds(), step.Done.Seconds())
		}
	}
	fmt.Fprintf(&text, "%.0f s are %.2f times the longest resource, %s with %.0f s\n",
		p.Total().Seconds(), p.Ratio(), p.Longest.Resource.label(), p.Longest.Took.Seconds())
	return text.String()
}

func (r Resource) label() string {
	return r.Type[strings.LastIndexByte(r.Type, ':')+1:] + " " + r.Name
}

// plan computes when each resource is created.
type plan struct {
	table     Table
	resources map[string]Resource
	done      map[string]time.Duration
	// after is the resource that each one waits for longest.
	after map[string]string
	// nodes is when the cluster's first node is ready.
	nodes time.Duration
}

// Find returns the longest chain. Unknown dependencies are ignored: a state does not list what a lookup read.
func (t Table) Find(resources []Resource) Path {
	p := plan{table: t, resources: map[string]Resource{}}
	for _, each := range resources {
		p.resources[each.URN] = each
	}
	// The first node of a cluster without a node group starts with the first pod.
	p.compute(resources)
	p.nodes = p.firstNode(resources)
	p.compute(resources)
	return p.path(resources)
}

func (p *plan) compute(resources []Resource) {
	p.done, p.after = map[string]time.Duration{}, map[string]string{}
	for _, each := range resources {
		p.finish(each.URN)
	}
}

// finish returns when a resource exists.
func (p *plan) finish(urn string) time.Duration {
	if done, known := p.done[urn]; known {
		return done
	}
	resource := p.resources[urn]
	done := p.start(resource)
	if runsPods(resource.Type) && done < p.nodes {
		done = p.nodes
	}
	done += p.table.time(resource)
	p.done[urn] = done
	return done
}

// start returns when everything that a resource needs exists.
func (p *plan) start(resource Resource) time.Duration {
	var start time.Duration
	for _, needed := range resource.Needs {
		if _, there := p.resources[needed]; !there {
			continue
		}
		if done := p.finish(needed); done > start || p.after[resource.URN] == "" {
			start, p.after[resource.URN] = max(start, done), needed
		}
	}
	return start
}

// firstNode returns when the first node is ready; zero if node groups are part of the state.
func (p *plan) firstNode(resources []Resource) time.Duration {
	var first, launch time.Duration
	for _, each := range resources {
		if node, onDemand := p.table.node(each); onDemand {
			launch = node
		}
	}
	if launch == 0 {
		return 0
	}
	for _, each := range resources {
		if start := p.done[each.URN] - p.table.time(each); runsPods(each.Type) && (first == 0 || start < first) {
			first = start
		}
	}
	return first + launch
}

func (p *plan) path(resources []Resource) Path {
	var path Path
	var last string
	for _, each := range resources {
		if took := p.table.time(each); took > path.Longest.Took {
			path.Longest = Step{Resource: each, Took: took, Done: p.done[each.URN]}
		}
		if last == "" || p.done[each.URN] > p.done[last] {
			last = each.URN
		}
	}
	for at := last; at != ""; at = p.after[at] {
		step := Step{Resource: p.resources[at], Done: p.done[at]}
		step.Took = step.Done - p.done[p.after[at]]
		path.Steps = append(path.Steps, step)
	}
	slices.Reverse(path.Steps)
	return path
}

// runsPods tells whether a resource is created once pods of it run.
func runsPods(kind string) bool {
	return slices.Contains([]string{
		"kubernetes:apps/v1:Deployment", "kubernetes:apps/v1:StatefulSet", "kubernetes:apps/v1:DaemonSet",
		"kubernetes:batch/v1:Job", "kubernetes:core/v1:Pod", "kubernetes:helm.sh/v3:Release",
	}, kind)
}
