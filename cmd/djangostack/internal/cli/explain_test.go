package cli_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/djangostack/djangostack/stacks/spec/reference"
)

func TestEveryFieldIsExplained(t *testing.T) {
	p := newTestProject(t)
	fields, err := reference.Load()
	require.NoError(t, err)
	require.Greater(t, len(fields.Fields()), 400)
	for _, field := range fields.Fields() {
		require.Equal(t, 0, p.run("config", "explain", field.Path), p.stderr)
		assert.Contains(t, p.stdout, field.Path+"\n")
		assert.Contains(t, p.stdout, field.Meaning)
		for _, row := range []string{"type ", "default in staging ", "default in production "} {
			assert.Contains(t, p.stdout, row, field.Path)
		}
		if field.Definition == "" {
			assert.Contains(t, p.stdout, "a change ", "%s: what a change does is measured or said", field.Path)
		}
	}
}

func TestAFieldIsExplainedWithItsDefaultsAndChanges(t *testing.T) {
	p := newTestProject(t)
	require.Equal(t, 0, p.run("config", "explain", "web.replicas"))
	for _, text := range []string{"integer", "1 to 500", "default in staging     2", "default in production  3", "in place: updates Deployment", "measured: web.replicas=3"} {
		assert.Contains(t, p.stdout, text)
	}
	require.Equal(t, 0, p.run("config", "explain", "workers[0].queues"))
	assert.Contains(t, p.stdout, "workers[].queues\n")
	assert.Contains(t, p.stdout, "rolls its pods")
	require.Equal(t, 0, p.run("config", "explain", "database.name"))
	assert.Contains(t, p.stdout, "on AWS: refused in production, because it would delete or replace Instance")
}

func TestASectionListsItsFields(t *testing.T) {
	p := newTestProject(t)
	require.Equal(t, 0, p.run("config", "explain", "workers"))
	assert.Contains(t, p.stdout, "workers[].queues")
	assert.NotContains(t, p.stdout, "workers[].autoscaling.by", "only its own fields")
	require.Equal(t, 0, p.run("config", "explain"))
	assert.Contains(t, p.stdout, "  database ")
	assert.Contains(t, p.stdout, "  tier ")
}

func TestAnUnknownFieldHasASuggestion(t *testing.T) {
	p := newTestProject(t)
	assert.Equal(t, 10, p.run("config", "explain", "web.replica"))
	assert.Contains(t, p.stderr, "did you mean web.replicas?")
	assert.Equal(t, 10, p.run("config", "explain", "entirely.unlike"))
	assert.Contains(t, p.stderr, "lists the sections")
}

func TestAnExplanationAsJSON(t *testing.T) {
	p := newTestProject(t)
	require.Equal(t, 0, p.run("config", "explain", "web.replicas", "--json"))
	var explained struct {
		Path                string
		DefaultInProduction string
		Changes             []string
	}
	require.NoError(t, json.Unmarshal([]byte(p.stdout), &explained))
	assert.Equal(t, "web.replicas", explained.Path)
	assert.Equal(t, "3", explained.DefaultInProduction)
	assert.NotEmpty(t, explained.Changes)

	require.Equal(t, 0, p.run("config", "explain", "workers", "--json"))
	assert.Contains(t, p.stdout, `"path":"workers"`)
	assert.Contains(t, p.stdout, `"path":"workers[].queues"`, "a section lists its fields")
}
