package gcp_test

import (
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"

	"github.com/djangostack/djangostack/components/arguments"
	"github.com/djangostack/djangostack/components/deletion"
	"github.com/djangostack/djangostack/components/gcp"
	"github.com/djangostack/djangostack/tests/mocks"
)

func bucketArgs() *gcp.BucketArgs {
	return &gcp.BucketArgs{
		Project:        mocks.Project,
		Name:           "media",
		Location:       region,
		Access:         arguments.PrivateBucket,
		Versioning:     arguments.VersioningEnabled,
		SoftDeleteDays: 7,
		DeletionPolicy: deletion.Retain,
		Labels:         environment,
	}
}

func withBucket(change func(*gcp.BucketArgs)) pulumi.RunFunc {
	return func(ctx *pulumi.Context) error {
		args := bucketArgs()
		change(args)
		_, err := gcp.NewBucket(ctx, "blog", args)
		return err
	}
}

func TestABucketIsClosedAndVersioned(t *testing.T) {
	for _, outputs := range mocks.Both() {
		for _, access := range []arguments.BucketAccess{arguments.PrivateBucket, arguments.CDNBucket} {
			ran := mocks.Run(t, outputs, withBucket(func(a *gcp.BucketArgs) { a.Access = access }))

			assert.Len(t, ran.Resources, 2, "the component and the bucket")
			bucket := ran.Resources[1]
			for argument, want := range map[string]any{
				"location":                 "EUROPE-WEST3",
				"storageClass":             "STANDARD",
				"uniformBucketLevelAccess": true,
				"publicAccessPrevention":   "enforced",
				"versioning.enabled":       true,
				"softDeletePolicy":         map[string]any{"retentionDurationSeconds": 604800.0},
			} {
				assert.Equal(t, want, bucket.At(t, argument), argument)
			}
			carriesLabels(t, ran, "Bucket")
			ofProject(t, ran)
		}
	}
}

// made is the bucket itself; the component has the same kind and name.
func made(t *testing.T, ran mocks.Program) mocks.Resource {
	t.Helper()
	for _, r := range ran.OfKind("Bucket") {
		if r.Custom {
			return r
		}
	}
	assert.Fail(t, "no bucket is registered")
	return mocks.Resource{}
}

func TestTheRootOfABucketBehindACDNIsNoList(t *testing.T) {
	cdn := made(t, mocks.Run(t, mocks.Known, withBucket(func(a *gcp.BucketArgs) { a.Access = arguments.CDNBucket })))
	assert.Equal(t, map[string]any{"mainPageSuffix": "index.html"}, cdn.At(t, "website"))
	assert.Nil(t, made(t, mocks.Run(t, mocks.Known, withBucket(unchanged))).At(t, "website"))
}

func TestAKeptBucketStays(t *testing.T) {
	for end, kept := range map[deletion.Policy]bool{deletion.Retain: true, deletion.Delete: false} {
		bucket := made(t, mocks.Run(t, mocks.Known, withBucket(func(a *gcp.BucketArgs) { a.DeletionPolicy, a.Data.Protected = end, kept })))
		assert.Equal(t, kept, bucket.Retain, end)
		assert.Equal(t, kept, bucket.Protect, end)
		assert.Equal(t, !kept, bucket.At(t, "forceDestroy"), end)
	}
}

func TestABucketIsEncryptedWithItsKey(t *testing.T) {
	assert.Nil(t, made(t, mocks.Run(t, mocks.Known, withBucket(unchanged))).At(t, "encryption"))
	bucket := made(t, mocks.Run(t, mocks.Known, withBucket(func(a *gcp.BucketArgs) { a.KeyID = pulumi.String(aKey) })))
	assert.Equal(t, map[string]any{"defaultKmsKeyName": aKey}, bucket.At(t, "encryption"))
}

func TestCORSHasEveryField(t *testing.T) {
	bucket := made(t, mocks.Run(t, mocks.Known, withBucket(func(a *gcp.BucketArgs) {
		a.CORS = []arguments.CORSRule{{
			Origins: []string{"https://www.example.com"}, Methods: []string{"GET", "PUT"}, Headers: []string{"Content-Type"}, MaxAgeSeconds: 3000,
		}}
	})))

	assert.Equal(t, []any{map[string]any{
		"origins":         []any{"https://www.example.com"},
		"methods":         []any{"GET", "PUT"},
		"responseHeaders": []any{"Content-Type"},
		"maxAgeSeconds":   3000.0,
	}}, bucket.At(t, "cors"))
}

func TestUnfinishedUploadsGoAndOldVersionsWhereAsked(t *testing.T) {
	unfinished := map[string]any{
		"action": map[string]any{"type": "AbortIncompleteMultipartUpload"}, "condition": map[string]any{"age": 7.0},
	}
	plain := made(t, mocks.Run(t, mocks.Known, withBucket(unchanged)))
	assert.Equal(t, []any{unfinished}, plain.At(t, "lifecycleRules"), "nothing else goes by itself")

	asked := made(t, mocks.Run(t, mocks.Known, withBucket(func(a *gcp.BucketArgs) {
		a.Lifecycle = arguments.BucketLifecycle{OldVersionDays: 30, ExpireDays: 365}
	})))
	assert.Equal(t, []any{
		unfinished,
		map[string]any{"action": map[string]any{"type": "Delete"}, "condition": map[string]any{
			"daysSinceNoncurrentTime": 30.0, "withState": "ARCHIVED", "noAge": true,
		}},
		map[string]any{"action": map[string]any{"type": "Delete"}, "condition": map[string]any{"age": 365.0, "withState": "LIVE"}},
	}, asked.At(t, "lifecycleRules"))
}

func TestSoftDeletionCanBeTurnedOff(t *testing.T) {
	bucket := made(t, mocks.Run(t, mocks.Known, withBucket(func(a *gcp.BucketArgs) { a.SoftDeleteDays = 0 })))
	assert.Equal(t, 0.0, bucket.At(t, "softDeletePolicy.retentionDurationSeconds"), "left out, it would be a week")
}

func TestTheNameOfABucketFitsWithWhatTheProviderAppends(t *testing.T) {
	bucket := made(t, mocks.Run(t, mocks.Known, withBucket(func(a *gcp.BucketArgs) { a.Name = strings.Repeat("long", 20) })))
	assert.LessOrEqual(t, len(bucket.Name), 63-8)
}

func TestABucketRefusesWhatCloudStorageWould(t *testing.T) {
	refuses(t, withBucket, func(a *gcp.BucketArgs) { *a = gcp.BucketArgs{} },
		"Bucket: Project is required", "Bucket: Name is required", "Bucket: Location is required", "Bucket: Access is", "Bucket: Versioning is", "Bucket: DeletionPolicy is")
	refuses(t, withBucket, func(a *gcp.BucketArgs) { a.Access = "public" }, `Bucket: Access is "public"; allowed are private, cdn`)
	refuses(t, withBucket, func(a *gcp.BucketArgs) { a.Location = "Frankfurt" }, `Location is "Frankfurt"`)
	refuses(t, withBucket, func(a *gcp.BucketArgs) { a.SoftDeleteDays = 3 }, "SoftDeleteDays, which is not 0, is 3; allowed is 7 to 90")
	refuses(t, withBucket, func(a *gcp.BucketArgs) { a.CORS = []arguments.CORSRule{{Methods: []string{"PATCH"}}} },
		"CORS[0].Origins is required", `CORS[0].Methods is "PATCH"`)
	refuses(t, withBucket, func(a *gcp.BucketArgs) { a.Lifecycle.ExpireDays = -1 }, "Lifecycle.ExpireDays is -1")
}
