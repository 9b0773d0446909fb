package reference_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/djangostack/djangostack/stacks/spec/reference"
)

func load(t *testing.T) *reference.Reference {
	t.Helper()
	loaded, err := reference.Load()
	require.NoError(t, err)
	return loaded
}

func TestAPathIsFoundWithIndexesAndKeys(t *testing.T) {
	fields := load(t)
	for path, want := range map[string]string{
		"web.replicas":                 "web.replicas",
		"workers[0].queues":            "workers[].queues",
		"workers[].queues[1]":          "workers[].queues",
		"workers[2]":                   "workers",
		"app.env.DEBUG":                "app.env",
		"app.secretKeyRefs.TOKEN":      "app.secretKeyRefs",
		"app.secretKeyRefs.TOKEN.key":  "app.secretKeyRefs.NAME.key",
		"workers[0].env.DEPTH":         "workers[].env",
		"cron[1].volumes[0].mountPath": "cron[].volumes[].mountPath",
	} {
		field, found := fields.Find(path)
		require.True(t, found, path)
		assert.Equal(t, want, field.Path)
	}
	for _, path := range []string{"", "web.replica", "web.replicas.more", "app.secretKeyRefs.TOKEN.keys", "replicas"} {
		_, found := fields.Find(path)
		assert.False(t, found, path)
	}
}

func TestAnUnknownPathHasANearestOne(t *testing.T) {
	fields := load(t)
	for path, want := range map[string]string{
		"web.replica":           "web.replicas",
		"worker[0].queues":      "workers[].queues",
		"database.managed.cpus": "database.managed.cpu",
		"longestRequestSeconds": "web.longestRequestSeconds",
		"entirely.unlike":       "",
	} {
		assert.Equal(t, want, fields.Nearest(path), path)
	}
}

func TestEveryChangeIsAboutAFieldOfTheSchema(t *testing.T) {
	changes, err := reference.Changes()
	require.NoError(t, err)
	require.NotEmpty(t, changes)
	fields := load(t)
	for _, change := range changes {
		_, found := fields.Find(change.Path())
		assert.True(t, found, "%s: %s", change.Table, change.Path())
	}
}

func TestEveryFieldHasAMeaningAndAType(t *testing.T) {
	for _, field := range load(t).Fields() {
		assert.NotEmpty(t, field.Meaning, field.Path)
		assert.NotEmpty(t, field.Type, field.Path)
	}
}
