package kubernetes_test

import (
	"context"
	"encoding/base64"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/auto/optrefresh"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/optup"
	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/types"
)

func settings(values pulumi.Map) func(*bench) error {
	return func(b *bench) error {
		_, err := b.add("core/v1:ConfigMap", "settings", pulumi.Map{"data": values})
		return err
	}
}

func TestLifeOfAnObject(t *testing.T) {
	l := newLab(t)
	l.program = settings(pulumi.Map{"color": pulumi.String("orange")})

	plan, err := l.Preview()
	require.NoError(t, err, l.Output.String())
	assert.Equal(t, 4, plan.ChangeSummary[apitype.OpCreate], "stack, provider, namespace, settings")
	require.Empty(t, l.leftOver(), "a preview makes nothing")

	l.mustUp(l.program)
	list, err := l.resource("", "configmaps").List(context.Background(), metav1.ListOptions{
		FieldSelector: "metadata.name!=kube-root-ca.crt",
	})
	require.NoError(t, err)
	require.Len(t, list.Items, 1)
	first := list.Items[0]
	assert.Regexp(t, `^settings-[0-9a-f]{8}$`, first.GetName())

	_, err = l.Up(optup.ExpectNoChanges())
	require.NoError(t, err, "an unchanged program changes nothing\n"+l.Output.String())
	require.NoError(t, l.Refresh(optrefresh.ExpectNoChanges()), l.Output.String())

	changes := l.mustUp(settings(pulumi.Map{"color": pulumi.String("maroon")}))
	assert.Equal(t, 1, changes["replace"], "the data of a ConfigMap cannot change in place by default: %v", changes)
	list, err = l.resource("", "configmaps").List(context.Background(), metav1.ListOptions{
		FieldSelector: "metadata.name!=kube-root-ca.crt",
	})
	require.NoError(t, err)
	require.Len(t, list.Items, 1, "the old one is gone")
	assert.NotEqual(t, first.GetName(), list.Items[0].GetName(), "an automatic name is made anew, so that both can live")
}

// named is a ConfigMap whose name the program gives, updated in place unless it is immutable.
func named(color string, more pulumi.Map, options ...pulumi.ResourceOption) func(*bench) error {
	return func(b *bench) error {
		inputs := pulumi.Map{
			"metadata": pulumi.Map{"name": pulumi.String("settings")},
			"data":     pulumi.StringMap{"color": pulumi.String(color)},
		}
		for key, value := range more {
			inputs[key] = value
		}
		_, err := b.add("core/v1:ConfigMap", "settings", inputs, options...)
		return err
	}
}

func TestChangeInPlaceAndImmutableChange(t *testing.T) {
	l := newLab(t)
	l.mutable = true
	l.mustUp(named("orange", nil))
	changes := l.mustUp(named("maroon", nil))
	assert.Equal(t, 1, changes["update"], "%v", changes)
	assert.Equal(t, "maroon", l.color())

	l.mustUp(named("maroon", pulumi.Map{"immutable": pulumi.Bool(true)}))
	l.program = named("teal", pulumi.Map{"immutable": pulumi.Bool(true)})
	_, err := l.Preview()
	require.NoError(t, err, "a preview of a replacement is no error\n"+l.Output.String())
	changes = l.mustUp(l.program)
	assert.Equal(t, 1, changes["replace"], "%v", changes)
	assert.Equal(t, "teal", l.color())
}

func TestValuesThatComeLaterAreUnknownInThePlan(t *testing.T) {
	l := newLab(t)
	l.program = func(b *bench) error {
		_, err := b.add("core/v1:ConfigMap", "settings", pulumi.Map{
			"metadata": pulumi.Map{"name": pulumi.String("settings")},
			"data":     pulumi.Map{"color": b.made.Status.MapIndex(pulumi.String("phase"))},
		})
		return err
	}
	plan, err := l.Preview()
	require.NoError(t, err, l.Output.String())
	assert.Contains(t, plan.StdOut, "color: [unknown]")
	l.mustUp(l.program)
	assert.Equal(t, "Active", l.color())
	_, err = l.Up(optup.ExpectNoChanges())
	require.NoError(t, err, l.Output.String())
}

func TestDriftIsFoundByRefreshAndMended(t *testing.T) {
	l := newLab(t)
	l.mutable = true
	l.mustUp(named("orange", pulumi.Map{"metadata": pulumi.Map{
		"name": pulumi.String("settings"), "annotations": pulumi.StringMap{"pulumi.com/patchForce": pulumi.String("true")},
	}}))
	l.applyGrey("somebody")
	require.Error(t, l.Refresh(optrefresh.ExpectNoChanges()), "the drift is a change")
	require.NoError(t, l.Refresh(), l.Output.String())
	changes := l.mustUp(l.program)
	assert.Equal(t, 1, changes["update"], "%v", changes)
	assert.Equal(t, "orange", l.color())

	require.NoError(t, l.resource("", "configmaps").Delete(context.Background(), "settings", metav1.DeleteOptions{}))
	require.NoError(t, l.Refresh(), l.Output.String())
	changes = l.mustUp(l.program)
	assert.Equal(t, 1, changes["create"], "what is gone is made anew: %v", changes)
}

func TestConflictNamesTheOtherManagerAndTheField(t *testing.T) {
	l := newLab(t)
	l.mutable = true
	l.mustUp(named("orange", nil))
	l.applyGrey("somebody")
	l.program = named("maroon", nil)
	_, err := l.Up()
	require.Error(t, err)
	assert.Contains(t, err.Error(), `.data.color is managed by "somebody"`)
	assert.Contains(t, err.Error(), "pulumi.com/patchForce")
	assert.Equal(t, "grey", l.color(), "nothing was taken over")

	l.mustUp(named("grey", nil, pulumi.IgnoreChanges([]string{"data.color"})))
	assert.Equal(t, "grey", l.color(), "an ignored field of another manager is left alone")
}

func TestImport(t *testing.T) {
	l := newLab(t)
	l.mutable = true
	l.mustUp(nil)
	l.applyGrey("kubectl-client-side-apply")
	// What is imported has no owner label or annotation, and the program says all of it.
	l.program = named("grey", pulumi.Map{"metadata": pulumi.Map{
		"name": pulumi.String("settings"), "namespace": pulumi.String(l.namespace),
	}}, pulumi.Import(pulumi.ID(l.namespace+"/settings")))
	changes := l.mustUp(l.program)
	assert.Equal(t, 1, changes["import"], "%v", changes)
	_, err := l.Up(optup.ExpectNoChanges())
	require.NoError(t, err, l.Output.String())
}

func TestSecretsStaySecret(t *testing.T) {
	const hidden = "correct-horse-battery"
	l := newLab(t)
	l.program = func(b *bench) error {
		made, err := b.add("core/v1:Secret", "key", pulumi.Map{
			"metadata":   pulumi.Map{"name": pulumi.String("key")},
			"stringData": pulumi.StringMap{"plain": pulumi.String(hidden), "other": pulumi.String(hidden + "2")},
		})
		if err != nil {
			return err
		}
		b.ctx.Export("name", made.Metadata.MapIndex(pulumi.String("name")))
		// A value that is secret for Pulumi stays so in any object.
		_, err = b.add("core/v1:ConfigMap", "settings", pulumi.Map{
			"data": pulumi.Map{"token": pulumi.ToSecret(pulumi.String(hidden))},
		})
		return err
	}
	_, err := l.Preview()
	require.NoError(t, err)
	l.mustUp(l.program)
	_, err = l.Up(optup.ExpectNoChanges())
	require.NoError(t, err, l.Output.String())
	require.NoError(t, l.Refresh(optrefresh.ExpectNoChanges()), l.Output.String())

	encoded := base64.StdEncoding.EncodeToString([]byte(hidden))
	assert.Contains(t, l.Stored(), "kubernetes:core/v1:Secret")
	for _, text := range []string{hidden, encoded} {
		assert.False(t, strings.Contains(l.Stored(), text), "the state has the secret in plain text")
		assert.False(t, strings.Contains(l.Output.String(), text), "the output has the secret in plain text")
	}
	live, err := l.resource("", "secrets").Get(context.Background(), "key", metav1.GetOptions{})
	require.NoError(t, err)
	value, _, _ := unstructured.NestedString(live.Object, "data", "plain")
	assert.Equal(t, encoded, value)

	l.program = func(b *bench) error {
		_, err := b.add("core/v1:Secret", "key", pulumi.Map{
			"metadata": pulumi.Map{"name": pulumi.String("key")}, "data": pulumi.StringMap{"plain": pulumi.String(hidden)},
		})
		return err
	}
	_, err = l.Up()
	require.Error(t, err, "that is no base64")
	assert.NotContains(t, l.Output.String()+err.Error(), hidden)
}

func TestServerRefusalIsShownAtPreview(t *testing.T) {
	l := newLab(t)
	l.mustUp(nil)
	l.program = func(b *bench) error {
		_, err := b.add("core/v1:Service", "web", pulumi.Map{"spec": pulumi.Map{
			"ports": pulumi.Array{pulumi.Map{"port": pulumi.Int(99999)}},
		}})
		return err
	}
	_, err := l.Preview()
	require.Error(t, err)
	assert.Contains(t, err.Error(), "spec.ports[0].port")
	l.program = func(b *bench) error {
		_, err := b.add("core/v1:Service", "web", pulumi.Map{"spec": pulumi.Map{"prots": pulumi.Array{}}})
		return err
	}
	_, err = l.Preview()
	require.Error(t, err)
	assert.Contains(t, err.Error(), "prots")
}

func TestWhatIsNotKnownIsRefused(t *testing.T) {
	l := newLab(t)
	for kind, says := range map[string]string{
		"helm.sh/v3:Release":       "cannot manage kubernetes:helm.sh/v3:Release",
		"yaml/v2:ConfigGroup":      "cannot manage kubernetes:yaml/v2:ConfigGroup",
		"apps/v1:DeploymentPatch":  "cannot manage the patch resource DeploymentPatch",
		"nowhere.example/v1:Thing": "the cluster has no kind Thing in nowhere.example/v1",
	} {
		l.program = func(b *bench) error {
			inputs := pulumi.Map{"metadata": pulumi.Map{"name": pulumi.String("x")}}
			if kind == "apps/v1:DeploymentPatch" {
				inputs["kind"] = pulumi.String("Deployment")
			}
			_, err := b.add(kind, "x", inputs)
			return err
		}
		_, err := l.Up()
		require.Error(t, err, kind)
		assert.Contains(t, err.Error(), says)
	}
	l.program = nil
}

func TestTextsOfAMutableSecretComeAndGo(t *testing.T) {
	l := newLab(t)
	l.mutable = true
	secret := func(texts pulumi.StringMap) func(*bench) error {
		return func(b *bench) error {
			_, err := b.add("core/v1:Secret", "key", pulumi.Map{
				"metadata": pulumi.Map{"name": pulumi.String("key")}, "stringData": texts,
			})
			return err
		}
	}
	l.mustUp(secret(pulumi.StringMap{"a": pulumi.String("1"), "b": pulumi.String("2")}))
	changes := l.mustUp(secret(pulumi.StringMap{"a": pulumi.String("3")}))
	assert.Equal(t, 1, changes["update"], "%v", changes)
	live, err := l.resource("", "secrets").Get(context.Background(), "key", metav1.GetOptions{})
	require.NoError(t, err)
	assert.Equal(t, map[string]any{"a": "Mw=="}, live.Object["data"])
	require.NoError(t, l.Refresh(optrefresh.ExpectNoChanges()), l.Output.String())
}

func TestNamespaceThatCannotGoSaysWhatIsLeft(t *testing.T) {
	l := newLab(t)
	l.annotations = map[string]string{"pulumi.com/timeoutSeconds": "8"}
	l.mustUp(nil)
	l.applyGrey("somebody")
	hold := func(finalizers string) {
		_, err := l.resource("", "configmaps").Patch(context.Background(), "settings", types.MergePatchType,
			[]byte(`{"metadata":{"finalizers":`+finalizers+`}}`), metav1.PatchOptions{})
		require.NoError(t, err)
	}
	hold(`["example.com/hold"]`)
	err := l.Destroy()
	require.Error(t, err)
	assert.Contains(t, err.Error(), "is not gone after 8s")
	assert.Contains(t, err.Error(), "example.com/hold in 1 resource instances")
	hold(`null`)
}
