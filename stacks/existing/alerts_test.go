package existing_test

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/djangostack/djangostack/components/alerts"
	"github.com/djangostack/djangostack/tests/mocks"
)

// watched is an environment with an object of every kind that an alert is about.
const watched = smallApp + `,
	"monitoring": {"alerts": {"labels": {"release": "prometheus"}}, "exporters": {}, "prometheus": {"scrape": "annotations"}},
	"release": {"before": [{"name": "copy", "command": ["copy"]}], "after": [{"name": "seed", "command": ["seed"]}], "superuser": {"username": "admin", "email": "admin@example.com"}},
	"web": {"autoscaling": {"minReplicas": 2, "maxReplicas": 5}, "ingress": {"ingressClassName": "traefik", "host": "blog.example.com", "tlsSecretName": "blog-tls",
		"annotations": {"cert-manager.io/cluster-issuer": "letsencrypt"}}},
	"routes": [{"host": "api.example.com", "process": "api", "tlsSecretName": "api-tls"}],
	"workers": [{"name": "mail"}, {"name": "video", "longestTaskSeconds": 600, "autoscaling": {"by": "queue", "minReplicas": 0, "maxReplicas": 4}},
		{"name": "fixed", "autoscaling": {"by": "cpu", "minReplicas": 2, "maxReplicas": 2}}],
	"processes": [{"name": "api", "command": ["api"], "port": 9000, "autoscaling": {"minReplicas": 2, "maxReplicas": 3}}, {"name": "search", "image": "registry.example.com/search:1", "port": 7700, "start": "before-release", "databaseConnections": 0}],
	"beat": {"enabled": true},
	"cron": [{"name": "clean", "schedule": "0 4 * * 1-5", "timeZone": "Europe/Berlin", "command": ["clean"]}, {"name": "never", "schedule": "0 0 31 2 *", "command": ["never"]},
		{"name": "idle", "schedule": "@daily", "suspend": true, "command": ["idle"]}],
	"volumes": [{"name": "media", "size": "10Gi"}, {"name": "given", "claimName": "someones"}],
	"static": {"store": "volume"},
	"database": {"pooler": {"kind": "pgbouncer"}, "backups": {"store": "volume"}},
	"cache": {"engine": "memcached"}`

// registered are the names of the objects that the alerts may be about, by the label that selects them.
func registered(t *testing.T, ran mocks.Program) map[string][]string {
	t.Helper()
	names := map[string][]string{}
	add := func(label, kind, prefix string) {
		for _, object := range ran.OfKind(kind) {
			if name, named := object.At(t, "metadata.name").(string); named {
				names[label] = append(names[label], prefix+name)
			}
		}
	}
	add("deployment", "Deployment", "")
	add("statefulset", "StatefulSet", "")
	add("pod", "Deployment", "")
	add("owner_name", "Deployment", "")
	add("owner_name", "StatefulSet", "")
	add("owner_name", "CronJob", "")
	add("cronjob", "CronJob", "")
	add("job_name", "Job", "")
	add("persistentvolumeclaim", "PersistentVolumeClaim", "")
	add("horizontalpodautoscaler", "HorizontalPodAutoscaler", "")
	add("horizontalpodautoscaler", "ScaledObject", "keda-hpa-")
	add("scaledObject", "ScaledObject", "")
	for _, ingress := range ran.OfKind("Ingress") {
		for _, tls := range ingress.At(t, "spec.tls").([]any) {
			names["name"] = append(names["name"], fmt.Sprint(tls.(map[string]any)["secretName"]))
		}
	}
	return names
}

// matcher is one matcher of names in an expression.
var matcher = regexp.MustCompile(`(\w+)(?:=|=~)"([^"]*)"`)

// named are the names in the rules, by the labels that select them.
func named(rules []any) map[string][]string {
	fixed := []string{"namespace", "exported_namespace", "condition", "reason", "owner_kind"}
	found := map[string][]string{}
	for _, rule := range rules {
		for _, each := range matcher.FindAllStringSubmatch(fmt.Sprint(rule.(map[string]any)["expr"]), -1) {
			if slices.Contains(fixed, each[1]) {
				continue
			}
			// Pods of a Deployment belong to a ReplicaSet, whose name has a hash at the end.
			names := strings.NewReplacer("(", "", ")-[a-z0-9]+", "", "-[a-z0-9]+-[a-z0-9]+", "").Replace(each[2])
			for _, name := range strings.Split(names, "|") {
				if !slices.Contains(found[each[1]], name) {
					found[each[1]] = append(found[each[1]], name)
				}
			}
		}
	}
	return found
}

func rulesOf(t *testing.T, ran mocks.Program) []any {
	t.Helper()
	objects := ran.OfKind("PrometheusRule")
	require.Len(t, objects, 1)
	rule := objects[0]
	assert.Equal(t, "prometheus", rule.At(t, "metadata.labels.release"))
	return rule.At(t, "spec.groups[0].rules").([]any)
}

func TestAlertsNameTheObjectsThatAreRegistered(t *testing.T) {
	for name, sections := range map[string]string{
		"every kind": watched,
		"rabbitmq":   strings.NewReplacer(`"engine": "memcached"`, `"engine": "redis"`).Replace(watched) + `, "broker": {"engine": "rabbitmq"}`,
		"search":     watched + `, "search": {"kind": "in-cluster"}`,
		"shared":     watched + `, "namespace": {"source": "existing", "name": "team"}`,
		"long names": strings.Replace(watched, `"name": "blog"`, `"name": "a-shop-with-a-name-of-thirty"`, 1) + `, "namespace": {"source": "existing", "name": "team"}`,
		"replicas":   strings.NewReplacer(`"engine": "memcached"`, `"replicas": 2`).Replace(watched),
		"exporters":  strings.NewReplacer(`"engine": "memcached"`, `"engine": "redis"`, "annotations\"}", "podMonitor\"}").Replace(watched),
		"no cloud":   smallApp + `, "monitoring": {"alerts": {"labels": {"release": "prometheus"}}}`,
	} {
		t.Run(name, func(t *testing.T) {
			ran := chosen(t, mocks.Known, sections)
			all := registered(t, ran)
			have := named(rulesOf(t, ran))
			for label, names := range have {
				for _, each := range names {
					assert.Contains(t, all[label], each, "a rule names by the label %s an object that is not registered", label)
				}
			}
			// What always runs, and what holds data, is watched.
			for _, label := range []string{"deployment", "statefulset", "persistentvolumeclaim", "owner_name"} {
				for _, each := range all[label] {
					if label == "owner_name" && slices.Contains(all["cronjob"], each) {
						continue
					}
					assert.Contains(t, have[label], each, "no rule is about the %s", label)
				}
			}
		})
	}
}

func TestAlertsFollowTheConfiguration(t *testing.T) {
	ran := chosen(t, mocks.Known, watched)
	have := named(rulesOf(t, ran))
	assert.ElementsMatch(t, []string{"blog-backup", "blog-restore-drill", "blog-cron-clean", "blog-cron-never"}, have["cronjob"], "suspended ones are silent")
	assert.ElementsMatch(t, []string{"blog-web", "blog-process-api", "keda-hpa-blog-worker-video"}, have["horizontalpodautoscaler"], "a fixed number is no maximum")
	assert.ElementsMatch(t, []string{"blog-tls", "api-tls"}, have["name"])
	assert.NotContains(t, have["persistentvolumeclaim"], "someones")
	parts := map[string]bool{}
	for _, job := range have["job_name"] {
		parts[job[:strings.LastIndex(job, "-")]] = true
	}
	assert.Equal(t, []string{"blog-after-seed", "blog-before-copy", "blog-check", "blog-collectstatic", "blog-migrate", "blog-superuser"}, slices.Sorted(maps.Keys(parts)))

	found := map[string][]string{}
	for _, rule := range rulesOf(t, ran) {
		rule := rule.(map[string]any)
		name := fmt.Sprint(rule["alert"])
		found[name] = append(found[name], fmt.Sprint(rule["expr"]))
	}
	for _, alert := range alerts.Catalogue() {
		assert.NotEmpty(t, found[alert.Name], alert.Name)
	}
	require.Len(t, found["DjangoCronLate"], 1, "a schedule that never comes cannot be late")
	// Three days and an hour for the weekend in which the clock goes back, 300 s to start and 3600 s to run.
	assert.Contains(t, found["DjangoCronLate"][0], fmt.Sprintf("> %d\n", 73*3600+300+3600))
	assert.Contains(t, found["DjangoBackupOld"][0], fmt.Sprintf("> %d\n", 24*3600+3600+3600))
	assert.Contains(t, found["DjangoRestoreDrillOld"][0], fmt.Sprintf("> %d\n", 7*24*3600+3600+3600))
	assert.NotContains(t, found["DjangoProcessDown"][0], "blog-worker-video", "it has no pod while nothing waits")
	assert.Contains(t, found["DjangoQueueStuck"][0], "[40m]", "half an hour, and the ten minutes of a task")
}

func TestAlertsAreThereBeforeTheRelease(t *testing.T) {
	ran := chosen(t, mocks.Known, watched)
	rule := ran.Find(t, "PrometheusRule", "blog-alerts")
	assert.True(t, waits(ran, rule, ran.Find(t, "Namespace", "blog-namespace").URN))
	for _, object := range ran.Resources {
		if object.Kubernetes() && object.Kind() != "Namespace" {
			assert.False(t, waits(ran, rule, object.URN), object.Name)
		}
	}
}

func TestThereAreNoAlertsUnlessTheyAreAskedFor(t *testing.T) {
	assert.Empty(t, chosen(t, mocks.Known, smallApp).OfKind("PrometheusRule"))
	for name, text := range map[string]string{
		"a certificate from elsewhere": strings.Replace(watched, `"cert-manager.io/cluster-issuer": "letsencrypt"`, `"example.com/a": "b"`, 1),
		"one of the environment":       watched + `, "secrets": [{"name": "blog-tls", "type": "kubernetes.io/tls", "entries": {"tls.crt": "x", "tls.key": "y"}}, {"name": "api-tls", "type": "kubernetes.io/tls", "entries": {"tls.crt": "x", "tls.key": "y"}}]`,
	} {
		assert.Empty(t, named(rulesOf(t, chosen(t, mocks.Known, text)))["name"], name)
	}
}
