package aws_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/djangostack/djangostack/stacks/spec"
	"github.com/djangostack/djangostack/tests/mocks"
)

// moving deploys a production in a step of the move from the cluster to RDS.
func moving(t *testing.T, outputs mocks.Outputs, step string) mocks.Program {
	t.Helper()
	kind, other := "in-cluster", "managed"
	if step == "keep" || step == "discard" {
		kind, other = other, kind
	}
	database := fmt.Sprintf(`"database": {"kind": %q, "move": {"other": %q, "step": %q}, "pooler": {"kind": "pgbouncer"}}, "shell": {"enabled": true, "reason": "a look"},
		"web": {"autoscaling": {"minReplicas": 2, "maxReplicas": 5}}, "cron": [{"name": "clean", "schedule": "@daily", "command": ["clean"]}]`, kind, other, step)
	return chosen(t, outputs, spec.Production, `"database": {"kind": "managed"}`, database)
}

func TestBothServersExistWhileTheDatabaseIsMoved(t *testing.T) {
	for _, outputs := range mocks.Both() {
		for step, holder := range map[string]string{"prepare": "blog-postgres", "copy": "blog-postgres", "keep": "blog-database", "discard": "blog-database"} {
			ran := moving(t, outputs, step)
			inCluster, managed := ran.Find(t, "PersistentVolumeClaim", "blog-postgres-data"), ran.Find(t, "Instance", "blog-database")
			assert.Equal(t, step != "discard", inCluster.Protect, step)
			assert.Equal(t, step == "keep" || step == "discard", managed.Protect, step)
			if outputs == mocks.Unknown {
				continue
			}
			settings := ran.Find(t, "Secret", "blog-env").At(t, "stringData").(map[string]any)
			assert.Equal(t, holder == "blog-postgres", strings.Contains(fmt.Sprint(settings["DIRECT_DATABASE_URL"]), "@blog-postgres:"), "%s: %v", step, settings["DIRECT_DATABASE_URL"])
		}
	}
}

func TestTheAppIsStoppedOnlyWhileTheDatabaseIsCopied(t *testing.T) {
	for _, step := range []string{"prepare", "copy", "keep", "discard"} {
		ran := moving(t, mocks.Known, step)
		stopped := step == "copy"
		for _, deployment := range ran.OfKind("Deployment") {
			replicas := deployment.At(t, "spec.replicas").(float64)
			assert.Equal(t, stopped, replicas == 0, "%s in the step %s", deployment.Name, step)
			// An autoscaler starts no pods of a Deployment without any.
			scaled := deployment.Name == "blog-web" && step == "discard"
			assert.Equal(t, scaled, slices.Contains(deployment.Ignored, "spec.replicas"), "%s in the step %s", deployment.Name, step)
		}
		assert.Equal(t, stopped, ran.Find(t, "CronJob", "blog-cron-clean").At(t, "spec.suspend"))
		shell := slices.ContainsFunc(ran.OfKind("Job"), func(r mocks.Resource) bool { return r.Name == "blog-shell" })
		assert.Equal(t, stopped, !shell)
		assert.NotEmpty(t, ran.OfKind("CronJob"), "the backups go on")
	}
}

// moveJob returns the Job of the move; nil if there is none.
func moveJob(ran mocks.Program) *mocks.Resource {
	for _, job := range ran.OfKind("Job") {
		if strings.HasPrefix(job.Name, "blog-database-move-") {
			return &job
		}
	}
	return nil
}

func TestTheDatabaseIsCopiedAfterTheAppStopsAndBeforeItStarts(t *testing.T) {
	for _, outputs := range mocks.Both() {
		assert.Nil(t, moveJob(moving(t, outputs, "discard")))
		prepared := moveJob(moving(t, outputs, "prepare"))
		require.NotNil(t, prepared)

		ran := moving(t, outputs, "copy")
		copied := moveJob(ran)
		require.NotNil(t, copied)
		for _, deployment := range ran.OfKind("Deployment") {
			assert.True(t, ran.Waits(*copied, deployment), "the copy waits until %s is stopped", deployment.Name)
		}
		assert.True(t, ran.Waits(*copied, ran.Find(t, "DatabaseRole", "blog-database-role")))
		assert.Equal(t, prepared.Name, copied.Name, "the Job of a step ends before that of the next begins")

		ran = moving(t, outputs, "keep")
		kept := moveJob(ran)
		require.NotNil(t, kept)
		assert.Equal(t, copied.Name, kept.Name)
		assert.NotEqual(t, copied.At(t, "spec"), kept.At(t, "spec"), "it compares again and closes the old server")
		assert.True(t, ran.Waits(ran.Find(t, "Job", "blog-migrate"), *kept), "no process sees a database that was not copied")
	}
}
