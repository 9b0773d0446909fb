package lifecycle_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/djangostack/djangostack/stacks/lifecycle"
	"github.com/djangostack/djangostack/stacks/lifecycle/reach"
	"github.com/djangostack/djangostack/stacks/lifecycle/stackfile"
	"github.com/djangostack/djangostack/stacks/spec"
)

// Lists the mistakes in a stack's configuration. This needs no Pulumi CLI, no cluster and no account.
func ExampleProject_Configuration() {
	dir, err := os.MkdirTemp("", "shop-*")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() {
		if err := os.RemoveAll(dir); err != nil {
			fmt.Println(err)
		}
	}()
	for name, text := range map[string]string{
		"Pulumi.yaml": "name: shop\nruntime: go\n",
		"Pulumi.staging.yaml": `
config:
  shop:environment:
    cloud: none
    tier: stagin
    cluster: {context: kind-shop}
    app: {name: shop, image: "registry.example.com/shop:1", settingsModule: shop.settings, url: "https://shop.example.com"}
`,
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			fmt.Println(err)
			return
		}
	}

	project, err := lifecycle.Open(lifecycle.ProjectOptions{Dir: dir, StateDir: filepath.Join(dir, ".djangostack")})
	if err != nil {
		fmt.Println(err)
		return
	}
	file, err := project.Configuration("staging", nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	_, err = lifecycle.CheckEnvironment(file, "staging")
	var mistakes spec.Problems
	if errors.As(err, &mistakes) {
		for _, mistake := range mistakes {
			fmt.Println(mistake.Path)
		}
	}
	// Output: tier
}

// Brings up an environment that a service builds in Go, without any file, and says what went wrong. The program is a
// parameter; djangostack's own is github.com/djangostack/djangostack/stacks.Program.
func ExampleProject_Stack() {
	review := func(ctx context.Context, program pulumi.RunFunc, number int, stripeKey string) error {
		environment := spec.Environment{
			Cloud: spec.NoCloud, Tier: spec.Staging, Owner: "ann",
			Cluster: spec.Cluster{Context: "staging"},
			App: spec.App{
				Name: "shop", Image: "registry.example.com/shop:1.4.0", SettingsModule: "shop.settings",
				SecretEnv: map[string]string{"STRIPE_KEY": stripeKey},
			},
		}
		values, err := environment.Values()
		if err != nil {
			return err
		}
		cli, err := lifecycle.FindCLI(ctx, "", "/var/lib/reviews")
		if err != nil {
			return err
		}
		project, err := lifecycle.Open(lifecycle.ProjectOptions{
			Name: "shop", StateDir: "/var/lib/reviews", Program: program, CLI: cli, Preflight: reach.Environment,
			Backend: "s3://company-pulumi-state", SecretsProvider: "awskms://alias/reviews?region=eu-central-1",
		})
		if err != nil {
			return err
		}
		stack, err := project.Stack(ctx, fmt.Sprintf("review-%d", number), lifecycle.StackOptions{
			Environment: values,
			// Values states what differs from zero. A false and a zero are overrides.
			Overrides: []stackfile.Override{{Path: "shell.enabled", Value: false}},
		})
		if err != nil {
			return err
		}
		_, err = stack.Up(ctx)
		return errors.Join(err, stack.Close())
	}

	err := review(context.Background(), func(*pulumi.Context) error { return nil }, 17, os.Getenv("STRIPE_KEY"))
	var mistakes spec.Problems
	var failed *lifecycle.UpdateFailedError
	switch {
	case errors.As(err, &mistakes):
		for _, mistake := range mistakes {
			fmt.Println(mistake.Path)
		}
	case errors.As(err, &failed):
		for _, failure := range failed.Failures {
			fmt.Println(failure.Type, failure.Name, failure.Messages)
		}
	}
}

// Removes the review environments that no one has updated for three days.
func ExampleProject_Stacks() {
	reap := func(ctx context.Context, project *lifecycle.Project) error {
		stacks, err := project.Stacks(ctx)
		if err != nil {
			return err
		}
		var errs []error
		for _, each := range stacks {
			if !strings.HasPrefix(each.Name, "review-") || time.Since(each.LastUpdate) < 72*time.Hour {
				continue
			}
			stack, err := project.Stack(ctx, each.Name, lifecycle.StackOptions{ConfigOptional: true})
			if err != nil {
				errs = append(errs, err)
				continue
			}
			_, err = stack.Destroy(ctx, lifecycle.DestroyOptions{})
			errs = append(errs, err, stack.Close())
		}
		return errors.Join(errs...)
	}
	_ = reap
}

// Updates a stack and prints its URL. The program is a parameter; djangostack's own is
// github.com/djangostack/djangostack/stacks.Program.
func ExampleStack_Up() {
	update := func(ctx context.Context, program pulumi.RunFunc) error {
		cli, err := lifecycle.FindCLI(ctx, "", ".djangostack")
		if err != nil {
			return err
		}
		project, err := lifecycle.Open(lifecycle.ProjectOptions{Dir: ".", StateDir: ".djangostack", Program: program, CLI: cli})
		if err != nil {
			return err
		}
		stack, err := project.Stack(ctx, "staging", lifecycle.StackOptions{
			Events: func(event lifecycle.Event) { fmt.Println(event.Type, event.Op, event.Name) },
		})
		if err != nil {
			return err
		}
		result, err := stack.Up(ctx)
		if err = errors.Join(err, stack.Close()); err != nil {
			return err
		}
		fmt.Println(result.Outputs["url"].Masked())
		return nil
	}

	program := func(*pulumi.Context) error { return nil }
	err := update(context.Background(), program)
	var refused *lifecycle.RefusedError
	if errors.As(err, &refused) {
		fmt.Println("data would be lost:", refused.Resources)
	}
}
