package gcp_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/djangostack/djangostack/stacks/spec"
	"github.com/djangostack/djangostack/tests/mocks"
)

// backedUp deploys an environment whose database in the cluster is backed up to a bucket.
func backedUp(t *testing.T, outputs mocks.Outputs, tier spec.Tier) mocks.Program {
	t.Helper()
	return run(t, outputs, strings.Replace(fmt.Sprintf(whole, tier), `"database": {"kind": "managed"}`, `"database": {"kind": "in-cluster", "backups": {"store": "bucket"}}`, 1))
}

func TestBackupsAreInAPrivateBucket(t *testing.T) {
	for _, tier := range []spec.Tier{spec.Staging, spec.Production} {
		production := tier == spec.Production
		ran := backedUp(t, mocks.Known, tier)

		var bucket mocks.Resource
		for _, r := range ran.OfKind("Bucket") {
			if r.Custom && r.Name == "blog-backups" {
				bucket = r
			}
		}
		assert.Equal(t, production, bucket.Protect)
		assert.Equal(t, !production, bucket.At(t, "forceDestroy"))
		assert.Equal(t, true, bucket.At(t, "uniformBucketLevelAccess"))
		assert.Equal(t, "enforced", bucket.At(t, "publicAccessPrevention"))
		assert.NotEmpty(t, bucket.At(t, "encryption.defaultKmsKeyName"))
		assert.Equal(t, production, bucket.At(t, "versioning.enabled"))
		assert.Equal(t, map[bool]float64{true: 30 * 24 * 3600}[production], bucket.At(t, "softDeletePolicy.retentionDurationSeconds"))
		for _, rule := range bucket.At(t, "lifecycleRules").([]any) {
			condition := rule.(map[string]any)["condition"].(map[string]any)
			deletesLive := rule.(map[string]any)["action"].(map[string]any)["type"] == "Delete" && condition["withState"] != "ARCHIVED"
			assert.False(t, deletesLive, "the last backup stays, however old it is")
		}
		for _, claim := range ran.OfKind("PersistentVolumeClaim") {
			assert.NotContains(t, claim.Name, "backups")
		}
	}
}

func TestOnlyTheBackupsPodsReachTheBucketOfBackups(t *testing.T) {
	for _, outputs := range mocks.Both() {
		ran := backedUp(t, outputs, spec.Production)

		grant := ran.Find(t, "BucketIAMMember", "blog-backups-bucket-0")
		assert.Equal(t, "roles/storage.objectUser", grant.At(t, "role"))
		for _, job := range ran.OfKind("CronJob") {
			assert.True(t, ran.Waits(job, grant), "without the right the first backup fails")
		}
		if outputs == mocks.Unknown {
			continue
		}
		for _, job := range ran.OfKind("CronJob") {
			assert.Equal(t, "blog-backups", job.At(t, "spec.jobTemplate.spec.template.spec.serviceAccountName"))
		}
		pods := ran.Find(t, "IAMMember", "blog-backups-pods")
		assert.Contains(t, fmt.Sprint(pods.At(t, "member")), "[blog-dev/blog-backups]")
		annotations := fmt.Sprint(ran.Find(t, "ServiceAccount", "blog-backups").At(t, "metadata.annotations"))
		assert.Contains(t, annotations, "iam.gke.io/gcp-service-account")
		assert.NotEqual(t, annotations, fmt.Sprint(ran.Find(t, "ServiceAccount", "blog-account").At(t, "metadata.annotations")))
		for _, other := range ran.OfKind("BucketIAMMember") {
			if other.Name != grant.Name {
				assert.NotEqual(t, grant.At(t, "bucket"), other.At(t, "bucket"), other.Name)
			}
		}

		egress := fmt.Sprint(ran.Find(t, "NetworkPolicy", "blog-backups").At(t, "spec.egress"))
		assert.Contains(t, egress, "169.254.169.252/32")
		assert.Contains(t, egress, "443")
	}
}
