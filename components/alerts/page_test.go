package alerts_test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/djangostack/djangostack/components/alerts"
	"github.com/djangostack/djangostack/tests/golden"
)

const (
	begin = "<!-- alerts: written by go test ./components/alerts -update -->\n"
	end   = "<!-- end of alerts -->\n"
)

// measured are the names of the metrics in the rules, sorted.
func measured() []string {
	var names []string
	for _, rule := range alerts.Rules(rich()) {
		for _, found := range regexp.MustCompile(`([a-z_]+)\{`).FindAllStringSubmatch(rule.Expr, -1) {
			names = append(names, found[1])
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// sources are the exporters by the start of their metrics.
func sources() [][2]string {
	return [][2]string{{"kube_", "kube-state-metrics"}, {"kubelet_", "the kubelet"}, {"keda_", "KEDA's operator"}, {"certmanager_", "cert-manager"}, {"pg_", "the exporter of PostgreSQL"}, {"redis_", "the exporters of Redis"}}
}

func TestThePageListsTheAlertsAsTheyAre(t *testing.T) {
	page := filepath.Join("..", "..", "docs", "operations.md")
	text, err := os.ReadFile(page)
	require.NoError(t, err)
	before, rest, found := strings.Cut(string(text), begin)
	require.True(t, found, "the page has no table of alerts")
	_, after, found := strings.Cut(rest, end)
	require.True(t, found, "the table of alerts has no end")

	var tables strings.Builder
	tables.WriteString("| alert | after | cause | what to do |\n|---|---|---|---|\n")
	for _, alert := range alerts.Catalogue() {
		fmt.Fprintf(&tables, "| `%s`, %s | %s | %s | %s |\n", alert.Name, alert.Severity, alert.Duration(), alert.Cause, alert.Action)
	}
	tables.WriteString("\n| source | metrics |\n|---|---|\n")
	listed := 0
	for _, source := range sources() {
		var names []string
		for _, name := range measured() {
			if strings.HasPrefix(name, source[0]) {
				names = append(names, "`"+name+"`")
			}
		}
		listed += len(names)
		fmt.Fprintf(&tables, "| %s | %s |\n", source[1], strings.Join(names, ", "))
	}
	assert.Len(t, measured(), listed, "a metric has no source")
	golden.Equal(t, page, before+begin+tables.String()+end+after)
}
