// Package data_test changes and destroys environments with the ordinary commands of Pulumi, without the lifecycle's
// own check of the plan, and asserts that protected data exists afterwards by identity.
package data_test

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/rest"

	emulatedkubernetes "github.com/djangostack/djangostack/emulators/kubernetes"
	"github.com/djangostack/djangostack/emulators/kubernetes/memory"
	emulatedrandom "github.com/djangostack/djangostack/emulators/random"
	"github.com/djangostack/djangostack/stacks/existing"
	"github.com/djangostack/djangostack/stacks/spec"
	"github.com/djangostack/djangostack/tests/enginetest"
	"github.com/djangostack/djangostack/tests/environments"
	"github.com/djangostack/djangostack/tests/testenv"
)

// inCluster is an environment on an existing cluster, on which an ordinary "pulumi up" runs.
type inCluster struct {
	*enginetest.Engine
	cluster *memory.Cluster
	client  dynamic.Interface
}

func newInCluster(t *testing.T) *inCluster {
	t.Helper()
	testenv.NeedsEngine(t)
	cluster, err := memory.Start()
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, cluster.Close()) })
	client, err := dynamic.NewForConfig(cluster.Config())
	require.NoError(t, err)
	return (&inCluster{cluster: cluster, client: client}).neighbor(t, environments.Stack)
}

// neighbor returns another stack on the same cluster.
func (c *inCluster) neighbor(t *testing.T, stack string) *inCluster {
	t.Helper()
	connect := func(emulatedkubernetes.Destination) (*rest.Config, bool, error) { return c.cluster.Config(), true, nil }
	return &inCluster{cluster: c.cluster, client: c.client, Engine: enginetest.NewStack(t, stack, map[string]pulumirpc.ResourceProviderServer{
		"random":     emulatedrandom.New(),
		"kubernetes": emulatedkubernetes.New(emulatedkubernetes.Options{Connect: connect}),
	})}
}

// configure sets the environment that the next operation reads.
func (c *inCluster) configure(t *testing.T, environment environments.Environment) {
	t.Helper()
	checked := environment.Parse(t)
	c.Program = func(ctx *pulumi.Context) error { return existing.Deploy(ctx, checked) }
}

// production keeps its data in the cluster.
func production(t *testing.T) environments.Environment {
	t.Helper()
	return environments.Small(spec.NoCloud).Set(t,
		"tier=production", "database.kind=in-cluster", "database.image=docker.io/library/postgres:17", "database.volume.storageClassName=fast",
	)
}

// identities returns the UIDs of objects of the kinds that hold data or that data depends on.
func (c *inCluster) identities(t *testing.T, resources ...string) map[string]string {
	t.Helper()
	found := map[string]string{}
	for _, name := range resources {
		for _, object := range c.list(t, name) {
			found[fmt.Sprintf("%s %s/%s", name, object.GetNamespace(), object.GetName())] = string(object.GetUID())
		}
	}
	return found
}

func (c *inCluster) list(t *testing.T, resource string) []unstructured.Unstructured {
	t.Helper()
	list, err := c.client.Resource(schema.GroupVersionResource{Group: groups()[resource], Version: "v1", Resource: resource}).List(context.Background(), metav1.ListOptions{})
	require.NoError(t, err)
	return list.Items
}

// objects are the objects of the stack, as type and id.
func (c *inCluster) objects() []string {
	var ids []string
	for _, one := range c.State() {
		if strings.HasPrefix(string(one.Type), "kubernetes:") {
			ids = append(ids, fmt.Sprintf("%s %s", one.Type, one.ID))
		}
	}
	return ids
}

func groups() map[string]string {
	return map[string]string{"statefulsets": "apps", "deployments": "apps", "networkpolicies": "networking.k8s.io", "poddisruptionbudgets": "policy"}
}

// held are the kinds that data is lost with.
func held() []string { return []string{"namespaces", "persistentvolumeclaims"} }

// everything is held, and what it depends on and what depends on it.
func everything() []string {
	return append(everythingNamed(), "secrets", "configmaps")
}

// everythingNamed is everything but Secrets and ConfigMaps, whose names tell one content from another.
func everythingNamed() []string {
	return append(held(), "statefulsets", "deployments", "networkpolicies", "services")
}

// password returns the password of the database in the state.
func (c *inCluster) password(t *testing.T) any {
	t.Helper()
	return c.Resources()["blog-postgres-password"].ID.String() + fmt.Sprint(c.Resources()["blog-postgres-password"].Created)
}

// losing are changes that make data unreachable, each with the setting that Pulumi's plan names.
func losing() map[string]string {
	return map[string]string{
		"namespace.source=existing":                           "namespace.source",
		"namespace.name=other":                                "namespace.name",
		"database.user=other":                                 "database.user",
		"database.name=other":                                 "database.name",
		"database.image=docker.io/library/postgres:18":        "database.image",
		"database.image=docker.io/library/postgres:17-alpine": "database.image",
		"database.volume.storageClassName=slow":               "database.volume.storageClassName",
		"broker.volume.storageClassName=slow":                 "broker.volume.storageClassName",
		"broker.image=docker.io/valkey/valkey:8":              "broker.image",
	}
}

func TestAnOrdinaryUpKeepsProtectedData(t *testing.T) {
	c := newInCluster(t)
	c.configure(t, production(t))
	c.MustUp()
	data, password := c.identities(t, held()...), c.password(t)
	named := c.identities(t, everythingNamed()...)
	for change := range losing() {
		t.Run(change, func(t *testing.T) {
			before := c.identities(t, everything()...)
			c.configure(t, production(t).Set(t, change))
			require.ErrorContains(t, c.Preview(), "protect")
			assert.Equal(t, before, c.identities(t, everything()...), "a refused plan changes nothing")
			// Up skips the preview, so that some objects without data may change before the refusal, and new ones appear.
			require.ErrorContains(t, c.Up(), "protect")
			assert.Subset(t, c.identities(t, held()...), data)
			assert.Equal(t, password, c.password(t))

			c.configure(t, production(t))
			c.MustUp()
			assert.Equal(t, data, c.identities(t, held()...), "after the change is taken back")
			assert.Equal(t, slices.Sorted(maps.Keys(named)), slices.Sorted(maps.Keys(c.identities(t, everythingNamed()...))), "after the change is taken back")
		})
	}
	c.NoChanges(t)
}

// The control: without protection the same changes lose the data, so the test above would find it. The short form tries
// one change of each kind: of a namespace, of a name in the database, and of a volume.
func TestWithoutProtectionTheSameChangesLoseData(t *testing.T) {
	for change := range losing() {
		t.Run(change, func(t *testing.T) {
			if testing.Short() && !slices.Contains([]string{"namespace.name=other", "database.name=other", "broker.volume.storageClassName=slow"}, change) {
				t.Skip("takes longer; run it with: make soak")
			}
			c := newInCluster(t)
			disposable := production(t).Set(t, "protection=disposable")
			c.configure(t, disposable)
			c.MustUp()
			data := c.identities(t, held()...)
			c.configure(t, disposable.Set(t, change))
			c.MustUp()
			assert.NotEqual(t, data, c.identities(t, held()...))
		})
	}
}

func TestAWordOfAllowDataLossAllowsItsPartOnly(t *testing.T) {
	c := newInCluster(t)
	c.configure(t, production(t))
	c.MustUp()
	data := c.identities(t, held()...)
	changed := production(t).Set(t, "database.user=other")
	c.configure(t, changed.Set(t, "allowDataLoss=[broker]"))
	require.ErrorContains(t, c.Up(), "protect")
	assert.Equal(t, data, c.identities(t, held()...))

	c.configure(t, changed.Set(t, "allowDataLoss=[database]"))
	c.MustUp()
	left := c.identities(t, held()...)
	for object, uid := range data {
		if strings.HasPrefix(object, "persistentvolumeclaims blog-dev/blog-postgres-") {
			assert.NotContains(t, left, object, "another user starts with an empty volume")
			continue
		}
		assert.Equal(t, uid, left[object], object)
	}
	c.configure(t, changed)
	c.MustUp()
	c.NoChanges(t)
}

func TestAnOrdinaryDestroyStopsBeforeItDeletesAnything(t *testing.T) {
	c := newInCluster(t)
	c.configure(t, production(t))
	c.MustUp()
	all := c.identities(t, everything()...)
	require.ErrorContains(t, c.Destroy(), "protect")
	assert.Equal(t, all, c.identities(t, everything()...))
	c.NoChanges(t)
}
