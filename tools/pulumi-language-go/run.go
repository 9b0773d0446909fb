package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strconv"

	"github.com/pulumi/pulumi/sdk/v3/go/common/constant"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
)

// Run builds the program and runs it to its end. A mistake of the program or of
// its project is in the response, so that pulumi shows it without a stack of
// calls.
func (h *host) Run(ctx context.Context, in *pulumirpc.RunRequest) (*pulumirpc.RunResponse, error) {
	engine := h.engineAddress()
	if engine == "" {
		return nil, errors.New("running the program: there is no engine; call Handshake first")
	}
	if in.GetAttachDebugger() {
		return failed(errors.New("attaching a debugger needs Pulumi's published pulumi-language-go")), nil
	}
	chosen, err := parseOptions(in.GetInfo())
	if err != nil {
		return failed(err), nil
	}
	environment, err := runEnvironment(in, engine)
	if err != nil {
		return nil, err
	}
	building, stop := h.untilCancelled(ctx)
	defer stop()
	path, remove, err := program(building, chosen, in.GetInfo().GetProgramDirectory())
	if err != nil {
		return failed(err), nil
	}
	defer remove()
	return execute(ctx, path, in.GetPwd(), environment), nil
}

// untilCancelled is the call's context, which Cancel ends too.
func (h *host) untilCancelled(ctx context.Context) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(ctx)
	forget := context.AfterFunc(h.cancelled, cancel)
	return ctx, func() {
		forget()
		cancel()
	}
}

// execute runs the program. Its output is this process's, which pulumi shows.
func execute(ctx context.Context, path, dir string, environment []string) *pulumirpc.RunResponse {
	command := exec.CommandContext(ctx, path)
	command.Dir = dir
	command.Env = environment
	command.Stdout, command.Stderr = os.Stdout, os.Stderr
	return response(command.Run())
}

// response translates how the program ended. A program that has reported
// its error to the engine ends with a separate code, and the host adds no message.
func response(err error) *pulumirpc.RunResponse {
	var exit *exec.ExitError
	switch {
	case err == nil:
		return &pulumirpc.RunResponse{}
	case !errors.As(err, &exit):
		return failed(fmt.Errorf("running the program: %w", err))
	case exit.ExitCode() == constant.ExitStatusLoggedError:
		return &pulumirpc.RunResponse{Bail: true}
	case exit.ExitCode() < 0:
		return failed(fmt.Errorf("the program was ended: %w", err))
	}
	return failed(fmt.Errorf("the program ended with the code %d and named no error", exit.ExitCode()))
}

func failed(err error) *pulumirpc.RunResponse {
	return &pulumirpc.RunResponse{Error: err.Error()}
}

// runEnvironment is the variables by which pulumi.Run knows what it is to do.
func runEnvironment(in *pulumirpc.RunRequest, engine string) ([]string, error) {
	config, err := json.Marshal(in.GetConfig())
	if err != nil {
		return nil, fmt.Errorf("writing the configuration for the program: %w", err)
	}
	secretKeys := in.GetConfigSecretKeys()
	if secretKeys == nil {
		secretKeys = []string{}
	}
	secrets, err := json.Marshal(secretKeys)
	if err != nil {
		return nil, fmt.Errorf("writing the names of the secrets for the program: %w", err)
	}
	environment := os.Environ()
	for _, variable := range [][2]string{
		{pulumi.EnvOrganization, in.GetOrganization()},
		{pulumi.EnvProject, in.GetProject()},
		{pulumi.EnvPulumiRootDirectory, in.GetInfo().GetRootDirectory()},
		{pulumi.EnvStack, in.GetStack()},
		{pulumi.EnvConfig, string(config)},
		{pulumi.EnvConfigSecretKeys, string(secrets)},
		{pulumi.EnvDryRun, strconv.FormatBool(in.GetDryRun())},
		{pulumi.EnvParallel, strconv.Itoa(int(in.GetParallel()))},
		{pulumi.EnvMonitor, in.GetMonitorAddress()},
		{pulumi.EnvEngine, engine},
	} {
		if variable[1] != "" {
			environment = append(environment, variable[0]+"="+variable[1])
		}
	}
	return environment, nil
}

func executableSuffix() string {
	if runtime.GOOS == "windows" {
		return ".exe"
	}
	return ""
}
