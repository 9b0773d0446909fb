package spec

// Beat is the Celery scheduler.
type Beat struct {
	// Whether the scheduler runs.
	Enabled bool `json:"enabled,omitempty"`
	// The command to run instead of celery beat.
	Command []string `json:"command,omitempty" jsonschema:"minItems=1,minLength=1"`
	// Arguments after the command.
	Args []string `json:"args,omitempty" jsonschema:"minItems=1,minLength=1"`
	// Size of the volume for the schedule.
	ScheduleSize Quantity `json:"scheduleSize,omitempty"`
	// Resources of the container.
	Resources Resources `json:"resources,omitempty"`
	Pods
}
