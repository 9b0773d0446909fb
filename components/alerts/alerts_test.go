package alerts_test

import (
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"sigs.k8s.io/yaml"

	"github.com/djangostack/djangostack/components/alerts"
	"github.com/djangostack/djangostack/tests/golden"
)

// rich has every kind of object.
func rich() alerts.Objects {
	return alerts.Objects{
		Namespace:    "shop",
		Web:          "shop-web",
		Processes:    []string{"shop-worker-mail", "shop-process-bot", "shop-beat"},
		Sleepers:     []string{"shop-worker-video"},
		Servers:      []string{"shop-postgres", "shop-redis-cache", "shop-redis-broker"},
		Poolers:      []string{"shop-pgbouncer"},
		ReleaseJobs:  []string{"shop-check-0a1b2c3d4e", "shop-migrate-0a1b2c3d4e"},
		CronJobs:     []alerts.CronJob{{Name: "shop-cron-clean", Oldest: 26 * time.Hour}, {Name: "shop-cron-mail", Oldest: 70 * time.Minute}, {Name: "shop-cron-once"}},
		Backup:       &alerts.CronJob{Name: "shop-backup", Oldest: 26 * time.Hour},
		RestoreDrill: &alerts.CronJob{Name: "shop-restore-drill", Oldest: 170 * time.Hour},
		Claims:       []string{"shop-postgres-6f1e2d", "shop-volume-media-9b8a7c"},
		BackupClaim:  "shop-backup-1d2e3f",
		Autoscalers:  []string{"shop-web", "keda-hpa-shop-worker-video"},
		Queues:       []alerts.Queue{{ScaledObject: "shop-worker-video", LongestTask: 10 * time.Minute}},
		Certificates: []string{"shop-tls"},
		Exporters: []alerts.Exporter{
			{Deployment: "shop-postgres-exporter", Server: "shop-postgres", Engine: alerts.Postgres},
			{Deployment: "shop-redis-cache-exporter", Server: "shop-redis-cache", Engine: alerts.RedisCache},
			{Deployment: "shop-redis-broker-exporter", Server: "shop-redis-broker", Engine: alerts.RedisBroker},
		},
	}
}

// ruleFile is a file of rules as Prometheus and promtool read it; the specification of a PrometheusRule
// is the same.
func ruleFile(t *testing.T, rules []alerts.Rule) string {
	t.Helper()
	text, err := yaml.Marshal(map[string]any{"groups": []any{map[string]any{"name": "shop", "rules": rules}}})
	require.NoError(t, err)
	return string(text)
}

func TestRulesOfARichEnvironment(t *testing.T) {
	golden.Equal(t, "testdata/rules.yaml", ruleFile(t, alerts.Rules(rich())))
}

func TestARichEnvironmentHasEveryAlert(t *testing.T) {
	var found, all []string
	for _, rule := range alerts.Rules(rich()) {
		if !slices.Contains(found, rule.Alert) {
			found = append(found, rule.Alert)
		}
	}
	for _, alert := range alerts.Catalogue() {
		all = append(all, alert.Name)
		assert.NotEmpty(t, alert.Cause, alert.Name)
		assert.NotEmpty(t, alert.Action, alert.Name)
	}
	assert.ElementsMatch(t, all, found)
}

func TestEveryRuleSaysWhatToDo(t *testing.T) {
	for _, rule := range alerts.Rules(rich()) {
		assert.Contains(t, []string{"critical", "warning"}, rule.Labels["severity"], rule.Alert)
		assert.Equal(t, "shop", rule.Labels["namespace"], rule.Alert)
		assert.Regexp(t, `^\d+[hms]$`, rule.For, rule.Alert)
		assert.Regexp(t, `^\{\{ \$labels\.\w+ \}\}.* in shop: \w`, rule.Annotations["summary"], rule.Alert)
		assert.Regexp(t, `(?s)^[A-Z].*\.\n\nkubectl --namespace shop \w+ `, rule.Annotations["description"], rule.Alert)
	}
}

// selector is one selector of series with its matchers.
var selector = regexp.MustCompile(`[a-z_]+\{([^}]*)\}`)

func TestEverySelectorNamesTheNamespace(t *testing.T) {
	for _, rule := range alerts.Rules(rich()) {
		found := selector.FindAllStringSubmatch(rule.Expr, -1)
		assert.NotEmpty(t, found, rule.Alert)
		for _, each := range found {
			assert.Regexp(t, `(^|, |exported_)namespace="shop"(,|$)`, each[1], "%s: %s", rule.Alert, each[0])
		}
	}
}

func TestRulesFollowWhatIsThere(t *testing.T) {
	assert.Empty(t, alerts.Rules(alerts.Objects{Namespace: "shop"}))
	of := func(objects alerts.Objects) []string {
		objects.Namespace = "shop"
		found := map[string]bool{}
		for _, rule := range alerts.Rules(objects) {
			found[strings.TrimPrefix(rule.Alert, "Django")] = true
		}
		return slices.Sorted(maps.Keys(found))
	}
	pods := []string{"PodOutOfMemory", "PodRestarts"}
	all := rich()
	for name, each := range map[string]struct {
		objects alerts.Objects
		want    []string
	}{
		"web":         {alerts.Objects{Web: all.Web}, append(slices.Clone(pods), "MetricsMissing", "RolloutStuck", "WebDown")},
		"processes":   {alerts.Objects{Processes: all.Processes}, append(slices.Clone(pods), "ProcessDown", "RolloutStuck")},
		"sleepers":    {alerts.Objects{Sleepers: all.Sleepers}, append(slices.Clone(pods), "RolloutStuck")},
		"servers":     {alerts.Objects{Servers: all.Servers}, append(slices.Clone(pods), "ServerDown")},
		"release":     {alerts.Objects{ReleaseJobs: all.ReleaseJobs}, []string{"ReleaseFailed"}},
		"cron":        {alerts.Objects{CronJobs: all.CronJobs}, []string{"CronFailed", "CronLate"}},
		"one run":     {alerts.Objects{CronJobs: all.CronJobs[2:]}, []string{"CronFailed"}},
		"backups":     {alerts.Objects{Backup: all.Backup, RestoreDrill: all.RestoreDrill}, []string{"BackupOld", "CronFailed", "RestoreDrillOld"}},
		"volumes":     {alerts.Objects{Claims: all.Claims}, []string{"VolumeFilling", "VolumeFull", "VolumeInodes"}},
		"autoscalers": {alerts.Objects{Autoscalers: all.Autoscalers}, []string{"ScaledToMaximum"}},
		"queues":      {alerts.Objects{Queues: all.Queues}, []string{"QueueStuck"}},
		"exporters":   {alerts.Objects{Exporters: all.Exporters}, append(slices.Clone(pods), "BrokerMemory", "DatabaseConnections", "ExporterDown", "RolloutStuck")},
		"a cache":     {alerts.Objects{Exporters: all.Exporters[1:2]}, append(slices.Clone(pods), "ExporterDown", "RolloutStuck")},
		"routes":      {alerts.Objects{Certificates: all.Certificates}, []string{"CertificateExpires"}},
	} {
		assert.ElementsMatch(t, each.want, of(each.objects), name)
	}
}

func TestLongestGapOfASchedule(t *testing.T) {
	const day = 24 * time.Hour
	berlin, err := time.LoadLocation("Europe/Berlin")
	require.NoError(t, err)
	for _, each := range []struct {
		schedule string
		zone     *time.Location
		want     time.Duration
	}{
		{"17 2 * * *", time.UTC, day},
		{"47 3 * * 0", time.UTC, 7 * day},
		{"@daily", time.UTC, day},
		{"@every 90m", time.UTC, 90 * time.Minute},
		{"* * * * *", time.UTC, time.Minute},
		{"0 * * * *", time.UTC, time.Hour},
		{"0 8-18 * * *", time.UTC, 14 * time.Hour},
		{"0 9 * * 1-5", time.UTC, 3 * day},
		{"*/5 8-18 * * 1-5", time.UTC, 2*day + 13*time.Hour + 5*time.Minute},
		{"0 0 1 * *", time.UTC, 31 * day},
		{"0 0 31 * *", time.UTC, 61 * day},
		{"* * 1 1 *", time.UTC, 365*day + time.Minute},
		{"0 0 29 2 *", time.UTC, 1461 * day},
		{"0 0 31 2 *", time.UTC, 0},
		// The night in which the clock goes back, and the one without half past two.
		{"0 12 * * *", berlin, 25 * time.Hour},
		{"30 2 * * *", berlin, 47 * time.Hour},
	} {
		got, err := alerts.LongestGap(each.schedule, each.zone)
		require.NoError(t, err, each.schedule)
		assert.Equal(t, each.want, got, "%s in %s", each.schedule, each.zone)
	}
	_, err = alerts.LongestGap("61 * * * *", time.UTC)
	assert.ErrorContains(t, err, `reading the schedule "61 * * * *"`)
}
