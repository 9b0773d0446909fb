package kubernetes

import (
	"cmp"
	"errors"
	"fmt"

	corev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/core/v1"
	metav1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/meta/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/djangostack/djangostack/components/component"
	"github.com/djangostack/djangostack/components/labels"
	"github.com/djangostack/djangostack/components/validate"
)

// ObjectsArgs describes Secrets and ConfigMaps with entries from the configuration.
type ObjectsArgs struct {
	// Part is the end of the component's name; objects if empty. An app with several Objects gives each its own.
	Part       string
	Namespace  pulumi.StringInput
	Labels     labels.Labels
	Secrets    []SecretObject
	ConfigMaps []ConfigMapObject
}

// SecretObject is a Secret. Its entries are secret.
type SecretObject struct {
	Name string
	// Type of the Secret, for instance Opaque.
	Type    string
	Entries map[string]string
	// Generated are entries with values of other resources, such as NewGenerated.
	Generated map[string]pulumi.StringOutput
}

// entries returns all entries, each of them secret.
func (s SecretObject) entries() pulumi.StringMapInput {
	all := pulumi.ToStringMap(s.Entries)
	if all == nil {
		all = pulumi.StringMap{}
	}
	for key, value := range s.Generated {
		all[key] = value
	}
	return pulumi.ToSecret(all).(pulumi.StringMapOutput)
}

// ConfigMapObject is a ConfigMap.
type ConfigMapObject struct {
	Name    string
	Entries map[string]string
}

// Objects are Secrets and ConfigMaps. All are immutable, and a change of their entries changes
// their names, which restarts the processes that use them.
type Objects struct {
	pulumi.ResourceState

	// Secrets and ConfigMaps are the names of the objects by the names in the arguments.
	Secrets, ConfigMaps map[string]pulumi.StringInput
}

// NewObjects registers the Secrets and ConfigMaps.
func NewObjects(ctx *pulumi.Context, name string, args *ObjectsArgs, opts ...pulumi.ResourceOption) (*Objects, error) {
	o := &Objects{Secrets: map[string]pulumi.StringInput{}, ConfigMaps: map[string]pulumi.StringInput{}}
	return component.New(ctx, "djangostack:kubernetes:Objects", name+"-"+cmp.Or(args.Part, "objects"), o, args.check, func() (pulumi.Map, error) {
		metadata := metav1.ObjectMetaArgs{Namespace: args.Namespace, Labels: args.Labels.For("objects")}
		for _, wanted := range args.Secrets {
			secret, err := corev1.NewSecret(ctx, name+"-secret-"+wanted.Name, &corev1.SecretArgs{
				Metadata:   metadata,
				Type:       pulumi.String(wanted.Type),
				Immutable:  pulumi.Bool(true),
				StringData: wanted.entries(),
			}, pulumi.Parent(o))
			if err != nil {
				return nil, fmt.Errorf("registering the Secret %s: %w", wanted.Name, err)
			}
			o.Secrets[wanted.Name] = secret.Metadata.Name().Elem()
		}
		for _, wanted := range args.ConfigMaps {
			configMap, err := corev1.NewConfigMap(ctx, name+"-config-map-"+wanted.Name, &corev1.ConfigMapArgs{
				Metadata:  metadata,
				Immutable: pulumi.Bool(true),
				Data:      pulumi.ToStringMap(wanted.Entries),
			}, pulumi.Parent(o))
			if err != nil {
				return nil, fmt.Errorf("registering the ConfigMap %s: %w", wanted.Name, err)
			}
			o.ConfigMaps[wanted.Name] = configMap.Metadata.Name().Elem()
		}
		return nil, nil
	}, opts...)
}

func (a *ObjectsArgs) check() error {
	problems := []error{validate.Check("Objects",
		validate.Required("Namespace", a.Namespace != nil),
		validate.Required("Labels", a.Labels.Complete()),
	)}
	for _, secret := range a.Secrets {
		if secret.Name == "" || secret.Type == "" || len(secret.Entries)+len(secret.Generated) == 0 {
			problems = append(problems, fmt.Errorf("Objects: each of Secrets needs Name, Type and Entries or Generated; %q lacks one", secret.Name))
		}
	}
	for _, configMap := range a.ConfigMaps {
		if configMap.Name == "" || len(configMap.Entries) == 0 {
			problems = append(problems, fmt.Errorf("Objects: each of ConfigMaps needs Name and Entries; %q lacks one", configMap.Name))
		}
	}
	return errors.Join(problems...)
}
