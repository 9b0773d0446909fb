package image

import (
	"context"
	"os/exec"
	"syscall"
	"time"
)

// contained prepares a shell script that runs with mounts and processes of its own. When it ends, is cancelled with
// ctx, or loses this process, everything that it started is killed and everything that it mounted is gone.
func contained(ctx context.Context, script string, args ...string) *exec.Cmd {
	// The new process is the first of its process namespace, so the kernel ends all others before Wait returns.
	command := exec.CommandContext(ctx, "/bin/sh", append([]string{"-ec", script, "contained"}, args...)...)
	command.SysProcAttr = &syscall.SysProcAttr{
		Cloneflags:   syscall.CLONE_NEWPID,
		Unshareflags: syscall.CLONE_NEWNS, // with private propagation, which Go sees to
		Setpgid:      true,                // an interrupt at the terminal arrives through ctx alone
		Pdeathsig:    syscall.SIGKILL,
	}
	command.WaitDelay = 5 * time.Second
	return command
}
