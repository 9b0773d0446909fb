package rehearsal_test

import (
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/djangostack/djangostack/emulators"
	"github.com/djangostack/djangostack/emulators/rehearsal"
	"github.com/djangostack/djangostack/stacks/lifecycle"
	"github.com/djangostack/djangostack/stacks/spec"
)

// A service tests its own code on an emulated cluster, without an account. The program is a parameter; djangostack's own
// is github.com/djangostack/djangostack/stacks.Program.
func Example() {
	rehearse := func(ctx context.Context, program pulumi.RunFunc, environment spec.Environment) (err error) {
		dir, err := os.MkdirTemp("", "rehearsal-*")
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
		emulated, err := rehearsal.New(rehearsal.Options{})
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, emulated.Close()) }()
		// Not ctx: an interrupted update needs the providers until its running changes have finished.
		server, err := emulators.Serve(context.Background(), emulated.Providers)
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, server.Close()) }()
		cli, err := lifecycle.FindCLI(ctx, "", dir)
		if err != nil {
			return err
		}
		project, err := lifecycle.Open(lifecycle.ProjectOptions{
			Name: "shop", StateDir: dir, Home: dir + "/home", Backend: "file://" + dir,
			Program: program, CLI: cli, Providers: lifecycle.Embedded,
			Env: map[string]string{
				"PULUMI_DEBUG_PROVIDERS":                      server.Env(),
				"PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
			},
		})
		if err != nil {
			return err
		}
		values, err := environment.Values()
		if err != nil {
			return err
		}
		stack, err := project.Stack(ctx, "review-17", lifecycle.StackOptions{Environment: values})
		if err != nil {
			return err
		}
		result, err := stack.Up(ctx)
		fmt.Println(result.Outputs["url"].Masked())
		return errors.Join(err, stack.Close())
	}
	_ = rehearse
}
