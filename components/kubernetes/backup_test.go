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

func TestBackupsWithoutAScheduleAreRefused(t *testing.T) {
	args := backupsArgs()
	args.Schedule, args.KeepDays = "", 0

	mocks.Refused(t, withBackups(args), "Schedule", "KeepDays")
}
