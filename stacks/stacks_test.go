package stacks_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/djangostack/djangostack/stacks"
	"github.com/djangostack/djangostack/tests/mocks"
)

func TestAMistakeRegistersNothing(t *testing.T) {
	for name, configuration := range map[string]string{
		"no configuration": ``,
		"unknown place":    `{"cloud": "moon"}`,
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

func TestAGoodConfigurationIsDeployed(t *testing.T) {
	ran, err := mocks.Try(mocks.Known, map[string]string{"djangostack:environment": `{"cloud": "none", "tier": "staging", "cluster": {"context": "c"}, "app": {"name": "blog", "image": "blog:1", "settingsModule": "s"}}`}, stacks.Program)
	assert.NoError(t, err)
	assert.NotEmpty(t, ran.Resources)
}
