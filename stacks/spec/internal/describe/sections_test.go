package describe

import (
	"encoding/json"
	"maps"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"sigs.k8s.io/yaml"

	"github.com/djangostack/djangostack/stacks/spec"
)

// minimal is the smallest environment of each cloud, which completes an example.
func minimal(cloud string) string {
	const app = `
app: {name: blog, image: "registry.example.com/blog:1.0", settingsModule: blog.settings, url: "https://blog.example.com"}
tier: staging
`
	switch cloud {
	case "aws":
		return app + `
cloud: aws
aws: {region: eu-central-1, admins: ["arn:aws:iam::123456789012:role/deployer"]}
dns: {zone: example.com}
`
	case "gcp":
		return app + `
cloud: gcp
gcp: {project: blog-staging, region: europe-west1, admins: ["group:platform@example.com"]}
dns: {zone: example.com}
`
	default:
		return app + `
cloud: none
cluster: {context: kind-kind}
`
	}
}

// checkExample parses an example on top of the smallest environment.
func checkExample(t *testing.T, s section) error {
	t.Helper()
	var base, example map[string]any
	require.NoError(t, yaml.Unmarshal([]byte(minimal(s.Cloud)), &base))
	require.NoError(t, yaml.Unmarshal([]byte(s.Example), &example))
	require.NotEmpty(t, example)
	raw, err := json.Marshal(merge(base, example))
	require.NoError(t, err)
	parsed, err := spec.Parse(raw, "dev")
	if err != nil {
		return err
	}
	// An example of encrypted values says so by its word.
	return parsed.CheckSecrecy(func(path string) bool {
		return strings.HasPrefix(path, "secrets[") && strings.Contains(s.Example, "an-encrypted-value")
	})
}

func merge(base, more map[string]any) map[string]any {
	merged := maps.Clone(base)
	for name, value := range more {
		inner, isObject := value.(map[string]any)
		old, hasObject := merged[name].(map[string]any)
		if isObject && hasObject {
			merged[name] = merge(old, inner)
			continue
		}
		merged[name] = value
	}
	return merged
}

func TestEveryExampleIsValid(t *testing.T) {
	all, err := sections()
	require.NoError(t, err)
	require.Greater(t, len(all), 20)
	for name, s := range all {
		assert.NotEmpty(t, s.Title, name)
		assert.NotEmpty(t, s.Introduction, name)
		assert.Contains(t, []string{"none", "aws", "gcp"}, s.Cloud, name)
		assert.NoError(t, checkExample(t, s), name)
	}
}

func TestAnExampleWithAMistakeIsFound(t *testing.T) {
	err := checkExample(t, section{Cloud: "none", Example: "web: {replica: 2}"})
	require.Error(t, err)
	assert.Contains(t, err.Error(), "did you mean replicas?")
}

func TestASectionWithoutAnExampleIsRefused(t *testing.T) {
	_, err := pages([]byte(`{"properties": {"surprise": {"$ref": "#/$defs/Surprise"}}, "$defs": {"Surprise": {"type": "object", "properties": {"a": {"type": "string"}}}}}`))
	require.Error(t, err)
	assert.Contains(t, err.Error(), "sections/surprise.yaml")
}
