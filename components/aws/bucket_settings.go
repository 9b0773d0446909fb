package aws

import (
	"fmt"

	awss3 "github.com/pulumi/pulumi-aws/sdk/v6/go/aws/s3"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// settings registers the settings of a bucket, each after the one before: S3 refuses
// concurrent changes of one bucket.
func (a *BucketArgs) settings(ctx *pulumi.Context, b *Bucket) error {
	steps := []func(*pulumi.Context, *Bucket, ...pulumi.ResourceOption) (pulumi.Resource, error){
		a.publicAccessBlock, a.ownership, a.encryption, a.versioning, a.cors, a.lifecycle,
	}
	for _, register := range steps {
		options := b.options(b)
		if b.lastSetting != nil {
			options = append(options, pulumi.DependsOn([]pulumi.Resource{b.lastSetting}))
		}
		setting, err := register(ctx, b, options...)
		if err != nil {
			return fmt.Errorf("registering the settings of the bucket %s: %w", a.Name, err)
		}
		if setting != nil {
			b.lastSetting = setting
		}
	}
	return nil
}

func (a *BucketArgs) publicAccessBlock(ctx *pulumi.Context, b *Bucket, opts ...pulumi.ResourceOption) (pulumi.Resource, error) {
	return awss3.NewBucketPublicAccessBlock(ctx, b.name+"-closed", &awss3.BucketPublicAccessBlockArgs{
		Bucket:                b.Name,
		BlockPublicAcls:       pulumi.Bool(true),
		BlockPublicPolicy:     pulumi.Bool(true),
		IgnorePublicAcls:      pulumi.Bool(true),
		RestrictPublicBuckets: pulumi.Bool(true),
	}, opts...)
}

func (a *BucketArgs) ownership(ctx *pulumi.Context, b *Bucket, opts ...pulumi.ResourceOption) (pulumi.Resource, error) {
	return awss3.NewBucketOwnershipControls(ctx, b.name+"-ownership", &awss3.BucketOwnershipControlsArgs{
		Bucket: b.Name,
		Rule:   awss3.BucketOwnershipControlsRuleArgs{ObjectOwnership: pulumi.String("BucketOwnerEnforced")},
	}, opts...)
}

func (a *BucketArgs) encryption(ctx *pulumi.Context, b *Bucket, opts ...pulumi.ResourceOption) (pulumi.Resource, error) {
	byDefault := awss3.BucketServerSideEncryptionConfigurationV2RuleApplyServerSideEncryptionByDefaultArgs{
		SseAlgorithm: pulumi.String("AES256"),
	}
	if a.KeyARN != nil {
		byDefault.SseAlgorithm = pulumi.String("aws:kms")
		byDefault.KmsMasterKeyId = a.KeyARN.ToStringOutput().ToStringPtrOutput()
	}
	return awss3.NewBucketServerSideEncryptionConfigurationV2(ctx, b.name+"-encryption", &awss3.BucketServerSideEncryptionConfigurationV2Args{
		Bucket: b.Name,
		Rules: awss3.BucketServerSideEncryptionConfigurationV2RuleArray{awss3.BucketServerSideEncryptionConfigurationV2RuleArgs{
			ApplyServerSideEncryptionByDefault: byDefault,
			// With a bucket key, one call to KMS serves many objects.
			BucketKeyEnabled: pulumi.Bool(a.KeyARN != nil),
		}},
	}, opts...)
}

func (a *BucketArgs) versioning(ctx *pulumi.Context, b *Bucket, opts ...pulumi.ResourceOption) (pulumi.Resource, error) {
	return awss3.NewBucketVersioningV2(ctx, b.name+"-versioning", &awss3.BucketVersioningV2Args{
		Bucket:                  b.Name,
		VersioningConfiguration: awss3.BucketVersioningV2VersioningConfigurationArgs{Status: pulumi.String(string(a.Versioning))},
	}, opts...)
}
