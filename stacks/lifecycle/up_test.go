package lifecycle_test

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"

	"github.com/djangostack/djangostack/stacks/lifecycle"
	"github.com/djangostack/djangostack/stacks/lifecycle/stackfile"
)

func TestSecondUpChangesNothing(t *testing.T) {
	p := newTestProject(t)
	p.configure("dev", thing{Name: "a", Label: "one"}, thing{Name: "b"})

	first := p.up("dev")
	assert.Equal(t, 4, first.Changes["create"], "stack, group and two things")
	assert.Equal(t, 2, first.Unlisted["create"], "stack and group")
	assert.Equal(t, "one", first.Outputs["a"].Value)

	began := time.Now()
	second := p.up("dev")
	t.Logf("an update without changes took %s", time.Since(began).Round(time.Millisecond))
	assert.False(t, second.Changes.Any(), "changes: %v", second.Changes)
	assert.Equal(t, lifecycle.Changes{"same": 4}, second.Changes)
	assert.Equal(t, lifecycle.Changes{"same": 2}, second.Unlisted)
	assert.Equal(t, []string{"a", "b"}, p.slow.createdNames())
}

func TestOverridesApplyToOneRunAndDoNotChangeTheFile(t *testing.T) {
	p := newTestProject(t)
	path := p.configure("dev", thing{Name: "a", Label: "from file"})
	before, err := os.ReadFile(path)
	require.NoError(t, err)

	stack := p.open("dev", lifecycle.StackOptions{Overrides: []stackfile.Override{{Path: "things[0].label", Value: "for one run"}}})
	result, err := stack.Up(context.Background())
	require.NoError(t, err)
	assert.Equal(t, "for one run", result.Outputs["a"].Value)
	require.NoError(t, stack.Close())

	after, err := os.ReadFile(path)
	require.NoError(t, err)
	assert.Equal(t, string(before), string(after))
	assert.Equal(t, "from file", p.up("dev").Outputs["a"].Value)
}

func TestSecretsAreNotInEventsOrInTheState(t *testing.T) {
	p := newTestProject(t)
	const value = "correct-horse-battery"
	p.configure("dev", thing{Name: "a", Label: "old", Secret: value})
	result := p.up("dev")
	assert.True(t, result.Outputs["a-secret"].Secret)
	assert.Equal(t, value, result.Outputs["a-secret"].Value)
	assert.Equal(t, "[secret]", result.Outputs["a-secret"].Masked())

	p.configure("dev", thing{Name: "a", Label: "new", Secret: value + "-2"})
	preview, err := p.open("dev", lifecycle.StackOptions{}).Preview(context.Background())
	require.NoError(t, err)
	require.Len(t, preview.Plan, 1)
	assert.Contains(t, preview.Plan[0].Properties, lifecycle.PropertyChange{Path: "secret", Kind: "update", Old: "[secret]", New: "[secret]"})
	assert.Contains(t, preview.Plan[0].Properties, lifecycle.PropertyChange{Path: "label", Kind: "update", Old: "old", New: "new"})

	events, err := json.Marshal(p.seen())
	require.NoError(t, err)
	assert.NotContains(t, string(events), value)
	state, err := os.ReadFile(filepath.Join(p.dir, "state", "pulumi", "backend", ".pulumi", "stacks", "shop", "dev.json"))
	require.NoError(t, err)
	assert.NotContains(t, string(state), value)
}

func TestPreviewOfANewStackCreatesNothing(t *testing.T) {
	p := newTestProject(t)
	p.configure("dev", thing{Name: "a"})
	stack := p.open("dev", lifecycle.StackOptions{ReadOnly: true})

	preview, err := stack.Preview(context.Background())

	require.NoError(t, err)
	assert.True(t, preview.Changes.Any())
	assert.Empty(t, p.slow.createdNames())
	_, err = stack.Outputs(context.Background())
	var missing *lifecycle.NotFoundError
	require.ErrorAs(t, err, &missing)
}

func TestFailureNamesTheResource(t *testing.T) {
	p := newTestProject(t)
	p.configure("dev", thing{Name: "a"}, thing{Name: "b", Broken: true})

	_, err := p.open("dev", lifecycle.StackOptions{}).Up(context.Background())

	var failed *lifecycle.UpdateFailedError
	require.ErrorAs(t, err, &failed)
	require.Len(t, failed.Failures, 1)
	assert.Equal(t, "b", failed.Failures[0].Name)
	assert.Equal(t, "create", failed.Failures[0].Op)
	assert.Contains(t, err.Error(), "the thing b cannot be created")
}

func TestStacksRunConcurrently(t *testing.T) {
	p := newTestProject(t)
	const count = 5
	for i := range count {
		p.configure(fmt.Sprintf("env%d", i), thing{Name: "a", Label: fmt.Sprint(i)})
	}
	project := p.project()
	var group errgroup.Group
	for i := range count {
		group.Go(func() error {
			stack, err := project.Stack(context.Background(), fmt.Sprintf("env%d", i), lifecycle.StackOptions{Events: p.record})
			if err != nil {
				return err
			}
			defer func() { _ = stack.Close() }()
			result, err := stack.Up(context.Background())
			if err == nil && result.Outputs["a"].Value != fmt.Sprint(i) {
				return fmt.Errorf("stack %d has the output %v", i, result.Outputs["a"].Value)
			}
			return err
		})
	}
	require.NoError(t, group.Wait())
}

func TestDestroyRemovesTheStackAndItsWorkspace(t *testing.T) {
	p := newTestProject(t)
	p.configure("dev", thing{Name: "a"})
	p.up("dev")
	stack := p.open("dev", lifecycle.StackOptions{ConfigOptional: true})

	result, err := stack.Destroy(context.Background(), lifecycle.DestroyOptions{})

	require.NoError(t, err)
	assert.Equal(t, 3, result.Changes["delete"])
	require.NoError(t, stack.Close())
	assert.NoDirExists(t, filepath.Join(p.dir, "state", "pulumi", "workspaces", "dev"))
	again, err := p.open("dev", lifecycle.StackOptions{}).Destroy(context.Background(), lifecycle.DestroyOptions{})
	require.NoError(t, err)
	assert.True(t, again.Absent)
}
