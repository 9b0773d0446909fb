package kubernetes

import (
	"encoding/base64"
	"encoding/json"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

// lastApplied is where kubectl stores a whole manifest, with the values of a Secret in it.
const lastApplied = "kubectl.kubernetes.io/last-applied-configuration"

// markSecrets marks the values as secret that are secret in the inputs, and all values of a Secret. A list with one
// secret element is secret as a whole, because a server may reorder it.
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

// redactor removes the secret values of one resource from messages.
type redactor struct{ values []string }

// shortestRedacted keeps values such as 1 and on from being removed from every message.
const shortestRedacted = 4

// newRedactor collects the secrets of inputs: plain, in base64 as the API writes them, and escaped as in a quoted
// string.
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

// clean removes the secrets, the longest first so that no part of one remains.
func (r *redactor) clean(text string) string {
	values := slices.Clone(r.values)
	slices.SortFunc(values, func(a, b string) int { return len(b) - len(a) })
	for _, value := range slices.Compact(values) {
		text = strings.ReplaceAll(text, value, "[secret]")
	}
	return text
}
