// Package random makes what nobody can guess, passwords, and what nobody else has,
// suffixes of names.
package random

import (
	"fmt"

	"github.com/pulumi/pulumi-random/sdk/v4/go/random"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

const (
	// PasswordLength gives 190 bits from letters and digits, which need no escaping
	// in a URL and which every data service of the clouds takes.
	PasswordLength = 32
	// suffixBytes gives 16 million suffixes.
	suffixBytes = 3
	// SuffixLength is a hyphen and the suffix in hexadecimal digits.
	SuffixLength = 1 + 2*suffixBytes
)

// NewPassword registers a password. Protect refuses every plan that would make
// another one.
func NewPassword(ctx *pulumi.Context, name string, protect bool, parent pulumi.Resource) (*random.RandomPassword, error) {
	password, err := random.NewRandomPassword(ctx, name, &random.RandomPasswordArgs{
		Length:  pulumi.Int(PasswordLength),
		Special: pulumi.Bool(false),
	}, pulumi.Parent(parent), pulumi.Protect(protect))
	if err != nil {
		return nil, fmt.Errorf("registering the password %s: %w", name, err)
	}
	return password, nil
}

// NewSuffix registers a random suffix for names that must be known before what
// they name is made. It changes with its keepers, which are what replaces the
// named thing: the new one is made while the old one still has its name.
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
