package aws_test

import (
	"encoding/json"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/djangostack/djangostack/components/aws"
	"github.com/djangostack/djangostack/components/data"
	"github.com/djangostack/djangostack/components/deletion"
	"github.com/djangostack/djangostack/tests/mocks"
)

func registryArgs() *aws.RegistryArgs {
	return &aws.RegistryArgs{
		Name:           "web-team/blog",
		KeyARN:         pulumi.String(aKey),
		UntaggedDays:   14,
		DeletionPolicy: deletion.Retain,
		Data:           data.Held{Protected: true},
		Tags:           environment,
	}
}

func withRegistry(args *aws.RegistryArgs) pulumi.RunFunc {
	return func(ctx *pulumi.Context) error {
		_, err := aws.NewRegistry(ctx, "blog", args)
		return err
	}
}

func TestARegistryScansAndEncryptsAndNeverMovesATag(t *testing.T) {
	for _, outputs := range mocks.Both() {
		ran := mocks.Run(t, outputs, withRegistry(registryArgs()))
		repository := ran.Find(t, "Repository", "blog-images")
		assert.Equal(t, "IMMUTABLE", repository.At(t, "imageTagMutability"), "CKV_AWS_51")
		assert.Equal(t, true, repository.At(t, "imageScanningConfiguration.scanOnPush"), "CKV_AWS_163, CIS 5.1.1")
		assert.Equal(t, "KMS", repository.At(t, "encryptionConfigurations[0].encryptionType"), "CKV_AWS_136")
		assert.Equal(t, aKey, repository.At(t, "encryptionConfigurations[0].kmsKey"))
		assert.Equal(t, false, repository.At(t, "forceDelete"))
		assert.True(t, repository.Protect)
		everythingIsTagged(t, ran, "LifecyclePolicy")
		descendsFrom(t, ran, "Registry", "blog")
	}
}

func TestOnlyImagesWithoutATagExpire(t *testing.T) {
	lifecycle := mocks.Run(t, mocks.Known, withRegistry(registryArgs())).Find(t, "LifecyclePolicy", "blog-images")
	var read struct {
		Rules []struct {
			RulePriority int
			Selection    map[string]any
			Action       map[string]any
		}
	}
	require.NoError(t, json.Unmarshal([]byte(lifecycle.At(t, "policy").(string)), &read))
	require.Len(t, read.Rules, 1)
	assert.Equal(t, map[string]any{"tagStatus": "untagged", "countType": "sinceImagePushed", "countUnit": "days", "countNumber": 14.0}, read.Rules[0].Selection)
	assert.Equal(t, map[string]any{"type": "expire"}, read.Rules[0].Action)
}

func TestARegistryCanTakeItsImagesWithIt(t *testing.T) {
	args := registryArgs()
	args.DeletionPolicy, args.Data.Protected, args.KeyARN = deletion.Delete, false, nil
	repository := mocks.Run(t, mocks.Known, withRegistry(args)).Find(t, "Repository", "blog-images")
	assert.Equal(t, true, repository.At(t, "forceDelete"))
	assert.Equal(t, "KMS", repository.At(t, "encryptionConfigurations[0].encryptionType"))
	assert.Nil(t, repository.At(t, "encryptionConfigurations[0].kmsKey"), "the key that AWS keeps")
	assert.False(t, repository.Protect)
}

func TestWrongRegistriesAreNamed(t *testing.T) {
	refusedWith(t, withRegistry(&aws.RegistryArgs{}), "Registry: Name is required", "Registry: UntaggedDays is 0", `Registry: DeletionPolicy is ""`)
	for _, name := range []string{"Blog", "blog/", "/blog", "blog..web", "b", "blog web"} {
		args := registryArgs()
		args.Name = name
		refusedWith(t, withRegistry(args), "Registry: Name is")
	}
}
