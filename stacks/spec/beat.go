package spec

// Beat is the Celery scheduler.
type Beat struct {
	// Whether the scheduler runs.
	Enabled bool `json:"enabled,omitempty"`
	// The command to run instead of celery beat, for instance where the image has no program celery. With scheduleStore volume the folder of the schedule is /var/lib/celery.
	Command []string `json:"command,omitempty" jsonschema:"minItems=1,minLength=1"`
	// Arguments after the command.
	Args []string `json:"args,omitempty" jsonschema:"minItems=1,minLength=1"`
	// Where the schedule is kept. volume: in a file on a volume; database: where the scheduler of the app's settings keeps it, for instance that of django-celery-beat, without a volume.
	ScheduleStore ScheduleStore `json:"scheduleStore,omitempty" jsonschema:"enum=volume,enum=database"`
	// Size of the volume for the schedule; with scheduleStore volume.
	ScheduleSize Quantity `json:"scheduleSize,omitempty"`
	// Resources of the container.
	Resources Resources `json:"resources,omitempty"`
	Pods
}

// ScheduleStore is where Celery beat keeps its schedule.
type ScheduleStore string

// Beat's own scheduler keeps the schedule in a file on a volume, others keep it in the
// database.
const (
	ScheduleInVolume   ScheduleStore = "volume"
	ScheduleInDatabase ScheduleStore = "database"
)
