// Package stacks is the program: one stack is one whole environment.
package stacks

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi/config"

	"github.com/djangostack/djangostack/stacks/aws"
	"github.com/djangostack/djangostack/stacks/existing"
	"github.com/djangostack/djangostack/stacks/gcp"
	"github.com/djangostack/djangostack/stacks/spec"
)

// Program builds the environment that the stack's configuration describes. It
// is what main runs, and what a service hands to the Automation API. A mistake
// in the configuration is returned before any resource is registered.
func Program(ctx *pulumi.Context) error {
	raw := config.New(ctx, "").Get(spec.ConfigKey)
	environment, err := spec.ParseIn(inProject(ctx), []byte(raw), ctx.Stack())
	if err != nil {
		return err
	}
	if err := environment.CheckSecrecy(ctx.IsConfigSecret(ctx.Project() + ":" + spec.ConfigKey)); err != nil {
		return err
	}
	switch environment.Cloud {
	case spec.NoCloud:
		return existing.Deploy(ctx, environment)
	case spec.AWSCloud:
		return aws.Deploy(ctx, environment)
	case spec.GCPCloud:
		return gcp.Deploy(ctx, environment)
	default:
		return fmt.Errorf("place %q has no program", environment.Cloud)
	}
}

// inProject reads files relative to the directory of Pulumi.yaml.
func inProject(ctx *pulumi.Context) spec.ReadFile {
	return func(path string) ([]byte, error) {
		if !filepath.IsAbs(path) {
			path = filepath.Join(ctx.RootDirectory(), path)
		}
		return os.ReadFile(path)
	}
}
