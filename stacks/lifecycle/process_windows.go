package lifecycle

import (
	"errors"
	"os"
	"os/exec"
	"syscall"
)

// startInOwnGroup starts Pulumi in its own process group, so that Ctrl-C in the console does not reach it.
func startInOwnGroup(process *exec.Cmd) {
	process.SysProcAttr = &syscall.SysProcAttr{CreationFlags: syscall.CREATE_NEW_PROCESS_GROUP}
}

// interrupt kills the process, because Windows cannot interrupt a single process.
func interrupt(process *exec.Cmd) error { return process.Process.Kill() }

func kill(process *exec.Cmd) { _ = process.Process.Kill() }

// isRunning reports whether a process of this machine exists.
func isRunning(pid int) bool {
	process, err := os.FindProcess(pid)
	if err != nil {
		return false
	}
	_ = process.Release()
	return true
}

// isNotEmpty recognizes the error of removing a directory that is not empty.
func isNotEmpty(err error) bool { return errors.Is(err, syscall.ERROR_DIR_NOT_EMPTY) }
