package gcp_test

import (
	"strings"
	"testing"

	corev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/core/v1"
	metav1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/meta/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/djangostack/djangostack/components/arguments"
	"github.com/djangostack/djangostack/components/gcp"
	"github.com/djangostack/djangostack/tests/mocks"
)

func identityArgs() *gcp.IdentityArgs {
	return &gcp.IdentityArgs{
		Project:        mocks.Project,
		WorkloadPool:   pulumi.String(mocks.Project + ".svc.id.goog"),
		Namespace:      pulumi.String("blog"),
		ServiceAccount: "web",
		Buckets:        []gcp.BucketGrant{{Bucket: pulumi.String("blog-media"), Role: "roles/storage.objectUser"}},
		AccessKeys:     arguments.Off,
		Signing:        arguments.On,
	}
}

func withIdentity(name string, args *gcp.IdentityArgs) pulumi.RunFunc {
	return func(ctx *pulumi.Context) error {
		_, err := gcp.NewIdentity(ctx, name, args)
		return err
	}
}

const webAccount = "serviceAccount:blog-web-pods-1a2b3c@djangostack-tests.iam.gserviceaccount.com"

func TestThePodsOfOneServiceAccountActAsOneIdentity(t *testing.T) {
	for _, outputs := range mocks.Both() {
		ran := mocks.Run(t, outputs, withIdentity("blog-web", identityArgs()))
		granted := ran.Find(t, "IAMMember", "blog-web-pods")
		assert.Equal(t, "roles/iam.workloadIdentityUser", granted.At(t, "role"))
		assert.Equal(t, "serviceAccount:djangostack-tests.svc.id.goog[blog/web]", granted.At(t, "member"))
		assert.Empty(t, ran.OfKind("Key"), "pods need no key")
		descendsFrom(t, ran, "Identity", "blog-web")
	}
}

func TestAnIdentityReachesItsBucketsAndNothingElse(t *testing.T) {
	ran := mocks.Run(t, mocks.Known, withIdentity("blog-web", identityArgs()))
	bucket := ran.Find(t, "BucketIAMMember", "blog-web-bucket-0")
	assert.Equal(t, "blog-media", bucket.At(t, "bucket"))
	assert.Equal(t, "roles/storage.objectUser", bucket.At(t, "role"))
	assert.Equal(t, webAccount, bucket.At(t, "member"))
	for _, granted := range ran.OfKind("IAMMember") {
		assert.True(t, strings.HasPrefix(granted.Type, "gcp:serviceaccount/"), "no role in the whole project")
	}
}

func TestOnlyASigningIdentityActsAsItself(t *testing.T) {
	args := identityArgs()
	granted := mocks.Run(t, mocks.Known, withIdentity("blog-web", args)).Find(t, "IAMMember", "blog-web-signing")
	assert.Equal(t, "roles/iam.serviceAccountTokenCreator", granted.At(t, "role"))
	assert.Equal(t, webAccount, granted.At(t, "member"))
	assert.Equal(t, "projects/djangostack-tests/serviceAccounts/"+strings.TrimPrefix(webAccount, "serviceAccount:"), granted.At(t, "serviceAccountId"))
	args.Signing = arguments.Off
	assert.Len(t, mocks.Run(t, mocks.Known, withIdentity("blog-web", args)).OfKind("IAMMember"), 1)
}

func TestAnIdentitysNameIsCutAndNewEveryTime(t *testing.T) {
	ran := mocks.Run(t, mocks.Known, withIdentity("blog-production-newsletter-worker", identityArgs()))
	id := ran.OfKind("Account")[0].At(t, "accountId").(string)
	assert.LessOrEqual(t, len(id), 30)
	assert.Regexp(t, `^[a-z][a-z0-9-]{4,28}[a-z0-9]$`, id)
	assert.True(t, strings.HasSuffix(id, "-1a2b3c"), id)
}

func TestWhoeverIsAnnotatedWaitsForWhatTheIdentityMayDo(t *testing.T) {
	for _, outputs := range mocks.Both() {
		ran := mocks.Run(t, outputs, func(ctx *pulumi.Context) error {
			identity, err := gcp.NewIdentity(ctx, "blog-web", identityArgs())
			if err != nil {
				return err
			}
			_, err = corev1.NewServiceAccount(ctx, "web", &corev1.ServiceAccountArgs{Metadata: metav1.ObjectMetaArgs{Annotations: identity.Annotations}})
			return err
		})
		web := ran.Find(t, "ServiceAccount", "web")
		require.Len(t, ran.OfKind("IAMMember"), 2)
		for _, granted := range append(ran.OfKind("IAMMember"), ran.OfKind("BucketIAMMember")...) {
			assert.True(t, ran.Waits(web, granted), granted.Name)
		}
		if outputs == mocks.Known {
			assert.Equal(t, strings.TrimPrefix(webAccount, "serviceAccount:"), web.At(t, `metadata.annotations["iam.gke.io/gcp-service-account"]`))
		}
	}
}

func TestAnIdentityWaitsForTheClusterWhosePoolItIsIn(t *testing.T) {
	for _, outputs := range mocks.Both() {
		ran := mocks.Run(t, outputs, func(ctx *pulumi.Context) error {
			cluster, err := gcp.NewCluster(ctx, "blog", clusterArgs(arguments.ModeAuto))
			if err != nil {
				return err
			}
			args := identityArgs()
			args.WorkloadPool = cluster.WorkloadPool
			_, err = gcp.NewIdentity(ctx, "blog-web", args)
			return err
		})
		granted := ran.Find(t, "IAMMember", "blog-web-pods")
		assert.True(t, ran.Waits(granted, theCluster(t, ran)), "Google makes the pool with the first cluster")
		assert.Equal(t, "serviceAccount:djangostack-tests.svc.id.goog[blog/web]", granted.At(t, "member"), "known at preview")
	}
}

func TestWrongIdentitiesAreNamed(t *testing.T) {
	refusedWith(t, withIdentity("web", &gcp.IdentityArgs{}), "Identity: Project is required", "Identity: WorkloadPool is required",
		"Identity: Namespace is required", "Identity: ServiceAccount is required", `Identity: Signing is ""`)
	args := identityArgs()
	args.Buckets = []gcp.BucketGrant{{Role: "storage.objectUser"}, {Bucket: pulumi.String("b"), Role: "roles/owner"}}
	refusedWith(t, withIdentity("web", args), "Identity: Buckets[0].Bucket is required", `Identity: Buckets[0].Role is "storage.objectUser"`,
		`Identity: Buckets[1].Role is "roles/owner"`)
}

func TestAnAccessKeyIsOfTheIdentity(t *testing.T) {
	args := identityArgs()
	args.AccessKeys = arguments.On
	for _, outputs := range mocks.Both() {
		ran := mocks.Run(t, outputs, withIdentity("blog-web", args))
		key := ran.Find(t, "HmacKey", "blog-web-access-key")
		if outputs == mocks.Known {
			assert.Equal(t, strings.TrimPrefix(webAccount, "serviceAccount:"), key.At(t, "serviceAccountEmail"))
		}
	}
	ran := mocks.Run(t, mocks.Known, withIdentity("blog-web", identityArgs()))
	assert.Empty(t, ran.OfKind("HmacKey"))
}
