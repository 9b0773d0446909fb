package lifecycle_test

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/djangostack/djangostack/stacks/lifecycle"
	"github.com/djangostack/djangostack/stacks/lifecycle/stackfile"
	"github.com/djangostack/djangostack/stacks/spec"
)

// stacksMade lists the stacks in the backend.
func (p *testProject) stacksMade() []string {
	p.t.Helper()
	made, err := filepath.Glob(filepath.Join(p.dir, "state", "pulumi", "backend", ".pulumi", "stacks", "shop", "*.json"))
	require.NoError(p.t, err)
	return made
}

// A secret at a path that no environment has is not recognized as one. The run that refuses it must not leave it on the
// disk.
func TestWorkspaceKeepsNoCopyOfAWrongConfiguration(t *testing.T) {
	p := newTestProject(t)
	p.configure("prod", thing{Name: "web"})
	p.up("prod")
	p.options.Check = func(*stackfile.File, string) (*spec.Environment, error) {
		return nil, errors.New("app.secretenv: unknown field")
	}
	stack, err := p.project().Stack(t.Context(), "prod", lifecycle.StackOptions{Overrides: []stackfile.Override{{Path: "app.secretenv.TOKEN", Value: "hunter2canary"}}})
	require.NoError(t, err)
	_, err = stack.Up(t.Context())
	var invalid *lifecycle.ConfigInvalidError
	require.ErrorAs(t, err, &invalid)
	require.NoError(t, stack.Close())

	err = filepath.WalkDir(p.options.StateDir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		text, err := os.ReadFile(path)
		assert.NotContains(t, string(text), "hunter2canary", path)
		return err
	})
	require.NoError(t, err)
	p.options.Check = anyEnvironment
	assert.False(t, p.up("prod").Changes.Any(), "the next run reads the file again, with its key")
}

func TestWrongConfigurationLeavesNoStack(t *testing.T) {
	p := newTestProject(t)
	p.options.Check = nil
	p.configureAll("dev", map[string]any{"cloud": "moon"})
	stack := p.open("dev", lifecycle.StackOptions{})

	_, updated := stack.Up(context.Background())
	_, previewed := stack.Preview(context.Background())

	for _, err := range []error{updated, previewed} {
		var invalid *lifecycle.ConfigInvalidError
		require.ErrorAs(t, err, &invalid)
		var problems spec.Problems
		require.ErrorAs(t, err, &problems)
	}
	assert.Empty(t, p.stacksMade())
}

func TestNothingIsMadeIfWhatTheEnvironmentNeedsCannotBeReached(t *testing.T) {
	p := newTestProject(t)
	p.options.Check = func(*stackfile.File, string) (*spec.Environment, error) { return &spec.Environment{}, nil }
	p.options.Preflight = func(context.Context, *spec.Environment) error { return errors.New("the cluster does not answer") }
	p.configure("dev", thing{Name: "a"})

	_, err := p.open("dev", lifecycle.StackOptions{}).Up(context.Background())

	var unreachable *lifecycle.UnreachableError
	require.ErrorAs(t, err, &unreachable)
	assert.ErrorContains(t, err, "the cluster does not answer")
	assert.Empty(t, p.stacksMade())
	assert.Empty(t, p.slow.createdNames())
}

// A provider of a cloud refuses its credentials when it is configured, which the preview of a first update does.
func TestNothingIsMadeIfTheFirstPlanOnACloudFails(t *testing.T) {
	p := newTestProject(t)
	entries := []thing{{Name: "a"}, {Name: "b", Refused: true}}
	p.configureAll("cloud", map[string]any{"cloud": "aws", "things": entries})

	_, err := p.open("cloud", lifecycle.StackOptions{}).Up(context.Background())

	require.ErrorContains(t, err, "no credentials")
	assert.Empty(t, p.slow.createdNames())
	assert.Empty(t, p.stacksMade(), "the empty stack is removed")

	p.configureAll("dev", map[string]any{"cloud": "none", "things": entries})
	_, err = p.open("dev", lifecycle.StackOptions{}).Up(context.Background())
	require.Error(t, err)
	assert.Equal(t, []string{"a"}, p.slow.createdNames(), "the control: without the preview, the first resource is made")
}

func TestOtherProvidersThanThoseOfTheStackAreRefused(t *testing.T) {
	p := newTestProject(t)
	p.options.Providers = lifecycle.Embedded
	p.configure("dev", thing{Name: "a", Label: "one"})
	p.up("dev")
	p.configure("dev", thing{Name: "a", Label: "two"})
	p.options.Providers = lifecycle.Published
	before, err := os.ReadFile(p.stacksMade()[0])
	require.NoError(t, err)

	stack := p.open("dev", lifecycle.StackOptions{})
	_, updated := stack.Up(context.Background())
	_, previewed := stack.Preview(context.Background())
	_, destroyed := stack.Destroy(context.Background(), lifecycle.DestroyOptions{})
	require.NoError(t, stack.Close())

	for _, err := range []error{updated, previewed, destroyed} {
		var made *lifecycle.ProvidersError
		require.ErrorAs(t, err, &made)
		assert.Equal(t, lifecycle.Embedded, made.Used)
	}
	after, err := os.ReadFile(p.stacksMade()[0])
	require.NoError(t, err)
	assert.Equal(t, string(before), string(after))

	stack, err = p.project().Stack(context.Background(), "dev", lifecycle.StackOptions{SwitchProviders: true})
	require.NoError(t, err)
	_, err = stack.Up(context.Background())
	require.NoError(t, err)
	require.NoError(t, stack.Close())
	p.up("dev")
}

// The first update fails, so it exports nothing that could say which providers it used.
func TestProvidersOfAFailedFirstUpdateAreRemembered(t *testing.T) {
	p := newTestProject(t)
	p.options.Providers = lifecycle.Embedded
	p.configure("dev", thing{Name: "a"}, thing{Name: "b", Broken: true})
	stack, err := p.project().Stack(context.Background(), "dev", lifecycle.StackOptions{})
	require.NoError(t, err)
	_, err = stack.Up(context.Background())
	require.Error(t, err)
	require.NoError(t, stack.Close())

	p.options.Providers = lifecycle.Published
	_, err = p.open("dev", lifecycle.StackOptions{}).Up(context.Background())

	var made *lifecycle.ProvidersError
	require.ErrorAs(t, err, &made)
}

func TestSlowHandlerSeesEveryEventAndDoesNotSlowTheChanges(t *testing.T) {
	p := newTestProject(t)
	var entries []thing
	for _, name := range []string{"a", "b", "c", "d", "e"} {
		entries = append(entries, thing{Name: name})
	}
	p.configure("dev", entries...)
	createdAll := func() bool { return len(p.slow.createdNames()) == len(entries) }
	var seen []lifecycle.Event
	stack, err := p.project().Stack(context.Background(), "dev", lifecycle.StackOptions{Events: func(event lifecycle.Event) {
		if len(seen) == 0 {
			assert.Eventually(t, createdAll, time.Minute, 50*time.Millisecond, "the changes do not wait for the handler")
		}
		time.Sleep(100 * time.Millisecond) // so that the update ends before the handler
		seen = append(seen, event)
	}})
	require.NoError(t, err)

	_, err = stack.Up(context.Background())

	require.NoError(t, err)
	require.NoError(t, stack.Close())
	assert.Greater(t, len(seen), 10)
	assert.Equal(t, lifecycle.EventSummary, seen[len(seen)-1].Type, "the handler has seen every event")
}
