package app

import (
	"fmt"
	"maps"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/djangostack/djangostack/components/django"
	"github.com/djangostack/djangostack/components/kubernetes"
	"github.com/djangostack/djangostack/stacks/spec"
)

// withObjects registers the environment's Secrets and ConfigMaps, whose entries may have values
// of the contract, and returns a wiring whose processes can refer to them.
func (w wiring) withObjects(values django.Values) (wiring, error) {
	if len(w.environment.Secrets)+len(w.environment.ConfigMaps) == 0 {
		return w, nil
	}
	args := &kubernetes.ObjectsArgs{Namespace: w.namespace, Labels: w.labels}
	for _, secret := range w.environment.Secrets {
		composed := maps.Clone(w.stored.generated[secret.Name])
		for key, template := range secret.Templates {
			text, err := w.compose(template, values)
			if err != nil {
				return wiring{}, fmt.Errorf("composing the entry %s of the Secret %s: %w", key, secret.Name, err)
			}
			composed[key] = text
		}
		args.Secrets = append(args.Secrets, kubernetes.SecretObject{
			Name: secret.Name, Type: string(secret.Type), Entries: w.environment.WithAddresses(secret.Entries), Generated: composed,
		})
	}
	for _, configMap := range w.environment.ConfigMaps {
		args.ConfigMaps = append(args.ConfigMaps, kubernetes.ConfigMapObject{Name: configMap.Name, Entries: w.environment.WithAddresses(configMap.Entries)})
	}
	objects, err := kubernetes.NewObjects(w.ctx, w.name, args, w.options...)
	if err != nil {
		return wiring{}, err
	}
	with := w
	with.stored.objects = django.Objects{Secrets: objects.Secrets, ConfigMaps: objects.ConfigMaps}
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
		return secret(w.environment.OwnSecret(part.Secret).Entries[part.Key]), nil
	default:
		return pulumi.String(part.Text), nil
	}
}
