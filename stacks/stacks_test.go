package stacks_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/djangostack/djangostack/stacks"
	"github.com/djangostack/djangostack/tests/mocks"
)

// cloudEnvironments are the smallest configurations of an environment on each cloud.
func cloudEnvironments() map[string]string {
	const app = `"app": {"name": "blog", "image": "blog:1", "settingsModule": "s", "url": "https://blog.example.com"}, "dns": {"zone": "example.com"}`
	return map[string]string{
		"aws": `{"cloud": "aws", "tier": "staging", "aws": {"region": "eu-central-1", "admins": ["arn:aws:iam::123456789012:role/deployer"]}, ` + app + `}`,
		"gcp": `{"cloud": "gcp", "tier": "staging", "gcp": {"project": "blog-staging", "region": "europe-west1"}, ` + app + `}`,
	}
}

func TestMistakesRegisterNoResource(t *testing.T) {
	for name, configuration := range map[string]string{
		"no configuration": ``,
		"unknown cloud":    `{"cloud": "moon"}`,
		"contradiction":    `{"cloud": "none", "tier": "staging", "cluster": {"context": "c"}, "app": {"name": "blog", "image": "blog:1", "settingsModule": "s", "env": {"DATABASE_URL": "x"}}}`,
		"plain password":   `{"cloud": "none", "tier": "staging", "cluster": {"context": "c"}, "app": {"name": "blog", "image": "blog:1", "settingsModule": "s", "secretEnv": {"TOKEN": "t"}}}`,
	} {
		t.Run(name, func(t *testing.T) {
			ran, err := mocks.Try(mocks.Known, map[string]string{"djangostack:environment": configuration}, stacks.Program)
			assert.ErrorContains(t, err, "the configuration has")
			assert.Empty(t, ran.Resources)
		})
	}
}

func TestProgramDeploysToAnExistingCluster(t *testing.T) {
	ran, err := mocks.Try(mocks.Known, map[string]string{"djangostack:environment": `{"cloud": "none", "tier": "staging", "cluster": {"context": "c"}, "app": {"name": "blog", "image": "blog:1", "settingsModule": "s"}}`}, stacks.Program)
	assert.NoError(t, err)
	assert.NotEmpty(t, ran.Resources)
}
