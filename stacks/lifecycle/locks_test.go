package lifecycle_test

import (
	"context"
	"encoding/json"
	"os"
	"os/user"
	"path/filepath"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/djangostack/djangostack/stacks/lifecycle"
)

// lockFrom writes a lock of a process of another host, as Pulumi does, and returns its path.
func (p *testProject) lockFrom(host string, pid int, since time.Time) string {
	p.t.Helper()
	owner, err := user.Current()
	require.NoError(p.t, err)
	text, err := json.Marshal(map[string]any{"pid": pid, "username": owner.Username, "hostname": host, "timestamp": since})
	require.NoError(p.t, err)
	dir := filepath.Join(p.dir, "state", "pulumi", "backend", ".pulumi", "locks", "organization", "shop", "dev")
	require.NoError(p.t, os.MkdirAll(dir, 0o700))
	path := filepath.Join(dir, "0d0ed1a1-0000-4000-8000-000000000000.json")
	require.NoError(p.t, os.WriteFile(path, text, 0o600))
	return path
}

// beatFrom writes the last heartbeat of a run that sends one each second.
func (p *testProject) beatFrom(host string, pid int, at time.Time) {
	p.t.Helper()
	const everyMS = 1000
	text, err := json.Marshal(map[string]any{"host": host, "machine": "another", "pid": pid, "time": at, "everyMs": everyMS, "expiresMs": 15 * time.Minute / time.Millisecond})
	require.NoError(p.t, err)
	tags, err := json.Marshal(map[string]any{"version": 1, "tags": map[string]string{"djangostack:heartbeat": string(text)}})
	require.NoError(p.t, err)
	draft := p.tags() + ".draft"
	require.NoError(p.t, os.WriteFile(draft, tags, 0o600))
	require.NoError(p.t, os.Rename(draft, p.tags()))
}

// beat is what a heartbeat says.
type beat struct {
	Host string    `json:"host"`
	PID  int       `json:"pid"`
	Time time.Time `json:"time"`
}

// lastBeat returns the last heartbeat of dev, or none.
func (p *testProject) lastBeat() (last beat) {
	text, err := os.ReadFile(p.tags())
	var file struct {
		Tags map[string]string `json:"tags"`
	}
	if err != nil || json.Unmarshal(text, &file) != nil || json.Unmarshal([]byte(file.Tags["djangostack:heartbeat"]), &last) != nil {
		return beat{}
	}
	return last
}

// tags is the file in which the backend keeps the tags of dev.
func (p *testProject) tags() string {
	return filepath.Join(p.dir, "state", "pulumi", "backend", ".pulumi", "stacks", "shop", "dev.pulumi-tags")
}

func (p *testProject) reader() *lifecycle.Stack {
	p.t.Helper()
	stack, err := p.project().Stack(context.Background(), "dev", lifecycle.StackOptions{ReadOnly: true})
	require.NoError(p.t, err)
	p.t.Cleanup(func() { assert.NoError(p.t, stack.Close()) })
	return stack
}

func TestLocksAreListedAndReleased(t *testing.T) {
	p := newTestProject(t)
	p.configure("dev", thing{Name: "a"})
	p.up("dev")
	stack := p.reader()
	ctx := context.Background()
	locks, err := stack.Locks(ctx)
	require.NoError(t, err)
	assert.Empty(t, locks)
	released, err := stack.Unlock(ctx, false)
	require.NoError(t, err)
	assert.Empty(t, released)

	since := time.Now().Add(-time.Hour).Truncate(time.Second)
	path := p.lockFrom("ci-7", 4711, since)
	locks, err = stack.Locks(ctx)
	require.NoError(t, err)
	require.Len(t, locks, 1)
	assert.Equal(t, "ci-7", locks[0].Host)
	assert.Equal(t, 4711, locks[0].PID)
	assert.True(t, since.Equal(locks[0].Since))
	assert.Equal(t, lifecycle.HolderUnknown, locks[0].State)

	_, err = stack.Unlock(ctx, false)
	var held *lifecycle.HeldLockError
	require.ErrorAs(t, err, &held)
	assert.Contains(t, err.Error(), "ci-7")
	assert.FileExists(t, path)

	released, err = stack.Unlock(ctx, true)
	require.NoError(t, err)
	assert.Len(t, released, 1)
	assert.NoFileExists(t, path)
	p.up("dev")
}

func TestLockOfARunningProcessOfThisMachineIsNeverReleased(t *testing.T) {
	p := newTestProject(t)
	p.configure("dev", thing{Name: "a"}, thing{Name: "b", Seconds: long})
	p.startChild("dev", "b")
	stack := p.reader()

	locks, err := stack.Locks(context.Background())
	require.NoError(t, err)
	require.Len(t, locks, 1)
	assert.Equal(t, lifecycle.HolderRuns, locks[0].State)
	_, err = stack.Unlock(context.Background(), true)
	var held *lifecycle.HeldLockError
	require.ErrorAs(t, err, &held)
}

func TestLockOfAnotherMachineIsReleasedWhenItsHeartbeatHasExpired(t *testing.T) {
	p := newTestProject(t)
	p.configure("dev", thing{Name: "a"})
	p.up("dev")
	since := time.Now().Add(-time.Hour)
	path := p.lockFrom("ci-7", 4711, since)

	p.beatFrom("ci-7", 4711, time.Now().Add(-14*time.Minute))
	stack := p.open("dev", lifecycle.StackOptions{})
	_, err := stack.Up(context.Background())
	var locked *lifecycle.LockedError
	require.ErrorAs(t, err, &locked, "the control: the run may still be alive")
	assert.FileExists(t, path)

	p.beatFrom("ci-7", 4711, time.Now().Add(-16*time.Minute))
	_, err = stack.Up(context.Background())
	require.NoError(t, err)
	assert.NoFileExists(t, path)
}

// TestALivingRunKeepsItsLockWhateverTheClocksSay has a run on a machine whose clock is 20 minutes behind. Its heartbeats
// look expired, but they go on.
func TestALivingRunKeepsItsLockWhateverTheClocksSay(t *testing.T) {
	p := newTestProject(t)
	p.configure("dev", thing{Name: "a"})
	p.up("dev")
	behind := func() time.Time { return time.Now().Add(-20 * time.Minute) }
	path := p.lockFrom("ci-9", 12, behind().Add(-time.Hour))
	p.beatFrom("ci-9", 12, behind())
	ended, beats := make(chan struct{}), sync.WaitGroup{}
	beats.Go(func() {
		for {
			select {
			case <-ended:
				return
			case <-time.After(time.Second):
				p.beatFrom("ci-9", 12, behind())
			}
		}
	})
	stack := p.open("dev", lifecycle.StackOptions{})

	_, err := stack.Up(context.Background())
	var locked *lifecycle.LockedError
	require.ErrorAs(t, err, &locked)
	assert.Contains(t, p.messages(), "the clocks of the two machines differ")
	_, err = stack.Unlock(context.Background(), false)
	var held *lifecycle.HeldLockError
	require.ErrorAs(t, err, &held)
	assert.FileExists(t, path)

	close(ended)
	beats.Wait()
	_, err = stack.Up(context.Background())
	require.NoError(t, err, "the control: it sends no more")
	assert.NoFileExists(t, path)
}

func TestRunSendsHeartbeats(t *testing.T) {
	p := newTestProject(t)
	p.options.Heartbeat = 300 * time.Millisecond
	p.configure("dev", thing{Name: "a", Seconds: long})
	go func() {
		p.waitBegun("a")
		begun := time.Now()
		assert.Eventually(t, func() bool { return p.lastBeat().Time.After(begun) }, time.Minute, 50*time.Millisecond, "heartbeats go on while a change runs")
		close(p.slow.enough)
	}()

	p.up("dev")

	host, err := os.Hostname()
	require.NoError(t, err)
	assert.Equal(t, host, p.lastBeat().Host)
	assert.Positive(t, p.lastBeat().PID)
	assert.NotContains(t, p.messages(), "heartbeat")
}

func TestOpenReaderDoesNotHinderAnUpdateOfTheSameProcess(t *testing.T) {
	p := newTestProject(t)
	p.configure("dev", thing{Name: "a"})
	p.up("dev")
	stack := p.reader()

	p.up("dev")

	outputs, err := stack.Outputs(context.Background())
	require.NoError(t, err)
	assert.Contains(t, outputs, "a")
}

func TestDirectoryOfAKilledReaderIsRemoved(t *testing.T) {
	p := newTestProject(t)
	p.configure("dev", thing{Name: "a"})
	p.up("dev")
	child := p.startReader("dev")
	workspaces := filepath.Join(p.dir, "state", "pulumi", "workspaces")
	left, err := filepath.Glob(filepath.Join(workspaces, "dev.reader-*"))
	require.NoError(t, err)
	require.Len(t, left, 1)
	second := p.reader()
	left, err = filepath.Glob(filepath.Join(workspaces, "dev.reader-*"))
	require.NoError(t, err)
	require.Len(t, left, 2, "the directory of a living reader stays")
	require.NoError(t, second.Close())

	require.NoError(t, syscall.Kill(child.Process.Pid, syscall.SIGKILL))
	_ = child.Wait()
	p.up("dev")

	left, err = filepath.Glob(filepath.Join(workspaces, "dev.reader-*"))
	require.NoError(t, err)
	assert.Empty(t, left)
}

func TestNothingOfADestroyedStackStaysInTheBackend(t *testing.T) {
	p := newTestProject(t)
	p.configure("dev", thing{Name: "a", Secret: "s1"})
	p.configure("other", thing{Name: "a", Secret: "s1"})
	p.up("other")
	p.up("dev")
	p.configure("dev", thing{Name: "a", Secret: "s2"})
	p.up("dev")
	require.NotEmpty(t, p.kept("dev"), "the control: a stack has files")

	stack, err := p.project().Stack(context.Background(), "dev", lifecycle.StackOptions{})
	require.NoError(t, err)
	_, err = stack.Destroy(context.Background(), lifecycle.DestroyOptions{})
	require.NoError(t, err)
	require.NoError(t, stack.Close())

	assert.Empty(t, p.kept("dev"))
	assert.NotEmpty(t, p.kept("other"), "another stack keeps its files")
}

func TestHistoryStaysWithTheStackIfAsked(t *testing.T) {
	p := newTestProject(t)
	p.configure("dev", thing{Name: "a", Secret: "s1"})
	p.up("dev")
	stack := p.open("dev", lifecycle.StackOptions{})

	_, err := stack.Destroy(context.Background(), lifecycle.DestroyOptions{KeepStack: true})

	require.NoError(t, err)
	assert.NotEmpty(t, p.kept("dev"))
}

// kept lists the files and directories of a stack in the state directory.
func (p *testProject) kept(stack string) []string {
	p.t.Helper()
	var kept []string
	root := filepath.Join(p.dir, "state", "pulumi")
	require.NoError(p.t, filepath.WalkDir(root, func(path string, entry os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name := entry.Name()
		isLockFile := filepath.Base(filepath.Dir(path)) == ".locks"
		if name == stack || len(name) > len(stack) && name[:len(stack)+1] == stack+"." {
			if !isLockFile {
				kept = append(kept, path)
			}
		}
		return nil
	}))
	return kept
}
