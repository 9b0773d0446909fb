package gcp_test

import (
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"

	"github.com/djangostack/djangostack/components/data"
	"github.com/djangostack/djangostack/components/deletion"
	"github.com/djangostack/djangostack/components/gcp"
	"github.com/djangostack/djangostack/tests/mocks"
)

func registryArgs() *gcp.RegistryArgs {
	return &gcp.RegistryArgs{
		Project:        mocks.Project,
		Region:         region,
		Name:           "blog",
		KeyID:          pulumi.String(aKey),
		UntaggedDays:   14,
		DeletionPolicy: deletion.Retain,
		Data:           data.Held{Protected: true},
		Labels:         environment,
	}
}

func withRegistry(args *gcp.RegistryArgs) pulumi.RunFunc {
	return func(ctx *pulumi.Context) error {
		_, err := gcp.NewRegistry(ctx, "blog", args)
		return err
	}
}

func TestARegistryEncryptsAndNeverMovesATag(t *testing.T) {
	for _, outputs := range mocks.Both() {
		ran := mocks.Run(t, outputs, withRegistry(registryArgs()))
		repository := ran.Find(t, "Repository", "blog-images")
		assert.Equal(t, "DOCKER", repository.At(t, "format"))
		assert.Equal(t, true, repository.At(t, "dockerConfig.immutableTags"))
		assert.Equal(t, aKey, repository.At(t, "kmsKeyName"), "CKV_GCP_84")
		assert.True(t, repository.Protect)
		assert.True(t, repository.Retain, "its images stay")
		everythingIsLabelled(t, ran)
		descendsFrom(t, ran, "Registry", "blog")
	}
}

func TestOnlyImagesWithoutATagExpire(t *testing.T) {
	repository := mocks.Run(t, mocks.Known, withRegistry(registryArgs())).Find(t, "Repository", "blog-images")
	assert.Equal(t, []any{map[string]any{
		"id": "untagged", "action": "DELETE",
		"condition": map[string]any{"tagState": "UNTAGGED", "olderThan": "1209600s"},
	}}, repository.At(t, "cleanupPolicies"))
	assert.Equal(t, false, repository.At(t, "cleanupPolicyDryRun"))
}

func TestARegistryCanTakeItsImagesWithIt(t *testing.T) {
	args := registryArgs()
	args.DeletionPolicy, args.Data.Protected, args.KeyID = deletion.Delete, false, nil
	repository := mocks.Run(t, mocks.Known, withRegistry(args)).Find(t, "Repository", "blog-images")
	assert.False(t, repository.Retain)
	assert.False(t, repository.Protect)
	assert.Nil(t, repository.At(t, "kmsKeyName"))
}

func TestImagesAreNamedByRegionProjectAndRepository(t *testing.T) {
	mocks.Run(t, mocks.Known, func(ctx *pulumi.Context) error {
		registry, err := gcp.NewRegistry(ctx, "blog", registryArgs())
		if err != nil {
			return err
		}
		read := make(chan string, 1)
		registry.URL.ApplyT(func(url string) string {
			read <- url
			return url
		})
		assert.Equal(t, "europe-west3-docker.pkg.dev/djangostack-tests/blog", <-read)
		return nil
	})
}

func TestWrongRegistriesAreNamed(t *testing.T) {
	refusedWith(t, withRegistry(&gcp.RegistryArgs{}), "Registry: Name is required", "Registry: Project is required", "Registry: Region is required",
		"Registry: UntaggedDays is 0", `Registry: DeletionPolicy is ""`)
	for _, name := range []string{"Blog", "blog-", "1blog", "web-team/blog", "blog web", strings.Repeat("b", 64)} {
		args := registryArgs()
		args.Name = name
		refusedWith(t, withRegistry(args), "Registry: Name is")
	}
}
