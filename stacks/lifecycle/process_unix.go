//go:build unix

package lifecycle

import (
	"os"
	"os/exec"
	"syscall"
)

func interrupt(process *exec.Cmd) error { return process.Process.Signal(os.Interrupt) }

// kill ends Pulumi and the plugins that it started in its group.
func kill(process *exec.Cmd) {
	// The group is gone when the process is; both are what is wanted.
	_ = syscall.Kill(-process.Process.Pid, syscall.SIGKILL)
}

// alive says whether a process of this machine is there. One that belongs to
// somebody else counts.
func isRunning(pid int) bool {
	err := syscall.Kill(pid, 0)
	return err == nil || err == syscall.EPERM
}
