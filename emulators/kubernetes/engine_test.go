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

func settings(values pulumi.Map) func(*registrar) error {
	return func(r *registrar) error {
		_, err := r.add("core/v1:ConfigMap", "settings", pulumi.Map{"data": values})
		return err
	}
}

func TestObjectIsCreatedUpdatedAndDestroyed(t *testing.T) {
	e := newEngine(t)
	e.register = settings(pulumi.Map{"color": pulumi.String("orange")})

	plan, err := e.Plan()
	require.NoError(t, err, e.Output.String())
	assert.Equal(t, 4, plan[apitype.OpCreate], "stack, provider, namespace, settings")
	require.Empty(t, e.leftOver(), "a preview makes nothing")

	e.mustUp(e.register)
	list, err := e.resource("", "configmaps").List(context.Background(), metav1.ListOptions{
		FieldSelector: "metadata.name!=kube-root-ca.crt",
	})
	require.NoError(t, err)
	require.Len(t, list.Items, 1)
	first := list.Items[0]
	assert.Regexp(t, `^settings-[0-9a-f]{8}$`, first.GetName())

	err = e.Up(optup.ExpectNoChanges())
	require.NoError(t, err, "an unchanged program changes nothing\n"+e.Output.String())
	require.NoError(t, e.Refresh(optrefresh.ExpectNoChanges()), e.Output.String())

	changes := e.mustUp(settings(pulumi.Map{"color": pulumi.String("maroon")}))
	assert.Equal(t, 1, changes["replace"], "the data of a ConfigMap cannot change in place by default: %v", changes)
	list, err = e.resource("", "configmaps").List(context.Background(), metav1.ListOptions{
		FieldSelector: "metadata.name!=kube-root-ca.crt",
	})
	require.NoError(t, err)
	require.Len(t, list.Items, 1, "the old object is deleted")
	assert.NotEqual(t, first.GetName(), list.Items[0].GetName(), "a replacement gets a new automatic name, so that both can exist")
}

// named is a ConfigMap with a name that the program sets. It is updated in place unless it is immutable.
func named(color string, more pulumi.Map, options ...pulumi.ResourceOption) func(*registrar) error {
	return func(r *registrar) error {
		inputs := pulumi.Map{
			"metadata": pulumi.Map{"name": pulumi.String("settings")},
			"data":     pulumi.StringMap{"color": pulumi.String(color)},
		}
		for key, value := range more {
			inputs[key] = value
		}
		_, err := r.add("core/v1:ConfigMap", "settings", inputs, options...)
		return err
	}
}

func TestChangeInPlaceAndImmutableChange(t *testing.T) {
	e := newEngine(t)
	e.mutable = true
	e.mustUp(named("orange", nil))
	changes := e.mustUp(named("maroon", nil))
	assert.Equal(t, 1, changes["update"], "%v", changes)
	assert.Equal(t, "maroon", e.color())

	e.mustUp(named("maroon", pulumi.Map{"immutable": pulumi.Bool(true)}))
	e.register = named("teal", pulumi.Map{"immutable": pulumi.Bool(true)})
	err := e.Preview()
	require.NoError(t, err, "a preview of a replacement is no error\n"+e.Output.String())
	changes = e.mustUp(e.register)
	assert.Equal(t, 1, changes["replace"], "%v", changes)
	assert.Equal(t, "teal", e.color())
}

func TestOutputsAreUnknownInThePlan(t *testing.T) {
	e := newEngine(t)
	e.register = func(r *registrar) error {
		_, err := r.add("core/v1:ConfigMap", "settings", pulumi.Map{
			"metadata": pulumi.Map{"name": pulumi.String("settings")},
			"data":     pulumi.Map{"color": r.made.Status.MapIndex(pulumi.String("phase"))},
		})
		return err
	}
	require.NoError(t, e.Preview(), e.Output.String())
	assert.Contains(t, e.Output.String(), "color: [unknown]")
	e.mustUp(e.register)
	assert.Equal(t, "Active", e.color())
	require.NoError(t, e.Up(optup.ExpectNoChanges()), e.Output.String())
}

func TestRefreshFindsDriftAndUpdateRepairsIt(t *testing.T) {
	e := newEngine(t)
	e.mutable = true
	e.mustUp(named("orange", pulumi.Map{"metadata": pulumi.Map{
		"name": pulumi.String("settings"), "annotations": pulumi.StringMap{"pulumi.com/patchForce": pulumi.String("true")},
	}}))
	e.applyGrey("somebody")
	require.Error(t, e.Refresh(optrefresh.ExpectNoChanges()), "the drift is a change")
	require.NoError(t, e.Refresh(), e.Output.String())
	changes := e.mustUp(e.register)
	assert.Equal(t, 1, changes["update"], "%v", changes)
	assert.Equal(t, "orange", e.color())

	require.NoError(t, e.resource("", "configmaps").Delete(context.Background(), "settings", metav1.DeleteOptions{}))
	require.NoError(t, e.Refresh(), e.Output.String())
	changes = e.mustUp(e.register)
	assert.Equal(t, 1, changes["create"], "a missing resource is created again: %v", changes)
}

func TestConflictNamesTheOtherManagerAndTheField(t *testing.T) {
	e := newEngine(t)
	e.mutable = true
	e.mustUp(named("orange", nil))
	e.applyGrey("somebody")
	e.register = named("maroon", nil)
	err := e.Up()
	require.Error(t, err)
	assert.Contains(t, err.Error(), `.data.color is managed by "somebody"`)
	assert.NotContains(t, err.Error(), "pulumi.com/patchForce", "advice that takes the fields of others over")
	assert.Equal(t, "grey", e.color(), "nothing was taken over")

	e.mustUp(named("grey", nil, pulumi.IgnoreChanges([]string{"data.color"})))
	assert.Equal(t, "grey", e.color(), "an ignored field of another manager is left alone")
}

func TestImport(t *testing.T) {
	e := newEngine(t)
	e.mutable = true
	e.mustUp(nil)
	e.applyGrey("kubectl-client-side-apply")
	// An imported object has no owner label or annotation, so the program sets all of it.
	e.register = named("grey", pulumi.Map{"metadata": pulumi.Map{
		"name": pulumi.String("settings"), "namespace": pulumi.String(e.namespace),
	}}, pulumi.Import(pulumi.ID(e.namespace+"/settings")))
	changes := e.mustUp(e.register)
	assert.Equal(t, 1, changes["import"], "%v", changes)
	err := e.Up(optup.ExpectNoChanges())
	require.NoError(t, err, e.Output.String())
}

func TestSecretsStaySecret(t *testing.T) {
	const hidden = "correct-horse-battery"
	e := newEngine(t)
	e.register = func(r *registrar) error {
		made, err := r.add("core/v1:Secret", "key", pulumi.Map{
			"metadata":   pulumi.Map{"name": pulumi.String("key")},
			"stringData": pulumi.StringMap{"plain": pulumi.String(hidden), "other": pulumi.String(hidden + "2")},
		})
		if err != nil {
			return err
		}
		r.ctx.Export("name", made.Metadata.MapIndex(pulumi.String("name")))
		// A value that Pulumi treats as secret stays secret in any object.
		_, err = r.add("core/v1:ConfigMap", "settings", pulumi.Map{
			"data": pulumi.Map{"token": pulumi.ToSecret(pulumi.String(hidden))},
		})
		return err
	}
	err := e.Preview()
	require.NoError(t, err)
	e.mustUp(e.register)
	err = e.Up(optup.ExpectNoChanges())
	require.NoError(t, err, e.Output.String())
	require.NoError(t, e.Refresh(optrefresh.ExpectNoChanges()), e.Output.String())

	encoded := base64.StdEncoding.EncodeToString([]byte(hidden))
	assert.Contains(t, e.Stored(), "kubernetes:core/v1:Secret")
	for _, text := range []string{hidden, encoded} {
		assert.False(t, strings.Contains(e.Stored(), text), "the state has the secret in plain text")
		assert.False(t, strings.Contains(e.Output.String(), text), "the output has the secret in plain text")
	}
	live, err := e.resource("", "secrets").Get(context.Background(), "key", metav1.GetOptions{})
	require.NoError(t, err)
	value, _, _ := unstructured.NestedString(live.Object, "data", "plain")
	assert.Equal(t, encoded, value)

	e.register = func(r *registrar) error {
		_, err := r.add("core/v1:Secret", "key", pulumi.Map{
			"metadata": pulumi.Map{"name": pulumi.String("key")}, "data": pulumi.StringMap{"plain": pulumi.String(hidden)},
		})
		return err
	}
	err = e.Up()
	require.Error(t, err, "that is no base64")
	assert.NotContains(t, e.Output.String()+err.Error(), hidden)
}

func TestServerRefusalIsShownAtPreview(t *testing.T) {
	e := newEngine(t)
	e.mustUp(nil)
	e.register = func(r *registrar) error {
		_, err := r.add("core/v1:Service", "web", pulumi.Map{"spec": pulumi.Map{
			"ports": pulumi.Array{pulumi.Map{"port": pulumi.Int(99999)}},
		}})
		return err
	}
	err := e.Preview()
	require.Error(t, err)
	assert.Contains(t, err.Error(), "spec.ports[0].port")
	e.register = func(r *registrar) error {
		_, err := r.add("core/v1:Service", "web", pulumi.Map{"spec": pulumi.Map{"prots": pulumi.Array{}}})
		return err
	}
	err = e.Preview()
	require.Error(t, err)
	assert.Contains(t, err.Error(), "prots")
}

func TestUnsupportedTypesAreRefused(t *testing.T) {
	e := newEngine(t)
	for kind, says := range map[string]string{
		"helm.sh/v3:Release":       "cannot manage kubernetes:helm.sh/v3:Release",
		"yaml/v2:ConfigGroup":      "cannot manage kubernetes:yaml/v2:ConfigGroup",
		"apps/v1:DeploymentPatch":  "cannot manage the patch resource DeploymentPatch",
		"nowhere.example/v1:Thing": "the cluster has no kind Thing in nowhere.example/v1",
	} {
		e.register = func(r *registrar) error {
			inputs := pulumi.Map{"metadata": pulumi.Map{"name": pulumi.String("x")}}
			if kind == "apps/v1:DeploymentPatch" {
				inputs["kind"] = pulumi.String("Deployment")
			}
			_, err := r.add(kind, "x", inputs)
			return err
		}
		err := e.Up()
		require.Error(t, err, kind)
		assert.Contains(t, err.Error(), says)
	}
	e.register = nil
}

func TestStringDataIsAddedAndRemoved(t *testing.T) {
	e := newEngine(t)
	e.mutable = true
	secret := func(texts pulumi.StringMap) func(*registrar) error {
		return func(r *registrar) error {
			_, err := r.add("core/v1:Secret", "key", pulumi.Map{
				"metadata": pulumi.Map{"name": pulumi.String("key")}, "stringData": texts,
			})
			return err
		}
	}
	e.mustUp(secret(pulumi.StringMap{"a": pulumi.String("1"), "b": pulumi.String("2")}))
	changes := e.mustUp(secret(pulumi.StringMap{"a": pulumi.String("3")}))
	assert.Equal(t, 1, changes["update"], "%v", changes)
	live, err := e.resource("", "secrets").Get(context.Background(), "key", metav1.GetOptions{})
	require.NoError(t, err)
	assert.Equal(t, map[string]any{"a": "Mw=="}, live.Object["data"])
	require.NoError(t, e.Refresh(optrefresh.ExpectNoChanges()), e.Output.String())
}

func TestNamespaceThatCannotBeDeletedNamesItsContents(t *testing.T) {
	e := newEngine(t)
	e.annotations = map[string]string{"pulumi.com/timeoutSeconds": "8"}
	e.mustUp(nil)
	e.applyGrey("somebody")
	hold := func(finalizers string) {
		_, err := e.resource("", "configmaps").Patch(context.Background(), "settings", types.MergePatchType,
			[]byte(`{"metadata":{"finalizers":`+finalizers+`}}`), metav1.PatchOptions{})
		require.NoError(t, err)
	}
	hold(`["example.com/hold"]`)
	err := e.Destroy()
	require.Error(t, err)
	assert.Contains(t, err.Error(), "still exists after 8s")
	assert.Contains(t, err.Error(), "example.com/hold in 1 resource instances")
	hold(`null`)
}
