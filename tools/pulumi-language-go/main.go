// Command pulumi-language-go runs Pulumi programs that are written in Go, for the
// ordinary pulumi command. It is Pulumi's language host: pulumi starts it, reads
// its port from the first line of its output, and calls it over gRPC.
//
// Pulumi publishes a language host of the same name, which comes with every
// release of Pulumi and does more. Prefer it: make builds this one only where no
// pulumi-language-go is found, that is beside a pulumi that make has built too.
//
// It previews, updates, refreshes and destroys; it lists the providers and the
// modules of a program, and downloads them. It generates no code, runs no
// plugins from source, and attaches no debugger: pulumi says so if it is asked.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/common/util/cmdutil"
	"github.com/pulumi/pulumi/sdk/v3/go/common/util/rpcutil"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/grpc"
)

// engineCheck is how often the host looks whether its pulumi is still there.
const engineCheck = 5 * time.Minute

func main() {
	if err := run(os.Args[1:], os.Stdout); err != nil {
		cmdutil.Exit(err)
	}
}

func run(args []string, stdout io.Writer) error {
	engine, err := engineAddress(args)
	if err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if engine != "" {
		if err := rpcutil.Healthcheck(ctx, engine, engineCheck, stop); err != nil {
			return fmt.Errorf("watching the engine at %s: %w", engine, err)
		}
	}
	return serve(ctx, newHost(engine), stdout)
}

// engineAddress reads the command line, as pulumi writes it: flags, then the
// address. Without an address, Handshake brings it.
func engineAddress(args []string) (string, error) {
	flags := flag.NewFlagSet("pulumi-language-go", flag.ContinueOnError)
	flags.String("tracing", "", "accepted, and not used")
	flags.String("root", "", "accepted, and not used")
	if err := flags.Parse(args); err != nil {
		return "", err
	}
	return flags.Arg(0), nil
}

// serve says the port and answers calls until the context ends.
func serve(ctx context.Context, served *host, stdout io.Writer) error {
	cancel := make(chan bool)
	context.AfterFunc(ctx, func() { close(cancel) })
	handle, err := rpcutil.ServeWithOptions(rpcutil.ServeOptions{
		Cancel: cancel,
		Init: func(server *grpc.Server) error {
			pulumirpc.RegisterLanguageRuntimeServer(server, served)
			return nil
		},
	})
	if err != nil {
		return fmt.Errorf("starting the language host: %w", err)
	}
	if _, err := fmt.Fprintln(stdout, handle.Port); err != nil {
		return fmt.Errorf("telling pulumi the port: %w", err)
	}
	if err := <-handle.Done; err != nil {
		return fmt.Errorf("serving the language host: %w", err)
	}
	return nil
}
