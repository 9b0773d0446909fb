package django

import (
	corev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/core/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/djangostack/djangostack/components/connection"
	"github.com/djangostack/djangostack/components/contract"
	"github.com/djangostack/djangostack/components/pod"
)

// Stored are the values of the contract that follow from credentials in existing Secrets. The
// pods refer to the Secrets, so that neither the state nor an object of the environment has a
// copy.
type Stored struct {
	// Entries are the values that one entry of a Secret holds.
	Entries map[contract.Path]connection.SecretKey
	// Composed are the values that refer to Variables: $(NAME). The kubelet expands them.
	Composed  Values
	Variables map[string]connection.SecretKey
}

func (s *Stored) has(path contract.Path) bool {
	if s == nil {
		return false
	}
	_, entry := s.Entries[path]
	_, composed := s.Composed[path]
	return entry || composed
}

// storedVariables are the variables of Stored by their names.
type storedVariables struct {
	// sources are the variables to which composed refer.
	sources, entries map[string]connection.SecretKey
	composed         pulumi.StringMap
	// directURL is the database URL of a process that bypasses the connection pooler; nil without
	// a pooler.
	directURL pulumi.StringInput
}

func (a *SettingsArgs) stored(names variableNames) storedVariables {
	if a.Stored == nil {
		return storedVariables{}
	}
	v := storedVariables{sources: a.Stored.Variables, entries: map[string]connection.SecretKey{}, composed: pulumi.StringMap{}}
	for path, entry := range a.Stored.Entries {
		for _, name := range names[path] {
			v.entries[name] = entry
		}
	}
	for path, value := range a.Stored.Composed {
		for _, name := range names[path] {
			v.composed[name] = value
		}
	}
	if url, has := a.Stored.Composed[contract.DatabaseDirectURL]; has {
		v.directURL = url
	}
	return v
}

// variables returns the sources before the values that are composed of them: the kubelet
// expands references to earlier entries only.
func (v storedVariables) variables() corev1.EnvVarArray {
	var out corev1.EnvVarArray
	for _, entries := range []map[string]connection.SecretKey{v.sources, v.entries} {
		for _, name := range sortedKeys(entries) {
			out = append(out, pod.EnvFromSecret(name, entries[name].Name, entries[name].Key))
		}
	}
	for _, name := range sortedKeys(v.composed) {
		out = append(out, pod.Env(name, v.composed[name]))
	}
	return out
}
