package alerts

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// Severity is how soon somebody has to look, in the words that Alertmanager's routes usually have.
type Severity string

// Critical means at once, Warning during the day.
const (
	Critical Severity = "critical"
	Warning  Severity = "warning"
)

// Alert is one kind of alert. docs/operations.md lists them.
type Alert struct {
	Name     string
	Severity Severity
	// For is how long the cause has to last.
	For time.Duration
	// Cause is what has happened, and Action what to do.
	Cause, Action string
	// Object is the name of the object, and Command what shows more of it. Both hold labels of the
	// alert as Prometheus' templates do. Command begins with the verb of kubectl.
	Object, Command string
}

const (
	webDown          = "DjangoWebDown"
	processDown      = "DjangoProcessDown"
	serverDown       = "DjangoServerDown"
	rolloutStuck     = "DjangoRolloutStuck"
	podRestarts      = "DjangoPodRestarts"
	podOutOfMemory   = "DjangoPodOutOfMemory"
	metricsMissing   = "DjangoMetricsMissing"
	releaseFailed    = "DjangoReleaseFailed"
	cronFailed       = "DjangoCronFailed"
	cronLate         = "DjangoCronLate"
	backupOld        = "DjangoBackupOld"
	restoreDrillOld  = "DjangoRestoreDrillOld"
	volumeFilling    = "DjangoVolumeFilling"
	volumeFull       = "DjangoVolumeFull"
	volumeInodes     = "DjangoVolumeInodes"
	scaledToMaximum  = "DjangoScaledToMaximum"
	queueStuck       = "DjangoQueueStuck"
	certificateStale = "DjangoCertificateExpires"
	exporterDown     = "DjangoExporterDown"
	connectionsUsed  = "DjangoDatabaseConnections"
	brokerMemory     = "DjangoBrokerMemory"
)

const (
	ofDeployment = "{{ $labels.deployment }}"
	ofPod        = "{{ $labels.pod }}"
	ofCronJob    = "{{ $labels.cronjob }}"
	ofServer     = "{{ $labels.statefulset }}"
	ofClaim      = "{{ $labels.persistentvolumeclaim }}"

	describeCronJob = "describe cronjob " + ofCronJob
	describeClaim   = "describe persistentvolumeclaim " + ofClaim
	getPods         = "get pods"
)

// Catalogue lists every kind of alert.
func Catalogue() []Alert {
	return slices.Concat(ofPods(), ofRuns(), ofServers())
}

func ofPods() []Alert {
	return []Alert{
		{
			Name: webDown, Severity: Critical, For: 5 * time.Minute, Object: ofDeployment,
			Cause:   "no web pod is ready",
			Action:  "The app does not answer. See why the pods are not ready; if a release or a setting caused it, go back to the one before.",
			Command: "logs deployment/" + ofDeployment + " --all-containers --tail=100",
		},
		{
			Name: processDown, Severity: Critical, For: 10 * time.Minute, Object: ofDeployment,
			Cause:   "a worker, beat or another process has no ready pod",
			Action:  "Its tasks wait. See why its pods do not run; if a release or a setting caused it, go back to the one before.",
			Command: "logs deployment/" + ofDeployment + " --all-containers --tail=100",
		},
		{
			Name: serverDown, Severity: Critical, For: 5 * time.Minute, Object: "{{ $labels.statefulset }}" + ofDeployment,
			Cause:   "a data service in the cluster has fewer ready pods than it should have",
			Action:  "See the events of its pods: a volume that is full or cannot be mounted, a node without memory, or a setting that it refuses.",
			Command: getPods,
		},
		{
			Name: rolloutStuck, Severity: Warning, For: 15 * time.Minute, Object: ofDeployment,
			Cause:   "pods are not available, and the rollout does not go on",
			Action:  "See why the new pods are not ready or not scheduled. The old ones serve until then, if there are any; going back to the version before ends the rollout.",
			Command: "describe deployment " + ofDeployment,
		},
		{
			Name: podRestarts, Severity: Warning, For: 5 * time.Minute, Object: ofPod,
			Cause:   "a container has restarted at least four times in an hour",
			Action:  "Read the log of the run before: it ends with the reason.",
			Command: "logs " + ofPod + " --container {{ $labels.container }} --previous",
		},
		{
			Name: podOutOfMemory, Severity: Warning, For: time.Minute, Object: ofPod,
			Cause:   "a container was killed because it reached its memory limit",
			Action:  "Raise the memory limit of the process, lower its concurrency, or find what needs the memory.",
			Command: "describe pod " + ofPod,
		},
		{
			Name: metricsMissing, Severity: Warning, For: time.Hour, Object: ofDeployment,
			Cause:   "Prometheus has no metrics of the web pods, so that no other alert can be relied on",
			Action:  "See whether the Deployment exists, and whether Prometheus scrapes kube-state-metrics with honorLabels.",
			Command: "get deployment " + ofDeployment,
		},
	}
}

func ofRuns() []Alert {
	return []Alert{
		{
			Name: releaseFailed, Severity: Warning, For: time.Minute, Object: "{{ $labels.job_name }}",
			Cause:   "a Job of the release failed",
			Action:  "The version before still serves. Read the Job's log, mend the cause and run up again, or go back to the image before.",
			Command: "logs job/{{ $labels.job_name }}",
		},
		{
			Name: cronFailed, Severity: Warning, For: time.Minute, Object: ofCronJob,
			Cause:   "the last run of a CronJob failed",
			Action:  "Read the log of its last Job. The next success ends the alert.",
			Command: describeCronJob,
		},
		{
			Name: cronLate, Severity: Warning, For: 5 * time.Minute, Object: ofCronJob,
			Cause:   "a CronJob has not succeeded for longer than its schedule allows",
			Action:  "See whether its runs fail, do not end, or do not start.",
			Command: describeCronJob,
		},
		{
			Name: backupOld, Severity: Critical, For: 5 * time.Minute, Object: ofCronJob,
			Cause:   "the last backup of the database is older than its schedule allows",
			Action:  "See why the backup fails, for instance because its volume is full or its bucket out of reach, and take one now: djangostack backup.",
			Command: describeCronJob,
		},
		{
			Name: restoreDrillOld, Severity: Warning, For: 5 * time.Minute, Object: ofCronJob,
			Cause:   "no backup has been restored for longer than the schedule of the restore drill allows",
			Action:  "Nothing shows that the backups can be restored. Read the log of the last drill.",
			Command: describeCronJob,
		},
		{
			Name: volumeFilling, Severity: Warning, For: 10 * time.Minute, Object: ofClaim,
			Cause:   "a volume has less than 15 % of its space left",
			Action:  "Raise the size of the volume in the configuration, or delete what is not needed.",
			Command: describeClaim,
		},
		{
			Name: volumeFull, Severity: Critical, For: 5 * time.Minute, Object: ofClaim,
			Cause:   "a volume has less than 5 % of its space left",
			Action:  "Raise the size of the volume now: a server whose volume is full stops.",
			Command: describeClaim,
		},
		{
			Name: volumeInodes, Severity: Warning, For: 10 * time.Minute, Object: ofClaim,
			Cause:   "a volume has less than 10 % of its inodes left",
			Action:  "Delete small files, or raise the size of the volume: no file can be created without an inode.",
			Command: describeClaim,
		},
		{
			Name: scaledToMaximum, Severity: Warning, For: 30 * time.Minute, Object: "{{ $labels.horizontalpodautoscaler }}",
			Cause:   "the autoscaler has had its highest number of pods for half an hour",
			Action:  "If requests or tasks wait, raise autoscaling.maxReplicas; first see whether the database can serve more pods.",
			Command: "describe horizontalpodautoscaler {{ $labels.horizontalpodautoscaler }}",
		},
		{
			Name: queueStuck, Severity: Critical, For: 5 * time.Minute, Object: "{{ $labels.scaledObject }}",
			Cause:   "tasks wait, and none has been taken for half an hour and the time of a task",
			Action:  "See whether the workers run and what they do, and whether KEDA reaches the queue.",
			Command: "describe scaledobject {{ $labels.scaledObject }}",
		},
		{
			Name: certificateStale, Severity: Critical, For: time.Hour, Object: "{{ $labels.name }}",
			Cause:   "a certificate of the routes ends in less than a week, and cert-manager should have renewed it",
			Action:  "See why cert-manager does not renew it: the challenge, the name servers, or the limits of the issuer.",
			Command: "describe certificate {{ $labels.name }}",
		},
	}
}

func ofServers() []Alert {
	return []Alert{
		{
			Name: exporterDown, Severity: Warning, For: 15 * time.Minute, Object: ofDeployment,
			Cause:   "a data service is not measured, so that no alert about it can be relied on",
			Action:  "See whether the exporter runs and reaches its data service, and whether Prometheus scrapes it.",
			Command: "logs deployment/" + ofDeployment + " --tail=100",
		},
		{
			Name: connectionsUsed, Severity: Warning, For: 10 * time.Minute, Object: ofServer,
			Cause:   "more than 80 % of the connections of PostgreSQL are open",
			Action:  "At the limit, requests and tasks fail. See who holds them; close what leaks them, run fewer pods or threads, use database.pooler, or raise database.maxConnections, which restarts PostgreSQL.",
			Command: "exec " + ofServer + "-0 -- psql --username=djangostack_admin --dbname=postgres --command='SELECT usename, application_name, state, count(*) FROM pg_stat_activity GROUP BY 1, 2, 3 ORDER BY 4 DESC'",
		},
		{
			Name: brokerMemory, Severity: Critical, For: 5 * time.Minute, Object: ofServer,
			Cause:   "Redis, which is the broker, has used more than 80 % of its memory",
			Action:  "When it is full it refuses new tasks. See whether the workers take tasks, and raise broker.memory, which restarts Redis; its tasks are on its volume.",
			Command: "exec " + ofServer + "-0 -- sh -c 'redis-cli INFO memory || redis-cli --tls --insecure INFO memory'",
		},
	}
}

// find returns the alert of a name, which is one of the constants above.
func find(name string) Alert {
	all := Catalogue()
	return all[slices.IndexFunc(all, func(a Alert) bool { return a.Name == name })]
}

// description is what to do, with the command that shows more.
func (a Alert) description(namespace string) string {
	return a.Action + "\n\nkubectl --namespace " + namespace + " " + a.Command
}

// Duration is For as Prometheus writes it.
func (a Alert) Duration() string { return duration(a.For) }

// duration writes a time as Prometheus does, in the largest unit that leaves no rest.
func duration(d time.Duration) string {
	for _, unit := range []struct {
		size time.Duration
		name string
	}{{time.Hour, "h"}, {time.Minute, "m"}} {
		if d%unit.size == 0 {
			return fmt.Sprintf("%d%s", d/unit.size, unit.name)
		}
	}
	return fmt.Sprintf("%ds", d/time.Second)
}

// lines joins the lines of an expression.
func lines(all ...string) string { return strings.Join(all, "\n") }
