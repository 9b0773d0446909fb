package alerts

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// jobs are the rules of the release.
func (o Objects) jobs() []Rule {
	if len(o.ReleaseJobs) == 0 {
		return nil
	}
	return o.rule(releaseFailed, highest(jobLabel, o.metric("kube_job_failed", jobLabel, o.ReleaseJobs, isTrue))+" == 1")
}

const isTrue = `condition="true"`

// cron are the rules of CronJobs, of which those of the backups are two.
func (o Objects) cron() []Rule {
	all := slices.Clone(o.CronJobs)
	late := o.late(cronLate, o.CronJobs...)
	if o.Backup != nil {
		all = append(all, *o.Backup)
		late = append(late, o.late(backupOld, *o.Backup)...)
	}
	if o.RestoreDrill != nil {
		all = append(all, *o.RestoreDrill)
		late = append(late, o.late(restoreDrillOld, *o.RestoreDrill)...)
	}
	if len(all) == 0 {
		return nil
	}
	var names []string
	for _, cronJob := range all {
		names = append(names, cronJob.Name)
	}
	return append(o.failed(names), late...)
}

// failed compares the creation of the newest failed Job of a CronJob with the last success: failed
// Jobs stay for a while.
func (o Objects) failed(names []string) []Rule {
	times := func(expr string) string { return "  * on (namespace, job_name) group_left () " + expr }
	newest := lines("label_replace(",
		"  max by (namespace, job_name, owner_name) ("+o.metric("kube_job_owner", ownerLabel, names, `owner_kind="CronJob"`)+")",
		times(highest(jobLabel, o.metric("kube_job_created", "", nil))),
		times("("+highest(jobLabel, o.metric("kube_job_failed", "", nil, isTrue))+" == 1),"),
		`  "cronjob", "$1", "owner_name", "(.+)")`,
	)
	return o.rule(cronFailed, lines(highest(cronJobLabel, newest), "> "+o.success(names), o.running(names)))
}

// late compares the last success of each with the oldest that is allowed.
func (o Objects) late(alert string, cronJobs ...CronJob) []Rule {
	var parts []string
	for _, cronJob := range cronJobs {
		if cronJob.Oldest > 0 {
			names := []string{cronJob.Name}
			parts = append(parts, lines(fmt.Sprintf("time() - %s > %d", o.success(names), cronJob.Oldest/time.Second), o.running(names)))
		}
	}
	if len(parts) == 0 {
		return nil
	}
	return o.rule(alert, strings.Join(parts, "\nor\n"))
}

// success is the time of the last success, or of the creation of a CronJob that has had none.
func (o Objects) success(names []string) string {
	return highest(cronJobLabel, o.metric("kube_cronjob_status_last_successful_time", cronJobLabel, names)+" or "+o.metric("kube_cronjob_created", cronJobLabel, names))
}

// running leaves out CronJobs that somebody has suspended.
func (o Objects) running(names []string) string {
	return "and " + highest(cronJobLabel, o.metric("kube_cronjob_spec_suspend", cronJobLabel, names)) + " == 0"
}
