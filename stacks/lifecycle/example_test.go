package lifecycle_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/djangostack/djangostack/stacks/lifecycle"
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
	environment, err := file.EnvironmentJSON(func(string) string { return "an encrypted value" })
	if err != nil {
		fmt.Println(err)
		return
	}
	_, err = spec.Parse(environment, "staging")
	var mistakes spec.Problems
	if errors.As(err, &mistakes) {
		for _, mistake := range mistakes {
			fmt.Println(mistake.Path)
		}
	}
	// Output: tier
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
