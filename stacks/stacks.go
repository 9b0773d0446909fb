// Package stacks is the Pulumi program: one stack is one whole environment, from the
// cloud's network to the app's pods. Package main runs Program; a service passes it to the
// Automation API.
//
// The package reads the configuration by package spec and calls the package of the
// environment's cloud: stacks/aws, stacks/gcp, or stacks/existing for a cluster that
// already exists. Built with the tag noclouds it supports existing clusters only, and
// compiles in seconds.
package stacks

import (
	"fmt"
	"path/filepath"
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi/config"

	"github.com/djangostack/djangostack/stacks/existing"
	"github.com/djangostack/djangostack/stacks/lifecycle/stackfile"
	"github.com/djangostack/djangostack/stacks/spec"
)

// Program registers the environment that the stack's configuration describes. If the
// configuration has mistakes, Program returns all of them in one error before it registers
// any resource.
func Program(ctx *pulumi.Context) error {
	raw := config.New(ctx, "").Get(spec.ConfigKey)
	environment, err := spec.Check(spec.Input{JSON: []byte(raw), Stack: ctx.Stack(), Read: inProject(ctx), Encrypted: encrypted(ctx)})
	if err != nil {
		return err
	}
	switch environment.Cloud {
	case spec.NoCloud:
		return existing.Deploy(ctx, environment)
	case spec.AWSCloud:
		return deployAWS(ctx, environment)
	case spec.GCPCloud:
		return deployGCP(ctx, environment)
	default:
		return fmt.Errorf("cloud %q is not supported", environment.Cloud)
	}
}

// encrypted reports which values are encrypted in the stack's file. Pulumi tells the program
// only whether the environment has any encrypted value. Without the file, as for a stack whose
// configuration is elsewhere (--config-file), that decides for all of them.
func encrypted(ctx *pulumi.Context) spec.Encrypted {
	if !ctx.IsConfigSecret(ctx.Project() + ":" + spec.ConfigKey) {
		return nil
	}
	name := ctx.Stack()
	file, err := stackfile.Read(filepath.Join(ctx.RootDirectory(), "Pulumi."+name+".yaml"), ctx.Project())
	if err != nil {
		return func(string) bool { return true }
	}
	paths, err := file.EncryptedPaths()
	if err != nil || len(paths) == 0 {
		return func(string) bool { return true }
	}
	if slices.Contains(paths, "") { // the whole environment is one encrypted value
		return func(string) bool { return true }
	}
	return func(path string) bool { return slices.Contains(paths, path) }
}

// inProject reads files relative to the directory of Pulumi.yaml.
func inProject(ctx *pulumi.Context) spec.ReadFile {
	return func(path string) ([]byte, error) {
		if !filepath.IsAbs(path) {
			path = filepath.Join(ctx.RootDirectory(), path)
		}
		return stackfile.ReadProcfile(path)
	}
}
