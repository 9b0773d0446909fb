package app

import (
	"fmt"
	"maps"
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/djangostack/djangostack/components/django"
	"github.com/djangostack/djangostack/components/kubernetes"
	"github.com/djangostack/djangostack/components/labels"
	"github.com/djangostack/djangostack/stacks/spec"
)

// withObjects registers the environment's Secrets and ConfigMaps that need no value of the contract, and returns a wiring
// whose processes, and whose connections to external servers, can refer to them.
func (w wiring) withObjects() (wiring, error) {
	args := &kubernetes.ObjectsArgs{Namespace: w.namespace, Labels: w.labels}
	for _, secret := range w.environment.Secrets {
		if len(secret.Templates) == 0 {
			args.Secrets = append(args.Secrets, w.secretObject(secret, w.stored.generated[secret.Name]))
		}
	}
	for _, configMap := range w.environment.ConfigMaps {
		args.ConfigMaps = append(args.ConfigMaps, kubernetes.ConfigMapObject{Name: configMap.Name, Entries: w.environment.FileTexts(configMap.Entries)})
	}
	return w.with(args)
}

// withTemplates does the same for the Secrets with entries that are composed of values of the contract.
func (w wiring) withTemplates(values django.Values) (wiring, error) {
	args := &kubernetes.ObjectsArgs{Part: "composed", Namespace: w.namespace, Labels: w.labels}
	for _, secret := range w.environment.Secrets {
		if len(secret.Templates) == 0 {
			continue
		}
		composed := map[string]pulumi.StringOutput{}
		maps.Copy(composed, w.stored.generated[secret.Name])
		for _, key := range slices.Sorted(maps.Keys(secret.Templates)) {
			text, err := w.compose(secret.Templates[key], values)
			if err != nil {
				return wiring{}, fmt.Errorf("composing the entry %s of the Secret %s: %w", key, secret.Name, err)
			}
			composed[key] = text
		}
		args.Secrets = append(args.Secrets, w.secretObject(secret, composed))
	}
	return w.with(args)
}

func (w wiring) secretObject(secret spec.OwnSecret, generated map[string]pulumi.StringOutput) kubernetes.SecretObject {
	return kubernetes.SecretObject{
		Name: secret.Name, Type: string(secret.Type), Entries: w.environment.FileTexts(secret.Entries), Generated: generated,
	}
}

// with registers objects, and returns a wiring that has them besides those it had.
func (w wiring) with(args *kubernetes.ObjectsArgs) (wiring, error) {
	if len(args.Secrets)+len(args.ConfigMaps) == 0 {
		return w, nil
	}
	objects, err := kubernetes.NewObjects(w.ctx, w.name, args, w.options...)
	if err != nil {
		return wiring{}, err
	}
	all := django.Objects{Secrets: map[string]pulumi.StringInput{}, ConfigMaps: map[string]pulumi.StringInput{}}
	for _, some := range []django.Objects{w.stored.objects, {Secrets: objects.Secrets, ConfigMaps: objects.ConfigMaps}} {
		maps.Copy(all.Secrets, some.Secrets)
		maps.Copy(all.ConfigMaps, some.ConfigMaps)
	}
	with := w
	with.stored.objects = all
	return with, nil
}

// compose replaces the references of a template. The result is secret.
func (w wiring) compose(template string, values django.Values) (pulumi.StringOutput, error) {
	text := pulumi.String("").ToStringOutput()
	for _, part := range w.environment.TemplateParts(template) {
		next, err := w.part(part, values)
		if err != nil {
			return pulumi.StringOutput{}, err
		}
		text = pulumi.Sprintf("%s%s", text, next)
	}
	return pulumi.ToSecret(text).(pulumi.StringOutput), nil
}

func (w wiring) part(part spec.TemplatePart, values django.Values) (pulumi.StringInput, error) {
	switch {
	case part.Value != "":
		value, has := values[part.Value]
		if !has {
			return nil, fmt.Errorf("the environment has no value %s", part.Value)
		}
		return value, nil
	case part.Secret != "":
		if generated, has := w.stored.generated[part.Secret][part.Key]; has {
			return generated, nil
		}
		return secret(w.environment.FileText(w.environment.OwnSecret(part.Secret).Entries[part.Key])), nil
	default:
		return pulumi.String(part.Text), nil
	}
}

// withManifests registers the further objects of the environment, and returns the platform's prerequisites with them:
// service accounts and what controllers write for the pods.
func withManifests(ctx *pulumi.Context, environment *spec.Environment, namespace pulumi.StringInput, labels labels.Labels, platform Platform) ([]pulumi.Resource, error) {
	prerequisites := slices.Clone(platform.Prerequisites)
	for _, manifest := range environment.Manifests() {
		object, err := kubernetes.NewManifest(ctx, environment.App.Name, &kubernetes.ManifestArgs{
			Namespace: namespace,
			Labels:    labels,
			Fields:    manifest.Fields,
			Data:      environment.HeldInManifest(manifest),
		}, platform.Charts.defining(manifest.Kind().Group, platform.Options)...)
		if err != nil {
			return nil, err
		}
		prerequisites = append(prerequisites, object)
	}
	return prerequisites, nil
}
