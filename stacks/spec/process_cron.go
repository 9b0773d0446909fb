package spec

import "encoding/json"

// Strategy says how a process' pods are replaced by new ones.
type Strategy string

// Rolling starts new pods before old ones stop; Recreate stops the old ones first, for
// a process that may not run beside another version of itself.
const (
	Rolling  Strategy = "rolling"
	Recreate Strategy = "recreate"
)

// Process is a further process of the app, of any kind.
type Process struct {
	// Name of the process; its Deployment is named app-process-name.
	Name string `json:"name" jsonschema:"pattern=^[a-z]([a-z0-9-]{0\\,18}[a-z0-9])?$"`
	// The command, each word for itself; needed unless app.procfile has it.
	Command []string `json:"command,omitempty" jsonschema:"minItems=1,minLength=1"`
	// Arguments after the command.
	Args []string `json:"args,omitempty" jsonschema:"minItems=1,minLength=1"`
	// Pods.
	Replicas int `json:"replicas,omitempty" jsonschema:"minimum=1,maximum=500"`
	// Lets the number of pods follow the load, instead of replicas; none when left out.
	Autoscaling *Autoscaling `json:"autoscaling,omitempty"`
	// rolling: new pods start before old ones stop; recreate: old ones stop first, for a process that may not run beside another version.
	Strategy Strategy `json:"strategy,omitempty" jsonschema:"enum=rolling,enum=recreate"`
	// The port that it listens on; a Service named app-process-name leads to it. None when left out.
	Port int `json:"port,omitempty" jsonschema:"minimum=1024,maximum=65535"`
	// Seconds from the request to stop to the kill.
	GraceSeconds int `json:"graceSeconds,omitempty" jsonschema:"minimum=1,maximum=86400"`
	// How the cluster asks whether it is well.
	Probes Probes `json:"probes,omitempty" default:"by connections to its port; none without a port"`
	// Resources of each pod's container.
	Resources Resources `json:"resources,omitempty"`
	Pods
}

// UnmarshalJSON fills in a process' defaults before reading it.
func (p *Process) UnmarshalJSON(raw []byte) error {
	type plain Process
	process := plain(defaultProcess())
	if err := json.Unmarshal(raw, &process); err != nil {
		return err
	}
	*p = Process(process)
	return nil
}

func defaultProcess() Process {
	return Process{Replicas: 1, Strategy: Rolling, GraceSeconds: 30, Resources: resources("100m", "256Mi", "512Mi")}
}

// MostPods is the highest number of the process' pods, rollouts aside.
func (p *Process) MostPods() int { return p.Autoscaling.most(p.Replicas) }

// Concurrency says what happens when a command is due while it still runs.
type Concurrency string

// Forbid leaves the new run out, Replace ends the old one, Allow runs both.
const (
	Forbid  Concurrency = "forbid"
	Replace Concurrency = "replace"
	Allow   Concurrency = "allow"
)

// Cron is a command that runs at set times.
type Cron struct {
	// Name of the command; its CronJob is named app-cron-name.
	Name string `json:"name" jsonschema:"pattern=^[a-z]([a-z0-9-]{0\\,28}[a-z0-9])?$"`
	// When it runs: minute, hour, day of the month, month, day of the week, or @hourly and its like.
	Schedule string `json:"schedule" jsonschema:"minLength=1"`
	// The zone of the times, for instance Europe/Berlin.
	TimeZone string `json:"timeZone,omitempty" jsonschema:"minLength=1"`
	// The command, each word for itself.
	Command []string `json:"command" jsonschema:"minItems=1,minLength=1"`
	// Arguments after the command.
	Args []string `json:"args,omitempty" jsonschema:"minItems=1,minLength=1"`
	// off: it is there but never due, for instance during an incident.
	State Switch `json:"state,omitempty" jsonschema:"enum=on,enum=off"`
	// When it is due while it still runs: forbid leaves the new run out, replace ends the old one, allow runs both.
	Concurrency Concurrency `json:"concurrency,omitempty" jsonschema:"enum=forbid,enum=replace,enum=allow"`
	// Seconds that one run may take.
	TimeoutSeconds int `json:"timeoutSeconds,omitempty" jsonschema:"minimum=1,maximum=604800"`
	// Seconds that a run may begin too late, for instance after an outage of the cluster; later it is left out.
	StartingDeadlineSeconds int `json:"startingDeadlineSeconds,omitempty" jsonschema:"minimum=10,maximum=86400"`
	// How often a run that failed is tried again.
	Retries int `json:"retries,omitempty" jsonschema:"minimum=0,maximum=10"`
	// Runs that succeeded, whose logs are kept.
	SuccessfulJobsHistoryLimit int `json:"successfulJobsHistoryLimit,omitempty" jsonschema:"minimum=0,maximum=100"`
	// Runs that failed, whose logs are kept.
	FailedJobsHistoryLimit int `json:"failedJobsHistoryLimit,omitempty" jsonschema:"minimum=0,maximum=100"`
	// Seconds from the request to stop to the kill.
	GraceSeconds int `json:"graceSeconds,omitempty" jsonschema:"minimum=1,maximum=86400"`
	// Resources of the container.
	Resources Resources `json:"resources,omitempty"`
	Pods
}

// UnmarshalJSON fills in the defaults before reading it.
func (c *Cron) UnmarshalJSON(raw []byte) error {
	type plain Cron
	cron := plain{
		TimeZone: "Etc/UTC", State: On, Concurrency: Forbid, TimeoutSeconds: 3600, StartingDeadlineSeconds: 300,
		SuccessfulJobsHistoryLimit: 1, FailedJobsHistoryLimit: 3, GraceSeconds: 30, Resources: resources("100m", "256Mi", "512Mi"),
	}
	if err := json.Unmarshal(raw, &cron); err != nil {
		return err
	}
	*c = Cron(cron)
	return nil
}
