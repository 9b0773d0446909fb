package stacks_test

import (
	"context"
	"fmt"
	"os"

	"github.com/pulumi/pulumi/sdk/v3/go/auto"

	"github.com/djangostack/djangostack/stacks"
	"github.com/djangostack/djangostack/stacks/spec"
)

// A service brings up an environment by Pulumi's Automation API. It runs in a directory
// with this project's Pulumi.yaml, which disables default providers, so that nothing is ever
// applied to a cluster or an account that the configuration does not name. Package lifecycle
// does the same with checks, locks and typed results.
func ExampleProgram() {
	environment := `{
		"cloud": "none",
		"tier": "staging",
		"cluster": {"context": "kind-kind"},
		"app": {"name": "blog", "image": "registry.example.com/blog:1.0", "settingsModule": "blog.settings"}
	}`
	address, err := up(context.Background(), "pr-42", environment)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return
	}
	fmt.Println(address)
}

// up returns the app's address.
func up(ctx context.Context, name, environment string) (any, error) {
	stack, err := auto.UpsertStackLocalSource(ctx, name, ".", auto.Program(stacks.Program))
	if err != nil {
		return nil, fmt.Errorf("selecting the stack %s: %w", name, err)
	}
	if err := stack.SetConfig(ctx, "djangostack:"+spec.ConfigKey, auto.ConfigValue{Value: environment}); err != nil {
		return nil, fmt.Errorf("configuring the stack %s: %w", name, err)
	}
	result, err := stack.Up(ctx)
	if err != nil {
		return nil, fmt.Errorf("updating the stack %s: %w", name, err)
	}
	return result.Outputs["url"].Value, nil
}
