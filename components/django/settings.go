// Package django runs a Django app in Kubernetes: its settings as environment variables,
// the commands of a release, and the processes web, worker, beat, cron, shell and custom
// ones.
//
// The package imports the Kubernetes SDK and the packages of components without a cloud's
// SDK. It imports nothing of stacks.
package django

import (
	"errors"
	"fmt"
	"slices"

	corev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/core/v1"
	metav1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/meta/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/djangostack/djangostack/components/component"
	"github.com/djangostack/djangostack/components/contract"
	"github.com/djangostack/djangostack/components/labels"
	"github.com/djangostack/djangostack/components/validate"
)

// Values are the values of the contract that an environment has.
type Values map[contract.Path]pulumi.StringInput

// SettingsArgs describes the environment of the app's processes.
type SettingsArgs struct {
	Namespace pulumi.StringInput
	Labels    labels.Labels
	// Values of the contract. Each is set under its canonical names.
	Values Values
	// Direct are the values that differ for a process that bypasses the connection pooler;
	// nil without a pooler. With Direct, Values must have DatabaseDirectURL.
	Direct Values
	// Stored are the values that follow from credentials in existing Secrets; nil for none.
	Stored *Stored
	// Profiles are the sets of further names that the app reads; see contract.Profiles.
	Profiles []string
	// Cloud is aws or gcp, whose names for buckets the app gets; any other text for neither.
	Cloud string
	// Bindings set single variables: from a name to a path of the contract.
	Bindings map[string]contract.Path
	// Unset are variables of the contract that no process gets.
	Unset []string
	// Plain are variables of the app. A value can refer to other variables: $(NAME).
	// Like Secret, Made, FromSecrets and Bindings, it overrides variables of the contract.
	Plain map[string]string
	// Secret are variables of the app with secret values.
	Secret map[string]string
	// Made are variables of the app whose secret values other resources have. DirectMade are the
	// values of some of them for a process that bypasses the connection pooler.
	Made, DirectMade map[string]pulumi.StringInput
	// FromSecrets are variables of the app from existing Secrets.
	FromSecrets map[string]SecretEntry
	// Objects are the Secrets and ConfigMaps that the environment creates.
	Objects Objects
	// Files are the contents of files by path.
	Files map[string]string
	// Authorities are certificates in PEM by file name.
	Authorities map[string]pulumi.StringInput
	// HashedAuthorities also shows each certificate under the name by which OpenSSL finds it in
	// a folder.
	HashedAuthorities bool
}

// SecretEntry is one entry of a Secret.
type SecretEntry struct {
	Name, Key string
}

// Settings is the environment of the app: a ConfigMap for plain values, a Secret for the
// others, and a ConfigMap for files. All are immutable, and a change of their values
// changes their names, which restarts the processes that read them. The pods of a process
// hold the variables that only this process reads.
type Settings struct {
	pulumi.ResourceState

	// Environment is the argument of every process.
	Environment Environment
}

// Environment holds the variables and files of a process.
type Environment struct {
	// ConfigMap and Secret are the names of the objects with variables.
	ConfigMap, Secret pulumi.StringInput
	// PerProcess are variables that only one process reads, by component.
	PerProcess map[string]pulumi.StringMap
	// Direct are the variables of a process that bypasses the connection pooler. DirectURLs
	// are the names of the variables with its database URL, and DirectKey is the key of that
	// URL in Secret. DirectKeys are the keys of further variables by name.
	Direct     pulumi.StringMap
	DirectURLs []string
	DirectKey  string
	DirectKeys map[string]string
	// stored are the variables that follow from credentials in existing Secrets.
	stored storedVariables
	// FromSecrets are variables from existing Secrets.
	FromSecrets map[string]SecretEntry
	// Objects are the Secrets and ConfigMaps that the environment creates, to which names in
	// FromSecrets and in Pods refer.
	Objects Objects
	// Composed are variables whose values refer to others.
	Composed map[string]string
	// Files is the name of the ConfigMap with files; nil for none. Paths are where its
	// entries are mounted.
	Files pulumi.StringInput
	Paths map[string]string
	// Authorities is the name of the ConfigMap with certificates; nil for none.
	Authorities pulumi.StringInput
}

// NewSettings registers the environment of the app.
func NewSettings(ctx *pulumi.Context, name string, args *SettingsArgs, opts ...pulumi.ResourceOption) (*Settings, error) {
	s := &Settings{}
	return component.New(ctx, "djangostack:django:Settings", name, s, args.check, func() (pulumi.Map, error) {
		names, err := args.boundNames()
		if err != nil {
			return nil, err
		}
		composed, err := args.composed()
		if err != nil {
			return nil, err
		}
		variables := args.variables(names)
		s.Environment = Environment{PerProcess: variables.perProcess, FromSecrets: args.FromSecrets, Objects: args.Objects, Composed: composed}
		s.Environment.Direct, s.Environment.DirectURLs = args.direct(names)
		s.Environment.DirectKey = args.addDirectURL(variables, names)
		s.Environment.DirectKeys = args.addDirectMade(variables)
		s.Environment.stored = args.stored(names)
		metadata := metav1.ObjectMetaArgs{Namespace: args.Namespace, Labels: args.Labels.For("settings")}
		configMap, err := corev1.NewConfigMap(ctx, name+"-env", &corev1.ConfigMapArgs{
			Metadata:  metadata,
			Immutable: pulumi.Bool(true),
			Data:      variables.plain,
		}, pulumi.Parent(s))
		if err != nil {
			return nil, fmt.Errorf("registering the ConfigMap of the settings: %w", err)
		}
		secrets, err := corev1.NewSecret(ctx, name+"-env", &corev1.SecretArgs{
			Metadata:   metadata,
			Immutable:  pulumi.Bool(true),
			StringData: variables.secret,
		}, pulumi.Parent(s))
		if err != nil {
			return nil, fmt.Errorf("registering the Secret of the settings: %w", err)
		}
		s.Environment.ConfigMap = configMap.Metadata.Name().Elem()
		s.Environment.Secret = secrets.Metadata.Name().Elem()
		if err := args.files(ctx, name, metadata, s); err != nil {
			return nil, err
		}
		return pulumi.Map{"configMap": s.Environment.ConfigMap, "secret": s.Environment.Secret}, nil
	}, opts...)
}

func (a *SettingsArgs) check() error {
	_, unbound := a.boundNames()
	_, circular := a.composed()
	return errors.Join(
		validate.Check("Settings", validate.Required("Namespace", a.Namespace != nil)),
		unbound,
		circular,
	)
}

// variables are the environment variables of the app by where they are stored.
type variables struct {
	// plain are in the ConfigMap and secret in the Secret.
	plain, secret pulumi.StringMap
	// perProcess are in the pods of one process.
	perProcess map[string]pulumi.StringMap
}

// variableNames are the environment variables that hold the values of the contract, by path.
type variableNames map[contract.Path][]string

func (a *SettingsArgs) variables(names variableNames) variables {
	v := variables{plain: pulumi.StringMap{}, secret: pulumi.StringMap{}, perProcess: map[string]pulumi.StringMap{}}
	for name, value := range a.Plain {
		if len(contract.References(value)) == 0 {
			v.plain[name] = pulumi.String(contract.Unescaped(value))
		}
	}
	for name, value := range a.Secret {
		v.secret[name] = pulumi.ToSecret(pulumi.String(value)).(pulumi.StringOutput)
	}
	for name, value := range a.Made {
		v.secret[name] = pulumi.ToSecret(value).(pulumi.StringInput)
	}
	for _, entry := range contract.Values() {
		value, has := a.Values[entry.Path]
		if !has {
			continue
		}
		for _, name := range names[entry.Path] {
			v.add(entry, name, value)
		}
	}
	return v
}

func (v variables) add(entry contract.Value, name string, value pulumi.StringInput) {
	switch {
	case entry.Secret:
		v.secret[name] = pulumi.ToSecret(value).(pulumi.StringInput)
	case entry.Process != "":
		if v.perProcess[entry.Process] == nil {
			v.perProcess[entry.Process] = pulumi.StringMap{}
		}
		v.perProcess[entry.Process][name] = value
	default:
		v.plain[name] = value
	}
}

// direct returns the variables that differ in a process which bypasses the connection
// pooler, and the names of those that hold the database's URL.
func (a *SettingsArgs) direct(names variableNames) (plain pulumi.StringMap, urls []string) {
	plain = pulumi.StringMap{}
	for path, value := range a.Direct {
		if path == contract.DatabaseURL {
			urls = names[path]
			continue
		}
		for _, name := range names[path] {
			plain[name] = value
		}
	}
	return plain, urls
}

// unnamedDirectURL is the key of the URL that bypasses the connection pooler in an
// environment whose app unsets every variable for it.
const unnamedDirectURL = "direct-database-url"

// addDirectURL returns the key of the Secret that holds the URL which bypasses the
// connection pooler, and adds the key if no variable has that URL; empty without a pooler.
func (a *SettingsArgs) addDirectURL(v variables, names variableNames) string {
	url, has := a.Values[contract.DatabaseDirectURL]
	if !has {
		return ""
	}
	if named := names[contract.DatabaseDirectURL]; len(named) > 0 {
		return named[0]
	}
	v.secret[unnamedDirectURL] = pulumi.ToSecret(url).(pulumi.StringInput)
	return unnamedDirectURL
}

// addDirectMade adds keys for the variables of DirectMade to the Secret, and returns them by variable. No
// variable has the name of such a key.
func (a *SettingsArgs) addDirectMade(v variables) map[string]string {
	keys := map[string]string{}
	for name, value := range a.DirectMade {
		keys[name] = "direct-" + name
		v.secret[keys[name]] = pulumi.ToSecret(value).(pulumi.StringInput)
	}
	return keys
}

// composed returns the plain variables whose values refer to others. Kubernetes expands
// references in the variables of a container, not in a ConfigMap.
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

// boundNames lists the variables of every path of the contract: the canonical names and
// those of the profiles, unless the app unsets them or sets them itself, and those of
// Bindings in alphabetical order. It returns an error for a binding to a value that the
// environment does not have.
func (a *SettingsArgs) boundNames() (variableNames, error) {
	all := variableNames{}
	for _, entry := range contract.Values() {
		all[entry.Path] = slices.DeleteFunc(entry.NamesFor(a.Profiles, a.Cloud), a.overrides)
	}
	for _, name := range sortedKeys(a.Bindings) {
		path := a.Bindings[name]
		if _, has := a.Values[path]; !has && !a.Stored.has(path) {
			return nil, fmt.Errorf("Settings: Bindings: %s is bound to %s, which this environment does not have", name, path)
		}
		all[path] = append(all[path], name)
	}
	return all, nil
}

// overrides reports whether the app decides about a variable of the contract.
func (a *SettingsArgs) overrides(name string) bool {
	_, plain := a.Plain[name]
	_, secret := a.Secret[name]
	_, made := a.Made[name]
	_, referenced := a.FromSecrets[name]
	_, bound := a.Bindings[name]
	return plain || secret || made || referenced || bound || slices.Contains(a.Unset, name)
}
