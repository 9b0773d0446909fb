//go:build unix && !linux

package lifecycle

import (
	"os/exec"
	"syscall"
)

// startInOwnGroup puts Pulumi in a process group of its own, out of reach of the
// terminal's Ctrl-C, which comes as one interrupt from us.
func startInOwnGroup(process *exec.Cmd) {
	process.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
}
