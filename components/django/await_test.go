package django_test

import (
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"

	"github.com/djangostack/djangostack/components/django"
	"github.com/djangostack/djangostack/tests/mocks"
)

// By itself Pulumi's provider gives up after ten minutes.

func TestAReleaseCommandIsAwaitedAsLongAsItMayTake(t *testing.T) {
	args := releaseArgs()
	args.Timeout = 7200
	for _, job := range mocks.Run(t, mocks.Known, withRelease(args)).OfKind("Job") {
		assert.Equal(t, mocks.Awaited{Create: "7260s"}, job.Awaited, job.Name)
	}
}

func TestADeletionWaitsForWorkThatHasBegun(t *testing.T) {
	for name, want := range map[string]struct {
		program pulumi.RunFunc
		kind    string
		awaited mocks.Awaited
	}{
		"blog-web": {withWeb(webArgs()), "Deployment", mocks.Awaited{Delete: "650s"}},
		"blog-worker-slow": {withWorker(&django.WorkerArgs{
			Runtime: runtime(), Name: "slow", Command: []string{"celery"}, Replicas: 1, Grace: 3605,
		}), "Deployment", mocks.Awaited{Delete: "4205s"}},
		"blog-process-fetch": {withProcess(&django.ProcessArgs{
			Runtime: runtime(), Name: "fetch", Command: []string{"fetch"}, Replicas: 1, Grace: 1800, Strategy: django.Rolling,
		}), "Deployment", mocks.Awaited{Delete: "2400s"}},
		"blog-process-alone": {withProcess(&django.ProcessArgs{
			Runtime: runtime(), Name: "alone", Command: []string{"alone"}, Replicas: 1, Grace: 1800, Strategy: django.Recreate,
		}), "Deployment", mocks.Awaited{Update: "2400s", Delete: "2400s"}},
		"blog-cron-nightly": {withCron(&django.CronArgs{
			Runtime: runtime(), Name: "nightly", Schedule: "0 3 * * *", TimeZone: "Etc/UTC", Command: []string{"nightly"},
			Concurrency: django.Forbid, Timeout: 7200, StartingDeadline: 60, Grace: 900,
		}), "CronJob", mocks.Awaited{Delete: "1500s"}},
	} {
		found := mocks.Run(t, mocks.Known, want.program).Find(t, want.kind, name)
		assert.Equal(t, want.awaited, found.Awaited, name)
	}
}
