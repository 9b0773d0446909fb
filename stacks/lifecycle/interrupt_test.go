package lifecycle_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/djangostack/djangostack/stacks/lifecycle"
)

// childVariable turns this test binary into a process that brings the stack dev
// of the directory up, to be killed.
const childVariable = "DJANGOSTACK_LIFECYCLE_CHILD"

func TestMain(m *testing.M) {
	if dir := os.Getenv(childVariable); dir != "" {
		if err := upAsChild(dir); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

func upAsChild(dir string) error {
	slow := newSlow()
	env, shut, err := slow.serve()
	if err != nil {
		return err
	}
	go func() {
		for name := range slow.begun {
			fmt.Println("begun", name)
		}
	}()
	cli, err := lifecycle.FindCLI(context.Background(), os.Getenv("DJANGOSTACK_PULUMI"), "")
	if err != nil {
		return err
	}
	project, err := lifecycle.Open(lifecycle.ProjectOptions{
		Dir: dir, StateDir: filepath.Join(dir, "state"), Program: things, CLI: cli, Env: env,
	})
	if err != nil {
		return err
	}
	stack, err := project.Stack(context.Background(), "dev", lifecycle.StackOptions{})
	if err != nil {
		return err
	}
	_, err = stack.Up(context.Background())
	return errors.Join(err, shut())
}

func TestCancelInTheMiddleDrainsAndTheNextRunGoesOn(t *testing.T) {
	b := newBench(t)
	b.slow.drains = true
	b.configure("dev", thing{Name: "a"}, thing{Name: "b", Seconds: 3}, thing{Name: "c"})
	ctx, cancel := context.WithCancel(context.Background())
	go func() {
		b.waitBegun("b")
		cancel()
	}()
	stack := b.open("dev", lifecycle.StackOptions{})

	_, err := stack.Up(ctx)

	var cancelled *lifecycle.CancelledError
	require.ErrorAs(t, err, &cancelled)
	assert.False(t, cancelled.Killed)
	assert.Equal(t, []string{"a", "b"}, b.slow.made(), "what was under way ends, nothing new begins")
	require.NoError(t, stack.Close())

	result := b.up("dev")
	assert.Equal(t, 1, result.Changes["create"])
	assert.Equal(t, []string{"a", "b", "c"}, b.slow.made())
}

func TestAbortEndsTheDrain(t *testing.T) {
	b := newBench(t)
	b.slow.drains = true
	b.configure("dev", thing{Name: "a", Seconds: 60})
	ctx, cancel := context.WithCancel(context.Background())
	abort := make(chan struct{})
	go func() {
		b.waitBegun("a")
		cancel()
		time.Sleep(time.Second)
		close(abort)
	}()
	began := time.Now()
	stack := b.open("dev", lifecycle.StackOptions{Abort: abort})

	_, err := stack.Up(ctx)

	var cancelled *lifecycle.CancelledError
	require.ErrorAs(t, err, &cancelled)
	assert.Less(t, time.Since(began), 45*time.Second)
	require.NoError(t, stack.Close())

	b.configure("dev", thing{Name: "a"})
	b.up("dev")
	b.assertUpToDate()
}

func TestKillInTheMiddleAndTheNextRunGoesOn(t *testing.T) {
	b := newBench(t)
	b.configure("dev", thing{Name: "a"}, thing{Name: "b", Seconds: 60})
	child := b.startChild("b")
	pulumi := b.lockHolder()

	// Pulumi first: killed after its parent it would be warned and let go.
	require.NoError(t, syscall.Kill(pulumi, syscall.SIGKILL))
	require.NoError(t, syscall.Kill(-child.Process.Pid, syscall.SIGKILL))
	_ = child.Wait()
	b.waitGone(pulumi)

	b.configure("dev", thing{Name: "a"}, thing{Name: "b"})
	b.up("dev")
	assert.Contains(t, b.messages(), "removing the lock that a killed run left behind")
	assert.Contains(t, b.messages(), "interrupted in the middle of a change")
	b.assertUpToDate()
}

func TestKillOfTheParentAloneReleasesTheStack(t *testing.T) {
	b := newBench(t)
	b.configure("dev", thing{Name: "a"}, thing{Name: "b", Seconds: 60})
	child := b.startChild("b")

	require.NoError(t, syscall.Kill(child.Process.Pid, syscall.SIGKILL))
	_ = child.Wait()

	b.options.LockWait = 30 * time.Second
	b.configure("dev", thing{Name: "a"}, thing{Name: "b"})
	b.up("dev")
	b.assertUpToDate()
}

func TestALiveLockIsAnErrorThatNamesItsHolder(t *testing.T) {
	b := newBench(t)
	b.configure("dev", thing{Name: "a"}, thing{Name: "b", Seconds: 60})
	child := b.startChild("b")

	_, err := b.project().Stack(context.Background(), "dev", lifecycle.StackOptions{})

	var locked *lifecycle.LockedError
	require.ErrorAs(t, err, &locked)
	require.Len(t, locked.Holders, 1)
	assert.Equal(t, child.Process.Pid, locked.Holders[0].PID)

	// Another machine shares the backend and not the workspace.
	b.options.StateDir = filepath.Join(b.dir, "other")
	b.options.Backend = "file://" + filepath.Join(b.dir, "state", "pulumi", "backend")
	b.t.Setenv("PULUMI_CONFIG_PASSPHRASE_FILE", filepath.Join(b.dir, "state", "pulumi", "passphrase"))
	stack := b.open("dev", lifecycle.StackOptions{})
	_, err = stack.Up(context.Background())
	require.ErrorAs(t, err, &locked)
	require.Len(t, locked.Holders, 1)
	assert.Equal(t, b.lockHolder(), locked.Holders[0].PID)

	_, err = stack.Outputs(context.Background())
	require.NoError(t, err, "reading goes on beside an update")
}

// startChild brings dev up in another process and returns when it is making the
// thing.
func (b *bench) startChild(until string) *exec.Cmd {
	b.t.Helper()
	child := exec.Command(os.Args[0])
	child.Env = append(os.Environ(), childVariable+"="+b.dir)
	child.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	child.Stderr = os.Stderr
	out, err := child.StdoutPipe()
	require.NoError(b.t, err)
	require.NoError(b.t, child.Start())
	b.t.Cleanup(func() { b.killAll(child) })

	var seen strings.Builder
	buffer := make([]byte, 4096)
	for !strings.Contains(seen.String(), "begun "+until+"\n") {
		n, err := out.Read(buffer)
		require.NoError(b.t, err, "the child ended before it made %s", until)
		seen.Write(buffer[:n])
	}
	return child
}

// killAll ends the child and its Pulumi, if they are still there, and waits
// until nothing writes into the directory.
func (b *bench) killAll(child *exec.Cmd) {
	holders := b.lockHolders()
	_ = syscall.Kill(-child.Process.Pid, syscall.SIGKILL)
	_ = child.Wait()
	for _, pid := range holders {
		_ = syscall.Kill(pid, syscall.SIGKILL)
		b.waitGone(pid)
	}
}

// lockHolder is the process that Pulumi's lock of dev names.
func (b *bench) lockHolder() int {
	b.t.Helper()
	holders := b.lockHolders()
	require.Len(b.t, holders, 1)
	return holders[0]
}

func (b *bench) lockHolders() []int {
	b.t.Helper()
	locks, err := filepath.Glob(filepath.Join(b.dir, "state", "pulumi", "backend", ".pulumi", "locks", "organization", "bench", "dev", "*.json"))
	require.NoError(b.t, err)
	var pids []int
	for _, lock := range locks {
		text, err := os.ReadFile(lock)
		require.NoError(b.t, err)
		var content struct{ Pid int }
		require.NoError(b.t, json.Unmarshal(text, &content))
		pids = append(pids, content.Pid)
	}
	return pids
}

func (b *bench) waitGone(pid int) {
	b.t.Helper()
	require.Eventually(b.t, func() bool {
		status, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
		return errors.Is(err, os.ErrNotExist) || strings.Contains(string(status), ") Z ")
	}, 20*time.Second, 50*time.Millisecond)
}

func (b *bench) messages() string {
	var text strings.Builder
	for _, event := range b.seen() {
		text.WriteString(event.Message + "\n")
	}
	return text.String()
}

// assertUpToDate brings dev up once more: nothing changes and nothing is
// said of earlier runs.
func (b *bench) assertUpToDate() {
	b.t.Helper()
	b.mu.Lock()
	b.events = nil
	b.mu.Unlock()
	result := b.up("dev")
	assert.False(b.t, result.Changes.Any(), "changes: %v", result.Changes)
	assert.NotContains(b.t, b.messages(), "interrupted")
}
