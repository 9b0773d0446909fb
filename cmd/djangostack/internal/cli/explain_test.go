package cli_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/djangostack/djangostack/stacks/spec/reference"
)

func TestEveryFieldIsExplained(t *testing.T) {
	b := newBench(t)
	fields, err := reference.Load()
	require.NoError(t, err)
	require.Greater(t, len(fields.Fields()), 400)
	for _, field := range fields.Fields() {
		require.Equal(t, 0, b.run("config", "explain", field.Path), b.stderr)
		assert.Contains(t, b.stdout, field.Path+"\n")
		assert.Contains(t, b.stdout, field.Meaning)
		for _, row := range []string{"type ", "default in staging ", "default in production "} {
			assert.Contains(t, b.stdout, row, field.Path)
		}
		if field.Definition == "" {
			assert.Contains(t, b.stdout, "a change ", "%s: what a change does is measured or said", field.Path)
		}
	}
}

func TestAFieldIsExplainedWithItsDefaultsAndChanges(t *testing.T) {
	b := newBench(t)
	require.Equal(t, 0, b.run("config", "explain", "web.replicas"))
	for _, text := range []string{"integer", "1 to 500", "default in staging     2", "default in production  3", "in place: updates Deployment", "measured: web.replicas=3"} {
		assert.Contains(t, b.stdout, text)
	}
	require.Equal(t, 0, b.run("config", "explain", "workers[0].queues"))
	assert.Contains(t, b.stdout, "workers[].queues\n")
	assert.Contains(t, b.stdout, "rolls its pods")
	require.Equal(t, 0, b.run("config", "explain", "database.name"))
	assert.Contains(t, b.stdout, "on AWS: refused in production, because it would delete or replace Instance")
}

func TestASectionListsItsFields(t *testing.T) {
	b := newBench(t)
	require.Equal(t, 0, b.run("config", "explain", "workers"))
	assert.Contains(t, b.stdout, "workers[].queues")
	assert.NotContains(t, b.stdout, "workers[].autoscaling.by", "only its own fields")
	require.Equal(t, 0, b.run("config", "explain"))
	assert.Contains(t, b.stdout, "  database ")
	assert.Contains(t, b.stdout, "  tier ")
}

func TestAnUnknownFieldHasASuggestion(t *testing.T) {
	b := newBench(t)
	assert.Equal(t, 2, b.run("config", "explain", "web.replica"))
	assert.Contains(t, b.stderr, "did you mean web.replicas?")
	assert.Equal(t, 2, b.run("config", "explain", "entirely.unlike"))
	assert.Contains(t, b.stderr, "lists the sections")
}

func TestAnExplanationAsJSON(t *testing.T) {
	b := newBench(t)
	require.Equal(t, 0, b.run("config", "explain", "web.replicas", "--json"))
	var explained struct {
		Path                string
		DefaultInProduction string
		Changes             []string
	}
	require.NoError(t, json.Unmarshal([]byte(b.stdout), &explained))
	assert.Equal(t, "web.replicas", explained.Path)
	assert.Equal(t, "3", explained.DefaultInProduction)
	assert.NotEmpty(t, explained.Changes)
}
