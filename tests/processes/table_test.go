// Package processes_test holds what a change of each value of a process does: which
// processes it restarts, what it replaces, and what it leaves alone.
package processes_test

import (
	"encoding/json"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/djangostack/djangostack/stacks/spec"
	"github.com/djangostack/djangostack/stacks/spec/reference"
	"github.com/djangostack/djangostack/tests/golden"
)

func TestAChangeRestartsWhatReadsIt(t *testing.T) {
	var before []map[string]map[string]any
	environments := changedEnvironments(t)
	for _, environment := range environments {
		before = append(before, rendered(t, environment, ""))
	}
	effects := map[string]reference.Change{}
	var table []reference.Change
	for _, change := range changes() {
		row := between(before[change.environment], rendered(t, environments[change.environment], change.set))
		effects[change.set] = row
		row.Group, row.Set = change.section, strings.Split(change.set, " --set ")
		table = append(table, row)
	}
	checkLocality(t, effects)
	text, err := reference.EncodeChanges(table)
	require.NoError(t, err)
	golden.Equal(t, filepath.Join("..", "..", "stacks", "spec", "reference", "changes", "processes.json"), text)
}

// checkLocality holds what must be so, whatever the golden table says.
func checkLocality(t *testing.T, effects map[string]reference.Change) {
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
		assert.Equal(t, []string{own}, found.Restarts, "%s restarts nothing else", set)
		assert.Empty(t, found.RunsAgain, "%s is no release", set)
	}
	for _, set := range []string{"web.replicas=3", "web.autoscaling={maxReplicas: 5}", "web.databaseConnections=20", "web.service={port: 8080}"} {
		assert.Empty(t, effects[set].Restarts, "%s restarts nothing", set)
	}
	image := effects["app.image=registry.example.com/blog:1.1"]
	assert.Equal(t, []string{"beat", "cron-clean", "process-bot", "web", "worker-mail"}, image.Restarts)
	assert.Contains(t, image.RunsAgain, "migrate")
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
			if name == "nodePool" || slices.Contains(elsewhere(), path) {
				continue
			}
			assert.True(t, slices.ContainsFunc(changes(), func(c change) bool { return strings.HasPrefix(c.set, path+"=") }), "%s has no row", path)
		}
	}
}

// elsewhere are the values whose effect another row shows: the name is what everything
// is named after, a Procfile only writes commands, and secret variables, which must be
// encrypted, act as plain ones. The checks refuse release.ports, and a preStopCommand beside a
// port, whose rows would be errors. A nodePool is one of a cluster that the stack creates, of which the tables of the clouds tell.
func elsewhere() []string {
	return []string{"app.name", "app.procfile", "app.secretEnv", "release.ports", "web.preStopCommand", "processes[0].preStopCommand"}
}
