package kubernetes_test

import (
	"context"
	"crypto/rand"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/auto/optdestroy"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"github.com/stretchr/testify/require"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/tools/clientcmd"

	"github.com/djangostack/djangostack/emulators/kubernetes"
	"github.com/djangostack/djangostack/tests/enginetest"
	"github.com/djangostack/djangostack/tests/testenv"
)

// engine is one stack with this provider, on a real cluster.
type engine struct {
	*enginetest.Engine
	// namespace is the test's; the program creates it.
	namespace string
	// mutable lets ConfigMaps and Secrets change in place.
	mutable bool
	// annotations are those of the namespace.
	annotations map[string]string
	// register is what the next operation runs, inside the namespace.
	register func(*registrar) error
	client   dynamic.Interface
	// kubeconfig is the path of the cluster's kubeconfig.
	kubeconfig string
}

// registrar registers the resources of a test's program.
type registrar struct {
	ctx       *pulumi.Context
	namespace string
	made      *testResource // the namespace
	options   []pulumi.ResourceOption
}

type testResource struct {
	pulumi.CustomResourceState
	Metadata pulumi.MapOutput `pulumi:"metadata"`
	Status   pulumi.MapOutput `pulumi:"status"`
}

type kubernetesProvider struct{ pulumi.ProviderResourceState }

// newEngine returns a stack in a new namespace of the cluster that KUBECONFIG names.
func newEngine(t *testing.T) *engine {
	t.Helper()
	kubeconfig := testenv.NeedsKubeconfig(t)
	t.Parallel()
	config, err := clientcmd.BuildConfigFromFlags("", kubeconfig)
	require.NoError(t, err)
	client, err := dynamic.NewForConfig(config)
	require.NoError(t, err)
	e := &engine{
		Engine: enginetest.NewEngine(t, map[string]pulumirpc.ResourceProviderServer{"kubernetes": kubernetes.New(kubernetes.Options{})}),
		client: client, kubeconfig: kubeconfig, namespace: "test-" + strings.ToLower(rand.Text()[:8]),
	}
	e.Program = e.run
	t.Cleanup(func() {
		require.NoError(t, e.Destroy(optdestroy.Refresh()), e.Output.String())
		require.Empty(t, e.leftOver(), "the namespace is still there after destroy")
	})
	return e
}

func (e *engine) run(ctx *pulumi.Context) error {
	var provider kubernetesProvider
	err := ctx.RegisterResource("pulumi:providers:kubernetes", "k8s", pulumi.Map{
		"kubeconfig":             pulumi.String(e.kubeconfig),
		"clusterIdentifier":      pulumi.String("test"),
		"namespace":              pulumi.String(e.namespace),
		"enableConfigMapMutable": pulumi.Bool(e.mutable),
		"enableSecretMutable":    pulumi.Bool(e.mutable),
	}, &provider)
	if err != nil {
		return err
	}
	r := &registrar{ctx: ctx, namespace: e.namespace, options: []pulumi.ResourceOption{pulumi.Provider(&provider)}}
	namespace, err := r.add("core/v1:Namespace", "ns", pulumi.Map{
		"metadata": pulumi.Map{"name": pulumi.String(e.namespace), "annotations": pulumi.ToStringMap(e.annotations)},
	})
	if err != nil {
		return err
	}
	r.made = namespace
	r.options = append(r.options, pulumi.DependsOn([]pulumi.Resource{namespace}))
	if e.register == nil {
		return nil
	}
	return e.register(r)
}

// add registers a resource by the name of its kind ("core/v1:ConfigMap").
func (r *registrar) add(kind, name string, inputs pulumi.Map, options ...pulumi.ResourceOption) (*testResource, error) {
	var made testResource
	return &made, r.ctx.RegisterResource("kubernetes:"+kind, name, inputs, &made, append(r.options, options...)...)
}

func (e *engine) mustUp(register func(*registrar) error) map[string]int {
	e.T.Helper()
	e.register = register
	return e.MustUp()
}

// leftOver is the test's namespace, when it still exists.
func (e *engine) leftOver() []string {
	e.T.Helper()
	_, err := e.client.Resource(schema.GroupVersionResource{Version: "v1", Resource: "namespaces"}).
		Get(context.Background(), e.namespace, metav1.GetOptions{})
	if err != nil {
		return nil
	}
	return []string{e.namespace}
}

func (e *engine) resource(group, resource string) dynamic.ResourceInterface {
	return e.client.Resource(schema.GroupVersionResource{Group: group, Version: "v1", Resource: resource}).
		Namespace(e.namespace)
}

// color is the value of one key in the live ConfigMap "settings".
func (e *engine) color() string {
	e.T.Helper()
	found, err := e.resource("", "configmaps").Get(context.Background(), "settings", metav1.GetOptions{})
	require.NoError(e.T, err)
	color, _, err := unstructured.NestedString(found.Object, "data", "color")
	require.NoError(e.T, err)
	return color
}

// applyGrey writes the key as another field manager would.
func (e *engine) applyGrey(manager string) {
	e.T.Helper()
	_, err := e.resource("", "configmaps").Apply(context.Background(), "settings", &unstructured.Unstructured{
		Object: map[string]any{
			"apiVersion": "v1", "kind": "ConfigMap",
			"metadata": map[string]any{"name": "settings", "namespace": e.namespace},
			"data":     map[string]any{"color": "grey"},
		},
	}, metav1.ApplyOptions{FieldManager: manager, Force: true})
	require.NoError(e.T, err)
}
