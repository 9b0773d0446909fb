package aws_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"

	"github.com/djangostack/djangostack/components/arguments"
	"github.com/djangostack/djangostack/components/aws"
	"github.com/djangostack/djangostack/components/deletion"
	"github.com/djangostack/djangostack/tests/mocks"
)

func withBucket(change func(*aws.BucketArgs)) pulumi.RunFunc {
	return func(ctx *pulumi.Context) error {
		args := &aws.BucketArgs{
			Name:           "media",
			Access:         arguments.PrivateBucket,
			Versioning:     arguments.VersioningEnabled,
			DeletionPolicy: deletion.Retain,
			Tags:           tags(),
		}
		change(args)
		_, err := aws.NewBucket(ctx, "blog", args)
		return err
	}
}

func TestABucketIsClosedEncryptedAndVersioned(t *testing.T) {
	for _, outputs := range mocks.Both() {
		t.Run(string(outputs), func(t *testing.T) {
			ran := mocks.Run(t, outputs, withBucket(unchanged))

			assert.ElementsMatch(t, []string{
				"Bucket blog-media",
				"BucketLifecycleConfigurationV2 blog-media-lifecycle",
				"BucketOwnershipControls blog-media-ownership",
				"BucketPolicy blog-media-policy",
				"BucketPublicAccessBlock blog-media-closed",
				"BucketServerSideEncryptionConfigurationV2 blog-media-encryption",
				"BucketV2 blog-media",
				"BucketVersioningV2 blog-media-versioning",
			}, ran.Names())
			closed := ran.Find(t, "BucketPublicAccessBlock", "blog-media-closed")
			for _, way := range []string{"blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets"} {
				assert.Equal(t, true, closed.At(t, way), way)
			}
			owner := ran.Find(t, "BucketOwnershipControls", "blog-media-ownership")
			assert.Equal(t, "BucketOwnerEnforced", owner.At(t, "rule.objectOwnership"))
			encryption := ran.Find(t, "BucketServerSideEncryptionConfigurationV2", "blog-media-encryption")
			assert.Equal(t, "AES256", encryption.At(t, "rules[0].applyServerSideEncryptionByDefault.sseAlgorithm"))
			versioning := ran.Find(t, "BucketVersioningV2", "blog-media-versioning")
			assert.Equal(t, "Enabled", versioning.At(t, "versioningConfiguration.status"))
			tagged(t, ran, "BucketV2")
		})
	}
}

func TestABucketRefusesPlainTextAndOldTLS(t *testing.T) {
	ran := mocks.Run(t, mocks.Known, withBucket(unchanged))

	policy := document(t, ran.Find(t, "BucketPolicy", "blog-media-policy").At(t, "policy"))
	assert.Len(t, policy, 2, "no one is let in")
	for i, condition := range []map[string]any{
		{"Bool": map[string]any{"aws:SecureTransport": "false"}},
		{"NumericLessThan": map[string]any{"s3:TlsVersion": "1.2"}},
	} {
		assert.Equal(t, "Deny", policy[i]["Effect"])
		assert.Equal(t, "*", policy[i]["Principal"])
		assert.Equal(t, "s3:*", policy[i]["Action"])
		assert.Len(t, policy[i]["Resource"], 2, "the bucket and its objects")
		assert.Equal(t, condition, policy[i]["Condition"])
	}
}

func TestTheSettingsOfABucketComeOneAfterTheOther(t *testing.T) {
	ran := mocks.Run(t, mocks.Known, withBucket(func(a *aws.BucketArgs) {
		a.CORS = []arguments.CORSRule{{Origins: []string{"*"}, Methods: []string{"GET"}}}
	}))

	order := []mocks.Resource{
		ran.Find(t, "BucketPublicAccessBlock", "blog-media-closed"),
		ran.Find(t, "BucketOwnershipControls", "blog-media-ownership"),
		ran.Find(t, "BucketServerSideEncryptionConfigurationV2", "blog-media-encryption"),
		ran.Find(t, "BucketVersioningV2", "blog-media-versioning"),
		ran.Find(t, "BucketCorsConfigurationV2", "blog-media-cors"),
		ran.Find(t, "BucketLifecycleConfigurationV2", "blog-media-lifecycle"),
		ran.Find(t, "BucketPolicy", "blog-media-policy"),
	}
	for i := 1; i < len(order); i++ {
		assert.Contains(t, order[i].DependsOn, order[i-1].URN, "S3 refuses changes of one bucket at the same time")
	}
}

func TestAKeptBucketKeepsItsSettings(t *testing.T) {
	for end, kept := range map[deletion.Policy]bool{deletion.Retain: true, deletion.Delete: false} {
		ran := mocks.Run(t, mocks.Known, withBucket(func(a *aws.BucketArgs) { a.DeletionPolicy = end }))
		for _, r := range ran.Resources {
			if r.Custom {
				assert.Equal(t, kept, r.Retain, "%s %s", end, r.Name)
			}
		}
		assert.Equal(t, !kept, ran.Find(t, "BucketV2", "blog-media").At(t, "forceDestroy"), end)
	}
}

func TestProtectionIsOfTheBucketThatHoldsTheObjects(t *testing.T) {
	for _, protect := range []bool{true, false} {
		ran := mocks.Run(t, mocks.Known, withBucket(func(a *aws.BucketArgs) { a.Data.Protected = protect }))
		assert.Equal(t, protect, ran.Find(t, "BucketV2", "blog-media").Protect)
	}
}

func TestABucketIsEncryptedWithItsKey(t *testing.T) {
	ran := mocks.Run(t, mocks.Known, withBucket(func(a *aws.BucketArgs) { a.KeyARN = pulumi.String("arn:key") }))

	encryption := ran.Find(t, "BucketServerSideEncryptionConfigurationV2", "blog-media-encryption")
	assert.Equal(t, "aws:kms", encryption.At(t, "rules[0].applyServerSideEncryptionByDefault.sseAlgorithm"))
	assert.Equal(t, "arn:key", encryption.At(t, "rules[0].applyServerSideEncryptionByDefault.kmsMasterKeyId"))
	assert.Equal(t, true, encryption.At(t, "rules[0].bucketKeyEnabled"))
}

func TestCORSHasEveryField(t *testing.T) {
	ran := mocks.Run(t, mocks.Known, withBucket(func(a *aws.BucketArgs) {
		a.CORS = []arguments.CORSRule{{
			Origins: []string{"https://www.example.com"}, Methods: []string{"GET", "PUT"},
			Headers: []string{"*"}, Expose: []string{"ETag"}, MaxAgeSeconds: 3000,
		}}
	}))

	assert.Equal(t, map[string]any{
		"allowedOrigins": []any{"https://www.example.com"},
		"allowedMethods": []any{"GET", "PUT"},
		"allowedHeaders": []any{"*"},
		"exposeHeaders":  []any{"ETag"},
		"maxAgeSeconds":  3000.0,
	}, ran.Find(t, "BucketCorsConfigurationV2", "blog-media-cors").At(t, "corsRules[0]"))
}

func TestUnfinishedUploadsGoAndOldVersionsWhereAsked(t *testing.T) {
	plain := mocks.Run(t, mocks.Known, withBucket(unchanged)).Find(t, "BucketLifecycleConfigurationV2", "blog-media-lifecycle")
	assert.Equal(t, 7.0, plain.At(t, "rules[0].abortIncompleteMultipartUpload.daysAfterInitiation"))
	assert.Nil(t, plain.At(t, "rules[1]"), "nothing else goes by itself")

	asked := mocks.Run(t, mocks.Known, withBucket(func(a *aws.BucketArgs) {
		a.Lifecycle = arguments.BucketLifecycle{OldVersionDays: 30, ExpireDays: 365}
	})).Find(t, "BucketLifecycleConfigurationV2", "blog-media-lifecycle")
	assert.Equal(t, 30.0, asked.At(t, "rules[1].noncurrentVersionExpiration.noncurrentDays"))
	assert.Equal(t, 365.0, asked.At(t, "rules[2].expiration.days"))
}

func TestLoadBalancersWriteToALogBucketAndDoNothingElse(t *testing.T) {
	ran := mocks.Run(t, mocks.Known, withBucket(func(a *aws.BucketArgs) {
		a.Access, a.AccountID = arguments.LogBucket, pulumi.String(mocks.Account)
	}))

	policy := document(t, ran.Find(t, "BucketPolicy", "blog-media-policy").At(t, "policy"))
	assert.Len(t, policy, 3)
	assert.Equal(t, "Allow", policy[2]["Effect"])
	assert.Equal(t, []any{"s3:PutObject"}, policy[2]["Action"])
	assert.Equal(t, map[string]any{"Service": []any{"logdelivery.elasticloadbalancing.amazonaws.com"}}, policy[2]["Principal"])
	assert.Len(t, policy[2]["Resource"], 1)
	assert.Contains(t, fmt.Sprint(policy[2]["Resource"]), "blog-media/AWSLogs/"+mocks.Account+"/*", "other accounts' write elsewhere")
}

func TestTheNameOfABucketFitsWithWhatTheProviderAppends(t *testing.T) {
	ran := mocks.Run(t, mocks.Known, withBucket(func(a *aws.BucketArgs) { a.Name = strings.Repeat("long", 20) }))

	assert.LessOrEqual(t, len(ran.OfKind("BucketV2")[0].Name), 63-8)
}

func TestABucketRefusesWhatS3Would(t *testing.T) {
	refuses(t, withBucket, func(a *aws.BucketArgs) { *a = aws.BucketArgs{} },
		"Bucket: Name is required", "Bucket: Access is", "Bucket: Versioning is", "Bucket: DeletionPolicy is")
	refuses(t, withBucket, func(a *aws.BucketArgs) { a.Access = "public" }, `Bucket: Access is "public"; allowed are private, cdn`)
	refuses(t, withBucket, func(a *aws.BucketArgs) { a.Access, a.KeyARN = arguments.CDNBucket, pulumi.String("arn:key") }, "KeyARN goes with Access private only")
	refuses(t, withBucket, func(a *aws.BucketArgs) { a.Access = arguments.LogBucket }, "AccountID, since Access is load-balancer-logs, is required")
	refuses(t, withBucket, func(a *aws.BucketArgs) { a.AccountID = pulumi.String(mocks.Account) }, "AccountID goes with Access load-balancer-logs only")
	refuses(t, withBucket, func(a *aws.BucketArgs) { a.CORS = []arguments.CORSRule{{Methods: []string{"PATCH"}}} },
		"CORS[0].Origins is required", `CORS[0].Methods is "PATCH"`)
	refuses(t, withBucket, func(a *aws.BucketArgs) { a.Lifecycle.ExpireDays = -1 }, "Lifecycle.ExpireDays is -1")
}
