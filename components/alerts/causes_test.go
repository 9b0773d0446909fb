package alerts_test

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"sigs.k8s.io/yaml"

	"github.com/djangostack/djangostack/components/alerts"
	"github.com/djangostack/djangostack/tests/golden"
)

// Tests that promtool runs begin at 1970-01-01 and look after two hours, with one
// measurement in a minute. Times before are negative.
const (
	lookAt  = "2h"
	samples = 130
	hour    = 3600
	day     = 24 * hour
)

// cause is what happens to a healthy environment, and which alerts that must and may not raise.
type cause struct {
	name string
	// series replace those of the healthy environment, or are new.
	series []series
	// without are the starts of healthy series that are missing.
	without []string
	fires   []firing
}

// firing is an alert with the labels of the object.
type firing struct {
	alert  string
	labels map[string]string
}

// series are the measurements of one series, in promtool's notation.
type series struct{ name, values string }

// always is a series with the same value.
func always(name string, value int) series {
	return series{name, fmt.Sprintf("%d+0x%d", value, samples)}
}

func on(alert, label, object string, more ...string) firing {
	labels := map[string]string{label: object}
	for i := 0; i < len(more); i += 2 {
		labels[more[i]] = more[i+1]
	}
	return firing{alert, labels}
}

func of(metric string, matchers ...string) string {
	var all []string
	for i := 0; i < len(matchers); i += 2 {
		all = append(all, fmt.Sprintf(`%s="%s"`, matchers[i], matchers[i+1]))
	}
	return metric + "{" + strings.Join(all, ",") + "}"
}

func deployment(state, name string) string {
	return of("kube_deployment_status_replicas_"+state, "namespace", "shop", "deployment", name)
}

func cronJob(state, name string) string {
	return of("kube_cronjob_"+state, "namespace", "shop", "cronjob", name)
}

func restarts(pod, container string) string {
	return of("kube_pod_container_status_restarts_total", "namespace", "shop", "pod", pod, "container", container)
}

func killed(pod, container string) string {
	return of("kube_pod_container_status_last_terminated_reason", "namespace", "shop", "pod", pod, "container", container, "reason", "OOMKilled")
}

func volume(what, claim string) string {
	return of("kubelet_volume_stats_"+what, "namespace", "shop", "persistentvolumeclaim", claim)
}

func autoscaler(what, name string) string {
	return of("kube_horizontalpodautoscaler_"+what, "namespace", "shop", "horizontalpodautoscaler", name)
}

func waiting(namespaces ...string) string {
	return of("keda_scaler_metrics_value", append(namespaces, "scaledObject", "shop-worker-video", "metric", "s0-redis-video")...)
}

func certificate(what string, namespaces ...string) string {
	return of("certmanager_certificate_"+what+"_timestamp_seconds", append(namespaces, "name", "shop-tls")...)
}

// failedRun are the series of a Job of a CronJob that was created at a time and failed.
func failedRun(cronJob string, created int) []series {
	job := cronJob + "-1"
	return []series{
		always(of("kube_job_owner", "namespace", "shop", "job_name", job, "owner_kind", "CronJob", "owner_name", cronJob), 1),
		always(of("kube_job_created", "namespace", "shop", "job_name", job), created),
		{of("kube_job_failed", "namespace", "shop", "job_name", job, "condition", "true"), fmt.Sprintf("_x65 1x%d", samples-65)},
	}
}

func cronJobs() []string {
	return []string{"shop-cron-clean", "shop-cron-mail", "shop-cron-once", "shop-backup", "shop-restore-drill"}
}

func exporters() []string {
	var names []string
	for _, exporter := range rich().Exporters {
		names = append(names, exporter.Deployment)
	}
	return names
}

// exported is a series of an exporter's pod, beside its metrics of other pods.
func exported(metric, exporter string, matchers ...string) string {
	return of(metric, append([]string{"namespace", "shop", "pod", exporter + "-6d4cf56db6-abcde"}, matchers...)...)
}

// healthyServers are what the exporters measure. A full cache is healthy.
func healthyServers() []series {
	const postgres, cache, broker = "shop-postgres-exporter", "shop-redis-cache-exporter", "shop-redis-broker-exporter"
	return []series{
		always(exported("pg_up", postgres), 1),
		always(exported("pg_settings_max_connections", postgres), 100),
		always(exported("pg_stat_database_numbackends", postgres, "datname", "shop"), 40),
		always(exported("pg_stat_database_numbackends", postgres, "datname", "archive"), 40),
		always(exported("redis_up", cache), 1),
		always(exported("redis_memory_used_bytes", cache), 100),
		always(exported("redis_memory_max_bytes", cache), 100),
		always(exported("redis_up", broker), 1),
		always(exported("redis_memory_used_bytes", broker), 80),
		always(exported("redis_memory_max_bytes", broker), 100),
	}
}

// serverCauses are what exporters measure when something happens to a data service.
func serverCauses() []cause {
	const postgres, broker = "shop-postgres-exporter", "shop-redis-broker-exporter"
	archive := exported("pg_stat_database_numbackends", postgres, "datname", "archive")
	return []cause{
		{name: "the databases have many connections together", series: []series{always(archive, 41)}, fires: []firing{on("DjangoDatabaseConnections", "statefulset", "shop-postgres")}},
		{name: "there were many connections for a moment", series: []series{{archive, fmt.Sprintf("40x115 60x%d", samples-115)}}},
		{
			name: "a new pod of the exporter measures many connections", without: []string{"pg_"},
			series: []series{
				{exported("pg_settings_max_connections", postgres), "100x112"}, {exported("pg_stat_database_numbackends", postgres, "datname", "shop"), "90x112"}, {exported("pg_up", postgres), "1x112"},
				{of("pg_settings_max_connections", "namespace", "shop", "pod", postgres+"-6d4cf56db6-fghij"), "_x112 100x20"},
				{of("pg_stat_database_numbackends", "namespace", "shop", "pod", postgres+"-6d4cf56db6-fghij", "datname", "shop"), "_x112 90x20"},
				{of("pg_up", "namespace", "shop", "pod", postgres+"-6d4cf56db6-fghij"), "_x112 1x20"},
			},
			fires: []firing{on("DjangoDatabaseConnections", "statefulset", "shop-postgres")},
		},
		{name: "the broker has little memory left", series: []series{always(exported("redis_memory_used_bytes", broker), 81)}, fires: []firing{on("DjangoBrokerMemory", "statefulset", "shop-redis-broker")}},
		{name: "an exporter does not reach PostgreSQL", series: []series{always(exported("pg_up", postgres), 0)}, fires: []firing{on("DjangoExporterDown", "deployment", postgres)}},
		{
			name: "Prometheus does not scrape the exporters of Redis", without: []string{"redis_"},
			fires: []firing{on("DjangoExporterDown", "deployment", "shop-redis-cache-exporter"), on("DjangoExporterDown", "deployment", broker)},
		},
	}
}

// healthy are the series of a healthy environment.
func healthy() []series {
	all := slices.Concat(healthyPods(), healthyStores(), healthyServers())
	for _, name := range cronJobs() {
		all = append(all, always(cronJob("created", name), -30*day), always(cronJob("spec_suspend", name), 0),
			always(cronJob("status_last_successful_time", name), hour+1800))
	}
	for _, job := range rich().ReleaseJobs {
		all = append(all, always(of("kube_job_failed", "namespace", "shop", "job_name", job, "condition", "false"), 0))
	}
	// A run that failed before the last success is kept.
	return slices.Concat(all, failedRun("shop-backup", 60))
}

func healthyPods() []series {
	var all []series
	for _, name := range slices.Concat([]string{"shop-web"}, rich().Processes, rich().Poolers, exporters()) {
		all = append(all, always(deployment("ready", name), 2), always(deployment("unavailable", name), 0), always(deployment("updated", name), 2))
	}
	// Nothing waits, so no worker runs.
	for _, state := range []string{"ready", "unavailable", "updated"} {
		all = append(all, always(deployment(state, "shop-worker-video"), 0))
	}
	for _, name := range rich().Servers {
		for _, metric := range []string{"kube_statefulset_status_replicas_ready", "kube_statefulset_replicas"} {
			all = append(all, always(of(metric, "namespace", "shop", "statefulset", name), 1))
		}
	}
	return append(all,
		always(of("kube_pod_owner", "namespace", "shop", "pod", "shop-web-6d4cf56db6-abcde", "owner_kind", "ReplicaSet", "owner_name", "shop-web-6d4cf56db6"), 1),
		always(of("kube_pod_owner", "namespace", "shop", "pod", "shop-postgres-0", "owner_kind", "StatefulSet", "owner_name", "shop-postgres"), 1),
		// It was killed long ago, and has run since.
		always(restarts("shop-web-6d4cf56db6-abcde", "web"), 7), always(killed("shop-web-6d4cf56db6-abcde", "web"), 1),
		always(restarts("shop-postgres-0", "postgres"), 0),
	)
}

func healthyStores() []series {
	var all []series
	for _, claim := range rich().Claims {
		all = append(all, always(volume("available_bytes", claim), 60), always(volume("capacity_bytes", claim), 100),
			always(volume("inodes_free", claim), 50), always(volume("inodes", claim), 100))
	}
	for _, name := range rich().Autoscalers {
		all = append(all, always(autoscaler("status_desired_replicas", name), 2), always(autoscaler("spec_max_replicas", name), 5))
	}
	return append(all,
		always(waiting("namespace", "shop"), 0),
		always(certificate("expiration", "namespace", "cert-manager", "exported_namespace", "shop"), 60*day),
		always(certificate("renewal", "namespace", "cert-manager", "exported_namespace", "shop"), 30*day),
	)
}

// neighbours are broken environments: one in the same namespace whose names begin with the same word,
// and one in another namespace with the same names.
func neighbours() []series {
	var all []series
	for _, each := range []struct{ namespace, instance string }{{"shop", "shop-b"}, {"other", "shop"}} {
		in := func(metric string, matchers ...string) string {
			return of(metric, append([]string{"namespace", each.namespace}, matchers...)...)
		}
		part := func(name string) string { return each.instance + "-" + name }
		all = append(all,
			always(in("kube_deployment_status_replicas_ready", "deployment", part("web")), 0),
			always(in("kube_deployment_status_replicas_unavailable", "deployment", part("web")), 2),
			always(in("kube_deployment_status_replicas_updated", "deployment", part("web")), 2),
			always(in("kube_deployment_status_replicas_ready", "deployment", part("beat")), 0),
			always(in("kube_statefulset_status_replicas_ready", "statefulset", part("postgres")), 0),
			always(in("kube_statefulset_replicas", "statefulset", part("postgres")), 1),
			always(in("kube_pod_owner", "pod", part("web-1-abcde"), "owner_kind", "ReplicaSet", "owner_name", part("web-1")), 1),
			series{in("kube_pod_container_status_restarts_total", "pod", part("web-1-abcde"), "container", "web"), fmt.Sprintf("0+1x%d", samples)},
			always(in("kube_pod_container_status_last_terminated_reason", "pod", part("web-1-abcde"), "container", "web", "reason", "OOMKilled"), 1),
			always(in("kube_job_failed", "job_name", part("migrate-0a1b2c3d4e"), "condition", "true"), 1),
			always(in("kube_job_created", "job_name", part("backup-1")), hour),
			always(in("kube_job_failed", "job_name", part("backup-1"), "condition", "true"), 1),
			always(in("kube_job_owner", "job_name", part("backup-1"), "owner_kind", "CronJob", "owner_name", part("backup")), 1),
			always(in("kube_cronjob_created", "cronjob", part("backup")), -30*day),
			always(in("kube_cronjob_spec_suspend", "cronjob", part("backup")), 0),
			always(in("kubelet_volume_stats_available_bytes", "persistentvolumeclaim", part("postgres-6f1e2d")), 1),
			always(in("kubelet_volume_stats_capacity_bytes", "persistentvolumeclaim", part("postgres-6f1e2d")), 100),
			always(in("kube_horizontalpodautoscaler_status_desired_replicas", "horizontalpodautoscaler", part("web")), 5),
			always(in("kube_horizontalpodautoscaler_spec_max_replicas", "horizontalpodautoscaler", part("web")), 5),
			always(in("pg_up", "pod", part("postgres-exporter-1-abcde")), 0),
			always(in("pg_settings_max_connections", "pod", part("postgres-exporter-1-abcde")), 1),
			always(in("pg_stat_database_numbackends", "pod", part("postgres-exporter-1-abcde"), "datname", "shop"), 1),
			always(in("redis_memory_used_bytes", "pod", part("redis-broker-exporter-1-abcde")), 100),
			always(in("redis_memory_max_bytes", "pod", part("redis-broker-exporter-1-abcde")), 100),
			always(in("keda_scaler_metrics_value", "scaledObject", part("worker-video"), "metric", "s0-redis-video"), 9),
		)
	}
	// KEDA runs in the environment's namespace, and measures another one's.
	return append(all, always(waiting("namespace", "shop", "exported_namespace", "other"), 9))
}

func causes() []cause {
	return slices.Concat(podCauses(), runCauses(), storeCauses(), scalingCauses(), serverCauses())
}

func podCauses() []cause {
	const pod, container = "shop-web-6d4cf56db6-abcde", "web"
	return []cause{
		{name: "nothing"},
		{name: "neighbours are broken", series: neighbours()},
		{name: "no web pod is ready", series: []series{always(deployment("ready", "shop-web"), 0)}, fires: []firing{on("DjangoWebDown", "deployment", "shop-web")}},
		{name: "no web pod is ready for three minutes", series: []series{{deployment("ready", "shop-web"), "2x117 0x10"}}},
		{name: "Prometheus has no metrics", without: []string{"kube_", "kubelet_", "keda_", "certmanager_"}, fires: []firing{on("DjangoMetricsMissing", "deployment", "shop-web")}},
		{
			name: "beat and a worker have no pod", series: []series{always(deployment("ready", "shop-beat"), 0), always(deployment("ready", "shop-worker-mail"), 0)},
			fires: []firing{on("DjangoProcessDown", "deployment", "shop-beat"), on("DjangoProcessDown", "deployment", "shop-worker-mail")},
		},
		{
			name: "PostgreSQL is not ready", series: []series{always(of("kube_statefulset_status_replicas_ready", "namespace", "shop", "statefulset", "shop-postgres"), 0)},
			fires: []firing{on("DjangoServerDown", "statefulset", "shop-postgres")},
		},
		{name: "the pooler is not ready", series: []series{always(deployment("ready", "shop-pgbouncer"), 0)}, fires: []firing{on("DjangoServerDown", "deployment", "shop-pgbouncer")}},
		{name: "a rollout hangs", series: []series{always(deployment("unavailable", "shop-web"), 1)}, fires: []firing{on("DjangoRolloutStuck", "deployment", "shop-web")}},
		{name: "a long rollout goes on", series: []series{always(deployment("unavailable", "shop-web"), 1), {deployment("updated", "shop-web"), strings.Repeat("1x5 2x5 ", 12)}}},
		{
			name: "a pod restarts again and again", series: []series{{restarts(pod, container), fmt.Sprintf("7x90 8 9 10 11x%d", samples)}, always(killed(pod, container), 0)},
			fires: []firing{on("DjangoPodRestarts", "pod", pod, "container", container)},
		},
		{name: "a pod restarts once", series: []series{{restarts(pod, container), fmt.Sprintf("7x90 8x%d", samples)}, always(killed(pod, container), 0)}},
		{
			name: "a pod needs more memory", series: []series{{restarts(pod, container), fmt.Sprintf("7x110 8x%d", samples)}},
			fires: []firing{on("DjangoPodOutOfMemory", "pod", pod, "container", container)},
		},
		{
			name: "PostgreSQL needs more memory", series: []series{{restarts("shop-postgres-0", "postgres"), fmt.Sprintf("0x110 1x%d", samples)}, always(killed("shop-postgres-0", "postgres"), 1)},
			fires: []firing{on("DjangoPodOutOfMemory", "pod", "shop-postgres-0", "container", "postgres")},
		},
	}
}

func runCauses() []cause {
	const clean = "shop-cron-clean"
	late := func(name string, seconds int) series {
		return always(cronJob("status_last_successful_time", name), 2*hour-seconds)
	}
	failed := on("DjangoCronFailed", "cronjob", clean)
	return []cause{
		{
			name:   "migrate fails",
			series: []series{always(of("kube_job_failed", "namespace", "shop", "job_name", "shop-migrate-0a1b2c3d4e", "condition", "true"), 1)},
			fires:  []firing{on("DjangoReleaseFailed", "job_name", "shop-migrate-0a1b2c3d4e")},
		},
		{name: "a command fails", series: failedRun(clean, hour+1900), fires: []firing{failed}},
		{name: "a command has failed and then succeeded", series: failedRun(clean, hour)},
		{name: "the first run of a command fails", series: failedRun(clean, hour), without: []string{cronJob("status_last_successful_time", clean)}, fires: []firing{failed, on("DjangoCronLate", "cronjob", clean)}},
		{name: "a suspended command has failed and is late", series: append(failedRun(clean, hour+1900), late(clean, 40*day), always(cronJob("spec_suspend", clean), 1))},
		{name: "a backup fails", series: failedRun("shop-backup", hour+1900), fires: []firing{on("DjangoCronFailed", "cronjob", "shop-backup")}},
		{name: "a command does not run", series: []series{late(clean, 27*hour)}, fires: []firing{on("DjangoCronLate", "cronjob", clean)}},
		{name: "another command does not run", series: []series{late("shop-cron-mail", 2*hour)}, fires: []firing{on("DjangoCronLate", "cronjob", "shop-cron-mail")}},
		{name: "runs are as late as they may be", series: []series{late(clean, 26*hour), late("shop-cron-mail", 70*60), late("shop-backup", 26*hour), late("shop-restore-drill", 170*hour), late("shop-cron-once", 400*day)}, without: []string{"kube_job_"}},
		{name: "a new command has not run yet", series: []series{always(cronJob("created", clean), -20*hour)}, without: []string{cronJob("status_last_successful_time", clean)}},
		{name: "no backup is taken", series: []series{late("shop-backup", 27*hour)}, without: []string{"kube_job_"}, fires: []firing{on("DjangoBackupOld", "cronjob", "shop-backup")}},
		{name: "no backup has ever been taken", without: []string{cronJob("status_last_successful_time", "shop-backup"), "kube_job_"}, fires: []firing{on("DjangoBackupOld", "cronjob", "shop-backup")}},
		{name: "no backup is restored", series: []series{late("shop-restore-drill", 171*hour)}, fires: []firing{on("DjangoRestoreDrillOld", "cronjob", "shop-restore-drill")}},
	}
}

func storeCauses() []cause {
	const claim, backup = "shop-volume-media-9b8a7c", "shop-backup-1d2e3f"
	return []cause{
		{name: "a volume has a tenth left", series: []series{always(volume("available_bytes", claim), 10)}, fires: []firing{on("DjangoVolumeFilling", "persistentvolumeclaim", claim)}},
		{
			name: "a volume is full", series: []series{always(volume("available_bytes", claim), 2)},
			fires: []firing{on("DjangoVolumeFilling", "persistentvolumeclaim", claim), on("DjangoVolumeFull", "persistentvolumeclaim", claim)},
		},
		{name: "a volume has few inodes left", series: []series{always(volume("inodes_free", claim), 5)}, fires: []firing{on("DjangoVolumeInodes", "persistentvolumeclaim", claim)}},
		{name: "a file system without inodes", series: []series{always(volume("inodes_free", claim), 0), always(volume("inodes", claim), 0)}},
		{
			name: "the volume of the backups was nearly full when the last one was taken",
			series: []series{
				{volume("available_bytes", backup), fmt.Sprintf("_x20 10x3 stale _x%d", samples)}, {volume("capacity_bytes", backup), fmt.Sprintf("_x20 100x3 stale _x%d", samples)},
			},
			fires: []firing{on("DjangoVolumeFilling", "persistentvolumeclaim", backup)},
		},
		{
			name:   "a certificate is not renewed",
			series: []series{always(certificate("expiration", "namespace", "cert-manager", "exported_namespace", "shop"), 3*day), always(certificate("renewal", "namespace", "cert-manager", "exported_namespace", "shop"), -20*day)},
			fires:  []firing{on("DjangoCertificateExpires", "name", "shop-tls")},
		},
		{
			name:   "a certificate is not renewed, and cert-manager is scraped with honorLabels",
			series: []series{always(certificate("expiration", "namespace", "shop"), 3*day), always(certificate("renewal", "namespace", "shop"), -20*day)},
			fires:  []firing{on("DjangoCertificateExpires", "name", "shop-tls")},
		},
		{
			name:   "a certificate for six days",
			series: []series{always(certificate("expiration", "namespace", "cert-manager", "exported_namespace", "shop"), 4*day), always(certificate("renewal", "namespace", "cert-manager", "exported_namespace", "shop"), 2*day)},
		},
	}
}

func scalingCauses() []cause {
	stuck := on("DjangoQueueStuck", "scaledObject", "shop-worker-video", "metric", "s0-redis-video")
	return []cause{
		{
			name: "more pods would be added", series: []series{always(autoscaler("status_desired_replicas", "shop-web"), 5), always(autoscaler("status_desired_replicas", "keda-hpa-shop-worker-video"), 5)},
			fires: []firing{on("DjangoScaledToMaximum", "horizontalpodautoscaler", "shop-web"), on("DjangoScaledToMaximum", "horizontalpodautoscaler", "keda-hpa-shop-worker-video")},
		},
		{name: "a queue grows", series: []series{{waiting("namespace", "shop"), fmt.Sprintf("3+2x%d", samples)}}, fires: []firing{stuck}},
		{name: "a queue does not get shorter", series: []series{always(waiting("namespace", "shop"), 3)}, fires: []firing{stuck}},
		{name: "a queue does not get shorter, and KEDA is scraped without honorLabels", series: []series{always(waiting("namespace", "keda", "exported_namespace", "shop"), 3)}, fires: []firing{stuck}},
		{name: "a queue is long, and tasks are taken", series: []series{{waiting("namespace", "shop"), strings.Repeat("90+3x9 100 ", 13)}}},
		{name: "tasks have waited for a moment", series: []series{{waiting("namespace", "shop"), "0x100 9x30"}}},
	}
}

// firing is an alert of a file with its labels and texts.
func (f firing) written(t *testing.T) map[string]any {
	t.Helper()
	rules := alerts.Rules(rich())
	i := slices.IndexFunc(rules, func(r alerts.Rule) bool { return r.Alert == f.alert })
	require.GreaterOrEqual(t, i, 0, f.alert)
	labels, texts := maps.Clone(f.labels), map[string]string{}
	maps.Copy(labels, rules[i].Labels)
	for name, text := range rules[i].Annotations {
		texts[name] = template.ReplaceAllStringFunc(text, func(found string) string { return f.labels[template.FindStringSubmatch(found)[1]] })
	}
	return map[string]any{"alert": f.alert, "labels": labels, "annotations": texts}
}

// template is a label in the text of an alert.
var template = regexp.MustCompile(`\{\{ \$labels\.(\w+) \}\}`)

func written(all []series) map[string]string {
	values := map[string]string{}
	for _, one := range all {
		values[one.name] = strings.TrimSpace(one.values)
	}
	return values
}

// The test in local/image that runs promtool reads the file.
func TestEveryAlertHasACause(t *testing.T) {
	var all []any
	fired := map[string]bool{}
	for _, each := range causes() {
		fires := []any{}
		for _, one := range each.fires {
			fires = append(fires, one.written(t))
			fired[one.alert] = true
		}
		all = append(all, map[string]any{"name": each.name, "series": written(each.series), "without": each.without, "fires": fires})
	}
	for _, alert := range alerts.Catalogue() {
		assert.True(t, fired[alert.Name], "no cause raises %s", alert.Name)
	}
	text, err := yaml.Marshal(map[string]any{"lookAt": lookAt, "healthy": written(healthy()), "causes": all})
	require.NoError(t, err)
	golden.Equal(t, "testdata/causes.yaml", string(text))
}
