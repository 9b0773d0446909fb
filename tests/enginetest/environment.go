package enginetest

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"github.com/stretchr/testify/require"

	"github.com/djangostack/djangostack/emulators/rehearsal"
	"github.com/djangostack/djangostack/stacks/lifecycle"
	"github.com/djangostack/djangostack/stacks/lifecycle/stackfile"
	"github.com/djangostack/djangostack/tests/environments"
	"github.com/djangostack/djangostack/tests/testenv"
)

// Environment is one environment of a program that reads djangostack:environment.
type Environment struct {
	// Emulators are the accounts and the cluster of NewEnvironment; nil for NewEnvironmentOn.
	*rehearsal.Emulators
	// Configuration is what the next operation reads.
	Configuration environments.Environment
	// Stack is the name of the stack.
	Stack string

	project   *lifecycle.Project
	workspace *Workspace
}

// NewEnvironment returns an environment on emulators of every cloud and a Kubernetes cluster in memory. What the
// configuration expects to exist is there, such as its DNS zone.
func NewEnvironment(t testing.TB, configuration environments.Environment, program pulumi.RunFunc) *Environment {
	t.Helper()
	return NewInterceptedEnvironment(t, configuration, program, func(Call) Verdict { return Pass })
}

// NewInterceptedEnvironment is NewEnvironment with a hook before every call that changes something; see Intercept.
func NewInterceptedEnvironment(t testing.TB, configuration environments.Environment, program pulumi.RunFunc, hook func(Call) Verdict) *Environment {
	t.Helper()
	testenv.NeedsEngine(t)
	options := rehearsal.For(configuration.Parse(t))
	// The zones exist on every cloud, because a test may change the cloud.
	options.Cloud = ""
	emulators, err := rehearsal.New(options)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, emulators.Close()) })
	e := NewEnvironmentOn(t, Intercept(emulators.Providers, hook), configuration, program)
	e.Emulators = emulators
	return e
}

// NewEnvironmentOn returns an environment with the given providers, by the names of their Pulumi packages.
func NewEnvironmentOn(t testing.TB, providers map[string]pulumirpc.ResourceProviderServer, configuration environments.Environment, program pulumi.RunFunc) *Environment {
	t.Helper()
	workspace, err := OpenWorkspace(context.Background(), t.TempDir(), testenv.NeedsEngine(t), providers)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, workspace.Close()) })
	project, err := workspace.Project(program)
	require.NoError(t, err)
	return &Environment{Configuration: configuration, Stack: environments.Stack, project: project, workspace: workspace}
}

// With opens the stack for one operation.
func (e *Environment) With(t testing.TB, options lifecycle.StackOptions, operate func(*lifecycle.Stack)) {
	t.Helper()
	options.Environment = e.Configuration
	stack, err := e.project.Stack(context.Background(), e.Stack, options)
	require.NoError(t, err)
	defer func() { require.NoError(t, stack.Close()) }()
	operate(stack)
}

// Up brings the environment up and returns what changed.
func (e *Environment) Up(t testing.TB) lifecycle.Changes {
	t.Helper()
	changes, err := e.TryUp(t)
	require.NoError(t, err)
	return changes
}

// TryUp is Up that returns its error.
func (e *Environment) TryUp(t testing.TB) (changes lifecycle.Changes, err error) {
	t.Helper()
	e.With(t, lifecycle.StackOptions{}, func(stack *lifecycle.Stack) {
		var done lifecycle.UpResult
		done, err = stack.Up(context.Background())
		t.Logf("up: %v in %s", done.Changes, done.Duration.Round(time.Second/10))
		changes = done.Changes
	})
	return changes, err
}

// Preview plans an update with some values changed for this operation. The error is that of a plan that is refused.
func (e *Environment) Preview(t testing.TB, overrides ...stackfile.Override) (result lifecycle.PreviewResult, err error) {
	t.Helper()
	// Changed here and not as overrides of the stack, which refuses those of secrets.
	changed := *e
	changed.Configuration, err = e.Configuration.With(overrides...)
	if err != nil {
		return result, err
	}
	changed.With(t, lifecycle.StackOptions{}, func(stack *lifecycle.Stack) {
		result, err = stack.Preview(context.Background())
	})
	return result, err
}

// Refresh reads every resource again and returns what differed.
func (e *Environment) Refresh(t testing.TB) lifecycle.Changes {
	t.Helper()
	var changes lifecycle.Changes
	e.With(t, lifecycle.StackOptions{}, func(stack *lifecycle.Stack) {
		result, err := stack.Refresh(context.Background())
		require.NoError(t, err)
		changes = result.Changes
	})
	return changes
}

// Export returns the state with its secrets decrypted.
func (e *Environment) Export(t testing.TB) (state []byte) {
	t.Helper()
	e.With(t, lifecycle.StackOptions{}, func(stack *lifecycle.Stack) {
		var err error
		state, err = stack.ExportRevealed(context.Background())
		require.NoError(t, err)
	})
	return state
}

// Stored returns the file in which the backend keeps the state. A refused operation leaves it as it is.
func (e *Environment) Stored(t testing.TB) string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(e.workspace.dir, "backend", ".pulumi", "stacks", "*", e.Stack+".json"))
	require.NoError(t, err)
	require.Len(t, files, 1)
	text, err := os.ReadFile(files[0])
	require.NoError(t, err)
	return string(text)
}

// Destroy destroys the environment and returns its events in order.
func (e *Environment) Destroy(t testing.TB) []lifecycle.Event {
	t.Helper()
	events, err := e.TryDestroy(t)
	require.NoError(t, err)
	return events
}

// TryDestroy is Destroy that returns its error.
func (e *Environment) TryDestroy(t testing.TB) (events []lifecycle.Event, err error) {
	t.Helper()
	record := func(event lifecycle.Event) { events = append(events, event) }
	e.With(t, lifecycle.StackOptions{Events: record}, func(stack *lifecycle.Stack) {
		var done lifecycle.DestroyResult
		done, err = stack.Destroy(context.Background(), lifecycle.DestroyOptions{})
		t.Logf("destroy: %v in %s", done.Changes, done.Duration.Round(time.Second/10))
	})
	return events, err
}

// Leaks returns what is left in the accounts and the cluster without a reason, as type and name.
func (e *Environment) Leaks() []string {
	var leaks []string
	for _, one := range e.Left() {
		if one.KeptBecause == "" {
			leaks = append(leaks, one.Type+" "+one.ID)
		}
	}
	return leaks
}
