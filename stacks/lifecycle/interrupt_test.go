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
	slow := newSlowProvider()
	env, stop, err := slow.serve()
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
	return errors.Join(err, stop())
}

func TestCancelInTheMiddleDrainsAndTheNextRunGoesOn(t *testing.T) {
	p := newTestProject(t)
	p.slow.drains = true
	p.configure("dev", thing{Name: "a"}, thing{Name: "b", Seconds: 3}, thing{Name: "c"})
	ctx, cancel := context.WithCancel(context.Background())
	go func() {
		p.waitBegun("b")
		cancel()
	}()
	stack := p.open("dev", lifecycle.StackOptions{})

	_, err := stack.Up(ctx)

	var cancelled *lifecycle.CancelledError
	require.ErrorAs(t, err, &cancelled)
	assert.False(t, cancelled.Killed)
	assert.Equal(t, []string{"a", "b"}, p.slow.createdNames(), "what was under way ends, nothing new begins")
	require.NoError(t, stack.Close())

	result := p.up("dev")
	assert.Equal(t, 1, result.Changes["create"])
	assert.Equal(t, []string{"a", "b", "c"}, p.slow.createdNames())
}

func TestAbortEndsTheDrain(t *testing.T) {
	p := newTestProject(t)
	p.slow.drains = true
	p.configure("dev", thing{Name: "a", Seconds: 60})
	ctx, cancel := context.WithCancel(context.Background())
	abort := make(chan struct{})
	go func() {
		p.waitBegun("a")
		cancel()
		time.Sleep(time.Second)
		close(abort)
	}()
	began := time.Now()
	stack := p.open("dev", lifecycle.StackOptions{Abort: abort})

	_, err := stack.Up(ctx)

	var cancelled *lifecycle.CancelledError
	require.ErrorAs(t, err, &cancelled)
	assert.Less(t, time.Since(began), 45*time.Second)
	require.NoError(t, stack.Close())

	p.configure("dev", thing{Name: "a"})
	p.up("dev")
	p.assertUpToDate()
}

func TestKillInTheMiddleAndTheNextRunGoesOn(t *testing.T) {
	p := newTestProject(t)
	p.configure("dev", thing{Name: "a"}, thing{Name: "b", Seconds: 60})
	child := p.startChild("b")
	pulumi := p.lockHolder()

	// Pulumi first: killed after its parent it would be warned and let go.
	require.NoError(t, syscall.Kill(pulumi, syscall.SIGKILL))
	require.NoError(t, syscall.Kill(-child.Process.Pid, syscall.SIGKILL))
	_ = child.Wait()
	p.waitGone(pulumi)

	p.configure("dev", thing{Name: "a"}, thing{Name: "b"})
	p.up("dev")
	assert.Contains(t, p.messages(), "removing the lock that a killed run left behind")
	assert.Contains(t, p.messages(), "interrupted in the middle of a change")
	p.assertUpToDate()
}

func TestKillOfTheParentAloneReleasesTheStack(t *testing.T) {
	p := newTestProject(t)
	p.configure("dev", thing{Name: "a"}, thing{Name: "b", Seconds: 60})
	child := p.startChild("b")

	require.NoError(t, syscall.Kill(child.Process.Pid, syscall.SIGKILL))
	_ = child.Wait()

	p.options.LockWait = 30 * time.Second
	p.configure("dev", thing{Name: "a"}, thing{Name: "b"})
	p.up("dev")
	p.assertUpToDate()
}

func TestALiveLockIsAnErrorThatNamesItsHolder(t *testing.T) {
	p := newTestProject(t)
	p.configure("dev", thing{Name: "a"}, thing{Name: "b", Seconds: 60})
	child := p.startChild("b")

	_, err := p.project().Stack(context.Background(), "dev", lifecycle.StackOptions{})

	var locked *lifecycle.LockedError
	require.ErrorAs(t, err, &locked)
	require.Len(t, locked.Owners, 1)
	assert.Equal(t, child.Process.Pid, locked.Owners[0].PID)

	// Another machine shares the backend and not the workspace.
	p.options.StateDir = filepath.Join(p.dir, "other")
	p.options.Backend = "file://" + filepath.Join(p.dir, "state", "pulumi", "backend")
	p.t.Setenv("PULUMI_CONFIG_PASSPHRASE_FILE", filepath.Join(p.dir, "state", "pulumi", "passphrase"))
	stack := p.open("dev", lifecycle.StackOptions{})
	_, err = stack.Up(context.Background())
	require.ErrorAs(t, err, &locked)
	require.Len(t, locked.Owners, 1)
	assert.Equal(t, p.lockHolder(), locked.Owners[0].PID)

	_, err = stack.Outputs(context.Background())
	require.NoError(t, err, "reading goes on beside an update")
}

// startChild brings dev up in another process and returns when it is making the
// thing.
func (p *testProject) startChild(until string) *exec.Cmd {
	p.t.Helper()
	child := exec.Command(os.Args[0])
	child.Env = append(os.Environ(), childVariable+"="+p.dir)
	child.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	child.Stderr = os.Stderr
	out, err := child.StdoutPipe()
	require.NoError(p.t, err)
	require.NoError(p.t, child.Start())
	p.t.Cleanup(func() { p.killAll(child) })

	var seen strings.Builder
	buffer := make([]byte, 4096)
	for !strings.Contains(seen.String(), "begun "+until+"\n") {
		n, err := out.Read(buffer)
		require.NoError(p.t, err, "the child ended before it made %s", until)
		seen.Write(buffer[:n])
	}
	return child
}

// killAll ends the child and its Pulumi, if they are still there, and waits
// until nothing writes into the directory.
func (p *testProject) killAll(child *exec.Cmd) {
	holders := p.lockHolders()
	_ = syscall.Kill(-child.Process.Pid, syscall.SIGKILL)
	_ = child.Wait()
	for _, pid := range holders {
		_ = syscall.Kill(pid, syscall.SIGKILL)
		p.waitGone(pid)
	}
}

// lockHolder is the process that Pulumi's lock of dev names.
func (p *testProject) lockHolder() int {
	p.t.Helper()
	holders := p.lockHolders()
	require.Len(p.t, holders, 1)
	return holders[0]
}

func (p *testProject) lockHolders() []int {
	p.t.Helper()
	locks, err := filepath.Glob(filepath.Join(p.dir, "state", "pulumi", "backend", ".pulumi", "locks", "organization", "shop", "dev", "*.json"))
	require.NoError(p.t, err)
	var pids []int
	for _, lock := range locks {
		text, err := os.ReadFile(lock)
		require.NoError(p.t, err)
		var content struct{ Pid int }
		require.NoError(p.t, json.Unmarshal(text, &content))
		pids = append(pids, content.Pid)
	}
	return pids
}

func (p *testProject) waitGone(pid int) {
	p.t.Helper()
	require.Eventually(p.t, func() bool {
		status, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
		return errors.Is(err, os.ErrNotExist) || strings.Contains(string(status), ") Z ")
	}, 20*time.Second, 50*time.Millisecond)
}

func (p *testProject) messages() string {
	var text strings.Builder
	for _, event := range p.seen() {
		text.WriteString(event.Message + "\n")
	}
	return text.String()
}

// assertUpToDate brings dev up once more: nothing changes and nothing is
// said of earlier runs.
func (p *testProject) assertUpToDate() {
	p.t.Helper()
	p.mu.Lock()
	p.events = nil
	p.mu.Unlock()
	result := p.up("dev")
	assert.False(p.t, result.Changes.Any(), "changes: %v", result.Changes)
	assert.NotContains(p.t, p.messages(), "interrupted")
}
