package spec

// Shell is a pod for interactive shells: one container with the app's image and
// environment, one with psql. It ends automatically.
type Shell struct {
	// Whether the pod runs.
	Enabled bool `json:"enabled,omitempty"`
	// Why the pod runs, for instance a ticket; written to its log and annotations. A change starts it again. Required in production.
	Reason string `json:"reason,omitempty" jsonschema:"minLength=1,maxLength=200,pattern=^[^\\p{Cc}]*$"`
	// Minutes until the pod ends; a release starts it again.
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
