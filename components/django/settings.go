// Package django holds the Django app: its settings as environment variables,
// the release commands, and the processes web, worker, beat and shell.
package django

import (
	"fmt"
	"sort"

	corev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/core/v1"
	metav1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/meta/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/djangostack/djangostack/components/contract"
	"github.com/djangostack/djangostack/components/labels"
	"github.com/djangostack/djangostack/components/validate"
)

// Values are the values of the environment contract that an environment has.
type Values map[contract.Path]pulumi.StringInput

// SettingsArgs says what the app's processes find in their environment.
type SettingsArgs struct {
	Namespace pulumi.StringInput
	Labels    labels.Labels
	// Values of the contract, each under its canonical names.
	Values Values
	// Direct are the values that differ for a process which passes a pool in front of the
	// database by; nil without a pool. DatabaseDirectURL is among Values then.
	Direct Values
	// Profiles add names that other apps read: cookiecutter, seed, hnarayanan.
	Profiles []string
	// Bindings add single names: variable name to path.
	Bindings map[string]contract.Path
	// Plain are further variables in plain text. A value may name others: $(NAME).
	Plain map[string]string
	// Secret are further variables that nobody may read in plain text.
	Secret map[string]string
	// FromSecrets are further variables that stand in Secrets which are there already.
	FromSecrets map[string]SecretEntry
	// Files are the contents of files by their paths.
	Files map[string]string
	// Authorities are certificates in PEM form by the names of their files.
	Authorities map[string]pulumi.StringInput
}

// SecretEntry is one entry of a Secret.
type SecretEntry struct {
	Name, Key string
}

// AuthorityFolder is where every process finds the certificates of private authorities.
const AuthorityFolder = "/etc/djangostack/ca"

// Settings is the app's environment: a ConfigMap for plain values, a Secret for the
// others, and a ConfigMap for files. All are immutable, and their names change with
// their values, so that a change rolls the processes that read them. What one process
// alone reads stands in its own pods.
type Settings struct {
	pulumi.ResourceState

	// Environment is what every process is handed.
	Environment Environment
}

// Environment is what a process finds around it.
type Environment struct {
	// ConfigMap and Secret hold variables.
	ConfigMap, Secret pulumi.StringInput
	// Own are variables that one process alone reads, by its part.
	PerProcess map[string]pulumi.StringMap
	// Direct are the variables, and DirectURLs the names of the URL, of a process that
	// passes a pool in front of the database by.
	Direct     pulumi.StringMap
	DirectURLs []string
	// FromSecrets are variables that stand in Secrets which are there already.
	FromSecrets map[string]SecretEntry
	// Composed are variables whose values name others.
	Composed map[string]string
	// Files is the name of the ConfigMap of the files; nil without any. Paths are where
	// its entries are seen.
	Files pulumi.StringInput
	Paths map[string]string
	// Authorities is the name of the ConfigMap of certificates; nil without any.
	Authorities pulumi.StringInput
}

// NewSettings registers the app's environment.
func NewSettings(ctx *pulumi.Context, name string, args *SettingsArgs, opts ...pulumi.ResourceOption) (*Settings, error) {
	if err := validate.Check("Settings", validate.Required("Namespace", args.Namespace != nil)); err != nil {
		return nil, err
	}
	plain, secret, own, err := args.variables()
	if err != nil {
		return nil, err
	}
	composed, err := args.composed()
	if err != nil {
		return nil, err
	}
	s := &Settings{Environment: Environment{PerProcess: own, FromSecrets: args.FromSecrets, Composed: composed}}
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
	s.Environment.ConfigMap = configMap.Metadata.Name().Elem()
	s.Environment.Secret = secrets.Metadata.Name().Elem()
	s.Environment.Direct, s.Environment.DirectURLs, err = args.direct()
	if err != nil {
		return nil, err
	}
	if err := args.files(ctx, name, metadata, s); err != nil {
		return nil, err
	}
	outputs := pulumi.Map{"configMap": s.Environment.ConfigMap, "secret": s.Environment.Secret}
	if err := ctx.RegisterResourceOutputs(s, outputs); err != nil {
		return nil, fmt.Errorf("registering the settings' outputs: %w", err)
	}
	return s, nil
}

// variables sorts every variable into the plain and the secret ones, and those of one
// process.
func (a *SettingsArgs) variables() (plain, secret pulumi.StringMap, own map[string]pulumi.StringMap, err error) {
	plain, secret, own = pulumi.StringMap{}, pulumi.StringMap{}, map[string]pulumi.StringMap{}
	for name, value := range a.Plain {
		if len(contract.References(value)) == 0 {
			plain[name] = pulumi.String(contract.Unescaped(value))
		}
	}
	for name, value := range a.Secret {
		secret[name] = pulumi.ToSecret(pulumi.String(value)).(pulumi.StringOutput)
	}
	bound, err := a.bindingsByPath()
	if err != nil {
		return nil, nil, nil, err
	}
	for _, entry := range contract.Values() {
		value, has := a.Values[entry.Path]
		if !has {
			continue
		}
		names := append(entry.NamesFor(a.Profiles), bound[entry.Path]...)
		for _, name := range names {
			switch {
			case entry.Secret:
				secret[name] = pulumi.ToSecret(value).(pulumi.StringInput)
			case entry.Process != "":
				if own[entry.Process] == nil {
					own[entry.Process] = pulumi.StringMap{}
				}
				own[entry.Process][name] = value
			default:
				plain[name] = value
			}
		}
	}
	return plain, secret, own, nil
}

// direct are the names under which the other values stand for a process that passes the
// pool by.
func (a *SettingsArgs) direct() (plain pulumi.StringMap, urls []string, err error) {
	bound, err := a.bindingsByPath()
	if err != nil {
		return nil, nil, err
	}
	plain = pulumi.StringMap{}
	for _, entry := range contract.Values() {
		value, differs := a.Direct[entry.Path]
		for _, name := range append(entry.NamesFor(a.Profiles), bound[entry.Path]...) {
			if differs && entry.Path == contract.DatabaseURL {
				urls = append(urls, name)
			} else if differs {
				plain[name] = value
			}
		}
	}
	return plain, urls, nil
}

// composed are the plain variables whose values name others: a ConfigMap's values are
// never expanded, those of a container are.
func (a *SettingsArgs) composed() (map[string]string, error) {
	composed := map[string]string{}
	for name, value := range a.Plain {
		if len(contract.References(value)) > 0 {
			composed[name] = value
		}
	}
	if _, err := contract.Ordered(composed); err != nil {
		return nil, fmt.Errorf("Settings: Plain: variables %w", err)
	}
	return composed, nil
}

// bound turns the bindings round: the further names of each path.
func (a *SettingsArgs) bindingsByPath() (map[contract.Path][]string, error) {
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
