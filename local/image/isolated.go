package image

import (
	"context"
	"os/exec"
	"syscall"
	"time"
)

// isolated returns a command that runs a shell script in new mount and process namespaces. When the script ends, ctx is
// cancelled or this process dies, the kernel kills all processes of the script and removes its mounts.
func isolated(ctx context.Context, script string, args ...string) *exec.Cmd {
	// The shell is the first process of its namespace, so the kernel kills all other processes before Wait returns.
	command := exec.CommandContext(ctx, "/bin/sh", append([]string{"-ec", script, "isolated"}, args...)...)
	command.SysProcAttr = &syscall.SysProcAttr{
		Cloneflags:   syscall.CLONE_NEWPID,
		Unshareflags: syscall.CLONE_NEWNS, // Go makes the mounts private
		Setpgid:      true,                // so that Ctrl-C reaches the script only through ctx
		Pdeathsig:    syscall.SIGKILL,
	}
	command.WaitDelay = 5 * time.Second
	return command
}
