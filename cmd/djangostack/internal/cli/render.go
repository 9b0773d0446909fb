package cli

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"github.com/spf13/cobra"

	"github.com/djangostack/djangostack/cmd/djangostack/internal/offline"
	"github.com/djangostack/djangostack/stacks/lifecycle"
	"github.com/djangostack/djangostack/stacks/lifecycle/stackfile"
	"github.com/djangostack/djangostack/stacks/render"
	"github.com/djangostack/djangostack/stacks/spec"
)

func (a *app) renderCommand() *cobra.Command {
	var generate bool
	var splitDir string
	command := &cobra.Command{
		Use:   "render",
		Short: "Write the Kubernetes manifests of an environment as YAML",
		Long: `Write the Kubernetes manifests of an environment as YAML, in an order in which
they can be applied. No cluster and no Pulumi take part. Secret values are
replaced by ` + render.Placeholder + `, unless --generate-secrets puts throwaway values there, so
that the output can be applied as it is. With a place on a cloud, what only the
cloud knows is made up, as in a rehearsal.`,
		Example: "  djangostack render -s staging\n  djangostack render -s staging --generate-secrets | kubectl apply -f -",
		Args:    cobra.NoArgs,
		RunE:    func(cmd *cobra.Command, _ []string) error { return a.render(cmd.Context(), generate, splitDir) },
	}
	command.Flags().BoolVar(&generate, "generate-secrets", false, "fresh throwaway values for generated secrets and for encrypted ones of the configuration")
	command.Flags().StringVar(&splitDir, "split-dir", "", "write numbered files, one for each object, into this directory")
	return command
}

func (a *app) render(ctx context.Context, generate bool, splitDir string) error {
	where, err := a.locate()
	if err != nil {
		return err
	}
	if err := a.needStack(where); err != nil {
		return err
	}
	project, err := lifecycle.Open(a.projectOptions(where, nil, nil))
	if err != nil {
		return err
	}
	file, err := project.Configuration(a.flags.stack, where.overrides)
	if err != nil {
		return err
	}
	environment, err := checkFile(file, a.flags.stack)
	if err != nil {
		return err
	}
	options, err := a.renderOptions(ctx, project.Name(), file, generate)
	if err != nil {
		return err
	}
	objects, err := a.objects(ctx, environment, options)
	if err != nil {
		return err
	}
	if splitDir == "" {
		return render.Write(a.Stdout, objects)
	}
	paths, err := render.Split(splitDir, objects)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(a.Stdout, "%d manifests in %s, to be applied in the order of their names\n", len(paths), splitDir)
	return err
}

// objects makes up what stands on a cloud, outside of the cluster.
func (a *app) objects(ctx context.Context, environment *spec.Environment, options render.Options) (_ []render.Object, err error) {
	if !environment.HasCloud() {
		return render.Objects(options)
	}
	stage, err := a.Rehearsal(environment)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, stage.Close()) }()
	cloud := offline.New(ctx, stage.Providers)
	defer cloud.Close()
	options.Cloud = cloud
	if _, err := fmt.Fprintf(a.Stderr, "what only %s knows, such as addresses and ARNs, is made up\n", environment.Cloud); err != nil {
		return nil, err
	}
	return render.Objects(options)
}

func (a *app) renderOptions(ctx context.Context, project string, file *stackfile.File, generate bool) (render.Options, error) {
	key := project + ":" + stackfile.EnvironmentKey
	options := render.Options{Program: a.Program, Project: project, Stack: a.flags.stack, ShowSecrets: generate}
	secret := func(string) string { return hiddenValue() }
	if generate {
		secret = func(string) string { return rand.Text() }
		options.Random = a.freshRandom(ctx)
	}
	raw, err := file.EnvironmentJSON(func(path string) string {
		options.SecretKeys = []string{key}
		return secret(path)
	})
	if err != nil {
		return options, &lifecycle.ConfigInvalidError{Err: err}
	}
	options.Config = map[string]string{key: string(raw)}
	return options, nil
}

// freshRandom makes random values as the built-in provider makes them.
func (a *app) freshRandom(ctx context.Context) func(string, resource.PropertyMap) (resource.PropertyMap, error) {
	provider := a.Embedded()["random"]
	return func(token string, inputs resource.PropertyMap) (resource.PropertyMap, error) {
		if provider == nil {
			return nil, fmt.Errorf("there is no built-in provider for it")
		}
		urn := "urn:pulumi:render::render::" + token + "::render"
		keep := plugin.MarshalOptions{KeepSecrets: true}
		sent, err := plugin.MarshalProperties(inputs, keep)
		if err != nil {
			return nil, err
		}
		checked, err := provider.Check(ctx, &pulumirpc.CheckRequest{Urn: urn, News: sent})
		if err != nil {
			return nil, err
		}
		for _, failure := range checked.GetFailures() {
			return nil, fmt.Errorf("%s: %s", failure.GetProperty(), failure.GetReason())
		}
		made, err := provider.Create(ctx, &pulumirpc.CreateRequest{Urn: urn, Properties: checked.GetInputs()})
		if err != nil {
			return nil, err
		}
		return plugin.UnmarshalProperties(made.GetProperties(), keep)
	}
}
