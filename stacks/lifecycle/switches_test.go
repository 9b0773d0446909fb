package lifecycle

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestVariablesOfTheShellDoNotChangeWhatPulumiDoes(t *testing.T) {
	t.Setenv("PULUMI_OPTION_TARGET", "urn:pulumi:dev::shop::a::b")
	t.Setenv("PULUMI_SKIP_CHECKPOINTS", "true")
	t.Setenv("PULUMI_ACCESS_TOKEN", "kept")
	running := &command{cli: &CLI{Path: "/bin/pulumi"}}

	env := running.environment(nil)
	assert.Empty(t, lastValue(env, "PULUMI_OPTION_TARGET"))
	assert.Empty(t, lastValue(env, "PULUMI_SKIP_CHECKPOINTS"))
	assert.Equal(t, "kept", lastValue(env, "PULUMI_ACCESS_TOKEN"))

	assert.Equal(t, "true", lastValue(running.environment([]string{"PULUMI_SKIP_CHECKPOINTS=true"}), "PULUMI_SKIP_CHECKPOINTS"), "the program that uses this library asks for it")
}
