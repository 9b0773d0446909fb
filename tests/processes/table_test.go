// Package processes_test holds what a change of each value of a process does: which
// processes it restarts, what it replaces, and what it leaves alone.
package processes_test

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/djangostack/djangostack/stacks/spec"
	"github.com/djangostack/djangostack/tests/golden"
)

const introduction = `# What a change of a process does

Written by the test that compares an environment with every kind of process before and after each change of it; another test holds some of
its rows against Pulumi's own engine. A process that is restarted is rolled: new pods come before old ones go, but for beat. What stands in no
column is left alone.

`

func TestAChangeRestartsWhatReadsIt(t *testing.T) {
	before := rendered(t, "")
	effects := map[string]effect{}
	var table strings.Builder
	table.WriteString(introduction)
	section := ""
	for _, change := range changes() {
		if change.section != section {
			section = change.section
			fmt.Fprintf(&table, "\n## %s\n\n| change | restarts | runs again | otherwise |\n|---|---|---|---|\n", section)
		}
		effects[change.set] = between(before, rendered(t, change.set))
		fmt.Fprintf(&table, "| `%s` | %s |\n", strings.ReplaceAll(change.set, "|", "\\|"), effects[change.set])
	}
	checkLocality(t, effects)
	golden.Equal(t, filepath.Join("testdata", "process-changes.md"), table.String())
}

// checkLocality holds what must be so, whatever the golden table says.
func checkLocality(t *testing.T, effects map[string]effect) {
	t.Helper()
	for set, own := range map[string]string{
		"web.threads=8":                     "web",
		`web.env={DEPTH: "3"}`:              "web",
		`workers[0].env={DEPTH: "3"}`:       "worker-mail",
		`beat.env={DEPTH: "3"}`:             "beat",
		`processes[0].env={DEPTH: "3"}`:     "process-bot",
		"workers[0].longestTaskSeconds=600": "worker-mail",
	} {
		found, known := effects[set]
		require.True(t, known, set)
		assert.Equal(t, []string{own}, found.restarts, "%s restarts nothing else", set)
		assert.Empty(t, found.again, "%s is no release", set)
	}
	for _, set := range []string{"web.replicas=3", "web.autoscaling={maxReplicas: 5}", "web.databaseConnections=20", "web.service={port: 8080}"} {
		assert.Empty(t, effects[set].restarts, "%s restarts nothing", set)
	}
	image := effects["app.image=registry.example.com/blog:1.1"]
	assert.Equal(t, []string{"beat", "cron-clean", "process-bot", "web", "worker-mail"}, image.restarts)
	assert.Contains(t, image.again, "migrate")
}

func TestEveryValueOfAProcessIsInTheTable(t *testing.T) {
	var schema struct {
		Definitions map[string]struct {
			Properties map[string]any `json:"properties"`
		} `json:"$defs"`
	}
	require.NoError(t, json.Unmarshal(spec.Schema(), &schema))
	for definition, prefix := range map[string]string{
		"Web": "web.", "Worker": "workers[0].", "Beat": "beat.", "Process": "processes[0].", "Cron": "cron[0].", "Shell": "shell.", "Release": "release.", "App": "app.",
	} {
		require.NotEmpty(t, schema.Definitions[definition].Properties, definition)
		for name := range schema.Definitions[definition].Properties {
			path := prefix + name
			if slices.Contains(elsewhere(), path) {
				continue
			}
			assert.True(t, slices.ContainsFunc(changes(), func(c change) bool { return strings.HasPrefix(c.set, path+"=") }), "%s has no row", path)
		}
	}
}

// elsewhere are the values whose effect another row shows: the name is what everything
// is named after, the module of a server that is not there changes nothing, a Procfile
// only writes commands, and secret variables, which must be encrypted, act as plain ones.
func elsewhere() []string {
	return []string{"app.name", "app.asgiModule", "app.procfile", "app.secretEnv"}
}
