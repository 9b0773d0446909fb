package kubernetes

import (
	"fmt"

	"github.com/pulumi/pulumi-random/sdk/v4/go/random"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/djangostack/djangostack/components/component"
	"github.com/djangostack/djangostack/components/data"
	"github.com/djangostack/djangostack/components/keys"
	immutable "github.com/djangostack/djangostack/components/random"
	"github.com/djangostack/djangostack/components/validate"
)

// GeneratedKind says what is generated.
type GeneratedKind string

// GeneratedText consists of random characters. GeneratedRSAKey is a private key in PEM, and
// GeneratedFernetKey a key for Fernet; both follow from a random seed.
const (
	GeneratedText      GeneratedKind = "text"
	GeneratedRSAKey    GeneratedKind = "rsaPrivateKey"
	GeneratedFernetKey GeneratedKind = "fernetKey"
)

// GeneratedArgs describes a value that is generated once.
type GeneratedArgs struct {
	// Secret and Key name the entry that gets the value. They are a part of the names of the
	// resources.
	Secret, Key string
	Kind        GeneratedKind
	// Length and Alphabet of a text.
	Length   int
	Alphabet string
	// Bits of an RSA key.
	Bits int
	// Keepers are values of the configuration by their paths. Others generate another value.
	Keepers map[string]string
	// Data that is lost with the value.
	Data data.Held
}

// Generated is a random value. Only Pulumi's state has what it follows from.
type Generated struct {
	pulumi.ResourceState

	// Value is secret.
	Value pulumi.StringOutput
}

// NewGenerated registers a generated value. It stays the same until an argument changes, which
// Pulumi refuses while Data is protected.
func NewGenerated(ctx *pulumi.Context, name string, args *GeneratedArgs, opts ...pulumi.ResourceOption) (*Generated, error) {
	g := &Generated{}
	// No name of a Secret has a dot.
	name = fmt.Sprintf("%s-generated-%s.%s", name, args.Secret, args.Key)
	return component.New(ctx, "djangostack:kubernetes:Generated", name, g, args.check, func() (pulumi.Map, error) {
		values, err := immutable.NewImmutable(ctx, name, args.Data, g)
		if err != nil {
			return nil, err
		}
		seed, err := random.NewRandomPassword(ctx, name, args.seed(), pulumi.Parent(g), pulumi.DependsOn(values), component.Protect(args.Data))
		if err != nil {
			return nil, fmt.Errorf("registering the generated value %s of the Secret %s: %w", args.Key, args.Secret, err)
		}
		g.Value = args.value(seed.Result)
		return component.DataOr(args.Data, nil), nil
	}, opts...)
}

// seed describes the random text, which is the value itself or what a key follows from.
func (a *GeneratedArgs) seed() *random.RandomPasswordArgs {
	keepers := pulumi.ToStringMap(a.Keepers)
	if a.Kind != GeneratedText {
		return &random.RandomPasswordArgs{Length: pulumi.Int(immutable.PasswordLength), Special: pulumi.Bool(false), Keepers: keepers}
	}
	return &random.RandomPasswordArgs{
		Length:          pulumi.Int(a.Length),
		Lower:           pulumi.Bool(false),
		Upper:           pulumi.Bool(false),
		Numeric:         pulumi.Bool(false),
		Special:         pulumi.Bool(true),
		OverrideSpecial: pulumi.String(a.Alphabet),
		Keepers:         keepers,
	}
}

func (a *GeneratedArgs) value(seed pulumi.StringOutput) pulumi.StringOutput {
	if a.Kind == GeneratedText {
		return seed
	}
	derived := seed.ApplyT(func(seed string) (string, error) {
		if a.Kind == GeneratedFernetKey {
			return keys.Fernet(seed)
		}
		return keys.RSA(seed, a.Bits)
	}).(pulumi.StringOutput)
	return pulumi.ToSecret(derived).(pulumi.StringOutput)
}

func (a *GeneratedArgs) check() error {
	return validate.Check("Generated",
		validate.Required("Secret", a.Secret != ""),
		validate.Required("Key", a.Key != ""),
		validate.Required("Kind", a.Kind == GeneratedText || a.Kind == GeneratedRSAKey || a.Kind == GeneratedFernetKey),
		validate.Required("Length", a.Kind != GeneratedText || a.Length > 0),
		validate.Required("Alphabet", a.Kind != GeneratedText || a.Alphabet != ""),
		validate.Required("Bits", a.Kind != GeneratedRSAKey || a.Bits > 0),
	)
}
