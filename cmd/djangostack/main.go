// Command djangostack brings environments for a Django app up and down.
package main

import (
	"os"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"

	"github.com/djangostack/djangostack/cmd/djangostack/internal/cli"
	"github.com/djangostack/djangostack/emulators/kubernetes"
	"github.com/djangostack/djangostack/emulators/random"
	"github.com/djangostack/djangostack/stacks"
)

func main() {
	os.Exit(cli.Main(dependencies(), os.Args[1:]))
}

func dependencies() cli.Dependencies {
	return cli.Dependencies{
		Program:   stacks.Program,
		Needs:     []string{"kubernetes", "random"},
		Embedded:  embedded,
		Rehearsal: stage,
		Stdin:     os.Stdin,
		Stdout:    os.Stdout,
		Stderr:    os.Stderr,
	}
}

func embedded() map[string]pulumirpc.ResourceProviderServer {
	return map[string]pulumirpc.ResourceProviderServer{
		"kubernetes": kubernetes.New(kubernetes.Options{}),
		"random":     random.New(),
	}
}
