package lifecycle

import (
	"os/exec"
	"syscall"
)

// separate puts Pulumi in a process group of its own, out of reach of the
// terminal's Ctrl-C, which comes as one interrupt from us; and has the kernel
// interrupt it should this process die without a word.
func startInOwnGroup(process *exec.Cmd) {
	process.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGINT}
}
