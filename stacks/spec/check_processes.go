package spec

import (
	"fmt"
	"strings"
	"time"

	// Embedded time zones make the check independent of the machine.
	_ "time/tzdata"

	"github.com/robfig/cron/v3"

	"github.com/djangostack/djangostack/components/names"
)

func (e *Environment) checkProcesses(problems *Problems) {
	seen := map[string]int{}
	for i, process := range e.Processes {
		path := indexed("processes", i)
		if first, twice := seen[process.Name]; twice {
			problems.add(path+".name", process.Name, "is the name of processes[%d] already", first)
		}
		seen[process.Name] = i
		if process.ServicePort > 0 && process.Port == 0 {
			problems.add(path+".servicePort", process.ServicePort, "would be ignored, because %s.port is not set", path)
		}
		if process.Port == 0 && (process.Service.Name != "" || process.Service.Type != "" || len(process.Service.Annotations) > 0) {
			problems.add(path+".service", nil, "would be ignored, because %s.port is not set", path)
		}
		process.checkSeparate(problems, path)
		if process.Start == BeforeRelease && e.runsApp(process.Name) {
			problems.add(path+".start", string(BeforeRelease), "would run the app's code before the release has migrated the database: set %s.image to that of the server, or leave %s.start out", path, path)
		}
		e.checkCallers(problems, path, process)
		process.Probes.check(problems, path, probeDefaults{exist: process.Port > 0, port: process.Port})
		if preStop := e.PreStopOf(&process); process.Port > 0 && process.TerminationGracePeriodSeconds <= preStop {
			problems.add(path+".terminationGracePeriodSeconds", process.TerminationGracePeriodSeconds, "must be above %d, the seconds that a terminating pod with a port still accepts requests", preStop)
		}
	}
}

func (e *Environment) checkCron(problems *Problems) {
	seen := map[string]int{}
	for i, job := range e.Cron {
		path := indexed("cron", i)
		if first, twice := seen[job.Name]; twice {
			problems.add(path+".name", job.Name, "is the name of cron[%d] already", first)
		}
		seen[job.Name] = i
		if name := e.Instance() + "-cron-" + job.Name; len(name) > names.MaxCronJob {
			problems.add(path+".name", job.Name, "makes the name %s, which has %d characters; a CronJob's may have %d", name, len(name), names.MaxCronJob)
		}
		checkSchedule(problems, path, job)
	}
}

func checkSchedule(problems *Problems, path string, job Cron) {
	if strings.Contains(job.Schedule, "TZ=") {
		problems.add(path+".schedule", job.Schedule, "may not name a zone; %s.timeZone does", path)
	} else if why := wrongSchedule(job.Schedule); why != "" {
		problems.add(path+".schedule", job.Schedule, "%s", why)
	}
	if _, err := time.LoadLocation(job.TimeZone); err != nil || job.TimeZone == "Local" {
		problems.add(path+".timeZone", job.TimeZone, "is not the name of a time zone such as Europe/Berlin")
	}
}

// wrongSchedule says why a CronJob has no such schedule. One that never comes, such as the 30th of February, is how a
// command is kept for a start by hand.
func wrongSchedule(text string) string {
	if _, err := cron.ParseStandard(text); err != nil {
		return fmt.Sprintf("is not a schedule such as \"0 3 * * *\": %v", err)
	}
	return ""
}

// neverComes reports whether a schedule has no time, which the API server takes.
func neverComes(text string) bool {
	schedule, err := cron.ParseStandard(text)
	return err == nil && schedule.Next(time.Unix(0, 0).UTC()).IsZero()
}

// checkProbes reports probes of web and workers that cannot work.
func (e *Environment) checkProbes(problems *Problems) {
	e.Web.Probes.check(problems, "web", probeDefaults{exist: true, port: e.Web.Port, path: e.Web.ReadinessPath})
	for i, worker := range e.Workers {
		worker.Probes.check(problems, indexed("workers", i), probeDefaults{exist: worker.HeartbeatFile != ""})
	}
}
