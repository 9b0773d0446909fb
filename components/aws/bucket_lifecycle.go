package aws

import (
	awss3 "github.com/pulumi/pulumi-aws/sdk/v6/go/aws/s3"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/djangostack/djangostack/components/arguments"
)

func (a *BucketArgs) lifecycle(ctx *pulumi.Context, b *Bucket, opts ...pulumi.ResourceOption) (pulumi.Resource, error) {
	rules := awss3.BucketLifecycleConfigurationV2RuleArray{awss3.BucketLifecycleConfigurationV2RuleArgs{
		Id:     pulumi.String("unfinished-uploads"),
		Status: pulumi.String("Enabled"),
		Filter: wholeBucket(),
		AbortIncompleteMultipartUpload: awss3.BucketLifecycleConfigurationV2RuleAbortIncompleteMultipartUploadArgs{
			DaysAfterInitiation: pulumi.Int(arguments.UploadDays),
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
			// Deleting an object leaves a delete marker. This removes the marker once no
			// version is left.
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
