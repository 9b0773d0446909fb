package kubernetes_test

import (
	"maps"
	"slices"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/auto/optdestroy"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/optup"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/dynamic"

	"github.com/djangostack/djangostack/tests/enginetest"
)

// A run that renamed an object fails before it deletes the former one, and then the program wants the former name again.
func TestAnObjectThatIsNeededAgainIsNotDeleted(t *testing.T) {
	e := newRenamed(t)
	e.up(t, "one", false)
	before := e.configMaps(t)
	e.up(t, "two", true)
	assert.Len(t, e.configMaps(t), 2)
	e.up(t, "one", false)
	assert.Equal(t, before, e.configMaps(t), "the former object is there, and the other one is not")
	require.NoError(t, e.Up(optup.ExpectNoChanges()), e.Output.String())

	// What was needed again is deleted when it is no longer needed, also by a run that refreshes first.
	e.up(t, "two", false)
	assert.Equal(t, []string{"two"}, slices.Collect(maps.Keys(e.configMaps(t))))
	require.NoError(t, e.Destroy(optdestroy.Refresh()), e.Output.String())
	assert.Empty(t, e.configMaps(t))
}

// renamed is a stack on a cluster in memory with one ConfigMap.
type renamed struct {
	*enginetest.Engine
	client      dynamic.Interface
	name        string
	keepsFormer bool
	// generated leaves the name to the provider.
	generated bool
	label     string
	options   []pulumi.ResourceOption
}

func newRenamed(t *testing.T) *renamed {
	t.Helper()
	provider, client := onMemory(t)
	e := &renamed{client: client}
	providers := map[string]pulumirpc.ResourceProviderServer{"kubernetes": provider}
	e.Engine = enginetest.NewEngine(t, enginetest.Intercept(providers, func(call enginetest.Call) enginetest.Verdict {
		if e.keepsFormer && call.Operation == "delete" {
			return enginetest.Refuse
		}
		return enginetest.Pass
	}))
	e.Program = e.program
	return e
}

func (e *renamed) program(ctx *pulumi.Context) error {
	var provider kubernetesProvider
	if err := ctx.RegisterResource("pulumi:providers:kubernetes", "k8s", pulumi.Map{"clusterIdentifier": pulumi.String("test")}, &provider); err != nil {
		return err
	}
	r := &registrar{ctx: ctx, options: []pulumi.ResourceOption{pulumi.Provider(&provider)}}
	metadata := pulumi.Map{"namespace": pulumi.String("default"), "labels": pulumi.StringMap{"color": pulumi.String(e.label)}}
	if !e.generated {
		metadata["name"] = pulumi.String(e.name)
	}
	_, err := r.add("core/v1:ConfigMap", "settings", pulumi.Map{"metadata": metadata, "data": pulumi.StringMap{"color": pulumi.String("orange")}}, e.options...)
	return err
}

// up updates the ConfigMap to a name. If it fails, it does so at the deletion of the former one.
func (e *renamed) up(t *testing.T, name string, fails bool) {
	t.Helper()
	e.name, e.keepsFormer = name, fails
	err := e.Up()
	if fails {
		require.Error(t, err)
		return
	}
	require.NoError(t, err, e.Output.String())
}

// configMaps returns the UIDs of the stack's ConfigMaps by their names.
func (e *renamed) configMaps(t *testing.T) map[string]string {
	t.Helper()
	list, err := e.client.Resource(schema.GroupVersionResource{Version: "v1", Resource: "configmaps"}).Namespace("default").List(t.Context(), metav1.ListOptions{FieldSelector: "metadata.name!=kube-root-ca.crt"})
	require.NoError(t, err)
	found := map[string]string{}
	for _, each := range list.Items {
		found[each.GetName()] = string(each.GetUID())
	}
	return found
}

// A change that the program turns into a replacement is one: the former object is not kept.
func TestAnObjectThatTheProgramReplacesIsDeleted(t *testing.T) {
	e := newRenamed(t)
	e.options = []pulumi.ResourceOption{pulumi.ReplaceOnChanges([]string{"metadata.labels"})}
	e.generated, e.label = true, "orange"
	e.up(t, "", false)
	before := e.configMaps(t)
	e.label = "maroon"
	e.up(t, "", false)
	after := e.configMaps(t)
	assert.Len(t, after, 1)
	assert.NotEqual(t, before, after)
}
