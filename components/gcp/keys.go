package gcp

import (
	"errors"
	"fmt"

	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/kms"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/djangostack/djangostack/components/arguments"
	"github.com/djangostack/djangostack/components/component"
	"github.com/djangostack/djangostack/components/data"
	"github.com/djangostack/djangostack/components/gcp/limits"
	"github.com/djangostack/djangostack/components/names"
	"github.com/djangostack/djangostack/components/random"
	"github.com/djangostack/djangostack/components/validate"
)

// destroyAfter is how long destroyed key material can be restored: 30 days, Google's
// default.
const destroyAfter = "2592000s"

// KeyArgs describes a symmetric key.
type KeyArgs struct {
	Project string
	// Region of the key. It encrypts resources of the same region.
	Region   string
	Rotation arguments.KeyRotation
	// Users are the services that may encrypt and decrypt with the key.
	Users []KeyUser
	// Data that is protected refuses every plan that deletes or replaces the key, since
	// everything that it encrypts would be lost.
	Data   data.Held
	Labels Labels
}

// Key is a key and its key ring.
type Key struct {
	pulumi.ResourceState

	// ID of the key, in the form projects/…/locations/…/keyRings/…/cryptoKeys/…. Resources
	// that take it as an input are created after the bindings.
	ID pulumi.StringOutput
	// SecretsProvider is the value for pulumi stack init --secrets-provider, which encrypts
	// the secrets of a stack with the key.
	SecretsProvider pulumi.StringOutput
	// Bindings are the rights of the users.
	Bindings []pulumi.Resource

	// number of the project.
	number pulumi.StringOutput
}

// NewKey registers a key ring, a key and the rights of its users. The ring has a random
// suffix: Google never deletes a ring or a key, so their names can never be used again.
func NewKey(ctx *pulumi.Context, name string, args *KeyArgs, opts ...pulumi.ResourceOption) (*Key, error) {
	k := &Key{}
	return component.New(ctx, "djangostack:gcp:Key", name, k, args.check, func() (pulumi.Map, error) {
		key, err := k.newKey(ctx, name, args)
		if err != nil {
			return nil, err
		}
		k.number = projectNumber(ctx, args.Project, key, k)
		for _, user := range args.Users {
			if err := k.grant(ctx, name, args.Project, user, key); err != nil {
				return nil, err
			}
		}
		k.ID = after(ctx, key.ID().ToStringOutput(), k.Bindings...)
		k.SecretsProvider = pulumi.Sprintf("gcpkms://%s", key.ID())
		return component.DataOr(args.Data, pulumi.Map{"id": k.ID, "secretsProvider": k.SecretsProvider}), nil
	}, opts...)
}

func (a *KeyArgs) check() error {
	problems := []error{
		validate.Check("Key", validate.Required("Project", a.Project != ""), validate.Required("Region", a.Region != "")),
		checkProject("Key", a.Project),
		checkRegion("Key", a.Region),
		validate.OneOf("Key", "Rotation", a.Rotation, arguments.RotateQuarterly, arguments.RotateYearly, arguments.RotateNever),
		a.Labels.check("Key"),
	}
	seen := map[KeyUser]bool{}
	for _, user := range a.Users {
		problems = append(problems,
			validate.OneOf("Key", "Users", user, keyUsers()...),
			validate.RefuseIf(seen[user], "Key", fmt.Sprintf("Users has %s twice", user)))
		seen[user] = true
	}
	return errors.Join(problems...)
}

func (k *Key) newKey(ctx *pulumi.Context, name string, args *KeyArgs) (*kms.CryptoKey, error) {
	suffix, err := random.NewSuffix(ctx, name+"-ring-suffix", nil, k)
	if err != nil {
		return nil, err
	}
	ring, err := kms.NewKeyRing(ctx, name+"-ring", &kms.KeyRingArgs{
		Project:  pulumi.String(args.Project),
		Location: pulumi.String(args.Region),
		Name:     pulumi.Sprintf("%s-%s", names.Fit(limits.MaxName-random.SuffixLength, name), suffix),
	}, pulumi.Parent(k), component.Protect(args.Data))
	if err != nil {
		return nil, fmt.Errorf("registering the key ring %s: %w", name, err)
	}
	wanted := &kms.CryptoKeyArgs{
		KeyRing:                  ring.ID(),
		Name:                     pulumi.String(names.Fit(limits.MaxName, name)),
		Purpose:                  pulumi.String("ENCRYPT_DECRYPT"),
		DestroyScheduledDuration: pulumi.String(destroyAfter),
		VersionTemplate: kms.CryptoKeyVersionTemplateArgs{
			Algorithm:       pulumi.String("GOOGLE_SYMMETRIC_ENCRYPTION"),
			ProtectionLevel: pulumi.String("SOFTWARE"),
		},
		Labels: args.Labels.All(),
	}
	if period := rotationPeriod(args.Rotation); period != "" {
		wanted.RotationPeriod = pulumi.String(period)
	}
	// CKV_GCP_82: the protection prevents the deletion of the key.
	key, err := kms.NewCryptoKey(ctx, name+"-key", wanted, pulumi.Parent(k), component.Protect(args.Data))
	if err != nil {
		return nil, fmt.Errorf("registering the key %s: %w", name, err)
	}
	return key, nil
}

// rotationPeriod is the time between two rotations in seconds, or empty for none.
func rotationPeriod(r arguments.KeyRotation) string {
	switch r {
	case arguments.RotateQuarterly:
		return "7776000s" // 90 days, CKV_GCP_43
	case arguments.RotateYearly:
		return "31536000s" // 365 days
	default:
		return ""
	}
}
