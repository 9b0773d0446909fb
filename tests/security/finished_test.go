package security_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/djangostack/djangostack/emulators/rehearsal"
	"github.com/djangostack/djangostack/stacks"
	"github.com/djangostack/djangostack/stacks/lifecycle"
	"github.com/djangostack/djangostack/tests/enginetest"
	"github.com/djangostack/djangostack/tests/security"
)

// finished brings an environment up, with stand-ins for clouds and clusters, and reads
// its state.
func finished(t *testing.T, cloud security.Cloud, shape security.Shape) security.State {
	t.Helper()
	ctx := context.Background()
	configuration, environment := configured(t, cloud, shape, security.Usual)
	set, err := enginetest.OpenWorkspace(ctx, t.TempDir(), filepath.Join("..", "..", ".djangostack"), rehearsal.For(environment))
	require.NoError(t, err)
	defer func() { require.NoError(t, set.Close()) }()
	project, err := set.Project(stacks.Program)
	require.NoError(t, err)
	stack, err := project.Stack(ctx, "dev", lifecycle.StackOptions{Environment: configuration})
	require.NoError(t, err)
	defer func() { require.NoError(t, stack.Close()) }()
	_, err = stack.Up(ctx)
	require.NoError(t, err)
	text, err := stack.ExportRevealed(ctx)
	require.NoError(t, err)
	state, err := security.FromExport(text)
	require.NoError(t, err)
	return state
}

func TestFinishedEnvironmentsAreAsTheTableSays(t *testing.T) {
	if os.Getenv("DJANGOSTACK_E2E") != "1" {
		t.Skip("needs Pulumi's command line; run it with: make test-engine")
	}
	for _, table := range security.Tables() {
		for _, shape := range security.Shapes() {
			if testing.Short() && shape == security.Staging {
				continue
			}
			t.Run(string(table.Cloud)+"/"+string(shape), func(t *testing.T) {
				for _, wrong := range table.Judge(finished(t, table.Cloud, shape), shape, security.Usual) {
					assert.Fail(t, wrong)
				}
			})
		}
	}
}
