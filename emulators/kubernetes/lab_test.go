package kubernetes_test

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"os"
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

	"github.com/djangostack/djangostack/emulators/cloud/providertest"
	"github.com/djangostack/djangostack/emulators/kubernetes"
)

// lab is one stack with a real engine, this provider, and a real cluster.
type lab struct {
	*providertest.Lab
	// namespace is the test's own; the program makes it.
	namespace string
	// mutable lets ConfigMaps and Secrets change in place.
	mutable bool
	// annotations are those of the namespace.
	annotations map[string]string
	// program is run by the next operation, inside the namespace.
	program func(*bench) error
	client  dynamic.Interface
}

// bench is what a test's program works with.
type bench struct {
	ctx       *pulumi.Context
	namespace string
	made      *thing // the namespace
	options   []pulumi.ResourceOption
}

type thing struct {
	pulumi.CustomResourceState
	Metadata pulumi.MapOutput `pulumi:"metadata"`
	Status   pulumi.MapOutput `pulumi:"status"`
}

type kubernetesProvider struct{ pulumi.ProviderResourceState }

// newLab needs a cluster (KUBECONFIG) and the Pulumi CLI (DJANGOSTACK_PULUMI or PATH). With DJANGOSTACK_E2E=1 their absence is a failure.
func newLab(t *testing.T) *lab {
	t.Helper()
	if os.Getenv("DJANGOSTACK_E2E") != "1" {
		t.Skip("needs a real cluster: set DJANGOSTACK_E2E=1 and KUBECONFIG")
	}
	t.Parallel()
	config, err := clientcmd.BuildConfigFromFlags("", os.Getenv("KUBECONFIG"))
	require.NoError(t, err)
	client, err := dynamic.NewForConfig(config)
	require.NoError(t, err)
	l := &lab{
		Lab:    providertest.NewLab(t, map[string]pulumirpc.ResourceProviderServer{"kubernetes": kubernetes.New(kubernetes.Options{})}),
		client: client, namespace: "twin-" + randomHex(t),
	}
	l.Run = l.run
	t.Cleanup(func() {
		require.NoError(t, l.Destroy(optdestroy.Refresh()), l.Output.String())
		require.Empty(t, l.leftOver(), "the namespace is still there after destroy")
	})
	return l
}

func (l *lab) run(ctx *pulumi.Context) error {
	var provider kubernetesProvider
	err := ctx.RegisterResource("pulumi:providers:kubernetes", "k8s", pulumi.Map{
		"kubeconfig":             pulumi.String(os.Getenv("KUBECONFIG")),
		"clusterIdentifier":      pulumi.String("test"),
		"namespace":              pulumi.String(l.namespace),
		"enableConfigMapMutable": pulumi.Bool(l.mutable),
		"enableSecretMutable":    pulumi.Bool(l.mutable),
	}, &provider)
	if err != nil {
		return err
	}
	b := &bench{ctx: ctx, namespace: l.namespace, options: []pulumi.ResourceOption{pulumi.Provider(&provider)}}
	namespace, err := b.add("core/v1:Namespace", "ns", pulumi.Map{
		"metadata": pulumi.Map{"name": pulumi.String(l.namespace), "annotations": pulumi.ToStringMap(l.annotations)},
	})
	if err != nil {
		return err
	}
	b.made = namespace
	b.options = append(b.options, pulumi.DependsOn([]pulumi.Resource{namespace}))
	if l.program == nil {
		return nil
	}
	return l.program(b)
}

// add registers a resource by the name of its kind ("core/v1:ConfigMap").
func (b *bench) add(kind, name string, inputs pulumi.Map, options ...pulumi.ResourceOption) (*thing, error) {
	var made thing
	return &made, b.ctx.RegisterResource("kubernetes:"+kind, name, inputs, &made, append(b.options, options...)...)
}

func (l *lab) mustUp(program func(*bench) error) map[string]int {
	l.T.Helper()
	l.program = program
	return l.MustUp()
}

// leftOver is the test's namespace, when it still exists.
func (l *lab) leftOver() []string {
	l.T.Helper()
	_, err := l.client.Resource(schema.GroupVersionResource{Version: "v1", Resource: "namespaces"}).
		Get(context.Background(), l.namespace, metav1.GetOptions{})
	if err != nil {
		return nil
	}
	return []string{l.namespace}
}

func (l *lab) resource(group, resource string) dynamic.ResourceInterface {
	return l.client.Resource(schema.GroupVersionResource{Group: group, Version: "v1", Resource: resource}).
		Namespace(l.namespace)
}

// color is the value of one key in the live ConfigMap "settings".
func (l *lab) color() string {
	l.T.Helper()
	found, err := l.resource("", "configmaps").Get(context.Background(), "settings", metav1.GetOptions{})
	require.NoError(l.T, err)
	color, _, err := unstructured.NestedString(found.Object, "data", "color")
	require.NoError(l.T, err)
	return color
}

// applyGrey writes the key as another field manager would.
func (l *lab) applyGrey(manager string) {
	l.T.Helper()
	_, err := l.resource("", "configmaps").Apply(context.Background(), "settings", &unstructured.Unstructured{
		Object: map[string]any{
			"apiVersion": "v1", "kind": "ConfigMap",
			"metadata": map[string]any{"name": "settings", "namespace": l.namespace},
			"data":     map[string]any{"color": "grey"},
		},
	}, metav1.ApplyOptions{FieldManager: manager, Force: true})
	require.NoError(l.T, err)
}

func randomHex(t *testing.T) string {
	t.Helper()
	random := make([]byte, 4)
	_, err := rand.Read(random)
	require.NoError(t, err)
	return hex.EncodeToString(random)
}
