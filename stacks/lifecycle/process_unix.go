//go:build unix

package lifecycle

import (
	"errors"
	"os"
	"os/exec"
	"syscall"
)

func interrupt(process *exec.Cmd) error { return process.Process.Signal(os.Interrupt) }

// kill kills Pulumi and the plugins in its process group.
func kill(process *exec.Cmd) {
	// The error means that the group has just ended.
	_ = syscall.Kill(-process.Process.Pid, syscall.SIGKILL)
}

// isRunning reports whether a process of this machine exists, whoever owns it.
func isRunning(pid int) bool {
	err := syscall.Kill(pid, 0)
	return err == nil || err == syscall.EPERM
}

// isNotEmpty recognizes the error of removing a directory that is not empty.
func isNotEmpty(err error) bool {
	return errors.Is(err, syscall.ENOTEMPTY) || errors.Is(err, syscall.EEXIST)
}
