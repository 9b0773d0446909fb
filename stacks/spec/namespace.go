package spec

import (
	"strings"
)

// Namespace is the namespace of the app.
type Namespace struct {
	Origin
	// Name of the namespace.
	Name string `json:"name,omitempty" jsonschema:"pattern=^[a-z0-9]([a-z0-9-]{0\\,61}[a-z0-9])?$" default:"app.name, a hyphen and the stack's name"`
	// The Pod Security level that a created namespace enforces.
	PodSecurity string `json:"podSecurity,omitempty" jsonschema:"enum=restricted,enum=baseline,enum=privileged"`
}

func (e *Environment) checkNamespace(problems *Problems) {
	name := e.Namespace.Name
	system := name == "default" || strings.HasPrefix(name, "kube-")
	if e.Namespace.Source == SourceCreate && system {
		problems.add("namespace.name", name, "belongs to the cluster; name another, or set namespace.source to existing")
	}
}
