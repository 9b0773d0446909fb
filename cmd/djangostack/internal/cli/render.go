package cli

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"sync"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"github.com/spf13/cobra"

	"github.com/djangostack/djangostack/cmd/djangostack/internal/emulatedcloud"
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
		Long: `Write the Kubernetes manifests of an environment as YAML, in the order in which to
apply them. render needs no cluster and no Pulumi CLI. Secret values are replaced by
` + render.Placeholder + `; --generate-secrets writes random values instead, so that the output
can be applied. For an environment on a cloud, values that only the cloud knows, such
as addresses, are made up. With --json, each object is one line of JSON.`,
		Example: "  djangostack render -s staging\n  djangostack render -s staging --generate-secrets | kubectl apply -f -",
		Args:    cobra.NoArgs,
		RunE:    func(cmd *cobra.Command, _ []string) error { return a.render(cmd.Context(), generate, splitDir) },
	}
	command.Flags().BoolVar(&generate, "generate-secrets", false, "write random values for generated secrets and for encrypted values of the configuration")
	command.Flags().StringVar(&splitDir, "split-dir", "", "write one numbered file per object into this directory")
	return command
}

func (a *app) render(ctx context.Context, generate bool, splitDir string) error {
	named, err := a.selected()
	if err != nil {
		return err
	}
	environment, err := check(named.project, a.flags.stack, named.overrides)
	if err != nil {
		return err
	}
	file, err := named.project.Configuration(a.flags.stack, named.overrides)
	if err != nil {
		return err
	}
	options, err := a.renderOptions(ctx, named.project.Name(), file, generate)
	if err != nil {
		return err
	}
	var releases []render.HelmRelease
	var mutex sync.Mutex
	options.Release = func(release render.HelmRelease) {
		mutex.Lock()
		defer mutex.Unlock()
		releases = append(releases, release)
	}
	objects, err := a.objects(ctx, environment, options)
	if err != nil {
		return err
	}
	if err := a.noteReleases(releases); err != nil {
		return err
	}
	if splitDir == "" {
		return a.writeManifests(objects)
	}
	paths, err := render.Split(splitDir, objects)
	if err != nil {
		return err
	}
	return a.result(map[string][]string{"wrote": paths}, "wrote %d manifests to %s; apply them in the order of their names\n", len(paths), splitDir)
}

// noteReleases says what the manifests lack.
func (a *app) noteReleases(releases []render.HelmRelease) error {
	for _, release := range releases {
		command, err := release.Command()
		if err != nil {
			return err
		}
		if _, err := fmt.Fprintf(a.Stderr, "note: up also installs the Helm chart %s, which is not among the manifests; to install it before they are applied:\n  %s\n", release.Chart, command); err != nil {
			return err
		}
	}
	return nil
}

// writeManifests writes YAML, or with --json one object per line.
func (a *app) writeManifests(objects []render.Object) error {
	if !a.flags.json {
		return render.Write(a.Stdout, objects)
	}
	encoder := json.NewEncoder(a.Stdout)
	for _, object := range objects {
		if err := encoder.Encode(object.Manifest); err != nil {
			return fmt.Errorf("writing the manifests: %w", err)
		}
	}
	return nil
}

// objects renders the Kubernetes objects. Emulators answer for a cloud's resources.
func (a *app) objects(ctx context.Context, environment *spec.Environment, options render.Options) (_ []render.Object, err error) {
	if !environment.HasCloud() {
		return render.Objects(options)
	}
	emulators, err := a.Emulators(environment)
	if err != nil {
		return nil, fmt.Errorf("starting the emulators: %w", err)
	}
	defer func() { err = errors.Join(err, emulators.Close()) }()
	cloud := emulatedcloud.New(ctx, emulators.Providers)
	defer cloud.Close()
	options.Cloud = cloud
	if _, err := fmt.Fprintf(a.Stderr, "note: values that only %s knows, such as addresses and ARNs, are made up\n", environment.Cloud); err != nil {
		return nil, err
	}
	return render.Objects(options)
}

func (a *app) renderOptions(ctx context.Context, project string, file *stackfile.File, generate bool) (render.Options, error) {
	key := project + ":" + stackfile.EnvironmentKey
	options := render.Options{Program: a.Program, Project: project, Stack: a.flags.stack, ShowSecrets: generate}
	secret := spec.Substitute
	if generate {
		secret = randomSecret
		options.Random = a.generateRandom(ctx)
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

// randomSecret returns a random value for an encrypted secret of any form. Anything else that is
// encrypted has the form of its substitute.
func randomSecret(path string) string {
	if spec.IsSecret(path) && !spec.HasForm(path) {
		return rand.Text()
	}
	return spec.Substitute(path)
}

// generateRandom returns a function that creates resources of the built-in random provider.
func (a *app) generateRandom(ctx context.Context) func(string, resource.PropertyMap) (resource.PropertyMap, error) {
	provider := a.BuiltIn()["random"]
	return func(token string, inputs resource.PropertyMap) (resource.PropertyMap, error) {
		if provider == nil {
			return nil, fmt.Errorf("there is no built-in random provider")
		}
		urn := "urn:pulumi:render::render::" + token + "::render"
		withSecrets := plugin.MarshalOptions{KeepSecrets: true}
		news, err := plugin.MarshalProperties(inputs, withSecrets)
		if err != nil {
			return nil, err
		}
		checked, err := provider.Check(ctx, &pulumirpc.CheckRequest{Urn: urn, News: news})
		if err != nil {
			return nil, err
		}
		for _, failure := range checked.GetFailures() {
			return nil, fmt.Errorf("%s: %s", failure.GetProperty(), failure.GetReason())
		}
		created, err := provider.Create(ctx, &pulumirpc.CreateRequest{Urn: urn, Properties: checked.GetInputs()})
		if err != nil {
			return nil, err
		}
		return plugin.UnmarshalProperties(created.GetProperties(), withSecrets)
	}
}
