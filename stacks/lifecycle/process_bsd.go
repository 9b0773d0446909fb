//go:build unix && !linux

package lifecycle

import (
	"os/exec"
	"syscall"
)

// startInOwnGroup starts Pulumi in its own process group, so that Ctrl-C in the terminal does not reach it:
// this process interrupts it.
func startInOwnGroup(process *exec.Cmd) {
	process.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
}
