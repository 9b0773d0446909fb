// Command benchpreview measures how long a preview takes when clouds and clusters answer at once: of production, of a
// program without resources, and of production with more of one thing. The programs take turns, and only ratios are
// comparable.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"strings"

	"github.com/djangostack/djangostack/emulators/rehearsal"
	"github.com/djangostack/djangostack/stacks/lifecycle"
	"github.com/djangostack/djangostack/stacks/spec"
	"github.com/djangostack/djangostack/tests/enginetest"
)

func main() {
	state := flag.String("state", ".djangostack", "folder that has Pulumi's command line, unless DJANGOSTACK_PULUMI names it")
	configuration := flag.String("configuration", "Pulumi.production.yaml", "the stack that is previewed")
	places := flag.String("places", "aws,gcp", "the clouds it is previewed on, one after the other")
	runs := flag.Int("runs", 5, "previews of each")
	flag.Parse()
	for _, cloud := range strings.Split(*places, ",") {
		if err := run(context.Background(), *state, *configuration, spec.Cloud(cloud), *runs); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	}
}

func run(ctx context.Context, state, configuration string, cloud spec.Cloud, runs int) (err error) {
	environment, checked, err := read(configuration, cloud)
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "djangostack-bench-")
	if err != nil {
		return fmt.Errorf("making a directory: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	cli, err := lifecycle.FindCLI(ctx, os.Getenv("DJANGOSTACK_PULUMI"), state)
	if err != nil {
		return err
	}
	emulators, err := rehearsal.New(rehearsal.For(checked))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, emulators.Close()) }()
	workspace, err := enginetest.OpenWorkspace(ctx, dir, cli, emulators.Providers)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, workspace.Close()) }()
	b := &benchmark{workspace: workspace, environment: environment}
	if err := b.prepare(ctx); err != nil {
		return err
	}
	measured, err := b.measure(ctx, subjects(cloud), runs)
	if err != nil {
		return err
	}
	return show(os.Stdout, measured, cloud, runs)
}
