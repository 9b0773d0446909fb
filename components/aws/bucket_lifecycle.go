package aws

import (
	"errors"

	awss3 "github.com/pulumi/pulumi-aws/sdk/v6/go/aws/s3"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// BucketLifecycle says when S3 removes objects by itself, in days; 0 is never.
type BucketLifecycle struct {
	// OldVersionDays after which an earlier version is removed.
	OldVersionDays int
	// ExpireDays after which an object is removed.
	ExpireDays int
}

// uploadDays is how long the parts of an upload that was never finished are kept,
// in days. They are paid for and shown nowhere.
const uploadDays = 7

func (l BucketLifecycle) check() error {
	const decades = 36500
	return errors.Join(
		within("Bucket", "Lifecycle.OldVersionDays", l.OldVersionDays, 0, decades),
		within("Bucket", "Lifecycle.ExpireDays", l.ExpireDays, 0, decades),
	)
}

func (a *BucketArgs) lifecycle(ctx *pulumi.Context, b *Bucket, opts ...pulumi.ResourceOption) (pulumi.Resource, error) {
	rules := awss3.BucketLifecycleConfigurationV2RuleArray{awss3.BucketLifecycleConfigurationV2RuleArgs{
		Id:     pulumi.String("unfinished-uploads"),
		Status: pulumi.String("Enabled"),
		Filter: wholeBucket(),
		AbortIncompleteMultipartUpload: awss3.BucketLifecycleConfigurationV2RuleAbortIncompleteMultipartUploadArgs{
			DaysAfterInitiation: pulumi.Int(uploadDays),
		},
	}}
	if days := a.Lifecycle.OldVersionDays; days > 0 {
		rules = append(rules, awss3.BucketLifecycleConfigurationV2RuleArgs{
			Id:     pulumi.String("old-versions"),
			Status: pulumi.String("Enabled"),
			Filter: wholeBucket(),
			NoncurrentVersionExpiration: awss3.BucketLifecycleConfigurationV2RuleNoncurrentVersionExpirationArgs{
				NoncurrentDays: pulumi.Int(days),
			},
			// A deletion leaves a marker; it goes once no version is left under it.
			Expiration: awss3.BucketLifecycleConfigurationV2RuleExpirationArgs{ExpiredObjectDeleteMarker: pulumi.Bool(true)},
		})
	}
	if days := a.Lifecycle.ExpireDays; days > 0 {
		rules = append(rules, awss3.BucketLifecycleConfigurationV2RuleArgs{
			Id:         pulumi.String("expired"),
			Status:     pulumi.String("Enabled"),
			Filter:     wholeBucket(),
			Expiration: awss3.BucketLifecycleConfigurationV2RuleExpirationArgs{Days: pulumi.Int(days)},
		})
	}
	return awss3.NewBucketLifecycleConfigurationV2(ctx, b.name+"-lifecycle", &awss3.BucketLifecycleConfigurationV2Args{
		Bucket: b.Name,
		Rules:  rules,
	}, opts...)
}

func wholeBucket() awss3.BucketLifecycleConfigurationV2RuleFilterArgs {
	return awss3.BucketLifecycleConfigurationV2RuleFilterArgs{Prefix: pulumi.String("")}
}
