package enginetest

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/require"

	"github.com/djangostack/djangostack/stacks/lifecycle"
	"github.com/djangostack/djangostack/tests/environments"
	"github.com/djangostack/djangostack/tests/processtree"
)

// childVariable holds the task of a process that Start started.
const childVariable = "DJANGOSTACK_ENGINETEST_CHILD"

// task is one operation on an environment.
type task struct {
	Dir, State, CLI, Stack string
	Services               services
	Environment            environments.Environment
	Operation              Operation
	// Sockets is a directory with a socket for each port of the services, for a machine without a network.
	Sockets string
}

// Child is an operation in a separate process, whose providers are in the test's process.
type Child struct {
	process *exec.Cmd
	output  bytes.Buffer
	// ended tells whether the process was waited for. Its number may be that of another process since.
	ended atomic.Bool
}

// RunChild does the task of a process that Start started, and ends it. Elsewhere it returns at once. A package that
// starts children calls it first in its TestMain.
func RunChild(program pulumi.RunFunc) {
	encoded, is := os.LookupEnv(childVariable)
	if !is {
		return
	}
	if err := doTask(encoded, program); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(0)
}

func doTask(encoded string, program pulumi.RunFunc) error {
	var do task
	if err := json.Unmarshal([]byte(encoded), &do); err != nil {
		return fmt.Errorf("reading the task: %w", err)
	}
	ctx := context.Background()
	if do.Sockets != "" {
		if err := forwardPorts(do.Services, do.Sockets); err != nil {
			return err
		}
	}
	cli, err := lifecycle.FindCLI(ctx, do.CLI, "")
	if err != nil {
		return err
	}
	options := projectOptions(do.Dir, do.State, do.Services, cli, program)
	options.LockWait = do.Operation.LockWait
	project, err := lifecycle.Open(options)
	if err != nil {
		return err
	}
	stack, err := project.Stack(ctx, do.Stack, lifecycle.StackOptions{Environment: do.Environment, Parallel: do.Operation.Parallel, Events: report})
	if err != nil {
		return err
	}
	if do.Operation.Destroy {
		_, err = stack.Destroy(ctx, lifecycle.DestroyOptions{})
	} else {
		_, err = stack.Up(ctx)
	}
	return errors.Join(err, stack.Close())
}

// report prints the engine's messages.
func report(event lifecycle.Event) {
	if event.Type == lifecycle.EventDiagnostic {
		fmt.Println(event.Message)
	}
}

// Operation is what a child does.
type Operation struct {
	// Destroy tells whether it destroys the environment; otherwise it brings it up.
	Destroy bool
	// Parallel is how many resources change at the same time; 0 is Pulumi's default.
	Parallel int
	// Host, if not empty, runs the operation as on another machine: with this host name, a separate network in which
	// only the providers are reached, separate processes and separate workspaces.
	Host string
	// LockWait is that of lifecycle.ProjectOptions.
	LockWait time.Duration
}

// Start starts an operation in a separate process.
func (e *Environment) Start(t testing.TB, operation Operation) *Child {
	t.Helper()
	do := task{
		Dir: e.workspace.dir, Services: e.workspace.services(), CLI: e.workspace.cli.Path, Stack: e.Stack,
		Environment: e.Configuration, Operation: operation,
	}
	var command []string
	if operation.Host != "" {
		do.State, do.Sockets = filepath.Join(t.TempDir(), operation.Host), servePorts(t, do.Services)
		command = machine(operation.Host)
	}
	encoded, err := json.Marshal(do)
	require.NoError(t, err)
	executable, err := os.Executable()
	require.NoError(t, err)
	command = append(command, executable)
	child := &Child{process: exec.Command(command[0], command[1:]...)}
	child.process.Env = append(os.Environ(), childVariable+"="+string(encoded))
	child.process.Stdout, child.process.Stderr = &child.output, &child.output
	require.NoError(t, child.process.Start())
	t.Cleanup(child.Kill)
	return child
}

// Pulumi runs Pulumi's own command line on the stack, in its workspace.
func (e *Environment) Pulumi(t testing.TB, arguments ...string) {
	t.Helper()
	options := projectOptions(e.workspace.dir, "", e.workspace.services(), e.workspace.cli, nil)
	command := exec.Command(e.workspace.cli.Path, append(arguments, "--stack", e.Stack)...)
	command.Dir = filepath.Join(options.StateDir, "pulumi", "workspaces", e.Stack)
	command.Env = append(os.Environ(), "PULUMI_HOME="+options.Home, "PULUMI_BACKEND_URL="+options.Backend)
	for name, value := range options.Env {
		command.Env = append(command.Env, name+"="+value)
	}
	out, err := command.CombinedOutput()
	require.NoError(t, err, "%s", out)
}

// Wait returns the error of the operation, with its output.
func (c *Child) Wait() error {
	defer c.ended.Store(true)
	if err := c.process.Wait(); err != nil {
		return fmt.Errorf("%w\n%s", err, c.output.String())
	}
	return nil
}

// Output returns what the operation printed. The child must have ended.
func (c *Child) Output() string { return c.output.String() }

// Kill ends the child and all processes below it at once, as a power cut does.
func (c *Child) Kill() {
	if !c.ended.Load() {
		processtree.Kill(c.process.Process.Pid)
	}
}
