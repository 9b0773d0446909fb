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

	"github.com/djangostack/djangostack/emulators/keyservice"
	"github.com/djangostack/djangostack/stacks/lifecycle"
)

// childVariable makes this test binary a process that updates a stack of the directory, for tests that
// kill it.
const childVariable = "DJANGOSTACK_LIFECYCLE_CHILD"

// childStackVariable names the stack that such a process updates.
const childStackVariable = "DJANGOSTACK_LIFECYCLE_CHILD_STACK"

// childReadsVariable makes such a process open the stack for reading, and wait.
const childReadsVariable = "DJANGOSTACK_LIFECYCLE_CHILD_READS"

// childHostVariable is the host name of such a process. Its heartbeats are frequent.
const childHostVariable = "DJANGOSTACK_LIFECYCLE_CHILD_HOST"

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

// long is how many seconds a creation takes that a test ends: more than everything else of the test on a busy machine.
const long = 600

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
	options := lifecycle.ProjectOptions{
		Dir: dir, StateDir: filepath.Join(dir, "state"), Program: things, CLI: cli, Env: env, Check: anyEnvironment,
		SecretsProvider: keyservice.Provider,
	}
	if host := os.Getenv(childHostVariable); host != "" {
		// They expire after half a minute: on a busy machine a heartbeat takes seconds.
		options.Heartbeat, options.DrainTime = 2*time.Second, time.Second
		if err := setHostname(host); err != nil {
			return err
		}
	}
	project, err := lifecycle.Open(options)
	if err != nil {
		return err
	}
	stack, err := project.Stack(context.Background(), os.Getenv(childStackVariable), lifecycle.StackOptions{ReadOnly: os.Getenv(childReadsVariable) != ""})
	if err != nil {
		return err
	}
	if os.Getenv(childReadsVariable) != "" {
		fmt.Println("begun reading")
		time.Sleep(10 * time.Minute) // until the test kills it
	}
	_, err = stack.Up(context.Background())
	return errors.Join(err, stop())
}

func TestCancelFinishesRunningChangesAndTheNextRunContinues(t *testing.T) {
	p := newTestProject(t)
	p.slow.drains = true
	p.configure("dev", thing{Name: "a"}, thing{Name: "b", Seconds: long}, thing{Name: "c"})
	ctx, cancel := context.WithCancel(context.Background())
	go func() {
		p.waitBegun("b")
		cancelled := p.slow.nextCancel()
		cancel()
		// The engine knows of the interrupt when it tells its providers.
		<-cancelled
		close(p.slow.enough)
	}()
	stack := p.open("dev", lifecycle.StackOptions{})

	_, err := stack.Up(ctx)

	var cancelled *lifecycle.CancelledError
	require.ErrorAs(t, err, &cancelled)
	assert.False(t, cancelled.Killed)
	assert.Equal(t, []string{"a", "b"}, p.slow.createdNames(), "the running change finishes and no other starts")
	require.NoError(t, stack.Close())

	result := p.up("dev")
	assert.Equal(t, 1, result.Changes["create"])
	assert.Equal(t, []string{"a", "b", "c"}, p.slow.createdNames())
}

func TestAbortStopsRunningChanges(t *testing.T) {
	p := newTestProject(t)
	p.slow.drains = true
	p.configure("dev", thing{Name: "a", Seconds: long})
	ctx, cancel := context.WithCancel(context.Background())
	abort := make(chan struct{})
	go func() {
		p.waitBegun("a")
		cancelled := p.slow.nextCancel()
		cancel()
		<-cancelled
		close(abort)
	}()
	began := time.Now()
	stack := p.open("dev", lifecycle.StackOptions{Abort: abort})

	_, err := stack.Up(ctx)

	var cancelled *lifecycle.CancelledError
	require.ErrorAs(t, err, &cancelled)
	assert.Less(t, time.Since(began), long*time.Second/2)
	require.NoError(t, stack.Close())

	p.configure("dev", thing{Name: "a"})
	p.up("dev")
	p.assertUpToDate()
}

func TestNextRunContinuesAfterAKill(t *testing.T) {
	p := newTestProject(t)
	p.configure("dev", thing{Name: "a"}, thing{Name: "b", Seconds: long})
	child := p.startChild("dev", "b")
	pulumi := p.lockPID()

	// Pulumi first, because the end of its parent would interrupt it.
	require.NoError(t, syscall.Kill(pulumi, syscall.SIGKILL))
	require.NoError(t, syscall.Kill(-child.Process.Pid, syscall.SIGKILL))
	_ = child.Wait()
	p.waitForExit(pulumi)

	p.configure("dev", thing{Name: "a"}, thing{Name: "b"})
	p.up("dev")
	assert.Contains(t, p.messages(), "releasing the lock of a run that has ended")
	assert.Contains(t, p.messages(), "interrupted during a change")
	p.assertUpToDate()
}

func TestKillOfTheParentInterruptsPulumi(t *testing.T) {
	p := newTestProject(t)
	p.configure("dev", thing{Name: "a"}, thing{Name: "b", Seconds: long})
	child := p.startChild("dev", "b")

	require.NoError(t, syscall.Kill(child.Process.Pid, syscall.SIGKILL))
	_ = child.Wait()

	p.options.LockWait = 2 * time.Minute
	p.configure("dev", thing{Name: "a"}, thing{Name: "b"})
	p.up("dev")
	p.assertUpToDate()
}

func TestHeldLockIsAnErrorThatNamesItsOwner(t *testing.T) {
	p := newTestProject(t)
	p.configure("dev", thing{Name: "a"}, thing{Name: "b", Seconds: long})
	child := p.startChild("dev", "b")

	_, err := p.project().Stack(context.Background(), "dev", lifecycle.StackOptions{})

	var locked *lifecycle.LockedError
	require.ErrorAs(t, err, &locked)
	require.Len(t, locked.Owners, 1)
	assert.Equal(t, child.Process.Pid, locked.Owners[0].PID)

	// Another machine has the same backend and another workspace.
	p.options.StateDir = filepath.Join(p.dir, "other")
	p.options.Backend = "file://" + filepath.Join(p.dir, "state", "pulumi", "backend")
	stack := p.open("dev", lifecycle.StackOptions{})
	_, err = stack.Up(context.Background())
	require.ErrorAs(t, err, &locked)
	require.Len(t, locked.Owners, 1)
	assert.Equal(t, p.lockPID(), locked.Owners[0].PID)

	_, err = stack.Outputs(context.Background())
	require.NoError(t, err, "reading works during an update")
}

// startChild updates a stack in another process and returns when it creates the thing.
func (p *testProject) startChild(stack, until string) *exec.Cmd {
	p.t.Helper()
	return p.startProcess(until, childStackVariable+"="+stack)
}

// startReader opens a stack for reading in another process.
func (p *testProject) startReader(stack string) *exec.Cmd {
	p.t.Helper()
	return p.startProcess("reading", childStackVariable+"="+stack, childReadsVariable+"=1")
}

func (p *testProject) startProcess(until string, variables ...string) *exec.Cmd {
	p.t.Helper()
	return p.startWith(&syscall.SysProcAttr{Setpgid: true}, until, variables...)
}

func (p *testProject) startWith(attributes *syscall.SysProcAttr, until string, variables ...string) *exec.Cmd {
	p.t.Helper()
	child := exec.Command(os.Args[0])
	child.Env = append(append(os.Environ(), childVariable+"="+p.dir), variables...)
	child.SysProcAttr = attributes
	child.Stderr = os.Stderr
	out, err := child.StdoutPipe()
	require.NoError(p.t, err)
	require.NoError(p.t, child.Start())
	p.t.Cleanup(func() { p.killAll(child) })

	var seen strings.Builder
	buffer := make([]byte, 4096)
	for !strings.Contains(seen.String(), "begun "+until+"\n") {
		n, err := out.Read(buffer)
		require.NoError(p.t, err, "the child ended before it created %s", until)
		seen.Write(buffer[:n])
	}
	return child
}

// killAll kills the child and its Pulumi, and waits until neither writes into the directory.
func (p *testProject) killAll(child *exec.Cmd) {
	pids := p.lockPIDs()
	if child.ProcessState == nil { // a number of a process that was waited for may be that of another
		_ = syscall.Kill(-child.Process.Pid, syscall.SIGKILL)
		_ = child.Wait()
	}
	for _, pid := range pids {
		_ = syscall.Kill(pid, syscall.SIGKILL)
		p.waitForExit(pid)
	}
}

// lockPID is the process in Pulumi's lock of dev.
func (p *testProject) lockPID() int {
	p.t.Helper()
	pids := p.lockPIDs()
	require.Len(p.t, pids, 1)
	return pids[0]
}

// lockPIDs are the processes of this host in Pulumi's locks.
func (p *testProject) lockPIDs() []int {
	p.t.Helper()
	host, err := os.Hostname()
	require.NoError(p.t, err)
	locks, err := filepath.Glob(filepath.Join(p.dir, "state", "pulumi", "backend", ".pulumi", "locks", "organization", "shop", "*", "*.json"))
	require.NoError(p.t, err)
	var pids []int
	for _, lock := range locks {
		text, err := os.ReadFile(lock)
		require.NoError(p.t, err)
		var content struct {
			Pid      int
			Hostname string
		}
		require.NoError(p.t, json.Unmarshal(text, &content))
		if content.Hostname == host {
			pids = append(pids, content.Pid)
		}
	}
	return pids
}

func (p *testProject) waitForExit(pid int) {
	p.t.Helper()
	require.Eventually(p.t, func() bool {
		status, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
		return errors.Is(err, os.ErrNotExist) || strings.Contains(string(status), ") Z ")
	}, time.Minute, 50*time.Millisecond)
}

func (p *testProject) messages() string {
	var text strings.Builder
	for _, event := range p.seen() {
		text.WriteString(event.Message + "\n")
	}
	return text.String()
}

// assertUpToDate updates dev once more and requires that nothing changes and that no message mentions an
// interrupted run.
func (p *testProject) assertUpToDate() {
	p.t.Helper()
	p.mu.Lock()
	p.events = nil
	p.mu.Unlock()
	result := p.up("dev")
	assert.False(p.t, result.Changes.Any(), "changes: %v", result.Changes)
	assert.NotContains(p.t, p.messages(), "interrupted")
}
