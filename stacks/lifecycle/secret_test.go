package lifecycle_test

import (
	"context"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/djangostack/djangostack/stacks/lifecycle"
)

func TestSetSecretEncryptsAValueThatTheProgramReads(t *testing.T) {
	for name, before := range map[string]func(p *testProject){
		"new stack":      func(*testProject) {},
		"existing stack": func(p *testProject) { p.up("dev") },
	} {
		t.Run(name, func(t *testing.T) {
			p := newPassphraseProject(t)
			const value = "correct-horse-battery"
			path := p.configure("dev", thing{Name: "a", Label: "one"})
			before(p)

			stack := p.open("dev", lifecycle.StackOptions{})
			require.NoError(t, stack.SetSecret(context.Background(), "things[0].secret", strings.NewReader(value)))
			require.NoError(t, stack.Close())

			text, err := os.ReadFile(path)
			require.NoError(t, err)
			assert.NotContains(t, string(text), value)
			assert.Contains(t, string(text), "secure: ")
			assert.Contains(t, string(text), "# kept by hand")
			result := p.up("dev")
			assert.Equal(t, value, result.Outputs["a-secret"].Value)
			assert.True(t, result.Outputs["a-secret"].Secret)
		})
	}
}

func TestSetSecretNeedsAConfigurationFile(t *testing.T) {
	p := newTestProject(t)
	stack := p.open("dev", lifecycle.StackOptions{ConfigOptional: true})
	defer func() { require.NoError(t, stack.Close()) }()

	err := stack.SetSecret(context.Background(), "a", strings.NewReader("value"))
	var invalid *lifecycle.ConfigInvalidError
	require.ErrorAs(t, err, &invalid)
	assert.ErrorContains(t, err, "no configuration file")
}

func TestConfigureWritesValuesAndKeepsTheRest(t *testing.T) {
	p := newPassphraseProject(t)
	path := p.configure("dev", thing{Name: "a", Label: "one"})
	stack := p.open("dev", lifecycle.StackOptions{})
	require.NoError(t, stack.Configure(context.Background(), map[string]string{"things[0].label": "two", "database.move.step": "copy", "database.kind": "managed"}))
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	assert.Contains(t, string(text), "# kept by hand")
	assert.Contains(t, string(text), `"label": "two"`)
	assert.Contains(t, string(text), "step: copy")

	require.NoError(t, stack.Unconfigure(context.Background(), "database.move"))
	require.NoError(t, stack.Close())
	text, err = os.ReadFile(path)
	require.NoError(t, err)
	assert.NotContains(t, string(text), "move")
	assert.Contains(t, string(text), "kind: managed")
	assert.Contains(t, string(text), "# kept by hand")
}
