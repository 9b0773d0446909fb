// Package node is the part of the local cluster that runs inside the cluster's namespaces: their first process, and the
// supervisor of all components.
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

// self is this program. The path works even if its file was replaced or is not visible to the node.
const self = "/proc/self/exe"

// programName is the name of self in process lists.
const programName = "djangostack-local"

// Namespaces are the clone flags with which the process of Init must be started.
const Namespaces = unix.CLONE_NEWNS | unix.CLONE_NEWNET | unix.CLONE_NEWPID | unix.CLONE_NEWIPC | unix.CLONE_NEWUTS

// Init runs as the first process of the cluster's namespaces. It sets the namespaces up, starts the supervisor with the
// arguments, and reaps orphaned processes until the supervisor ends. When Init returns and the process ends, the kernel
// kills every other process and removes mounts, interfaces and netfilter rules. home is the path outside the mount
// namespace. Init returns an error if a step of the setup fails or the supervisor fails.
func Init(home cluster.Home, supervisor ...string) error {
	if os.Getpid() != 1 {
		return errors.New("node-init must be the first process of new namespaces; use djangostack-local up, which starts it")
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

// reapUntil reaps every process that ends, as the first process of a namespace must, until the wanted one has ended.
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
