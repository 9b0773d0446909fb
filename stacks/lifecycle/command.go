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
	"time"

	"github.com/blang/semver"
)

// killAfterAbort is how long Pulumi has, once told twice to stop, to write its
// state: a file takes milliseconds, a remote backend seconds.
const abortTimeout = 20 * time.Second

// command runs Pulumi's command line for the Automation API. The API's own
// kills Pulumi ten seconds after an interrupt, which loses what is under way;
// this one lets it drain.
type command struct {
	cli *CLI
	// drain is how long an interrupted run may take to end by itself.
	drainTime time.Duration
	// abort, when closed, ends a drain early: Pulumi is interrupted again.
	abort <-chan struct{}

	mu   sync.Mutex
	last commandResult
}

// outcome is how the latest run ended.
type commandResult struct {
	stderr string
	code   int
	killed bool
}

// Version is part of the Automation API's interface.
func (c *command) Version() semver.Version { return c.cli.Version }

// Run is part of the Automation API's interface.
func (c *command) Run(ctx context.Context, workdir string, stdin io.Reader,
	stdouts, stderrs []io.Writer, extraEnv []string, args ...string,
) (string, string, int, error) {
	if err := ctx.Err(); err != nil {
		return "", "", -1, err
	}
	var stdout, stderr bytes.Buffer
	process := exec.Command(c.cli.Path, nonInteractive(args)...)
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

// runToEnd starts the process and waits for it. When the context ends it is
// interrupted once and drained.
func (c *command) runToEnd(ctx context.Context, process *exec.Cmd) (killed bool, err error) {
	// The kernel's signal on the parent's death is bound to the parent's thread.
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()

	if err := process.Start(); err != nil {
		return false, err
	}
	ended := make(chan error, 1)
	go func() { ended <- process.Wait() }()

	select {
	case err := <-ended:
		return false, err
	case <-ctx.Done():
	}
	// It may have ended by itself in the meantime; then there is nobody to tell.
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
	env := append(os.Environ(), "PULUMI_AUTOMATION_API=true", "PULUMI_SKIP_UPDATE_CHECK=true")
	env = append(env, extra...)
	// Language hosts of a found command line stand beside it.
	path := filepath.Dir(c.cli.Path)
	if inherited := os.Getenv("PATH"); inherited != "" {
		path += string(os.PathListSeparator) + inherited
	}
	return append(env, "PATH="+path)
}

func nonInteractive(args []string) []string {
	if slices.Contains(args, "--non-interactive") {
		return args
	}
	return append([]string{"--non-interactive"}, args...)
}

// exitCode is the process's, or -2 where it has none, as the Automation API has it.
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

// errorLines picks what Pulumi says is wrong out of its stderr.
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
