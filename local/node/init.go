// Package node is the inside of the local cluster: the process that owns its namespaces and everything that runs in them.
package node

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"syscall"

	"golang.org/x/sys/unix"

	"github.com/djangostack/djangostack/local/cgroup"
	"github.com/djangostack/djangostack/local/cluster"
)

// self is this program, found even when its file has been replaced or lies where the node does not see it.
const self = "/proc/self/exe"

// programName is what process lists show for self.
const programName = "djangostack-local"

// Namespaces are the clone flags under which Init must be started.
const Namespaces = unix.CLONE_NEWNS | unix.CLONE_NEWNET | unix.CLONE_NEWPID | unix.CLONE_NEWIPC | unix.CLONE_NEWUTS

// Init is the first process of the cluster's namespaces. It sets them up, starts the supervisor with the given arguments and collects
// orphaned processes until the supervisor ends. When Init ends, the kernel ends every other process and drops mounts, interfaces and
// netfilter rules. home is the path outside the mount namespace.
func Init(home cluster.Home, supervisor ...string) error {
	if os.Getpid() != 1 {
		return errors.New("the node's init must be the first process of its own namespaces; it is started by up")
	}
	if err := cgroup.Join(home.CgroupName()); err != nil {
		return err
	}
	if err := mountAll(home); err != nil {
		return fmt.Errorf("preparing the node's file system: %w", err)
	}
	if err := setUpNetwork(); err != nil {
		return fmt.Errorf("preparing the node's network: %w", err)
	}
	child := exec.Command(self, supervisor...)
	child.Args[0] = programName
	child.Stdout, child.Stderr = os.Stdout, os.Stderr
	child.Env = append(os.Environ(), "TMPDIR=/tmp", "HOME=/tmp")
	if err := child.Start(); err != nil {
		return fmt.Errorf("starting the node's supervisor: %w", err)
	}
	return reapUntil(child.Process.Pid)
}

// reapUntil collects every process that ends, as the first process of a namespace must, until the wanted one has ended.
func reapUntil(wanted int) error {
	for {
		var status syscall.WaitStatus
		id, err := syscall.Wait4(-1, &status, 0, nil)
		if errors.Is(err, syscall.EINTR) {
			continue
		}
		if err != nil {
			return fmt.Errorf("waiting for the node's processes: %w", err)
		}
		if id != wanted {
			continue
		}
		if status.ExitStatus() != 0 {
			return fmt.Errorf("the node's supervisor ended with status %d", status.ExitStatus())
		}
		return nil
	}
}
