package gcp

import (
	"errors"
	"fmt"
	"strings"

	gcpstorage "github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/storage"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/djangostack/djangostack/components/deletion"
)

// CORSRule lets pages of other origins use a bucket.
type CORSRule struct {
	// Origins with scheme, for instance https://www.example.com; * is any.
	Origins []string
	// Methods are among GET, PUT, HEAD, POST and DELETE.
	Methods []string
	// Headers that a request may carry and that a page's script may read of an answer:
	// Cloud Storage does not tell them apart.
	Headers []string
	// MaxAgeSeconds is how long a browser remembers the rule.
	MaxAgeSeconds int
}

// BucketLifecycle says when Cloud Storage removes objects by itself, in days; 0 is
// never.
type BucketLifecycle struct {
	// OldVersionDays after which an earlier version is removed.
	OldVersionDays int
	// ExpireDays after which an object is removed.
	ExpireDays int
}

const (
	// uploadDays is how long the parts of an upload that was never finished are kept,
	// in days. They are paid for and shown nowhere.
	uploadDays = 7
	daySeconds = 24 * 60 * 60
)

func checkCORS(rules []CORSRule) error {
	var problems []error
	for i, rule := range rules {
		at := fmt.Sprintf("CORS[%d]", i)
		problems = append(problems,
			refused(len(rule.Origins) == 0, "Bucket", at+".Origins is required"),
			refused(len(rule.Methods) == 0, "Bucket", at+".Methods is required"))
		for _, method := range rule.Methods {
			problems = append(problems, oneOf("Bucket", at+".Methods", method, "GET", "PUT", "HEAD", "POST", "DELETE"))
		}
	}
	return errors.Join(problems...)
}

func (l BucketLifecycle) check() error {
	const decades = 36500
	return errors.Join(
		within("Bucket", "Lifecycle.OldVersionDays", l.OldVersionDays, 0, decades),
		within("Bucket", "Lifecycle.ExpireDays", l.ExpireDays, 0, decades),
	)
}

func (a *BucketArgs) bucket() *gcpstorage.BucketArgs {
	args := &gcpstorage.BucketArgs{
		Project: pulumi.String(a.Project),
		// Cloud Storage says it so, whatever it was told.
		Location:                 pulumi.String(strings.ToUpper(a.Location)),
		StorageClass:             pulumi.String("STANDARD"),
		UniformBucketLevelAccess: pulumi.Bool(true),
		PublicAccessPrevention:   pulumi.String("enforced"),
		Versioning:               &gcpstorage.BucketVersioningArgs{Enabled: pulumi.Bool(a.Versioning == KeepVersions)},
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
	if a.Access == CDNBucket {
		// Without a page of its own the root would answer with the list of all objects: the
		// only role that Google takes for its load balancers may list them.
		args.Website = &gcpstorage.BucketWebsiteArgs{MainPageSuffix: pulumi.String("index.html")}
	}
	return args
}

func (a *BucketArgs) cors() gcpstorage.BucketCorArray {
	rules := gcpstorage.BucketCorArray{}
	for _, rule := range a.CORS {
		rules = append(rules, &gcpstorage.BucketCorArgs{
			Origins:         pulumi.ToStringArray(rule.Origins),
			Methods:         pulumi.ToStringArray(rule.Methods),
			ResponseHeaders: pulumi.ToStringArray(rule.Headers),
			MaxAgeSeconds:   pulumi.Int(rule.MaxAgeSeconds),
		})
	}
	return rules
}

func (a *BucketArgs) lifecycle() gcpstorage.BucketLifecycleRuleArray {
	rules := gcpstorage.BucketLifecycleRuleArray{
		lifecycleRule("AbortIncompleteMultipartUpload", &gcpstorage.BucketLifecycleRuleConditionArgs{Age: pulumi.Int(uploadDays)}),
	}
	if days := a.Lifecycle.OldVersionDays; days > 0 {
		rules = append(rules, lifecycleRule("Delete", &gcpstorage.BucketLifecycleRuleConditionArgs{
			DaysSinceNoncurrentTime: pulumi.Int(days),
			WithState:               pulumi.String("ARCHIVED"),
			// Else the provider adds an age of 0.
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
