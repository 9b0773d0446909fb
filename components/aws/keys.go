package aws

import (
	"errors"
	"fmt"

	awskms "github.com/pulumi/pulumi-aws/sdk/v6/go/aws/kms"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/djangostack/djangostack/components/arguments"
	"github.com/djangostack/djangostack/components/aws/limits"
	"github.com/djangostack/djangostack/components/component"
	"github.com/djangostack/djangostack/components/data"
	"github.com/djangostack/djangostack/components/validate"
)

// keyUses are the actions on data that a service needs.
func keyUses() []string {
	return []string{"kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:DescribeKey"}
}

// KeyArgs describes a symmetric key.
type KeyArgs struct {
	// Description says what the key encrypts.
	Description string
	// AccountID is the account that owns the key, twelve digits.
	AccountID pulumi.StringInput
	Region    string
	// Logs lets CloudWatch Logs of the region use the key. Unlike the data services, it
	// does not act with an identity of the account.
	Logs bool
	// Statements let more services use the key. Their Resources must be empty, because the
	// policy of a key applies to that key only.
	Statements []Statement
	Rotation   arguments.KeyRotation
	// DeletionWindowDays is how long a deleted key can be restored: 7 to 30.
	DeletionWindowDays int
	// Data that is protected refuses every plan that deletes or replaces the key, since
	// everything that it encrypts would be lost.
	Data data.Held
	Tags Tags
}

// Key is a KMS key with an alias.
type Key struct {
	pulumi.ResourceState

	// ARN and KeyID identify the key. Both wait for its policy.
	ARN   pulumi.StringOutput
	KeyID pulumi.StringOutput
	// Alias is the key's name, with the prefix alias/.
	Alias pulumi.StringOutput
	// SecretsProvider is the value for pulumi stack init --secrets-provider, which encrypts
	// the secrets of a stack with the key.
	SecretsProvider pulumi.StringOutput
}

// NewKey registers a key and its alias. The alias has a random suffix, because a key that
// is scheduled for deletion still holds its alias.
func NewKey(ctx *pulumi.Context, name string, args *KeyArgs, opts ...pulumi.ResourceOption) (*Key, error) {
	k := &Key{}
	return component.New(ctx, "djangostack:aws:Key", name, k, args.check, func() (pulumi.Map, error) {
		key, err := awskms.NewKey(ctx, name+"-key", &awskms.KeyArgs{
			Description:           pulumi.String(args.Description),
			KeyUsage:              pulumi.String("ENCRYPT_DECRYPT"),
			CustomerMasterKeySpec: pulumi.String("SYMMETRIC_DEFAULT"),
			IsEnabled:             pulumi.Bool(true),
			MultiRegion:           pulumi.Bool(false),
			EnableKeyRotation:     pulumi.Bool(args.Rotation == arguments.RotateYearly),
			DeletionWindowInDays:  pulumi.Int(args.DeletionWindowDays),
			Policy:                args.policy(),
			Tags:                  args.Tags.For(name),
		}, pulumi.Parent(k), component.Protect(args.Data))
		if err != nil {
			return nil, fmt.Errorf("registering the key %s: %w", name, err)
		}
		alias, err := awskms.NewAlias(ctx, name, &awskms.AliasArgs{TargetKeyId: key.KeyId}, pulumi.Parent(k))
		if err != nil {
			return nil, fmt.Errorf("registering the alias of the key %s: %w", name, err)
		}
		k.ARN, k.KeyID, k.Alias = key.Arn, key.KeyId, alias.Name
		k.SecretsProvider = pulumi.Sprintf("awskms://%s?region=%s", key.KeyId, args.Region)
		return component.DataOr(args.Data, pulumi.Map{
			"arn":             k.ARN,
			"keyId":           k.KeyID,
			"alias":           k.Alias,
			"secretsProvider": k.SecretsProvider,
		}), nil
	}, opts...)
}

func (a *KeyArgs) check() error {
	var statements []error
	for i, statement := range a.Statements {
		statements = append(statements,
			validate.RefuseIf(len(statement.Services) == 0, "Key", fmt.Sprintf("Statements[%d].Services is required", i)),
			validate.RefuseIf(len(statement.Actions) == 0, "Key", fmt.Sprintf("Statements[%d].Actions is required", i)),
			validate.RefuseIf(len(statement.Resources) > 0, "Key", fmt.Sprintf("Statements[%d].Resources has no meaning in a key's policy", i)))
	}
	return errors.Join(
		validate.Check("Key",
			validate.Required("Description", a.Description != ""),
			validate.Required("AccountID", a.AccountID != nil),
			validate.Required("Region", a.Region != "")),
		validate.OneOf("Key", "Rotation", a.Rotation, arguments.RotateYearly, arguments.RotateNever),
		validate.Within("Key", "DeletionWindowDays", a.DeletionWindowDays, limits.MinKeyDeletionDays, limits.MaxKeyDeletionDays),
		errors.Join(statements...),
	)
}

// policy lets the IAM policies of the account control the key, as AWS' default key policy
// does, and allows the services of the statements.
func (a *KeyArgs) policy() pulumi.StringOutput {
	documents := []pulumi.Map{{
		"Sid":       pulumi.String("Account"),
		"Effect":    pulumi.String("Allow"),
		"Principal": pulumi.Map{"AWS": pulumi.Sprintf("arn:%s:iam::%s:root", partition(a.Region), a.AccountID)},
		"Action":    pulumi.String("kms:*"),
		"Resource":  pulumi.String("*"),
	}}
	statements := a.Statements
	if a.Logs {
		statements = append([]Statement{a.logs()}, statements...)
	}
	for _, statement := range statements {
		statement.Resources = pulumi.StringArray{pulumi.String("*")}
		documents = append(documents, statement.document())
	}
	return policy(documents...)
}

// logs is the statement that CloudWatch Logs requires
// (https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html).
func (a *KeyArgs) logs() Statement {
	return Statement{
		Services: []string{fmt.Sprintf("logs.%s.amazonaws.com", a.Region)},
		Actions:  keyUses(),
		Conditions: []Condition{{
			Operator: "ArnLike",
			Key:      "kms:EncryptionContext:aws:logs:arn",
			Values:   pulumi.StringArray{pulumi.Sprintf("arn:%s:logs:%s:%s:*", partition(a.Region), a.Region, a.AccountID)},
		}},
	}
}
