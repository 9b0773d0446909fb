package aws_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/djangostack/djangostack/stacks/aws"
	"github.com/djangostack/djangostack/stacks/spec"
	"github.com/djangostack/djangostack/tests/mocks"
)

// backedUp deploys an environment whose database in the cluster is backed up to a bucket.
func backedUp(t *testing.T, outputs mocks.Outputs, tier spec.Tier) mocks.Program {
	t.Helper()
	text := strings.Replace(fmt.Sprintf(whole, tier), `"database": {"kind": "managed"}`, `"database": {"kind": "in-cluster", "backups": {"store": "bucket"}}`, 1)
	environment, err := spec.Parse([]byte(text), "dev")
	require.NoError(t, err)
	return mocks.Run(t, outputs, func(ctx *pulumi.Context) error { return aws.Deploy(ctx, environment) })
}

func TestBackupsAreInAPrivateBucket(t *testing.T) {
	for _, tier := range []spec.Tier{spec.Staging, spec.Production} {
		production := tier == spec.Production
		ran := backedUp(t, mocks.Known, tier)

		bucket := ran.Find(t, "BucketV2", "blog-backups")
		assert.Equal(t, production, bucket.Protect)
		assert.Equal(t, !production, bucket.At(t, "forceDestroy"))
		assert.Equal(t, true, ran.Find(t, "BucketPublicAccessBlock", "blog-backups-closed").At(t, "restrictPublicBuckets"))
		assert.Equal(t, "AES256", ran.Find(t, "BucketServerSideEncryptionConfigurationV2", "blog-backups-encryption").At(t, "rules[0].applyServerSideEncryptionByDefault.sseAlgorithm"))
		versions := map[bool]string{true: "Enabled", false: "Suspended"}[production]
		assert.Equal(t, versions, ran.Find(t, "BucketVersioningV2", "blog-backups-versioning").At(t, "versioningConfiguration.status"))
		for _, rule := range ran.Find(t, "BucketLifecycleConfigurationV2", "blog-backups-lifecycle").At(t, "rules").([]any) {
			expiration, _ := rule.(map[string]any)["expiration"].(map[string]any)
			assert.NotContains(t, expiration, "days", "the last backup stays, however old it is")
		}
		for _, claim := range ran.OfKind("PersistentVolumeClaim") {
			assert.NotContains(t, claim.Name, "backups")
		}
	}
}

func TestOnlyTheBackupsPodsReachTheBucketOfBackups(t *testing.T) {
	for _, outputs := range mocks.Both() {
		ran := backedUp(t, outputs, spec.Production)

		association := ran.Find(t, "PodIdentityAssociation", "blog-backups-pods")
		assert.Equal(t, "blog-backups", association.At(t, "serviceAccount"))
		for _, job := range ran.OfKind("CronJob") {
			assert.True(t, ran.Waits(job, association), "its pods get their credentials when they start")
		}
		if outputs == mocks.Unknown {
			continue
		}
		for _, job := range ran.OfKind("CronJob") {
			assert.Equal(t, "blog-backups", job.At(t, "spec.jobTemplate.spec.template.spec.serviceAccountName"))
		}
		assert.Equal(t, "blog", ran.Find(t, "PodIdentityAssociation", "blog-pods").At(t, "serviceAccount"))
		app := fmt.Sprint(ran.Find(t, "RolePolicy", "blog-pods-policy").At(t, "policy"))
		assert.Contains(t, app, "blog-media")
		assert.NotContains(t, app, "blog-backups")

		var policy struct {
			Statement []struct{ Action, Resource []string }
		}
		require.NoError(t, json.Unmarshal([]byte(fmt.Sprint(ran.Find(t, "RolePolicy", "blog-backups-pods-policy").At(t, "policy"))), &policy))
		assert.Equal(t, []string{"s3:GetObject", "s3:PutObject", "s3:DeleteObject", "s3:AbortMultipartUpload"}, policy.Statement[1].Action, "a version that is no longer current stays")
		assert.Len(t, policy.Statement[1].Resource, 1)
		assert.Contains(t, policy.Statement[1].Resource[0], "blog-backups/blog/dev/*")

		egress := fmt.Sprint(ran.Find(t, "NetworkPolicy", "blog-backups").At(t, "spec.egress"))
		assert.Contains(t, egress, "169.254.170.23/32")
		assert.Contains(t, egress, "443")
	}
}
