package image

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"sigs.k8s.io/yaml"
)

// alertsFolder has the rules of an environment, and what raises its alerts. The tests in components/alerts write them.
const alertsFolder = "../../components/alerts/testdata"

// alertCauses are the measurements of a healthy environment, and what changes when something happens to it.
type alertCauses struct {
	LookAt  string            `json:"lookAt"`
	Healthy map[string]string `json:"healthy"`
	Causes  []alertCause      `json:"causes"`
}

type alertCause struct {
	Name    string            `json:"name"`
	Series  map[string]string `json:"series"`
	Without []string          `json:"without"`
	Fires   []firedAlert      `json:"fires"`
}

type firedAlert struct {
	Alert       string            `json:"alert"`
	Labels      map[string]string `json:"labels"`
	Annotations map[string]string `json:"annotations"`
}

// merged are the series with a cause. Each is measured twice, as by an exporter that runs twice.
func (a alertCauses) merged(cause alertCause) []map[string]string {
	all := map[string]string{}
	for name, values := range a.Healthy {
		if !slices.ContainsFunc(cause.Without, func(start string) bool { return strings.HasPrefix(name, start) }) {
			all[name] = values
		}
	}
	for name, values := range cause.Series {
		all[name] = values
	}
	var series []map[string]string
	for name, values := range all {
		for _, instance := range []string{"10.0.0.1:8080", "10.0.0.2:8080"} {
			series = append(series, map[string]string{"series": strings.TrimSuffix(name, "}") + `,instance="` + instance + `"}`, "values": values})
		}
	}
	return series
}

// test is promtool's test of a cause (https://prometheus.io/docs/prometheus/latest/configuration/unit_testing_rules/): the alerts
// that fire with their labels and texts, and how many of each name, so that no other one does.
func (a alertCauses) test(cause alertCause) map[string]any {
	byName := map[string][]any{}
	for _, one := range cause.Fires {
		byName[one.Alert] = append(byName[one.Alert], map[string]any{"exp_labels": one.Labels, "exp_annotations": one.Annotations})
	}
	var alerts, counts []any
	for name, expected := range byName {
		alerts = append(alerts, map[string]any{"eval_time": a.LookAt, "alertname": name, "exp_alerts": expected})
		counts = append(counts, map[string]any{"labels": fmt.Sprintf(`{alertname="%s"}`, name), "value": len(expected)})
	}
	return map[string]any{
		"name": cause.Name, "interval": "1m", "input_series": a.merged(cause), "alert_rule_test": alerts,
		"promql_expr_test": []any{map[string]any{"expr": `count by (alertname) (ALERTS{alertstate="firing"})`, "eval_time": a.LookAt, "exp_samples": counts}},
	}
}

// writeAlerts returns a script that writes the rules and the tests of some causes, or of all, to /tmp.
func writeAlerts(t *testing.T, change func(rules string) string, some ...string) string {
	t.Helper()
	rules, err := os.ReadFile(filepath.Join(filepath.FromSlash(alertsFolder), "rules.yaml"))
	require.NoError(t, err)
	text, err := os.ReadFile(filepath.Join(filepath.FromSlash(alertsFolder), "causes.yaml"))
	require.NoError(t, err)
	var causes alertCauses
	require.NoError(t, yaml.UnmarshalStrict(text, &causes))
	var tests []any
	for _, cause := range causes.Causes {
		if len(some) == 0 || slices.Contains(some, cause.Name) {
			tests = append(tests, causes.test(cause))
		}
	}
	require.NotEmpty(t, tests)
	written, err := yaml.Marshal(map[string]any{"rule_files": []string{"rules.yaml"}, "evaluation_interval": "1m", "tests": tests})
	require.NoError(t, err)
	// A word of a command may have 128 KiB (https://man7.org/linux/man-pages/man2/execve.2.html).
	var packed bytes.Buffer
	writer := gzip.NewWriter(&packed)
	_, err = writer.Write(written)
	require.NoError(t, err)
	require.NoError(t, writer.Close())
	return "cd /tmp\ncat >rules.yaml <<'RULES'\n" + change(string(rules)) + "RULES\n" +
		"base64 -d <<'TESTS' | gunzip >tests.yaml\n" + base64.StdEncoding.EncodeToString(packed.Bytes()) + "\nTESTS\n"
}

func asWritten(rules string) string { return rules }

func TestPrometheusTakesTheRules(t *testing.T) {
	queries, err := os.ReadFile("../../components/dashboards/testdata/queries.yaml")
	require.NoError(t, err)
	// The queries of the dashboard are read as rules, in the same run.
	dashboard := "cat >queries.yaml <<'QUERIES'\n" + string(queries) + "QUERIES\n"
	output, err := runIn(t, "readers", writeAlerts(t, asWritten)+dashboard+"promtool check rules rules.yaml queries.yaml\n")
	require.NoError(t, err, output)
	assert.Equal(t, 2, strings.Count(output, "SUCCESS"), output)
}

func TestEachAlertFiresByItsCauseAndNoOther(t *testing.T) {
	output, err := runIn(t, "readers", writeAlerts(t, asWritten)+"promtool test rules tests.yaml\n")
	require.NoError(t, err, output)
	assert.Contains(t, output, "SUCCESS")
}

func TestAWrongRuleIsFound(t *testing.T) {
	for _, one := range []struct{ from, to, cause string }{
		{`deployment="shop-web"}) == 0`, `deployment="shop-web"}) == 1`, "no web pod is ready"},
		{`namespace="shop"`, `namespace=~"shop|other"`, "neighbours are broken"},
		{`, owner_name=~"(shop-web`, `, owner_name!~"(other`, "neighbours are broken"},
	} {
		output, err := runIn(t, "readers", writeAlerts(t, func(rules string) string {
			changed := strings.ReplaceAll(rules, one.from, one.to)
			require.NotEqual(t, rules, changed, one.from)
			return changed
		}, one.cause)+"promtool test rules tests.yaml\n")
		assert.Error(t, err, output)
		assert.Contains(t, output, "FAILED", one.from)
	}
}
