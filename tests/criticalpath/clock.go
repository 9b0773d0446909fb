package criticalpath

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"
)

// Clock lets the creations of a real update take the times of the table, made shorter, and measures when each begins. It
// shows what a chain of dependencies cannot: a program that registers a resource late.
type Clock struct {
	plan plan
	// shorter is how many times shorter than in the table each creation is.
	shorter int
	start   sync.Once
	began   time.Time

	mu sync.Mutex
	// first and last are when the creation of a resource began and ended, in the table's time.
	first, last map[string]time.Duration
	// nodes is when the first node is ready; zero before a pod waits for one.
	nodes time.Duration
}

// Clock returns a clock for the first update of an environment that has these resources.
func (t Table) Clock(resources []Resource, shorter int) *Clock {
	c := &Clock{
		plan:    plan{table: t, resources: map[string]Resource{}},
		shorter: shorter, first: map[string]time.Duration{}, last: map[string]time.Duration{},
	}
	for _, each := range resources {
		c.plan.resources[each.URN] = each
	}
	return c
}

// Create waits as long as the creation of a resource takes. The first creation starts the clock.
func (c *Clock) Create(urn string) {
	c.start.Do(func() { c.began = time.Now() })
	resource := c.plan.resources[urn]
	begun := c.now()
	end := begun + c.plan.table.time(resource)
	if runsPods(resource.Type) {
		end = max(begun, c.firstNode(begun)) + c.plan.table.time(resource)
	}
	time.Sleep(time.Until(c.began.Add(end / time.Duration(c.shorter))))
	c.mu.Lock()
	defer c.mu.Unlock()
	c.first[urn], c.last[urn] = begun, c.now()
}

func (c *Clock) now() time.Duration { return time.Since(c.began) * time.Duration(c.shorter) }

// firstNode returns when the first node of a cluster that starts nodes for pods is ready, if a pod waits since begun.
func (c *Clock) firstNode(begun time.Duration) time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.nodes > 0 {
		return c.nodes
	}
	for _, each := range c.plan.resources {
		if launch, onDemand := c.plan.table.node(each); onDemand {
			c.nodes = begun + launch
		}
	}
	return c.nodes
}

// Took returns how long the update took until its last creation ended, in the table's time.
func (c *Clock) Took() time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	var end time.Duration
	for _, last := range c.last {
		end = max(end, last)
	}
	return end
}

// Late describes the resources that began at least so long after everything that they wait for, latest first.
func (c *Clock) Late(least time.Duration) string {
	c.mu.Lock()
	defer c.mu.Unlock()
	type late struct {
		resource Resource
		by       time.Duration
	}
	var all []late
	for urn, first := range c.first {
		if by := first - c.ready(urn); by >= least {
			all = append(all, late{c.plan.resources[urn], by})
		}
	}
	slices.SortFunc(all, func(a, b late) int {
		return cmp.Or(cmp.Compare(b.by, a.by), strings.Compare(a.resource.URN, b.resource.URN))
	})
	var text strings.Builder
	for _, each := range all {
		fmt.Fprintf(&text, "%-64s began at %5.0f s, %5.0f s after it could\n", each.resource.label(), c.first[each.resource.URN].Seconds(), each.by.Seconds())
	}
	return text.String()
}

// ready returns when everything existed that a resource needs. Only custom resources are created; a component is
// ready when its own needs are.
func (c *Clock) ready(urn string) time.Duration {
	var ready time.Duration
	for _, needed := range c.plan.resources[urn].Needs {
		if last, created := c.last[needed]; created {
			ready = max(ready, last)
		} else if _, there := c.plan.resources[needed]; there {
			ready = max(ready, c.ready(needed))
		}
	}
	return ready
}
