// Command djangostack brings environments for a Django app up and down.
package main

import (
	"os"
	"time"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"k8s.io/client-go/rest"

	"github.com/djangostack/djangostack/cmd/djangostack/internal/cli"
	"github.com/djangostack/djangostack/stacks"
	"github.com/djangostack/djangostack/twin/kubernetes"
	"github.com/djangostack/djangostack/twin/kubernetes/memory"
	"github.com/djangostack/djangostack/twin/random"
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

// longestWait is far more than the cluster in memory needs for what it does at all.
const longestWait = time.Minute

// stage holds every cluster and account that an environment's rehearsal needs.
func stage() (*cli.Stage, error) {
	cluster, err := memory.Start()
	if err != nil {
		return nil, err
	}
	toMemory := func(kubernetes.Destination) (*rest.Config, bool, error) { return cluster.Config(), true, nil }
	return &cli.Stage{
		Providers: map[string]pulumirpc.ResourceProviderServer{
			"kubernetes": kubernetes.New(kubernetes.Options{Reach: toMemory, LongestWait: longestWait}),
			"random":     random.New(),
		},
		Left: func() []cli.Leftover {
			var left []cli.Leftover
			for _, name := range cluster.Left() {
				left = append(left, cli.Leftover{What: name})
			}
			return left
		},
		Close: cluster.Close,
	}, nil
}
