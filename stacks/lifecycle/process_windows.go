package lifecycle

import (
	"os"
	"os/exec"
	"syscall"
)

func startInOwnGroup(process *exec.Cmd) {
	process.SysProcAttr = &syscall.SysProcAttr{CreationFlags: syscall.CREATE_NEW_PROCESS_GROUP}
}

// interrupt ends the process: Windows has no interrupt for one process.
func interrupt(process *exec.Cmd) error { return process.Process.Kill() }

func kill(process *exec.Cmd) { _ = process.Process.Kill() }

// isRunning says whether a process of this machine is there.
func isRunning(pid int) bool {
	process, err := os.FindProcess(pid)
	if err != nil {
		return false
	}
	_ = process.Release()
	return true
}
