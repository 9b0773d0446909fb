// Package editor_test holds what an editor offers for a stack's file, by the YAML language
// server that editors use.
package editor_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/djangostack/djangostack/stacks/spec/reference"
)

// shipped are the stack files of the repository.
func shipped(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join("..", "..", "Pulumi.*.yaml"))
	require.NoError(t, err)
	require.GreaterOrEqual(t, len(files), 3)
	return files
}

func read(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	return string(text)
}

// project is a directory with the schema; documents in it need not be on disk.
func project(t *testing.T) (uri func(name string) string) {
	t.Helper()
	dir := t.TempDir()
	schema := filepath.Join(dir, reference.StackSchemaPath)
	require.NoError(t, os.MkdirAll(filepath.Dir(schema), 0o755))
	require.NoError(t, os.WriteFile(schema, []byte(read(t, filepath.Join("..", "..", reference.StackSchemaPath))), 0o600))
	return func(name string) string { return "file://" + filepath.Join(dir, name) }
}

const stackFile = reference.Modeline + `
config:
  djangostack:environment:
    cloud: none
    tier: staging
    cluster: {context: kind-kind}
    app:
      name: blog
      image: registry.example.com/blog:1.0
      settingsModule: blog.settings
      celeryApp: blog
      secretEnv:
        STRIPE_KEY: {secure: v1:abc}
    workers:
      - name: default
        longestTaskSeconds: 60
`

func TestEveryShippedFileNamesTheSchema(t *testing.T) {
	for _, path := range shipped(t) {
		assert.True(t, strings.HasPrefix(read(t, path), reference.Modeline+"\n"), "%s begins with %s", path, reference.Modeline)
	}
}

func TestTheEditorFindsNothingWrongInAShippedFile(t *testing.T) {
	server, uri := start(t), project(t)
	for _, path := range shipped(t) {
		assert.Empty(t, server.open(uri(filepath.Base(path)), read(t, path)), path)
	}
	assert.Empty(t, server.open(uri("Pulumi.dev.yaml"), stackFile), "an encrypted value")
}

func TestTheEditorNamesWhatIsWrong(t *testing.T) {
	server, uri := start(t), project(t)
	for name, test := range map[string]struct{ old, wrong, want string }{
		"a misspelt field":          {"longestTaskSeconds", "longestTaskSecond", "longestTaskSecond is not allowed"},
		"a value out of its choice": {"tier: staging", "tier: stagging", `"staging"`},
		"a number that is text":     {"longestTaskSeconds: 60", "longestTaskSeconds: long", `"integer"`},
		"a key of the file itself":  {"config:", "secretprovider: passphrase\nconfig:", "secretprovider is not allowed"},
		"a missing field":           {"      image: registry.example.com/blog:1.0\n", "", `"image"`},
		"a text in another form":    {"blog.settings", "blog/settings.py", "must be a Python module"},
		"an encrypted plain field":  {"name: blog", "name: {secure: v1:abc}", `"string"`},
	} {
		t.Run(name, func(t *testing.T) {
			require.Contains(t, stackFile, test.old)
			text := strings.Replace(stackFile, test.old, test.wrong, 1)
			found := server.open(uri("Pulumi."+strings.ReplaceAll(name, " ", "-")+".yaml"), text)
			require.NotEmpty(t, found)
			assert.Contains(t, found[0].Message, test.want)
		})
	}
}

func TestTheEditorOffersTheFieldsOfAWorker(t *testing.T) {
	server, uri := start(t), project(t)
	text := stackFile + "        \n"
	file := uri("Pulumi.dev.yaml")
	server.open(file, text)
	offered := server.completions(file, position{Line: strings.Count(text, "\n") - 1, Character: 8})
	for _, field := range []string{"queues", "replicas", "concurrency", "heartbeatFile", "autoscaling"} {
		assert.Contains(t, offered, field)
	}
	for _, field := range []string{"cloud", "tier", "schedule"} {
		assert.NotContains(t, offered, field)
	}

	line := strings.Count(text[:strings.Index(text, "tier:")], "\n")
	assert.Subset(t, server.completions(file, position{Line: line, Character: len("    tier: ")}), []string{"staging", "production"})
	line = strings.Count(text[:strings.Index(text, "longestTaskSeconds:")], "\n")
	fields, err := reference.Load()
	require.NoError(t, err)
	field, found := fields.Find("workers[0].longestTaskSeconds")
	require.True(t, found)
	assert.Contains(t, server.hover(file, position{Line: line, Character: 12}), field.Meaning)
}
