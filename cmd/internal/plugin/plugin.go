// Package plugin makes a built-in provider a program of its own, which the
// ordinary pulumi command starts as a plugin.
//
// It is for machines that cannot download the published plugins, and for staging
// environments only. A built-in provider knows what this repository's own
// programs need and no more. It warns at every start, and refuses every environment
// whose configuration does not say that it is staging.
package plugin

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/common/util/rpcutil"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"

	"github.com/djangostack/djangostack/emulators"
)

// engineCheck is how often a plugin looks whether its pulumi is still there.
const engineCheck = 5 * time.Minute

// Plugin is one built-in provider.
type Plugin struct {
	// Name is that of the published plugin: kubernetes.
	Name     string
	Provider pulumirpc.ResourceProviderServer
}

// Main runs the plugin until its pulumi ends. The last of the arguments is the
// engine's address.
func Main(p Plugin, args []string, stdout io.Writer) error {
	engine := args[max(0, len(args)-1):]
	if len(engine) == 0 || strings.HasPrefix(engine[0], "-") {
		return fmt.Errorf("the provider %s is a plugin, which pulumi starts with the address of its engine", p.Name)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := rpcutil.Healthcheck(ctx, engine[0], engineCheck, stop); err != nil {
		return fmt.Errorf("watching the engine at %s: %w", engine[0], err)
	}
	// pulumi starts its plugins in the project's directory.
	project, err := os.Getwd()
	if err != nil {
		return fmt.Errorf("finding the project: %w", err)
	}
	return p.serve(ctx, engine[0], project, stdout)
}

func (p Plugin) serve(ctx context.Context, engine, project string, stdout io.Writer) error {
	if err := warn(ctx, engine, p.warning()); err != nil {
		return err
	}
	server, err := emulators.Serve(ctx, map[string]pulumirpc.ResourceProviderServer{p.Name: guarded(p.Provider, p.Name, project)})
	if err != nil {
		return err
	}
	// The server names its port behind the provider: kubernetes:1234.
	if _, err := fmt.Fprintln(stdout, strings.TrimPrefix(server.Env(), p.Name+":")); err != nil {
		return errors.Join(fmt.Errorf("telling pulumi the port: %w", err), server.Close())
	}
	<-ctx.Done()
	return server.Close()
}

func (p Plugin) warning() string {
	return fmt.Sprintf("the provider %s is djangostack's built-in one, because the published plugin could not be downloaded on this machine; it is not for production", p.Name)
}

// warn prints a warning in pulumi's output.
func warn(ctx context.Context, engine, message string) error {
	conn, err := grpc.NewClient(engine, grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		return fmt.Errorf("connecting to the engine at %s: %w", engine, err)
	}
	defer conn.Close()
	if _, err := pulumirpc.NewEngineClient(conn).Log(ctx, &pulumirpc.LogRequest{Severity: pulumirpc.LogSeverity_WARNING, Message: message}); err != nil {
		return fmt.Errorf("warning that the provider is a built-in one: %w", err)
	}
	return nil
}
