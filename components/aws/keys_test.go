package aws_test

import (
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/djangostack/djangostack/components/arguments"
	"github.com/djangostack/djangostack/components/aws"
	"github.com/djangostack/djangostack/components/data"
	"github.com/djangostack/djangostack/tests/mocks"
)

func keyArgs() *aws.KeyArgs {
	return &aws.KeyArgs{
		Description:        "Data of the blog",
		AccountID:          pulumi.String(mocks.Account),
		Region:             "eu-central-1",
		Logs:               true,
		Rotation:           arguments.RotateYearly,
		DeletionWindowDays: 30,
		Data:               data.Held{Protected: true},
		Tags:               environment,
	}
}

func withKey(args *aws.KeyArgs) pulumi.RunFunc {
	return func(ctx *pulumi.Context) error {
		_, err := aws.NewKey(ctx, "blog", args)
		return err
	}
}

func TestAKeyIsRotatedAndHardToLose(t *testing.T) {
	for _, outputs := range mocks.Both() {
		ran := mocks.Run(t, outputs, withKey(keyArgs()))
		key := ran.Find(t, "Key", "blog-key")
		assert.Equal(t, true, key.At(t, "enableKeyRotation"), "CKV_AWS_7")
		assert.EqualValues(t, 30, key.At(t, "deletionWindowInDays"))
		assert.Equal(t, true, key.At(t, "isEnabled"), "CKV_AWS_227")
		assert.True(t, key.Protect)
		alias := ran.Find(t, "Alias", "blog")
		assert.Nil(t, alias.At(t, "name"), "the provider finds a name that no key waiting for its deletion has")
		everythingIsTagged(t, ran, "Alias")
		descendsFrom(t, ran, "Key", "blog")
	}
}

func TestOnlyTheAccountMayUseAKey(t *testing.T) {
	args := keyArgs()
	args.Logs = false
	key := mocks.Run(t, mocks.Known, withKey(args)).Find(t, "Key", "blog-key")
	account := document(t, key.At(t, "policy")).only(t)
	assert.Equal(t, map[string]any{"AWS": "arn:aws:iam::123456789012:root"}, account["Principal"], "CKV_AWS_33 and CKV2_AWS_64")
	assert.Equal(t, "kms:*", account["Action"])
}

func TestLogsMayUseAKeyForLogsOfTheAccountOnly(t *testing.T) {
	key := mocks.Run(t, mocks.Known, withKey(keyArgs())).Find(t, "Key", "blog-key")
	policy := document(t, key.At(t, "policy"))
	require.Len(t, policy, 2)
	assert.Equal(t, map[string]any{"Service": []any{"logs.eu-central-1.amazonaws.com"}}, policy[1]["Principal"])
	assert.Equal(t, map[string]any{"ArnLike": map[string]any{
		"kms:EncryptionContext:aws:logs:arn": []any{"arn:aws:logs:eu-central-1:123456789012:*"},
	}}, policy[1]["Condition"])
}

func TestFurtherServicesMayUseAKey(t *testing.T) {
	args := keyArgs()
	args.Logs = false
	args.Statements = []aws.Statement{{
		Services:   []string{"cloudfront.amazonaws.com"},
		Actions:    []string{"kms:Decrypt"},
		Conditions: []aws.Condition{{Operator: "StringEquals", Key: "aws:SourceAccount", Values: pulumi.StringArray{pulumi.String(mocks.Account)}}},
	}}
	key := mocks.Run(t, mocks.Known, withKey(args)).Find(t, "Key", "blog-key")
	statement := document(t, key.At(t, "policy"))[1]
	assert.Equal(t, map[string]any{"Service": []any{"cloudfront.amazonaws.com"}}, statement["Principal"])
	assert.Equal(t, []any{"*"}, statement["Resource"])
}

func TestAKeyCanEncryptTheSecretsOfAStack(t *testing.T) {
	mocks.Run(t, mocks.Known, func(ctx *pulumi.Context) error {
		key, err := aws.NewKey(ctx, "blog", keyArgs())
		if err != nil {
			return err
		}
		read := make(chan string, 1)
		key.SecretsProvider.ApplyT(func(url string) string {
			read <- url
			return url
		})
		assert.Equal(t, "awskms://key-blog-key?region=eu-central-1", <-read)
		return nil
	})
}

func TestWrongKeysAreNamed(t *testing.T) {
	refusedWith(t, withKey(&aws.KeyArgs{}), "Key: Description is required", "Key: AccountID is required", "Key: Region is required",
		`Key: Rotation is ""`, "Key: DeletionWindowDays is 0; allowed is 7 to 30")
	args := keyArgs()
	args.Statements = []aws.Statement{{Resources: pulumi.StringArray{pulumi.String("*")}}}
	refusedWith(t, withKey(args), "Key: Statements[0].Services is required", "Key: Statements[0].Actions is required",
		"Key: Statements[0].Resources has no meaning")
}
