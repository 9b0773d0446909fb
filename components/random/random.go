// Package random registers random passwords and random suffixes of names. It imports the
// SDK of the random provider.
package random

import (
	"fmt"

	"github.com/pulumi/pulumi-random/sdk/v4/go/random"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

const (
	// PasswordLength gives 190 bits from letters and digits, which need no escaping in a
	// URL and which every data service of the clouds accepts.
	PasswordLength = 32
	// suffixBytes gives 16 million suffixes.
	suffixBytes = 3
	// SuffixLength is a hyphen and the suffix in hexadecimal digits.
	SuffixLength = 1 + 2*suffixBytes
)

// NewPassword registers a password. With protect, Pulumi refuses every plan that would
// replace it.
func NewPassword(ctx *pulumi.Context, name string, protect bool, parent pulumi.Resource, opts ...pulumi.ResourceOption) (*random.RandomPassword, error) {
	password, err := random.NewRandomPassword(ctx, name, &random.RandomPasswordArgs{
		Length:  pulumi.Int(PasswordLength),
		Special: pulumi.Bool(false),
	}, append(opts, pulumi.Parent(parent), pulumi.Protect(protect))...)
	if err != nil {
		return nil, fmt.Errorf("registering the password %s: %w", name, err)
	}
	return password, nil
}

// NewSuffix registers a random suffix for a name that must be known before its resource
// exists. The suffix changes with its keepers. Keepers are the arguments whose change
// replaces the resource, so that the new resource can exist beside the old one.
func NewSuffix(ctx *pulumi.Context, name string, keepers pulumi.StringMap, parent pulumi.Resource) (pulumi.StringOutput, error) {
	suffix, err := random.NewRandomId(ctx, name, &random.RandomIdArgs{
		ByteLength: pulumi.Int(suffixBytes),
		Keepers:    keepers,
	}, pulumi.Parent(parent))
	if err != nil {
		return pulumi.StringOutput{}, fmt.Errorf("registering the suffix %s: %w", name, err)
	}
	return suffix.Hex, nil
}

// Remember returns value as it was when name was first registered: a later value under the same name
// is ignored. It is for what another party decides, and may decide otherwise at any time, such as a
// version. Pulumi's state holds it, as the prefix of an ID.
func Remember(ctx *pulumi.Context, name string, value pulumi.StringInput, parent pulumi.Resource) (pulumi.StringOutput, error) {
	kept, err := random.NewRandomId(ctx, name, &random.RandomIdArgs{
		ByteLength: pulumi.Int(1),
		Prefix:     value.ToStringOutput().ToStringPtrOutput(),
	}, pulumi.Parent(parent), pulumi.IgnoreChanges([]string{"prefix"}))
	if err != nil {
		return pulumi.StringOutput{}, fmt.Errorf("registering the value %s: %w", name, err)
	}
	return kept.Prefix.Elem(), nil
}
