package reliability_test

import (
	"context"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/dynamic"

	"github.com/djangostack/djangostack/emulators/rehearsal"
	"github.com/djangostack/djangostack/stacks"
	"github.com/djangostack/djangostack/stacks/spec"
	"github.com/djangostack/djangostack/tests/enginetest"
	"github.com/djangostack/djangostack/tests/environments"
)

// place is one account of each cloud, with a DNS zone, that several environments share.
type place struct {
	*rehearsal.Emulators
	// clusters are the clusters of environments that have their own.
	clusters map[string]*rehearsal.Emulators
}

// settle returns an environment in these accounts. On a cloud it has its own cluster.
func (p *place) settle(t *testing.T, stack string, configuration environments.Environment) *enginetest.Environment {
	t.Helper()
	providers := maps.Clone(p.Providers)
	on := *p.Emulators
	if configuration["cloud"] != "none" {
		own, err := rehearsal.New(rehearsal.Options{})
		require.NoError(t, err)
		t.Cleanup(func() { require.NoError(t, own.Close()) })
		providers["kubernetes"] = own.Providers["kubernetes"]
		on.Cluster = own.Cluster
		p.clusters[stack+configuration["app"].(map[string]any)["name"].(string)] = own
	}
	providers = enginetest.Intercept(providers, func(enginetest.Call) enginetest.Verdict { return enginetest.Pass })
	e := enginetest.NewEnvironmentOn(t, providers, configuration, stacks.Program)
	e.Emulators, e.Stack = &on, stack
	return e
}

// contents returns everything that exists by type and identity.
func (p *place) contents(t *testing.T) map[string]string {
	t.Helper()
	all := map[string]string{}
	for _, object := range slices.Concat(p.AWS.Left(), p.GCP.Left()) {
		all[object.Token+" "+object.ID] = text(t, object.Values)
	}
	clusters := map[string]*rehearsal.Emulators{"": p.Emulators}
	maps.Copy(clusters, p.clusters)
	for name, one := range clusters {
		for _, object := range one.Cluster.Objects() {
			uid := string(object.GetUID())
			all[strings.Join([]string{name, object.GetKind(), object.GetNamespace(), object.GetName(), uid}, " ")] = text(t, lasting(object))
		}
	}
	return all
}

// touched returns what was there before and is not there as it was.
func touched(before, after map[string]string) []string {
	var found []string
	for _, name := range slices.Sorted(maps.Keys(before)) {
		switch contents, there := after[name]; {
		case !there:
			found = append(found, "deleted: "+name)
		case contents != before[name]:
			found = append(found, "changed: "+name+firstDifference(before[name], contents))
		}
	}
	return found
}

// giveNamespace creates a namespace that no environment owns.
func (p *place) giveNamespace(t *testing.T, name string) {
	t.Helper()
	client, err := dynamic.NewForConfig(p.Cluster.Config())
	require.NoError(t, err)
	namespace := &unstructured.Unstructured{Object: map[string]any{"apiVersion": "v1", "kind": "Namespace", "metadata": map[string]any{"name": name}}}
	_, err = client.Resource(schema.GroupVersionResource{Version: "v1", Resource: "namespaces"}).Create(context.Background(), namespace, metav1.CreateOptions{})
	require.NoError(t, err)
}

// TestNeighboursAreNotTouched brings up an environment, and beside it another app and another environment of the same
// app: in one account, one DNS zone and, on an existing cluster, one namespace. Neither up, change nor destroy of a
// neighbour touches anything of the first one, and a destroy leaves nothing of the neighbour.
func TestNeighboursAreNotTouched(t *testing.T) {
	full := func(cloud spec.Cloud) environments.Environment { return environments.Full(cloud, spec.Staging) }
	places := map[string]environments.Environment{
		"one namespace": environments.Small(spec.NoCloud).Set(t, "namespace={source: existing, name: shared}"),
		"one cluster":   environments.Small(spec.NoCloud),
		"aws":           full(spec.AWSCloud),
		"gcp":           full(spec.GCPCloud),
	}
	for name, first := range places {
		if !soak() && name != "one namespace" {
			continue
		}
		t.Run(name, func(t *testing.T) {
			options := rehearsal.Options{Zones: []string{environments.Zone}, Project: environments.GCPProject}
			emulators, err := rehearsal.New(options)
			require.NoError(t, err)
			t.Cleanup(func() { require.NoError(t, emulators.Close()) })
			here := &place{Emulators: emulators, clusters: map[string]*rehearsal.Emulators{}}
			if name == "one namespace" {
				here.giveNamespace(t, "shared")
			}
			empty := here.contents(t)

			resident := here.settle(t, "dev", first)
			resident.Up(t)
			mine := here.contents(t)
			for neighbour, e := range map[string]*enginetest.Environment{
				"another app":         here.settle(t, "dev", first.Set(t, "app.name=shop", "app.url=https://shop.example.com")),
				"another environment": here.settle(t, "test", first.Set(t, "app.url=https://test.example.com")),
			} {
				changes, err := e.TryUp(t)
				require.NoError(t, err, neighbour)
				assert.Empty(t, touched(mine, here.contents(t)), "up of %s", neighbour)
				e.Configuration = e.Configuration.Set(t, "owner=platform-team", "app.image=registry.example.com/blog:1.1")
				e.Up(t)
				assert.Empty(t, touched(mine, here.contents(t)), "change of %s", neighbour)
				assert.False(t, resident.Up(t).Any(), "the first has nothing to do beside %s", neighbour)
				assert.False(t, resident.Refresh(t).Any(), "the first finds nothing changed by %s", neighbour)
				e.Destroy(t)
				assert.Empty(t, touched(mine, here.contents(t)), "destroy of %s", neighbour)
				assert.Empty(t, unexplained(t, here, mine), "left of %s", neighbour)
				t.Logf("%s beside it: %v", neighbour, changes)
			}
			resident.Destroy(t)
			assert.Empty(t, touched(empty, here.contents(t)), "what was there before")
			assert.Empty(t, unexplained(t, here, empty), "left")
		})
	}
}

// unexplained returns what is there beside the known, without what may remain.
func unexplained(t *testing.T, here *place, known map[string]string) []string {
	t.Helper()
	var left []string
	kept := map[string]bool{}
	for _, one := range here.Left() {
		if one.KeptBecause != "" {
			kept[one.ID] = true
		}
	}
	for name := range here.contents(t) {
		if _, is := known[name]; !is && !kept[name[strings.Index(name, " ")+1:]] {
			left = append(left, name)
		}
	}
	slices.Sort(left)
	return left
}
