package gcp

import (
	"slices"
	"strings"

	gcpstorage "github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/storage"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/djangostack/djangostack/components/arguments"
	"github.com/djangostack/djangostack/components/deletion"
)

const daySeconds = 24 * 60 * 60

func (a *BucketArgs) bucket() *gcpstorage.BucketArgs {
	args := &gcpstorage.BucketArgs{
		Project: pulumi.String(a.Project),
		// Cloud Storage returns locations in upper case.
		Location:                 pulumi.String(strings.ToUpper(a.Location)),
		StorageClass:             pulumi.String("STANDARD"),
		UniformBucketLevelAccess: pulumi.Bool(true),
		PublicAccessPrevention:   pulumi.String("enforced"),
		Versioning:               &gcpstorage.BucketVersioningArgs{Enabled: pulumi.Bool(a.Versioning == arguments.VersioningEnabled)},
		SoftDeletePolicy:         &gcpstorage.BucketSoftDeletePolicyArgs{RetentionDurationSeconds: pulumi.Int(a.SoftDeleteDays * daySeconds)},
		LifecycleRules:           a.lifecycle(),
		ForceDestroy:             pulumi.Bool(a.DeletionPolicy == deletion.Delete),
		Labels:                   a.Labels.All(),
	}
	if len(a.CORS) > 0 {
		args.Cors = a.cors()
	}
	if a.KeyID != nil {
		args.Encryption = &gcpstorage.BucketEncryptionArgs{DefaultKmsKeyName: a.KeyID}
	}
	if a.Access == arguments.CDNBucket {
		// Without this page, a request for the root would return the list of all objects:
		// the only role that Google allows for its load balancers includes listing.
		args.Website = &gcpstorage.BucketWebsiteArgs{MainPageSuffix: pulumi.String("index.html")}
	}
	return args
}

func (a *BucketArgs) cors() gcpstorage.BucketCorArray {
	rules := gcpstorage.BucketCorArray{}
	for _, rule := range a.CORS {
		rules = append(rules, &gcpstorage.BucketCorArgs{
			Origins: pulumi.ToStringArray(rule.Origins),
			Methods: pulumi.ToStringArray(rule.Methods),
			// Cloud Storage has one list for request headers and response headers.
			ResponseHeaders: pulumi.ToStringArray(slices.Concat(rule.Headers, rule.Expose)),
			MaxAgeSeconds:   pulumi.Int(rule.MaxAgeSeconds),
		})
	}
	return rules
}

func (a *BucketArgs) lifecycle() gcpstorage.BucketLifecycleRuleArray {
	rules := gcpstorage.BucketLifecycleRuleArray{
		lifecycleRule("AbortIncompleteMultipartUpload", &gcpstorage.BucketLifecycleRuleConditionArgs{Age: pulumi.Int(arguments.UploadDays)}),
	}
	if days := a.Lifecycle.OldVersionDays; days > 0 {
		rules = append(rules, lifecycleRule("Delete", &gcpstorage.BucketLifecycleRuleConditionArgs{
			DaysSinceNoncurrentTime: pulumi.Int(days),
			WithState:               pulumi.String("ARCHIVED"),
			// Without this, the provider adds an age of 0.
			NoAge: pulumi.Bool(true),
		}))
	}
	if days := a.Lifecycle.ExpireDays; days > 0 {
		rules = append(rules, lifecycleRule("Delete", &gcpstorage.BucketLifecycleRuleConditionArgs{
			Age:       pulumi.Int(days),
			WithState: pulumi.String("LIVE"),
		}))
	}
	return rules
}

func lifecycleRule(action string, condition *gcpstorage.BucketLifecycleRuleConditionArgs) *gcpstorage.BucketLifecycleRuleArgs {
	return &gcpstorage.BucketLifecycleRuleArgs{
		Action:    &gcpstorage.BucketLifecycleRuleActionArgs{Type: pulumi.String(action)},
		Condition: condition,
	}
}
