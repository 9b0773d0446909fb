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

func TestASecretIsEncryptedIntoTheFileAndReadByTheProgram(t *testing.T) {
	for name, before := range map[string]func(b *bench){
		"of a new stack":           func(*bench) {},
		"of a stack that is there": func(b *bench) { b.up("dev") },
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t)
			const value = "correct-horse-battery"
			path := b.configure("dev", thing{Name: "a", Label: "one"})
			before(b)

			stack := b.open("dev", lifecycle.StackOptions{})
			require.NoError(t, stack.SetSecret(context.Background(), "things[0].secret", strings.NewReader(value)))
			require.NoError(t, stack.Close())

			text, err := os.ReadFile(path)
			require.NoError(t, err)
			assert.NotContains(t, string(text), value)
			assert.Contains(t, string(text), "secure: ")
			assert.Contains(t, string(text), "# kept by hand")
			result := b.up("dev")
			assert.Equal(t, value, result.Outputs["a-secret"].Value)
			assert.True(t, result.Outputs["a-secret"].Secret)
		})
	}
}

func TestASecretNeedsAFileToStandIn(t *testing.T) {
	b := newBench(t)
	stack := b.open("dev", lifecycle.StackOptions{ConfigOptional: true})
	defer func() { require.NoError(t, stack.Close()) }()

	err := stack.SetSecret(context.Background(), "a", strings.NewReader("value"))
	var invalid *lifecycle.ConfigInvalidError
	require.ErrorAs(t, err, &invalid)
	assert.ErrorContains(t, err, "no configuration file")
}
