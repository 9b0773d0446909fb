package kubernetes

import (
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/djangostack/djangostack/emulators"
)

func secretText(text string) resource.PropertyValue {
	return resource.MakeSecret(resource.NewStringProperty(text))
}

func TestSecretsOfTheInputsAreSecretInTheState(t *testing.T) {
	given := resource.PropertyMap{
		"data": resource.NewObjectProperty(resource.PropertyMap{"token": secretText("hush"), "color": resource.NewStringProperty("red")}),
		"list": resource.NewArrayProperty([]resource.PropertyValue{resource.NewStringProperty("a"), secretText("b")}),
	}
	plain, err := toObject(given)
	require.NoError(t, err)
	encoded, err := state{live: plain, inputs: plain}.encode(given)
	require.NoError(t, err)
	written, err := emulators.Decode("state", encoded)
	require.NoError(t, err)
	for _, values := range []resource.PropertyMap{written, written["__inputs"].ObjectValue()} {
		data := values["data"].ObjectValue()
		assert.True(t, data["token"].IsSecret())
		assert.False(t, data["color"].IsSecret(), "one secret does not hide the rest")
		assert.True(t, values["list"].IsSecret(), "the order of a list may change, so all of it is secret")
	}
}

func TestAllValuesOfASecretAreSecret(t *testing.T) {
	live := parsed(t, `{kind: Secret, data: {a: Yg==}, metadata: {managedFields: [{manager: x}],
		annotations: {kubectl.kubernetes.io/last-applied-configuration: '{"data":{"a":"Yg=="}}', other: x}}}`)
	encoded, err := state{live: live, inputs: parsed(t, "{kind: Secret, stringData: {a: b}}")}.encode(nil)
	require.NoError(t, err)
	written, err := emulators.Decode("state", encoded)
	require.NoError(t, err)
	metadata := written["metadata"].ObjectValue()
	assert.True(t, written["data"].IsSecret())
	assert.True(t, written["__inputs"].ObjectValue()["stringData"].IsSecret())
	assert.True(t, metadata["annotations"].ObjectValue()[lastApplied].IsSecret())
	assert.False(t, metadata.HasValue("managedFields"))
}

func TestStateIsReadAsItWasWritten(t *testing.T) {
	before := state{
		live: parsed(t, "{kind: Secret, data: {a: Yg==}}"), inputs: parsed(t, "{kind: Secret, stringData: {a: b}}"),
		apiVersion: "v1", fieldManager: "pulumi-kubernetes-1",
	}
	encoded, err := before.encode(nil)
	require.NoError(t, err)
	after, err := parseState(encoded)
	require.NoError(t, err)
	assert.Equal(t, before, after)
}

func TestMessagesAreFreeOfSecrets(t *testing.T) {
	r := newRedactor(resource.PropertyMap{
		"kind":       resource.NewStringProperty("Secret"),
		"stringData": resource.NewObjectProperty(resource.PropertyMap{"a": resource.NewStringProperty(`hush "now"`)}),
		"data":       resource.NewObjectProperty(resource.PropertyMap{"b": resource.NewStringProperty("d2hpc3Blcg==")}),
		"type":       resource.NewStringProperty("Opaque"),
	})
	for _, text := range []string{`hush "now"`, `hush \"now\"`, "aHVzaCAibm93Ig==", "d2hpc3Blcg==", "whisper"} {
		assert.Equal(t, "bad value [secret] of Opaque", r.clean("bad value "+text+" of Opaque"))
	}
}
