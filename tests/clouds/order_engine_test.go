package clouds_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"

	"github.com/djangostack/djangostack/stacks"
	"github.com/djangostack/djangostack/stacks/lifecycle"
)

// deletions tell what the engine did: when each resource began to be deleted and when
// it was gone, by URN.
type deletions struct {
	began, gone map[string]int
}

func deleted(events []lifecycle.Event) deletions {
	d := deletions{began: map[string]int{}, gone: map[string]int{}}
	for when, event := range events {
		switch event.Type {
		case lifecycle.EventStart:
			d.began[event.URN] = when
		case lifecycle.EventDone:
			d.gone[event.URN] = when
		}
	}
	return d
}

// late are the pairs that were not deleted one after the other.
func (d deletions) late(s *state, pairs []pair) []pair {
	return slices.DeleteFunc(slices.Clone(pairs), func(each pair) bool {
		gone, done := d.gone[s.resources[each.first].urn]
		began, begun := d.began[s.resources[each.needed].urn]
		return done && (!begun || gone < began)
	})
}

func (t teardown) allPairs(s *state) []pair {
	var all []pair
	for _, r := range t.rules {
		all = append(all, t.pairs(s, r)...)
	}
	return all
}

// disposable lifts every protection.
const disposable = "\nprotection: disposable\n"

// What the walk says of an environment is what the engine does with it.
func TestTheEngineTakesDownInThatOrder(t *testing.T) {
	for on, each := range environments() {
		for name, parts := range each {
			t.Run(on+" "+name, func(t *testing.T) {
				if testing.Short() && name != "staging" {
					t.Skip("takes longer; run it with: make soak")
				}
				s := newStage(t, environment(t, append(slices.Clone(parts), disposable)...))
				s.up()
				e := end{cloud: on, name: name, teardown: teardowns()[on], state: s.finished()}
				e.holds(t)
				done := deleted(s.destroy())
				pairs := e.allPairs(e.state)
				if late := done.late(e.state, pairs); len(late) > 0 {
					assert.Fail(t, "the engine did otherwise", e.toldAll(late))
				}
				e.follows(t, done)
				assert.Empty(t, s.leftovers())
				t.Logf("%d resources, %d edges and %d pairs of the rules, all deleted in order", len(e.resources), len(e.edges), len(pairs))
			})
		}
	}
}

// follows asserts that the engine went by every edge of the graph, so that the graph
// is what the engine orders by.
func (e end) follows(t *testing.T, done deletions) {
	t.Helper()
	for _, each := range e.edges {
		gone, first := done.gone[e.resources[each.from].urn]
		began, then := done.began[e.resources[each.to].urn]
		if first && then {
			assert.Less(t, gone, began, "%s goes before %s (%s)", e.resources[each.from].called(), e.resources[each.to].called(), each.why)
		}
	}
}

// wayIn is what binds the pods to the load balancer of a cloud.
type wayIn struct {
	environment []string
	// component says that it waits for the pods; object is what it makes in the cluster.
	component, object, cluster string
}

func waysIn() map[string]wayIn {
	return map[string]wayIn{
		"aws": {[]string{small}, "djangostack:aws:TargetBinding", "TargetGroupBinding blog-pods", "aws:eks/cluster:Cluster"},
		"gcp": {[]string{small, onGoogle}, "djangostack:gcp:LoadBalancer", "Gateway blog-gateway", "gcp:container/cluster:Cluster"},
	}
}

// eachWayIn runs a test on every cloud, in short on one.
func eachWayIn(t *testing.T, test func(t *testing.T, cloud string, in wayIn)) {
	t.Helper()
	for cloud, in := range waysIn() {
		t.Run(cloud, func(t *testing.T) {
			if testing.Short() && cloud != "aws" {
				t.Skip("takes longer; run it with: make soak")
			}
			test(t, cloud, in)
		})
	}
}

// The program itself is altered here: what it binds the pods with forgets what it
// depends on.
func TestAnEdgeThatTheProgramForgetsIsSeen(t *testing.T) {
	eachWayIn(t, func(t *testing.T, cloud string, in wayIn) {
		forget := func(_ context.Context, args *pulumi.ResourceTransformArgs) *pulumi.ResourceTransformResult {
			args.Opts.DependsOn = nil
			return &pulumi.ResourceTransformResult{Props: args.Props, Opts: args.Opts}
		}
		s := newStageFor(t, environment(t, append(in.environment, disposable)...), altered(func(args *pulumi.ResourceTransformationArgs) pulumi.ResourceOption {
			if args.Type != in.component {
				return nil
			}
			// The engine reads dependencies anew only for a resource with a transform of its own.
			return pulumi.Transforms([]pulumi.ResourceTransform{forget})
		}))
		s.up()
		e := end{cloud: cloud, teardown: teardowns()[cloud], state: s.finished()}
		forgotten := in.object + " must be deleted before Deployment blog-web"
		assert.Contains(t, e.toldAll(e.wrong(e.state, nil)), forgotten, "by the walk")
		late := deleted(s.destroy()).late(e.state, e.allPairs(e.state))
		assert.Contains(t, e.toldAll(late), forgotten, "by the engine")
	})
}

// altered is the program with one option more for what it registers, where there is
// one.
func altered(option func(*pulumi.ResourceTransformationArgs) pulumi.ResourceOption) pulumi.RunFunc {
	alter := func(args *pulumi.ResourceTransformationArgs) *pulumi.ResourceTransformationResult {
		more := option(args)
		if more == nil {
			return nil
		}
		return &pulumi.ResourceTransformationResult{Props: args.Props, Opts: append(args.Opts, more)}
	}
	return func(ctx *pulumi.Context) error {
		if err := ctx.RegisterStackTransformation(alter); err != nil {
			return err
		}
		return stacks.Program(ctx)
	}
}

// To let all objects go with their cluster makes a teardown fast, and leaves behind
// what controllers have made for them.
func TestWhatGoesWithItsClusterLeavesThingsBehind(t *testing.T) {
	eachWayIn(t, func(t *testing.T, cloud string, in wayIn) {
		var cluster pulumi.Resource
		s := newStageFor(t, environment(t, append(in.environment, disposable)...), altered(func(args *pulumi.ResourceTransformationArgs) pulumi.ResourceOption {
			if args.Type == in.cluster {
				cluster = args.Resource
			}
			if cluster == nil || !strings.HasPrefix(args.Type, "kubernetes:") {
				return nil
			}
			return pulumi.DeletedWith(cluster)
		}))
		s.up()
		e := end{cloud: cloud, teardown: teardowns()[cloud], state: s.finished()}
		silent := strings.Join(e.silent(e.state), "\n")
		s.destroy()
		left := strings.Join(s.Cluster.Left(), "\n")
		kind, _, _ := strings.Cut(in.object, " ")
		for _, each := range []string{kind, "PersistentVolumeClaim"} {
			assert.Contains(t, silent, each, "by the walk")
			assert.Contains(t, left, each, "in the cluster")
		}
	})
}
