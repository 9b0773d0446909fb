package reference_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/workspace"
	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"sigs.k8s.io/yaml"

	"github.com/djangostack/djangostack/stacks/spec"
	"github.com/djangostack/djangostack/stacks/spec/reference"
)

func stackSchema(t *testing.T) *jsonschema.Schema {
	t.Helper()
	raw, err := reference.StackSchema(spec.Schema())
	require.NoError(t, err)
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(raw))
	require.NoError(t, err)
	compiler := jsonschema.NewCompiler()
	require.NoError(t, compiler.AddResource("stack.json", document))
	schema, err := compiler.Compile("stack.json")
	require.NoError(t, err)
	return schema
}

// invalid validates the text of a stack's file.
func invalid(t *testing.T, schema *jsonschema.Schema, text string) error {
	t.Helper()
	raw, err := yaml.YAMLToJSON([]byte(text))
	require.NoError(t, err)
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(raw))
	require.NoError(t, err)
	return schema.Validate(value)
}

// everySecret is a file in which every value that CheckSecrecy wants encrypted is encrypted.
const everySecret = `
secretsprovider: awskms://alias/pulumi
encryptionsalt: v1:salt
environment: [blog/production]
config:
  aws:region: eu-central-1
  djangostack:environment:
    cloud: none
    tier: staging
    cluster: {context: kind-kind}
    app:
      name: blog
      image: registry.example.com/blog:1.0
      settingsModule: blog.settings
      secretEnv: {KEY: {secure: v1:abc}}
    database: {kind: external, external: {host: db.example.com, password: {secure: v1:abc}}}
    cache: {kind: external, external: {host: cache.example.com, password: {secure: v1:abc}}}
    broker: {kind: external, external: {host: queue.example.com, password: {secure: v1:abc}}}
`

func TestTheSchemaOfAStackFileTakesShippedFilesAndEncryptedSecrets(t *testing.T) {
	schema := stackSchema(t)
	assert.NoError(t, invalid(t, schema, everySecret))
	files, err := filepath.Glob(filepath.Join("..", "..", "..", "Pulumi.*.yaml"))
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, path := range files {
		text, err := os.ReadFile(path)
		require.NoError(t, err)
		assert.NoError(t, invalid(t, schema, string(text)), path)
	}
}

func TestEverySecretMayBeEncrypted(t *testing.T) {
	plain := strings.ReplaceAll(everySecret, "{secure: v1:abc}", "plain")
	var file struct {
		Config map[string]any `json:"config"`
	}
	require.NoError(t, yaml.Unmarshal([]byte(plain), &file))
	raw, err := yaml.Marshal(file.Config["djangostack:environment"])
	require.NoError(t, err)
	raw, err = yaml.YAMLToJSON(raw)
	require.NoError(t, err)
	environment, err := spec.Parse(raw, "dev")
	require.NoError(t, err)
	var problems spec.Problems
	require.ErrorAs(t, environment.CheckSecrecy(nil), &problems)
	assert.Len(t, problems, strings.Count(everySecret, "{secure: v1:abc}"), "each secret is in the file above")
}

func TestTheSchemaOfAStackFileRefusesMistakes(t *testing.T) {
	schema := stackSchema(t)
	for name, change := range map[string][2]string{
		"a misspelt field":           {"tier: staging", "tiers: staging"},
		"a misspelt key of the file": {"encryptionsalt:", "encryptionsalts:"},
		"an encrypted plain field":   {"settingsModule: blog.settings", "settingsModule: {secure: v1:abc}"},
		"a key of two colons":        {"aws:region:", "aws:region:east:"},
	} {
		require.Contains(t, everySecret, change[0])
		assert.Error(t, invalid(t, schema, strings.Replace(everySecret, change[0], change[1], 1)), name)
	}
}

func TestTheProjectDeclaresTheEnvironmentAsAnObject(t *testing.T) {
	project, err := workspace.LoadProject(filepath.Join("..", "..", "..", "Pulumi.yaml"))
	require.NoError(t, err)
	declared := project.Config["djangostack:"+spec.ConfigKey]
	require.NotNil(t, declared.Type)
	assert.Equal(t, "object", *declared.Type)
	assert.NotEmpty(t, declared.Description)
}
