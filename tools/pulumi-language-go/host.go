package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime/debug"
	"strings"
	"sync"

	"github.com/pulumi/pulumi/sdk/v3/go/common/util/rpcutil"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/protobuf/types/known/emptypb"
)

// host answers pulumi's calls. Calls that it does not define end with the code
// Unimplemented, by the embedded type.
type host struct {
	pulumirpc.UnimplementedLanguageRuntimeServer

	// cancelled is done when pulumi is told to stop.
	cancelled context.Context // Cancel is a separate call and ends the others.
	cancel    context.CancelFunc

	mu     sync.Mutex
	engine string
}

func newHost(engine string) *host {
	cancelled, cancel := context.WithCancel(context.Background())
	return &host{engine: engine, cancelled: cancelled, cancel: cancel}
}

func (h *host) engineAddress() string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.engine
}

// Handshake is the first call where pulumi attaches to a host that runs already.
func (h *host) Handshake(_ context.Context, in *pulumirpc.LanguageHandshakeRequest) (*pulumirpc.LanguageHandshakeResponse, error) {
	address := in.GetEngineAddress()
	if address == "" {
		return nil, errors.New("the handshake names no engine")
	}
	h.mu.Lock()
	h.engine = address
	h.mu.Unlock()
	if err := rpcutil.Healthcheck(h.cancelled, address, engineCheck, h.cancel); err != nil {
		return nil, fmt.Errorf("watching the engine at %s: %w", address, err)
	}
	return &pulumirpc.LanguageHandshakeResponse{}, nil
}

// Cancel ends a build. A program that runs is left to the engine, which lets it
// end what is under way.
func (h *host) Cancel(context.Context, *emptypb.Empty) (*emptypb.Empty, error) {
	h.cancel()
	return &emptypb.Empty{}, nil
}

// GetPluginInfo says which version of Pulumi this host belongs to.
func (h *host) GetPluginInfo(context.Context, *emptypb.Empty) (*pulumirpc.PluginInfo, error) {
	return &pulumirpc.PluginInfo{Version: sdkVersion()}, nil
}

// sdkVersion is the version of the Pulumi SDK that the host is built with.
func sdkVersion() string {
	info, available := debug.ReadBuildInfo()
	if !available {
		return ""
	}
	for _, module := range info.Deps {
		if module.Path == "github.com/pulumi/pulumi/sdk/v3" {
			return strings.TrimPrefix(module.Version, "v")
		}
	}
	return ""
}

// About is for `pulumi about`.
func (h *host) About(ctx context.Context, in *pulumirpc.AboutRequest) (*pulumirpc.AboutResponse, error) {
	path, err := exec.LookPath("go")
	if err != nil {
		return nil, fmt.Errorf("finding go: %w", err)
	}
	version, err := goOutput(ctx, in.GetInfo().GetProgramDirectory(), "version")
	if err != nil {
		return nil, err
	}
	return &pulumirpc.AboutResponse{Executable: path, Version: strings.TrimSpace(string(version))}, nil
}

// RuntimeOptionsPrompts is for `pulumi new`: Go has nothing to ask.
func (h *host) RuntimeOptionsPrompts(context.Context, *pulumirpc.RuntimeOptionsRequest) (*pulumirpc.RuntimeOptionsResponse, error) {
	return &pulumirpc.RuntimeOptionsResponse{}, nil
}

// InstallDependencies is for `pulumi install`. Unlike the published host it
// leaves go.mod as it is.
func (h *host) InstallDependencies(in *pulumirpc.InstallDependenciesRequest, server pulumirpc.LanguageRuntime_InstallDependenciesServer) error {
	closer, stdout, stderr, err := rpcutil.MakeInstallDependenciesStreams(server, in.GetIsTerminal())
	if err != nil {
		return fmt.Errorf("opening the output: %w", err)
	}
	command := exec.CommandContext(server.Context(), "go", "mod", "download")
	command.Dir = in.GetInfo().GetProgramDirectory()
	command.Env = os.Environ()
	command.Stdout, command.Stderr = stdout, stderr
	if err := command.Run(); err != nil {
		return errors.Join(fmt.Errorf("downloading the modules of %s: %w", command.Dir, err), closer.Close())
	}
	return closer.Close()
}
