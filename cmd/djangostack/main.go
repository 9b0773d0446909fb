// Command djangostack previews, creates, updates and destroys environments for a Django app.
//
// It links the Pulumi program of package stacks, the built-in providers, and the emulators that
// rehearsals use. Everything else is in the packages below internal.
package main

import (
	"os"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"

	"github.com/djangostack/djangostack/cmd/djangostack/internal/cli"
	"github.com/djangostack/djangostack/cmd/djangostack/internal/colorquery"
	"github.com/djangostack/djangostack/emulators/kubernetes"
	"github.com/djangostack/djangostack/emulators/random"
	"github.com/djangostack/djangostack/stacks"
)

func main() {
	colorquery.Restore()
	os.Exit(cli.Main(dependencies(), os.Args[1:]))
}

func dependencies() cli.Dependencies {
	return cli.Dependencies{
		Program:       stacks.Program,
		ProviderNames: []string{"kubernetes", "random"},
		BuiltIn:       builtInProviders,
		Emulators:     newEmulators,
		Stdin:         os.Stdin,
		Stdout:        os.Stdout,
		Stderr:        os.Stderr,
	}
}

func builtInProviders() map[string]pulumirpc.ResourceProviderServer {
	return map[string]pulumirpc.ResourceProviderServer{
		"kubernetes": kubernetes.New(kubernetes.Options{}),
		"random":     random.New(),
	}
}
