package lifecycle_test

import (
	"context"
	"os"
	"path/filepath"
	"regexp"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/djangostack/djangostack/stacks/lifecycle"
)

// TestFilesThatAMachineLeftHalfWrittenStopNothing empties or cuts the files of a backend and of a workspace, as a full disk
// and a machine that stops do.
func TestFilesThatAMachineLeftHalfWrittenStopNothing(t *testing.T) {
	p := newTestProject(t)
	p.configure("dev", thing{Name: "a"})
	p.up("dev")
	backend := filepath.Join(p.dir, "state", "pulumi", "backend", ".pulumi")
	state := filepath.Join(backend, "stacks", "shop", "dev.json")
	ctx := context.Background()

	require.NoError(t, os.Truncate(p.tags(), 10))
	require.NoError(t, os.WriteFile(filepath.Join(p.dir, "state", "pulumi", "workspaces", "dev", "Pulumi.dev.yaml"), []byte("encryptedkey: xx\nconfig:\n  shop:envi"), 0o600))
	p.configure("dev", thing{Name: "a"}, thing{Name: "b"})
	p.up("dev")

	lock := p.lockFrom("ci-7", 4711, time.Now())
	require.NoError(t, os.Truncate(lock, 0))
	stack := p.open("dev", lifecycle.StackOptions{})
	_, err := stack.Up(ctx)
	var locked *lifecycle.LockedError
	require.ErrorAs(t, err, &locked)
	assert.Contains(t, err.Error(), "an unreadable lock, file://"+lock)
	_, err = stack.Unlock(ctx, false)
	var held *lifecycle.HeldLockError
	require.ErrorAs(t, err, &held, "a run may have taken it")
	released, err := stack.Unlock(ctx, true)
	require.NoError(t, err)
	assert.Len(t, released, 1)
	assert.NoFileExists(t, lock)

	whole, err := os.ReadFile(state)
	require.NoError(t, err)
	require.NoError(t, os.Truncate(state, 300))
	_, err = stack.Up(ctx)
	require.ErrorContains(t, err, state+", the state, is empty or cut")
	paths := regexp.MustCompile(`cp "(.+)" "(.+)"`).FindStringSubmatch(err.Error())
	require.Len(t, paths, 3, err.Error())
	copied, err := os.ReadFile(paths[1])
	require.NoError(t, err)
	assert.NotEmpty(t, copied)
	require.Equal(t, state, paths[2])
	require.NoError(t, os.WriteFile(state, whole, 0o600))

	meta := filepath.Join(backend, "meta.yaml")
	require.NoError(t, os.Truncate(meta, 0))
	_, err = stack.Outputs(ctx)
	require.ErrorContains(t, err, "write the line \"version: 1\" into it")
	require.NoError(t, os.WriteFile(meta, []byte("version: 1\n"), 0o600))
	_, err = stack.Up(ctx)
	require.NoError(t, err)
}
