package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/debug"
	"strings"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/common/util/executable"
)

// goStopWithin is how long an interrupted go command may take to end.
const goStopWithin = 10 * time.Second

// program finds or builds the program. The function that it returns removes what
// was built for this run only.
func program(ctx context.Context, chosen options, dir string) (path string, remove func(), err error) {
	keep := func() {}
	if chosen.binary != "" {
		path, err = executable.FindExecutable(chosen.binary)
		if err != nil {
			return "", keep, fmt.Errorf("finding runtime.options.binary: %w", err)
		}
		return path, keep, nil
	}
	if chosen.buildTarget != "" {
		path = chosen.target(dir)
		return path, keep, build(ctx, dir, path)
	}
	temporary, err := os.MkdirTemp("", "pulumi-go-")
	if err != nil {
		return "", keep, fmt.Errorf("making a directory for the program: %w", err)
	}
	remove = func() { _ = os.RemoveAll(temporary) }
	path = filepath.Join(temporary, "program"+executableSuffix())
	if err := build(ctx, dir, path); err != nil {
		remove()
		return "", keep, err
	}
	return path, remove, nil
}

// build compiles and links the program. Where the target is there already and
// nothing has changed, go leaves it as it is.
func build(ctx context.Context, dir, target string) error {
	if err := os.MkdirAll(filepath.Dir(target), 0o755); err != nil {
		return fmt.Errorf("making the directory of %s: %w", target, err)
	}
	if _, err := goOutput(ctx, dir, "build", "-o", target, "."); err != nil {
		return fmt.Errorf("compiling the program in %s: %w", dir, err)
	}
	if runs, err := executable.IsExecutable(target); err != nil || !runs {
		return errors.Join(fmt.Errorf("the program in %s has no package main", dir), err)
	}
	return nil
}

// goOutput runs a go command in a directory. The error holds what it wrote to
// stderr.
func goOutput(ctx context.Context, dir string, args ...string) ([]byte, error) {
	flags, set := os.LookupEnv("GOFLAGS")
	if !set {
		// `go env -w` may have set some.
		lasting, err := goCommand(ctx, dir, os.Environ(), "env", "GOFLAGS")
		if err != nil {
			return nil, err
		}
		flags = ownFlags() + " " + strings.TrimSpace(string(lasting))
	}
	return goCommand(ctx, dir, append(os.Environ(), "GOFLAGS="+flags), args...)
}

func goCommand(ctx context.Context, dir string, environment []string, args ...string) ([]byte, error) {
	command := exec.CommandContext(ctx, "go", args...)
	command.Dir = dir
	command.Env = environment
	command.Cancel = func() error { return command.Process.Signal(os.Interrupt) }
	command.WaitDelay = goStopWithin
	var stderr bytes.Buffer
	command.Stderr = &stderr
	out, err := command.Output()
	if ctx.Err() != nil {
		return nil, fmt.Errorf("go %s: %w", args[0], ctx.Err())
	}
	if err != nil {
		return nil, fmt.Errorf("go %s: %w\n%s", args[0], err, strings.TrimSpace(stderr.String()))
	}
	return out, nil
}

// ownFlags returns the flags that the host itself was built with, so that a program
// finds in Go's build cache what make has compiled. The GOFLAGS of `go env -w` follow
// and override them; GOFLAGS in the environment replace both.
func ownFlags() string {
	// With a stamp of the repository, Go would link the program again after each commit or edit.
	flags := "-buildvcs=false"
	info, available := debug.ReadBuildInfo()
	if available && trimmed(info.Settings) {
		flags += " -trimpath"
	}
	return flags
}

func trimmed(settings []debug.BuildSetting) bool {
	for _, setting := range settings {
		if setting.Key == "-trimpath" {
			return setting.Value == "true"
		}
	}
	return false
}
