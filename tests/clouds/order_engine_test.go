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
	"github.com/djangostack/djangostack/stacks/spec"
	"github.com/djangostack/djangostack/tests/enginetest"
	"github.com/djangostack/djangostack/tests/environments"
)

// deletions hold when the deletion of each resource began and ended, by URN.
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

// late returns the pairs that were not deleted one after the other.
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

// The engine does what the graph of the state predicts.
func TestTheEngineDeletesInTheSameOrder(t *testing.T) {
	for on, each := range tornDown(t) {
		for name, environment := range each {
			t.Run(on+" "+name, func(t *testing.T) {
				if name != "staging" {
					skipInShort(t)
				}
				deployed := enginetest.NewEnvironment(t, environment.Set(t, "protection=disposable"), stacks.Program)
				deployed.Up(t)
				e := end{cloud: on, name: name, teardown: teardowns()[on], state: exported(t, deployed.Export(t))}
				e.holds(t)
				done := deleted(deployed.Destroy(t))
				pairs := e.allPairs(e.state)
				if late := done.late(e.state, pairs); len(late) > 0 {
					assert.Fail(t, "the engine did otherwise", e.toldAll(late))
				}
				e.follows(t, done)
				assert.Empty(t, deployed.Leaks())
				t.Logf("%d resources, %d edges and %d pairs of the rules, all deleted in order", len(e.resources), len(e.edges), len(pairs))
			})
		}
	}
}

// follows asserts that the engine respected every edge of the graph.
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

// registration is how the pods are registered with the load balancer of a cloud.
type registration struct {
	// component is the component that waits for the pods, and object is what it creates in the cluster.
	component, object, cluster string
}

func registrations() map[string]registration {
	return map[string]registration{
		"aws": {"djangostack:aws:TargetBinding", "TargetGroupBinding blog-pods", "aws:eks/cluster:Cluster"},
		"gcp": {"djangostack:gcp:LoadBalancer", "Gateway blog-gateway", "gcp:container/cluster:Cluster"},
	}
}

// eachCloud runs a test on every cloud; with -short on AWS only.
func eachCloud(t *testing.T, test func(t *testing.T, cloud string, registers registration)) {
	t.Helper()
	for cloud, registers := range registrations() {
		t.Run(cloud, func(t *testing.T) {
			if cloud != "aws" {
				skipInShort(t)
			}
			test(t, cloud, registers)
		})
	}
}

// This test changes the program: the component that registers the pods loses its dependencies.
func TestAMissingDependsOnIsNoticed(t *testing.T) {
	eachCloud(t, func(t *testing.T, cloud string, registers registration) {
		forget := func(_ context.Context, args *pulumi.ResourceTransformArgs) *pulumi.ResourceTransformResult {
			args.Opts.DependsOn = nil
			return &pulumi.ResourceTransformResult{Props: args.Props, Opts: args.Opts}
		}
		deployed := enginetest.NewEnvironment(t, environments.Small(spec.Cloud(cloud)), altered(func(args *pulumi.ResourceTransformationArgs) pulumi.ResourceOption {
			if args.Type != registers.component {
				return nil
			}
			// The engine evaluates dependencies again only for a resource with its own transform.
			return pulumi.Transforms([]pulumi.ResourceTransform{forget})
		}))
		deployed.Up(t)
		e := end{cloud: cloud, teardown: teardowns()[cloud], state: exported(t, deployed.Export(t))}
		forgotten := registers.object + " must be deleted before Deployment blog-web"
		assert.Contains(t, e.toldAll(e.wrong(e.state, nil)), forgotten, "by the walk")
		late := deleted(deployed.Destroy(t)).late(e.state, e.allPairs(e.state))
		assert.Contains(t, e.toldAll(late), forgotten, "by the engine")
	})
}

// altered is the program with one more option for the resources that the function returns an option for.
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

// Deleting all objects with their cluster makes a teardown fast, but leaves behind what controllers created for them.
func TestDeletedWithTheClusterLeavesObjectsBehind(t *testing.T) {
	eachCloud(t, func(t *testing.T, cloud string, registers registration) {
		var cluster pulumi.Resource
		deployed := enginetest.NewEnvironment(t, environments.Small(spec.Cloud(cloud)), altered(func(args *pulumi.ResourceTransformationArgs) pulumi.ResourceOption {
			if args.Type == registers.cluster {
				cluster = args.Resource
			}
			if cluster == nil || !strings.HasPrefix(args.Type, "kubernetes:") {
				return nil
			}
			return pulumi.DeletedWith(cluster)
		}))
		deployed.Up(t)
		e := end{cloud: cloud, teardown: teardowns()[cloud], state: exported(t, deployed.Export(t))}
		silent := strings.Join(e.silent(e.state), "\n")
		deployed.Destroy(t)
		left := strings.Join(deployed.Cluster.Left(), "\n")
		kind, _, _ := strings.Cut(registers.object, " ")
		for _, each := range []string{kind, "PersistentVolumeClaim"} {
			assert.Contains(t, silent, each, "by the walk")
			assert.Contains(t, left, each, "in the cluster")
		}
	})
}
