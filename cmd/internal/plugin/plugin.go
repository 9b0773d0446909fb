// Package plugin turns a built-in provider into a program that Pulumi's own command can start as a
// plugin.
//
// It is for staging environments on machines that cannot download the published plugins: a built-in
// provider implements only what this repository's program uses. The plugin warns at every start, and
// it serves only environments whose configuration says tier: staging.
//
// It imports the server of package emulators, stacks/spec and stacks/lifecycle/stackfile, and no cloud
// SDK.
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

// engineCheckInterval is how often a plugin checks that the engine still runs.
const engineCheckInterval = 5 * time.Minute

// Plugin is a built-in provider.
type Plugin struct {
	// Name of the published plugin, for example kubernetes.
	Name     string
	Provider pulumirpc.ResourceProviderServer
}

// Main serves the plugin until Pulumi's engine ends. The last argument is the engine's address.
func Main(p Plugin, args []string, stdout io.Writer) error {
	engine := args[max(0, len(args)-1):]
	if len(engine) == 0 || strings.HasPrefix(engine[0], "-") {
		return fmt.Errorf("the provider %s is a plugin: pulumi starts it, with the address of its engine as the last argument", p.Name)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := rpcutil.Healthcheck(ctx, engine[0], engineCheckInterval, stop); err != nil {
		return fmt.Errorf("watching the engine at %s: %w", engine[0], err)
	}
	// pulumi starts plugins in the project's directory.
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
	server, err := emulators.Serve(ctx, map[string]pulumirpc.ResourceProviderServer{p.Name: restrictToStaging(p.Provider, p.Name, project)})
	if err != nil {
		return err
	}
	// Env is name:port.
	if _, err := fmt.Fprintln(stdout, strings.TrimPrefix(server.Env(), p.Name+":")); err != nil {
		return errors.Join(fmt.Errorf("telling pulumi the port: %w", err), server.Close())
	}
	<-ctx.Done()
	return server.Close()
}

func (p Plugin) warning() string {
	return fmt.Sprintf("the provider %s is djangostack's built-in one, for rehearsals and local environments; make up PROVIDERS=published takes the published plugin instead", p.Name)
}

// warn prints a warning in Pulumi's output.
func warn(ctx context.Context, engine, message string) error {
	conn, err := grpc.NewClient(engine, grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		return fmt.Errorf("connecting to the engine at %s: %w", engine, err)
	}
	defer conn.Close()
	if _, err := pulumirpc.NewEngineClient(conn).Log(ctx, &pulumirpc.LogRequest{Severity: pulumirpc.LogSeverity_WARNING, Message: message}); err != nil {
		return fmt.Errorf("sending the warning about the built-in provider: %w", err)
	}
	return nil
}
