package clouds_test

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/djangostack/djangostack/stacks/spec"
)

// schema is the part of the configuration's schema that lists its values.
type schema struct {
	Reference   string            `json:"$ref"`
	Definitions map[string]schema `json:"$defs"`
	Properties  map[string]schema `json:"properties"`
	Items       *schema           `json:"items"`
}

func TestEveryValueOfAnEnvironmentIsChanged(t *testing.T) {
	var whole schema
	require.NoError(t, json.Unmarshal(spec.Schema(), &whole))
	changed := changedPaths(t)
	passed := unchanged()

	var missing []string
	for _, path := range whole.values(whole, "") {
		section, _, _ := strings.Cut(path, ".")
		if passed[path] != "" || passed[section] != "" || slices.Contains(changed, path) {
			continue
		}
		missing = append(missing, path)
	}
	assert.Empty(t, missing, "each needs a row among the changes, or a reason for none")
	for path := range passed {
		given := strings.Contains(path, ".") && slices.Contains(changed, path)
		assert.False(t, given, "%s has a row, and needs no reason", path)
	}
}

// unchanged are the values, or whole sections of values, that no row changes, with the reason.
func unchanged() map[string]string {
	const processes = "the table of the processes has every one, and pods hold no data"
	const collector = "the collector of logs holds no data"
	const exporter = "an exporter holds no data"
	const notOnACloud = "always refused on a cloud"
	const move = "TestADatabaseIsMovedToTheCloudAndBack makes every step"
	const notYet = "a cloud has one source for it so far"
	passed := map[string]string{
		"cluster.context":    "of cloud none",
		"cluster.kubeconfig": "of cloud none",

		"cluster.charts.keda.version":               "TestChartsComeBeforeAndGoAfterWhatUsesThem changes it",
		"cluster.charts.certManager.version":        "as that of KEDA",
		"cluster.charts.prometheusOperator.version": "as that of KEDA",
		"cluster.charts.externalSecrets.version":    "as that of KEDA",

		"namespace.tls":                           processes,
		"namespace.tlsGeneration":                 processes,
		"namespace.egress.cidrs":                  processes,
		"namespace.quota.cpu":                     processes,
		"namespace.quota.memory":                  processes,
		"namespace.quota.cpuLimit":                processes,
		"namespace.quota.memoryLimit":             processes,
		"namespace.quota.pods":                    processes,
		"namespace.quota.persistentVolumeClaims":  processes,
		"namespace.quota.storage":                 processes,
		"namespace.limitRange.cpu":                processes,
		"namespace.limitRange.memory":             processes,
		"namespace.limitRange.cpuLimit":           processes,
		"namespace.limitRange.memoryLimit":        processes,
		"monitoring.dashboards":                   processes,
		"monitoring.exporters.postgres.image":     exporter,
		"monitoring.exporters.postgres.resources": exporter,
		"monitoring.exporters.redis.image":        exporter,
		"monitoring.exporters.redis.resources":    exporter,
		"monitoring.logs.exporter":                collector,
		"monitoring.logs.endpoint":                processes,
		"monitoring.logs.headers":                 collector,
		"monitoring.logs.image":                   collector,
		"monitoring.logs.resources":               collector,
		"namespace.egress.ports":                  processes,
		"static.volume.size":                      "of cloud none: no volume of a created cluster belongs to several nodes",
		"static.volume.storageClassName":          "of cloud none: no volume of a created cluster belongs to several nodes",
		"static.accessMode":                       "of cloud none: no volume of a created cluster belongs to several nodes",

		"database.parameters":                 processes,
		"database.generation":                 processes,
		"database.move.image":                 processes,
		"database.move.other":                 move,
		"database.move.step":                  move,
		"database.move.waitSeconds":           move,
		"database.move.activeDeadlineSeconds": move,
		"database.extensions":                 processes,
		"cache.parameters":                    processes,
		"cache.engine":                        processes,
		"cache.servers":                       processes,
		"cache.replicas":                      processes,
		"cache.tls":                           processes,
		"broker.parameters":                   processes,
		"broker.tls":                          processes,
		"static.nginx.folders.path":           processes,
		"static.nginx.folders.volume":         processes,
		"broker.queueType":                    processes,
		"monitoring.prometheus.port":          processes,
		"routes.annotations":                  notOnACloud,
		"routes.tlsSecretName":                notOnACloud,
		"routes.signIn.basicAuthSecretName":   notOnACloud,
		"routes.signIn.authURL":               notOnACloud,
		"routes.signIn.loginURL":              notOnACloud,
		"routes.certificate":                  "of a host outside of the zone, and no emulated account has a certificate that the stack did not ask for",

		"media.accessKeys": "only adds a key beside the rights of the pods, as a test of the wiring on Google Cloud shows",

		"objects": "objects of controllers that somebody installs; the table of the processes has every field",

		"prepared": "only allows other values; no resource reads it",

		"broker.external.replicas": "always refused, because a queue is read where it is written",
	}
	for _, field := range []string{
		"schedule", "keepDays", "drillSchedule", "activeDeadlineSeconds", "resources", "volume.size", "volume.storageClassName", "bucket.image",
	} {
		passed["database.backups."+field] = processes
	}
	for _, field := range []string{"name", "endpoint", "region", "accessKeyID", "secretAccessKey"} {
		passed["database.backups.bucket."+field] = notOnACloud
	}
	for _, field := range []string{"cpu", "image", "tls", "volume.size", "volume.storageClassName"} {
		passed["search."+field] = "a search engine in the cluster is the same on every cloud, and the table of the processes has every one"
	}
	for _, part := range []string{"network", "cluster", "namespace", "dns", "registry", "database", "cache", "broker"} {
		passed[part+".stack"] = notYet
	}
	for _, part := range []string{"network", "cluster", "database", "cache", "broker"} {
		passed[part+".source"] = notYet
	}
	for _, section := range []string{"app", "release", "web", "workers", "beat", "processes", "cron", "shell", "secrets", "configMaps"} {
		passed[section] = processes
	}
	return passed
}

// values returns the paths of all values in the schema. A container's resources count as one value, because the cloud
// sees none of them.
func (s schema) values(whole schema, at string) []string {
	if s.Items != nil && s.Items.Reference != "" {
		return s.Items.values(whole, at)
	}
	name := strings.TrimPrefix(s.Reference, "#/$defs/")
	if name != "" && name != "Resources" {
		return whole.Definitions[name].values(whole, at)
	}
	if len(s.Properties) == 0 {
		return []string{at}
	}
	var paths []string
	for _, property := range slices.Sorted(maps.Keys(s.Properties)) {
		paths = append(paths, s.Properties[property].values(whole, strings.TrimPrefix(at+"."+property, "."))...)
	}
	return paths
}

// changedPaths returns the paths of the values that the rows change, and of the objects that contain them.
func changedPaths(t *testing.T) []string {
	t.Helper()
	var paths []string
	rows := slices.Concat(changes(), otherChanges(), inClusterChanges(), poolChanges("m6i.large"))
	for _, each := range []map[string][]string{cloudChanges(), otherCloudChanges()} {
		for _, more := range each {
			rows = append(rows, more...)
		}
	}
	for _, row := range rows {
		for _, one := range overrides(t, row) {
			paths = append(paths, below(strings.ReplaceAll(one.Path, "[0]", ""), one.Value)...)
		}
	}
	return paths
}

func below(at string, value any) []string {
	paths := []string{at}
	switch held := value.(type) {
	case map[string]any:
		for name, inner := range held {
			paths = append(paths, below(at+"."+name, inner)...)
		}
	case []any:
		for _, inner := range held {
			paths = append(paths, below(at, inner)...)
		}
	}
	return paths
}
