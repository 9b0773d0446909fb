package lifecycle

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/blang/semver"
)

// abortTimeout is how long Pulumi may take to write its state after the second interrupt, before it is
// killed: a file takes milliseconds, a remote backend seconds.
const abortTimeout = 20 * time.Second

// command runs Pulumi's CLI for the Automation API. The Automation API's own implementation kills Pulumi
// ten seconds after an interrupt, which loses running changes. This one waits for them.
type command struct {
	cli *CLI
	// drainTime is how long an interrupted run may take to finish its running changes.
	drainTime time.Duration
	// abort, once closed, ends that wait: Pulumi is interrupted again and stops at once.
	abort <-chan struct{}

	// pid is the process id of the running command, or 0.
	pid atomic.Int64

	mu   sync.Mutex
	last commandResult
}

// commandResult is the result of the last run.
type commandResult struct {
	stderr string
	code   int
	killed bool
}

// Version implements auto.PulumiCommand.
func (c *command) Version() semver.Version { return c.cli.Version }

// Run implements auto.PulumiCommand.
func (c *command) Run(ctx context.Context, workdir string, stdin io.Reader,
	stdouts, stderrs []io.Writer, extraEnv []string, args ...string,
) (string, string, int, error) {
	if err := ctx.Err(); err != nil {
		return "", "", -1, err
	}
	var stdout, stderr bytes.Buffer
	process := exec.Command(c.cli.Path, nonInteractive(wholePlan(args))...)
	process.Dir = workdir
	process.Env = c.environment(extraEnv)
	process.Stdin = stdin
	process.Stdout = io.MultiWriter(append(slices.Clone(stdouts), &stdout)...)
	process.Stderr = io.MultiWriter(append(slices.Clone(stderrs), &stderr)...)
	startInOwnGroup(process)

	killed, err := c.runToEnd(ctx, process)
	code := exitCode(err)
	c.mu.Lock()
	c.last = commandResult{stderr: stderr.String(), code: code, killed: killed}
	c.mu.Unlock()
	return stdout.String(), stderr.String(), code, err
}

func (c *command) latest() commandResult {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.last
}

// runToEnd starts the process and waits for its end. When ctx ends, it interrupts the process once and
// waits up to drainTime, then interrupts it again, and finally kills it.
func (c *command) runToEnd(ctx context.Context, process *exec.Cmd) (killed bool, err error) {
	// Pdeathsig is sent when the thread that started the process ends, so that thread must live on; see
	// https://github.com/golang/go/issues/27505.
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()

	if err := process.Start(); err != nil {
		return false, err
	}
	c.pid.Store(int64(process.Process.Pid))
	defer c.pid.Store(0)
	ended := make(chan error, 1)
	go func() { ended <- process.Wait() }()

	select {
	case err := <-ended:
		return false, err
	case <-ctx.Done():
	}
	// The error means that the process has just ended.
	_ = interrupt(process)

	drained := time.NewTimer(c.drainTime)
	defer drained.Stop()
	select {
	case err := <-ended:
		return false, err
	case <-c.abort:
	case <-drained.C:
	}
	_ = interrupt(process)

	select {
	case err := <-ended:
		return false, err
	case <-time.After(abortTimeout):
	}
	kill(process)
	return true, <-ended
}

func (c *command) environment(extra []string) []string {
	env := append(withoutSwitches(os.Environ()), "PULUMI_AUTOMATION_API=true", "PULUMI_SKIP_UPDATE_CHECK=true")
	env = append(env, extra...)
	// Pulumi finds its language hosts in PATH. They are installed beside the CLI.
	path := filepath.Dir(c.cli.Path)
	if inherited := lastValue(env, "PATH"); inherited != "" {
		path += string(os.PathListSeparator) + inherited
	}
	return append(env, "PATH="+path)
}

// lastValue returns the value of a variable in a list of NAME=VALUE, in which the last one counts.
func lastValue(env []string, name string) string {
	for _, each := range slices.Backward(env) {
		if value, is := strings.CutPrefix(each, name+"="); is {
			return value
		}
	}
	return ""
}

// wholePlan makes a preview plan past the protected resources that it deletes or replaces. Without the flag, Pulumi
// plans no further at the first such deletion. The caller judges the plan.
func wholePlan(args []string) []string {
	if len(args) == 0 || args[0] != "preview" {
		return args
	}
	return append(slices.Clone(args), "--ignore-protect")
}

func nonInteractive(args []string) []string {
	if slices.Contains(args, "--non-interactive") {
		return args
	}
	return append([]string{"--non-interactive"}, args...)
}

// exitCode returns the exit code, or -2 if the process has none, as the Automation API does.
func exitCode(err error) int {
	if err == nil {
		return 0
	}
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		return exit.ExitCode()
	}
	return -2
}

// errorLines returns the error messages in Pulumi's stderr.
func errorLines(stderr string) []string {
	var lines []string
	for line := range strings.Lines(stderr) {
		line = strings.TrimSpace(line)
		if text, isError := strings.CutPrefix(line, "error:"); isError {
			lines = append(lines, strings.TrimSpace(text))
			continue
		}
		if line != "" && len(lines) > 0 {
			lines[len(lines)-1] += "\n" + line
		}
	}
	if len(lines) == 0 && strings.TrimSpace(stderr) != "" {
		lines = append(lines, strings.TrimSpace(stderr))
	}
	return lines
}
