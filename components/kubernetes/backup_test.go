package kubernetes_test

import (
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/djangostack/djangostack/components/connection"
	"github.com/djangostack/djangostack/components/data"
	"github.com/djangostack/djangostack/components/kubernetes"
	"github.com/djangostack/djangostack/components/pod"
	"github.com/djangostack/djangostack/tests/mocks"
)

func backupsArgs() *kubernetes.DatabaseBackupsArgs {
	return &kubernetes.DatabaseBackupsArgs{
		Namespace: pulumi.String("blog-dev"),
		Labels:    testLabels(),
		Image:     "docker.io/library/postgres:17",
		Database: connection.Database{
			Host: pulumi.String("blog-postgres"), Port: 5432, Name: "blog", User: "blog",
			Password: pulumi.ToSecret(pulumi.String("the-app-password")).(pulumi.StringOutput),
			SSLMode:  "verify-full", CA: pulumi.String("a certificate"),
		},
		Schedule: "17 2 * * *", DrillSchedule: "47 3 * * 0", KeepDays: 14,
		Size: "20Gi", DrillSize: "30Gi", StorageClass: "fast", Timeout: 1800,
		Resources: pod.Resources{CPU: "25m", Memory: "64Mi", MemoryLimit: "512Mi"},
		Data: data.Held{
			Parts: []data.Part{data.Backups}, Loss: "the backups", Protected: true,
			Immutable: map[string]string{"database.backups.volume.storageClassName": "fast"},
		},
	}
}

func withBackups(args *kubernetes.DatabaseBackupsArgs) pulumi.RunFunc {
	return func(ctx *pulumi.Context) error {
		_, err := kubernetes.NewDatabaseBackups(ctx, "blog", args)
		return err
	}
}

func TestTheDatabaseIsBackedUpRestoredAndDrilled(t *testing.T) {
	for _, outputs := range mocks.Both() {
		t.Run(string(outputs), func(t *testing.T) {
			ran := mocks.Run(t, outputs, withBackups(backupsArgs()))
			jobs := ran.OfKind("CronJob")
			require.Len(t, jobs, 3)
			for i, want := range []struct {
				name, schedule, action string
				suspended              bool
			}{
				{"blog-backup", "17 2 * * *", "backup", false},
				{"blog-restore", "17 2 * * *", "list", true},
				{"blog-restore-drill", "47 3 * * 0", "drill", false},
			} {
				job := jobs[i]
				assert.Equal(t, want.name, job.At(t, "metadata.name"))
				assert.Equal(t, want.schedule, job.At(t, "spec.schedule"))
				assert.Equal(t, want.suspended, job.At(t, "spec.suspend"))
				assert.Equal(t, "Forbid", job.At(t, "spec.concurrencyPolicy"))
				assert.Equal(t, want.action, variable(t, job, "BACKUP_ACTION"))
				assert.Equal(t, "14", variable(t, job, "BACKUP_KEEP_DAYS"))
				assert.Equal(t, "verify-full", variable(t, job, "PGSSLMODE"))
				assert.Equal(t, float64(1800), job.At(t, "spec.jobTemplate.spec.activeDeadlineSeconds"))
			}
		})
	}
}

// variable returns the value of a variable of a CronJob's container.
func variable(t *testing.T, job mocks.Resource, name string) any {
	t.Helper()
	for _, entry := range job.At(t, "spec.jobTemplate.spec.template.spec.containers[0].env").([]any) {
		if entry := entry.(map[string]any); entry["name"] == name {
			return entry["value"]
		}
	}
	return nil
}

func TestTheBackupsHaveAVolumeOfTheirOwnUnderTheGuard(t *testing.T) {
	ran := mocks.Run(t, mocks.Known, withBackups(backupsArgs()))

	claims := ran.OfKind("PersistentVolumeClaim")
	require.Len(t, claims, 1)
	assert.True(t, claims[0].Protect)
	assert.Equal(t, "20Gi", claims[0].At(t, "spec.resources.requests.storage"))
	assert.Equal(t, "fast", claims[0].At(t, "spec.storageClassName"))
	drill := ran.OfKind("CronJob")[2]
	volumes := drill.At(t, "spec.jobTemplate.spec.template.spec.volumes").([]any)
	scratch := volumes[len(volumes)-1].(map[string]any)["ephemeral"].(map[string]any)
	assert.Equal(t, map[string]any{"volumeClaimTemplate": map[string]any{"spec": map[string]any{
		"accessModes": []any{"ReadWriteOnce"}, "storageClassName": "fast",
		"resources": map[string]any{"requests": map[string]any{"storage": "30Gi"}},
	}}}, scratch)
}

func bucketArgs() *kubernetes.DatabaseBackupsArgs {
	args := backupsArgs()
	args.Size, args.Data = "", data.Held{}
	args.Bucket = &kubernetes.BackupBucket{
		Name: pulumi.String("company-backups"), Prefix: "blog/dev/", Image: "registry.example.com/rclone:1",
		Remote:         kubernetes.S3CompatibleRemote("https://s3.example.com", "eu-1", pulumi.String("AKID"), pulumi.ToSecret(pulumi.String("the-secret-key")).(pulumi.StringOutput)),
		ServiceAccount: "blog-backups", Annotations: pulumi.StringMap{"example.com/identity": pulumi.String("backups")},
		Egress: []kubernetes.EgressRule{{CIDRs: []string{"192.0.2.7/32"}, Ports: []int{443}}},
	}
	return args
}

func TestBackupsInABucketHaveNoVolumeAndRightsOfTheirOwn(t *testing.T) {
	for _, outputs := range mocks.Both() {
		t.Run(string(outputs), func(t *testing.T) {
			ran := mocks.Run(t, outputs, withBackups(bucketArgs()))

			assert.Empty(t, ran.OfKind("PersistentVolumeClaim"))
			account := ran.Find(t, "ServiceAccount", "blog-backups")
			assert.Equal(t, map[string]any{"example.com/identity": "backups"}, account.At(t, "metadata.annotations"))
			assert.Equal(t, false, account.At(t, "automountServiceAccountToken"))
			for _, job := range ran.OfKind("CronJob") {
				const pod = "spec.jobTemplate.spec.template.spec"
				assert.Equal(t, "https://s3.example.com", variable(t, job, "RCLONE_CONFIG_STORE_ENDPOINT"))
				assert.Equal(t, "eu-1", variable(t, job, "RCLONE_CONFIG_STORE_REGION"))
				assert.Equal(t, "store:company-backups/blog/dev/", variable(t, job, "BACKUP_REMOTE"))
				assert.Nil(t, variable(t, job, "RCLONE_CONFIG_STORE_SECRET_ACCESS_KEY"), "it is in a Secret")
				assert.Equal(t, "registry.example.com/rclone:1", job.At(t, pod+".initContainers[0].image"))
				assert.Equal(t, "256Mi", job.At(t, pod+`.initContainers[0].resources.requests["ephemeral-storage"]`))
				assert.Equal(t, true, job.At(t, pod+".initContainers[0].securityContext.readOnlyRootFilesystem"))
				if outputs == mocks.Known {
					assert.Equal(t, "blog-backups", job.At(t, pod+".serviceAccountName"))
				}
			}
			secret := ran.Find(t, "Secret", "blog-backups")
			assert.Equal(t, "the-secret-key", secret.At(t, "stringData.SECRET_ACCESS_KEY"))
			assert.Equal(t, mocks.Hidden, secret.Plain()["stringData"])

			policy := ran.Find(t, "NetworkPolicy", "blog-backups")
			assert.Equal(t, []any{"backup", "restore", "restore-drill"}, policy.At(t, "spec.podSelector.matchExpressions[0].values"), "no other pod reaches the bucket by it")
			assert.Equal(t, "192.0.2.7/32", policy.At(t, "spec.egress[0].to[0].ipBlock.cidr"))
			assert.Equal(t, []any{"Egress"}, policy.At(t, "spec.policyTypes"))
		})
	}
}

func TestABucketThatExistsNeedsNoServiceAccount(t *testing.T) {
	args := bucketArgs()
	args.Bucket.ServiceAccount = ""

	ran := mocks.Run(t, mocks.Known, withBackups(args))

	assert.Empty(t, ran.OfKind("ServiceAccount"))
	assert.Nil(t, ran.OfKind("CronJob")[0].At(t, "spec.jobTemplate.spec.template.spec.serviceAccountName"))
}

func TestBackupsInHalfABucketAreRefused(t *testing.T) {
	args := bucketArgs()
	args.Size, args.Bucket = "1Gi", &kubernetes.BackupBucket{Prefix: "blog/dev"}

	mocks.Refused(t, withBackups(args), "Bucket.Name", "Bucket.Remote", "Bucket.Image", `Bucket.Prefix is "blog/dev", which does not end with a slash`, "Size goes without Bucket")
}

func TestBackupsWithoutAScheduleAreRefused(t *testing.T) {
	args := backupsArgs()
	args.Schedule, args.KeepDays = "", 0

	mocks.Refused(t, withBackups(args), "Schedule", "KeepDays")
}
