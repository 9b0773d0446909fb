// Package django holds the Django app: its settings as environment variables,
// the release commands, and the processes web, worker, beat and shell.
package django

import (
	"fmt"
	"sort"

	corev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/core/v1"
	metav1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/meta/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/djangostack/djangostack/components/binding"
	"github.com/djangostack/djangostack/components/contract"
)

// Values are the values of the environment contract that an environment has.
type Values map[contract.Path]pulumi.StringInput

// SettingsArgs says what the app's processes find in their environment.
type SettingsArgs struct {
	Namespace pulumi.StringInput
	Labels    binding.Labels
	// Values of the contract, each under its canonical names.
	Values Values
	// Profiles add names that other apps read: cookiecutter, seed, hnarayanan.
	Profiles []string
	// Bindings add single names: variable name to path.
	Bindings map[string]contract.Path
	// Plain are further variables in plain text.
	Plain map[string]string
	// Secret are further variables that nobody may read in plain text.
	Secret map[string]string
}

// Settings is the app's environment: a ConfigMap for plain values and a Secret
// for the others. Both are immutable, and their names change with their values,
// so that a change rolls the processes that read them.
type Settings struct {
	pulumi.ResourceState

	ConfigMap pulumi.StringOutput
	Secret    pulumi.StringOutput
}

// NewSettings registers the app's environment.
func NewSettings(ctx *pulumi.Context, name string, args *SettingsArgs, opts ...pulumi.ResourceOption) (*Settings, error) {
	if err := binding.Check("Settings", binding.Required{Field: "Namespace", Given: args.Namespace != nil}); err != nil {
		return nil, err
	}
	plain, secret, err := args.variables()
	if err != nil {
		return nil, err
	}
	s := &Settings{}
	if err := ctx.RegisterComponentResource("djangostack:django:Settings", name, s, opts...); err != nil {
		return nil, fmt.Errorf("registering the settings component: %w", err)
	}
	metadata := metav1.ObjectMetaArgs{Namespace: args.Namespace, Labels: args.Labels.For("settings")}
	configMap, err := corev1.NewConfigMap(ctx, name+"-env", &corev1.ConfigMapArgs{
		Metadata:  metadata,
		Immutable: pulumi.Bool(true),
		Data:      plain,
	}, pulumi.Parent(s))
	if err != nil {
		return nil, fmt.Errorf("registering the ConfigMap of the settings: %w", err)
	}
	secrets, err := corev1.NewSecret(ctx, name+"-env", &corev1.SecretArgs{
		Metadata:   metadata,
		Immutable:  pulumi.Bool(true),
		StringData: secret,
	}, pulumi.Parent(s))
	if err != nil {
		return nil, fmt.Errorf("registering the Secret of the settings: %w", err)
	}
	s.ConfigMap = configMap.Metadata.Name().Elem()
	s.Secret = secrets.Metadata.Name().Elem()
	if err := ctx.RegisterResourceOutputs(s, pulumi.Map{"configMap": s.ConfigMap, "secret": s.Secret}); err != nil {
		return nil, fmt.Errorf("registering the settings' outputs: %w", err)
	}
	return s, nil
}

// variables sorts every variable into the plain and the secret ones.
func (a *SettingsArgs) variables() (plain, secret pulumi.StringMap, err error) {
	plain, secret = pulumi.StringMap{}, pulumi.StringMap{}
	for name, value := range a.Plain {
		plain[name] = pulumi.String(value)
	}
	for name, value := range a.Secret {
		secret[name] = pulumi.ToSecret(pulumi.String(value)).(pulumi.StringOutput)
	}
	bound, err := a.bound()
	if err != nil {
		return nil, nil, err
	}
	for _, entry := range contract.Values() {
		value, has := a.Values[entry.Path]
		if !has {
			continue
		}
		names := append(entry.NamesFor(a.Profiles), bound[entry.Path]...)
		for _, name := range names {
			if entry.Secret {
				secret[name] = pulumi.ToSecret(value).(pulumi.StringInput)
				continue
			}
			plain[name] = value
		}
	}
	return plain, secret, nil
}

// bound turns the bindings round: the further names of each path.
func (a *SettingsArgs) bound() (map[contract.Path][]string, error) {
	names := map[contract.Path][]string{}
	for name, path := range a.Bindings {
		if _, has := a.Values[path]; !has {
			return nil, fmt.Errorf("Settings: Bindings: %s is bound to %s, which this environment does not have", name, path)
		}
		names[path] = append(names[path], name)
	}
	for path := range names {
		sort.Strings(names[path])
	}
	return names, nil
}
