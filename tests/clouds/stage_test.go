package clouds_test

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/require"

	"github.com/djangostack/djangostack/emulators/rehearsal"
	"github.com/djangostack/djangostack/stacks"
	"github.com/djangostack/djangostack/stacks/lifecycle"
	"github.com/djangostack/djangostack/stacks/lifecycle/stackfile"
	"github.com/djangostack/djangostack/stacks/spec"
	"github.com/djangostack/djangostack/tests/enginetest"
)

// onStage is one environment on a stage of its own.
type onStage struct {
	*enginetest.Workspace

	t           *testing.T
	project     *lifecycle.Project
	environment map[string]any
}

func newStage(t *testing.T, environment map[string]any) *onStage {
	t.Helper()
	return newStageFor(t, environment, stacks.Program)
}

// newStageFor runs a program in place of the one that users run.
func newStageFor(t *testing.T, environment map[string]any, program pulumi.RunFunc) *onStage {
	t.Helper()
	if os.Getenv("DJANGOSTACK_E2E") != "1" {
		t.Skip("needs Pulumi's command line; run it with: make test-engine")
	}
	raw, err := json.Marshal(environment)
	require.NoError(t, err)
	checked, err := spec.Parse(raw, "dev")
	require.NoError(t, err)
	options := rehearsal.For(checked)
	// A change of place finds its zones, too.
	options.Cloud = ""
	set, err := enginetest.OpenWorkspace(context.Background(), t.TempDir(), filepath.Join("..", "..", ".djangostack"), options)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, set.Close()) })
	project, err := set.Project(program)
	require.NoError(t, err)
	return &onStage{Workspace: set, t: t, project: project, environment: environment}
}

// with opens the stack with some values changed, for one operation.
func (s *onStage) with(do func(*lifecycle.Stack), options lifecycle.StackOptions) {
	s.t.Helper()
	options.Environment = s.environment
	stack, err := s.project.Stack(context.Background(), "dev", options)
	require.NoError(s.t, err)
	defer func() { require.NoError(s.t, stack.Close()) }()
	do(stack)
}

func (s *onStage) up() {
	s.t.Helper()
	s.with(func(stack *lifecycle.Stack) {
		_, err := stack.Up(context.Background())
		require.NoError(s.t, err)
	}, lifecycle.StackOptions{})
}

// preview says what some changed values would do; the error is that of a plan that
// is refused.
func (s *onStage) preview(overrides ...stackfile.Override) (result lifecycle.PreviewResult, err error) {
	s.t.Helper()
	s.with(func(stack *lifecycle.Stack) {
		result, err = stack.Preview(context.Background())
	}, lifecycle.StackOptions{Overrides: overrides})
	return result, err
}

// finished is the state of the environment as it stands.
func (s *onStage) finished() *state {
	s.t.Helper()
	var text []byte
	s.with(func(stack *lifecycle.Stack) {
		var err error
		text, err = stack.ExportRevealed(context.Background())
		require.NoError(s.t, err)
	}, lifecycle.StackOptions{})
	return exported(s.t, text)
}

// destroy takes all down and returns what happened, in order.
func (s *onStage) destroy() []lifecycle.Event {
	s.t.Helper()
	var events []lifecycle.Event
	s.with(func(stack *lifecycle.Stack) {
		_, err := stack.Destroy(context.Background(), lifecycle.DestroyOptions{})
		require.NoError(s.t, err)
	}, lifecycle.StackOptions{Events: func(event lifecycle.Event) { events = append(events, event) }})
	return events
}

// leftovers are what still stands on the stage, and should not.
func (s *onStage) leftovers() []string {
	var left []string
	for _, one := range s.Left() {
		if one.Stays == "" {
			left = append(left, one.Type+" "+one.ID)
		}
	}
	return left
}
