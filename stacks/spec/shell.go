package spec

// Shell is a pod to open a shell in: one container with the app's image and
// environment, one with psql. It closes by itself.
type Shell struct {
	// Whether the pod is opened.
	Enabled bool `json:"enabled,omitempty"`
	// Why it is opened, for instance a ticket; written to the pod's log and its annotations. A change opens it anew. Production must say.
	Reason string `json:"reason,omitempty" jsonschema:"minLength=1,maxLength=200,pattern=^[^\\p{Cc}]*$"`
	// Minutes until it closes by itself; a release opens it anew.
	Minutes int `json:"minutes,omitempty" jsonschema:"minimum=1,maximum=1440"`
	// Resources of the container.
	Resources Resources `json:"resources,omitempty"`
	Pods
}

func (e *Environment) checkShell(problems *Problems) {
	if e.Shell.Enabled && e.Shell.Reason == "" && e.Tier == Production {
		problems.add("shell.reason", nil, "is required in production: why the shell is opened")
	}
}
