package kubernetes

import (
	"errors"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/djangostack/djangostack/emulators"
)

// offline returns a provider whose cluster cannot be reached, so that all answers are its own.
func offline(t *testing.T) *provider {
	t.Helper()
	return &provider{
		Base:     emulators.Base{Package: "kubernetes", Version: Version},
		lifetime: t.Context(), cancel: func() {},
		settings: &settings{},
		cluster:  &cluster{unreachable: errors.New("no route to the cluster"), namespace: "shop"},
	}
}

func urn(kind, name string) string {
	return "urn:pulumi:dev::test::kubernetes:" + kind + "::" + name
}

func encode(t *testing.T, values resource.PropertyMap) *properties {
	t.Helper()
	encoded, err := emulators.Encode("test values", values)
	require.NoError(t, err)
	return encoded
}

func mapped(values map[string]any) resource.PropertyMap {
	return resource.NewPropertyMapFromMap(values)
}

func check(t *testing.T, p *provider, req *pulumirpc.CheckRequest) (resource.PropertyMap, []*pulumirpc.CheckFailure) {
	t.Helper()
	checked, err := p.Check(t.Context(), req)
	require.NoError(t, err)
	inputs, err := emulators.Decode("checked", checked.GetInputs())
	require.NoError(t, err)
	return inputs, checked.GetFailures()
}

func TestCheckCompletesAnObject(t *testing.T) {
	request := &pulumirpc.CheckRequest{
		Urn: urn("core/v1:ConfigMap", "settings"), News: encode(t, mapped(map[string]any{"data": map[string]any{"a": "b"}})),
		RandomSeed: []byte("seed"),
	}
	inputs, failures := check(t, offline(t), request)
	assert.Empty(t, failures)
	metadata := inputs["metadata"].ObjectValue()
	assert.Equal(t, "v1", inputs["apiVersion"].StringValue())
	assert.Equal(t, "ConfigMap", inputs["kind"].StringValue())
	assert.Equal(t, "shop", metadata["namespace"].StringValue())
	assert.Regexp(t, `^settings-[0-9a-f]{8}$`, metadata["name"].StringValue())
	assert.Equal(t, "true", metadata["annotations"].ObjectValue()["pulumi.com/autonamed"].StringValue())

	again, _ := check(t, offline(t), request)
	assert.Equal(t, inputs, again, "preview and update agree on the name")

	request.Olds, request.RandomSeed = encode(t, inputs), []byte("another seed")
	later, _ := check(t, offline(t), request)
	assert.Equal(t, inputs, later, "an automatic name is kept")
}

func TestCheckHonoursTheEnginesNames(t *testing.T) {
	request := &pulumirpc.CheckRequest{
		Urn: urn("core/v1:ConfigMap", "settings"), News: encode(t, nil),
		Autonaming: &pulumirpc.CheckRequest_AutonamingOptions{
			ProposedName: "dev-settings", Mode: pulumirpc.CheckRequest_AutonamingOptions_ENFORCE,
		},
	}
	inputs, _ := check(t, offline(t), request)
	assert.Equal(t, "dev-settings", inputs["metadata"].ObjectValue()["name"].StringValue())

	request.Autonaming.Mode = pulumirpc.CheckRequest_AutonamingOptions_DISABLE
	_, err := offline(t).Check(t.Context(), request)
	assert.ErrorContains(t, err, "set metadata.name")
}

func TestCheckKeepsUnknownsAndSecrets(t *testing.T) {
	unknownText := resource.MakeComputed(resource.NewStringProperty(""))
	inputs, failures := check(t, offline(t), &pulumirpc.CheckRequest{
		Urn: urn("core/v1:Secret", "key"), News: encode(t, resource.PropertyMap{
			"metadata":   resource.NewObjectProperty(resource.PropertyMap{"name": unknownText}),
			"stringData": resource.NewObjectProperty(resource.PropertyMap{"a": resource.NewStringProperty("b")}),
		}),
	})
	assert.Empty(t, failures)
	assert.True(t, inputs["metadata"].ObjectValue()["name"].IsComputed(), "a name that is coming is not made up")
	assert.True(t, inputs["data"].IsSecret(), "a Secret holds secrets")
}

func TestCheckLeavesClusterScopedObjectsWithoutNamespace(t *testing.T) {
	inputs, _ := check(t, offline(t), &pulumirpc.CheckRequest{Urn: urn("core/v1:Namespace", "ns"), News: encode(t, nil)})
	assert.False(t, inputs["metadata"].ObjectValue().HasValue("namespace"))
}

func TestCheckRefuses(t *testing.T) {
	for name, test := range map[string]struct {
		kind   string
		inputs map[string]any
		says   string
	}{
		"another kind":       {"apps/v1:Deployment", map[string]any{"kind": "StatefulSet"}, "kind is StatefulSet, but"},
		"another version":    {"apps/v1:Deployment", map[string]any{"apiVersion": "apps/v1beta1"}, "apiVersion is apps/v1beta1, but"},
		"helm":               {"helm.sh/v3:Release", nil, "cannot manage kubernetes:helm.sh/v3:Release"},
		"chart":              {"helm.sh/v4:Chart", nil, "cannot manage"},
		"yaml":               {"yaml:ConfigFile", nil, "cannot manage"},
		"kustomize":          {"kustomize/v2:Directory", nil, "cannot manage"},
		"patch":              {"core/v1:ConfigMapPatch", map[string]any{"kind": "ConfigMap"}, "patch resource"},
		"list":               {"core/v1:ConfigMapList", map[string]any{"items": []any{}}, "cannot be created"},
		"generated name":     {"batch/v1:Job", map[string]any{"metadata": map[string]any{"generateName": "x-"}}, "generateName"},
		"timeout":            {"batch/v1:Job", annotated("pulumi.com/timeoutSeconds", "soon"), "not a number of seconds"},
		"deletion policy":    {"batch/v1:Job", annotated("pulumi.com/deletionPropagationPolicy", "slow"), "none of foreground"},
		"condition":          {"batch/v1:Job", annotated("pulumi.com/waitFor", "ready"), "neither jsonpath="},
		"an empty condition": {"batch/v1:Job", annotated("pulumi.com/waitFor", "[]"), "no condition is given"},
	} {
		t.Run(name, func(t *testing.T) {
			checked, err := offline(t).Check(t.Context(), &pulumirpc.CheckRequest{
				Urn: urn(test.kind, "x"), News: encode(t, mapped(test.inputs)),
			})
			if err != nil {
				assert.ErrorContains(t, err, test.says)
				return
			}
			require.Len(t, checked.GetFailures(), 1)
			assert.Contains(t, checked.GetFailures()[0].GetReason(), test.says)
		})
	}
}

func annotated(key, value string) map[string]any {
	return map[string]any{"metadata": map[string]any{"name": "x", "annotations": map[string]any{key: value}}}
}

func TestCustomKindsMayEndInPatchOrList(t *testing.T) {
	for _, kind := range []string{"AllowList", "SecurityPatch"} {
		_, failures := check(t, offline(t), &pulumirpc.CheckRequest{
			Urn:  urn("example.com/v1:"+kind, "x"),
			News: encode(t, mapped(map[string]any{"apiVersion": "example.com/v1", "kind": kind})),
		})
		assert.Empty(t, failures)
	}
}

func TestEveryCallBeforeConfigureIsRefused(t *testing.T) {
	fresh, end := New(Options{}).(*factory).Connect()
	defer end()
	_, err := fresh.Check(t.Context(), &pulumirpc.CheckRequest{Urn: urn("core/v1:ConfigMap", "x")})
	assert.ErrorContains(t, err, "was not configured")
}
