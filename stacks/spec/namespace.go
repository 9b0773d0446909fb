package spec

import (
	"strings"

	"github.com/djangostack/djangostack/components/names"
)

// Namespace is the namespace of the app.
type Namespace struct {
	Origin
	// Name of the namespace.
	Name string `json:"name,omitempty" jsonschema:"pattern=^[a-z0-9]([a-z0-9-]{0\\,61}[a-z0-9])?$" default:"app.name, a hyphen and the stack's name"`
	// The Pod Security level that a created namespace enforces.
	PodSecurity string `json:"podSecurity,omitempty" jsonschema:"enum=restricted,enum=baseline,enum=privileged"`
}

// Instance begins the names of all objects in the namespace, and is a part of every label
// selector: the app's name, and in a namespace that other environments of the app may use as
// well also the stack's.
func (e *Environment) Instance() string {
	if e.CreatesNamespace() {
		return e.App.Name
	}
	return names.Fit(names.MaxDNSLabel, e.App.Name, e.stack)
}

func (e *Environment) checkNamespace(problems *Problems) {
	name := e.Namespace.Name
	system := name == "default" || strings.HasPrefix(name, "kube-")
	if e.Namespace.Source == SourceCreate && system {
		problems.add("namespace.name", name, "belongs to the cluster; name another, or set namespace.source to existing")
	}
}
