package lifecycle_test

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/djangostack/djangostack/stacks/lifecycle"
)

// startMachine updates a stack in another process, whose host name and process ids are those of another machine, and
// returns when it creates the thing.
func (p *testProject) startMachine(host, stack, until string) *exec.Cmd {
	p.t.Helper()
	attributes := &syscall.SysProcAttr{Setpgid: true, Cloneflags: syscall.CLONE_NEWUTS | syscall.CLONE_NEWPID}
	if os.Geteuid() != 0 {
		attributes.Cloneflags |= syscall.CLONE_NEWUSER
		attributes.UidMappings = []syscall.SysProcIDMap{{HostID: os.Geteuid(), Size: 1}}
		attributes.GidMappings = []syscall.SysProcIDMap{{HostID: os.Getegid(), Size: 1}}
	}
	return p.startWith(attributes, until, childStackVariable+"="+stack, childHostVariable+"="+host)
}

func TestAnotherMachineGoesOnAfterAMachineWasKilled(t *testing.T) {
	p := newTestProject(t)
	p.configure("dev", thing{Name: "a"}, thing{Name: "b", Seconds: long})
	first := p.startMachine("machine-1", "dev", "b")
	require.Eventually(t, func() bool { return p.lastBeat().Host == "machine-1" }, time.Minute, 100*time.Millisecond)

	// The second machine has the same backend and another workspace.
	p.options.StateDir = filepath.Join(p.dir, "second")
	p.options.Backend = "file://" + filepath.Join(p.dir, "state", "pulumi", "backend")
	p.configure("dev", thing{Name: "a"}, thing{Name: "b"})
	locks, err := p.reader().Locks(context.Background())
	require.NoError(t, err)
	require.Len(t, locks, 1)
	assert.Equal(t, "machine-1", locks[0].Host)
	assert.Equal(t, lifecycle.HolderSeen, locks[0].State)
	stack, err := p.project().Stack(context.Background(), "dev", lifecycle.StackOptions{})
	require.NoError(t, err)
	_, err = stack.Up(context.Background())
	var locked *lifecycle.LockedError
	require.ErrorAs(t, err, &locked, "the control: while the first machine runs, its lock is respected")
	require.NoError(t, stack.Close())

	// The first process of a machine takes all others with it.
	require.NoError(t, first.Process.Kill())
	_ = first.Wait()
	p.options.LockWait = 2 * time.Minute
	p.up("dev")

	assert.Contains(t, p.messages(), "releasing the lock of a run that has ended")
	p.assertUpToDate()
}

func setHostname(name string) error { return syscall.Sethostname([]byte(name)) }
