package spec

import (
	"encoding/json"
	"fmt"
)

// ConcurrencyPolicy says what happens when a run is due while the previous one is still
// running.
type ConcurrencyPolicy string

// Allow runs both, Forbid skips the new run, Replace ends the old one.
const (
	Allow   ConcurrencyPolicy = "Allow"
	Forbid  ConcurrencyPolicy = "Forbid"
	Replace ConcurrencyPolicy = "Replace"
)

// Cron is a command that runs on a schedule, as a CronJob.
type Cron struct {
	// Name of the command; its CronJob is named app-cron-name.
	Name string `json:"name" jsonschema:"pattern=^[a-z]([a-z0-9-]{0\\,28}[a-z0-9])?$"`
	// The schedule: minute, hour, day of the month, month, day of the week, or a word such as @hourly.
	Schedule string `json:"schedule" jsonschema:"minLength=1"`
	// Time zone of the schedule, for instance Europe/Berlin.
	TimeZone string `json:"timeZone,omitempty" jsonschema:"minLength=1"`
	// The command as a list of words.
	Command []string `json:"command,omitempty" jsonschema:"minItems=1,minLength=1" default:"the image's entry point"`
	// Arguments after the command.
	Args []string `json:"args,omitempty" jsonschema:"minItems=1,minLength=1"`
	// true: the CronJob exists but no run starts, for instance during an incident.
	Suspend bool `json:"suspend,omitempty"`
	// What happens when a run is due while the previous one is still running. Allow: both run; Forbid: the new run is skipped; Replace: the old one is ended.
	ConcurrencyPolicy ConcurrencyPolicy `json:"concurrencyPolicy,omitempty" jsonschema:"enum=Allow,enum=Forbid,enum=Replace"`
	// Seconds that one run may take.
	ActiveDeadlineSeconds int `json:"activeDeadlineSeconds,omitempty" jsonschema:"minimum=1,maximum=604800"`
	// Seconds that a run may start late, for instance after an outage of the cluster; after that it is skipped.
	StartingDeadlineSeconds int `json:"startingDeadlineSeconds,omitempty" jsonschema:"minimum=10,maximum=86400"`
	// How often a failed run is retried.
	BackoffLimit int `json:"backoffLimit,omitempty" jsonschema:"minimum=0,maximum=10"`
	// Number of successful runs whose Jobs and logs are kept.
	SuccessfulJobsHistoryLimit int `json:"successfulJobsHistoryLimit,omitempty" jsonschema:"minimum=0,maximum=100"`
	// Number of failed runs whose Jobs and logs are kept.
	FailedJobsHistoryLimit int `json:"failedJobsHistoryLimit,omitempty" jsonschema:"minimum=0,maximum=100"`
	// Seconds between SIGTERM and SIGKILL.
	TerminationGracePeriodSeconds int `json:"terminationGracePeriodSeconds,omitempty" jsonschema:"minimum=1,maximum=86400"`
	// Resources of the container.
	Resources Resources `json:"resources,omitempty"`
	Pods
}

// UnmarshalJSON fills in the defaults before decoding.
func (c *Cron) UnmarshalJSON(raw []byte) error {
	type plain Cron
	cron := plain{
		TimeZone: "Etc/UTC", ConcurrencyPolicy: Forbid, ActiveDeadlineSeconds: 3600, StartingDeadlineSeconds: 300,
		SuccessfulJobsHistoryLimit: 1, FailedJobsHistoryLimit: 3, TerminationGracePeriodSeconds: 30,
		Resources: resources("25m", "96Mi", "512Mi", "256Mi"),
	}
	if err := json.Unmarshal(raw, &cron); err != nil {
		return fmt.Errorf("decoding a cron command: %w", err)
	}
	*c = Cron(cron)
	return nil
}
