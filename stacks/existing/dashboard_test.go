package existing_test

import (
	"encoding/json"
	"fmt"
	"regexp"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/djangostack/djangostack/tests/mocks"
)

func TestGrafanaFindsTheDashboardOfTheEnvironment(t *testing.T) {
	for _, outputs := range mocks.Both() {
		ran := chosen(t, outputs, fmt.Sprintf(`"monitoring": {"dashboards": "on", "prometheus": {"scrape": "podMonitor"}}, %s"cache": {"kind": "in-cluster"}`, crowded))
		board := ran.Find(t, "ConfigMap", "blog-dashboard")
		assert.Equal(t, "1", board.At(t, "metadata.labels.grafana_dashboard"))
		text, is := board.At(t, `data["blog-dev-blog-dev.json"]`).(string)
		require.True(t, is, "%v", board.Plain())
		var read map[string]any
		require.NoError(t, json.Unmarshal([]byte(text), &read))
		assert.Equal(t, "blog-dev", read["title"])
		names := map[string]bool{}
		for _, kind := range []string{"Deployment", "StatefulSet", "CronJob"} {
			for _, r := range ran.OfKind(kind) {
				names[fmt.Sprint(r.At(t, "metadata.name"))] = true
			}
		}
		selected := 0
		for _, found := range regexp.MustCompile(`(?:deployment|statefulset|cronjob)=~\\"([a-z0-9|-]+)\\"`).FindAllStringSubmatch(text, -1) {
			for _, name := range regexp.MustCompile(`[^|]+`).FindAllString(found[1], -1) {
				selected++
				assert.True(t, names[name], "the dashboard is about %s, which is not registered", name)
			}
		}
		assert.Greater(t, selected, len(names)/2)
	}
	for _, r := range chosen(t, mocks.Known, smallApp).OfKind("ConfigMap") {
		assert.NotContains(t, r.Name, "dashboard", "the configuration has none")
	}
}
