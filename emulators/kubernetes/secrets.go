package kubernetes

import (
	"encoding/base64"
	"encoding/json"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

// lastApplied is where kubectl keeps a whole manifest, for a Secret with its values in it.
const lastApplied = "kubectl.kubernetes.io/last-applied-configuration"

// markSecrets marks in values what is secret in the inputs they came from, and everything a Secret
// holds. A list with one secret in it is secret as a whole, because a server may order it differently.
func markSecrets(values, inputs resource.PropertyMap) {
	if kind := values["kind"]; kind.IsString() && kind.StringValue() == "Secret" {
		markSecretObject(values)
		return
	}
	for key, input := range inputs {
		value, has := values[key]
		switch {
		case !has || value.IsSecret():
		case value.IsObject() && input.IsObject():
			markSecrets(value.ObjectValue(), input.ObjectValue())
		case input.ContainsSecrets():
			values[key] = resource.MakeSecret(value)
		}
	}
}

func markSecretObject(values resource.PropertyMap) {
	for _, key := range []resource.PropertyKey{"data", "stringData"} {
		if value, has := values[key]; has && !value.IsSecret() {
			values[key] = resource.MakeSecret(value)
		}
	}
	metadata := values["metadata"]
	if !metadata.IsObject() || !metadata.ObjectValue()["annotations"].IsObject() {
		return
	}
	annotations := metadata.ObjectValue()["annotations"].ObjectValue()
	if manifest, has := annotations[lastApplied]; has && !manifest.IsSecret() {
		annotations[lastApplied] = resource.MakeSecret(manifest)
	}
}

// redactor takes the secret values of one resource out of texts for people.
type redactor struct{ values []string }

// shortestRedacted keeps "1" or "on" from being struck out of every message.
const shortestRedacted = 4

// newRedactor knows the secrets among inputs, as they are, in base64 as the API spells them, and
// with the escapes of a quoted string.
func newRedactor(inputs resource.PropertyMap) *redactor {
	r := &redactor{}
	marked := inputs.Copy()
	markSecrets(marked, inputs)
	r.collect(resource.NewObjectProperty(marked), false)
	return r
}

func (r *redactor) collect(value resource.PropertyValue, secret bool) {
	switch {
	case value.IsSecret():
		r.collect(value.SecretValue().Element, true)
	case value.IsArray():
		for _, element := range value.ArrayValue() {
			r.collect(element, secret)
		}
	case value.IsObject():
		for _, element := range value.ObjectValue() {
			r.collect(element, secret)
		}
	case value.IsString() && secret:
		r.add(value.StringValue())
	}
}

func (r *redactor) add(value string) {
	if len(value) < shortestRedacted {
		return
	}
	spellings := []string{value, base64.StdEncoding.EncodeToString([]byte(value))}
	if quoted, err := json.Marshal(value); err == nil {
		spellings = append(spellings, string(quoted[1:len(quoted)-1]))
	}
	if decoded, err := base64.StdEncoding.DecodeString(value); err == nil && len(decoded) >= shortestRedacted {
		spellings = append(spellings, string(decoded))
	}
	r.values = append(r.values, spellings...)
}

// clean strikes the secrets out, longest first so that no rest of one remains.
func (r *redactor) clean(text string) string {
	values := slices.Clone(r.values)
	slices.SortFunc(values, func(a, b string) int { return len(b) - len(a) })
	for _, value := range slices.Compact(values) {
		text = strings.ReplaceAll(text, value, "[secret]")
	}
	return text
}
