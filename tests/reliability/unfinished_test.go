package reliability_test

import (
	"context"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/djangostack/djangostack/stacks"
	"github.com/djangostack/djangostack/stacks/lifecycle"
	"github.com/djangostack/djangostack/tests/enginetest"
)

// TestAFirstUpdateThatFailsHasSaidWhatItHolds lets the first update fail at a resource that others wait for. What there is
// by then may hold data: the next plan that loses it is refused, with what is lost, the word and the setting.
func TestAFirstUpdateThatFailsHasSaidWhatItHolds(t *testing.T) {
	fails := map[string]string{
		"aws":      "aws:rds/instance:Instance",
		"gcp":      "gcp:container/cluster:Cluster",
		"existing": "kubernetes:apps/v1:Deployment::",
	}
	// begun is what the change below loses. The failure waits until its creation has begun.
	begun := map[string]string{
		"aws":      "aws:s3/bucketV2:BucketV2::blog-media",
		"gcp":      "gcp:storage/bucket:Bucket::blog-media",
		"existing": "kubernetes:core/v1:Namespace::",
	}
	// setting is one that a loss follows from, and set changes it.
	changes := map[string]struct{ setting, set string }{
		"aws":      {"media.store", "media={store: none}"},
		"gcp":      {"media.store", "media={store: none}"},
		"existing": {"namespace.name: blog → other", "namespace.name=other"},
	}
	for _, production := range productions(t) {
		t.Run(production.name, func(t *testing.T) {
			there, once := make(chan struct{}), sync.Once{}
			e := enginetest.NewInterceptedEnvironment(t, production.configuration, stacks.Program, func(call enginetest.Call) enginetest.Verdict {
				switch {
				case call.Operation != "create":
				case strings.Contains(call.URN, begun[production.name]):
					once.Do(func() { close(there) })
				case strings.Contains(call.URN, fails[production.name]):
					select {
					case <-there:
					case <-time.After(time.Minute):
					}
					return enginetest.Refuse
				}
				return enginetest.Pass
			})
			_, err := e.TryUp(t)
			var failed *lifecycle.UpdateFailedError
			require.ErrorAs(t, err, &failed)
			e.With(t, lifecycle.StackOptions{}, func(stack *lifecycle.Stack) {
				protected, err := stack.Protected(context.Background())
				require.NoError(t, err)
				require.NotEmpty(t, protected)
				for _, one := range protected {
					assert.NotEmpty(t, one.Parts, one.Name)
					assert.NotEmpty(t, one.Loss, one.Name)
				}
			})
			change := changes[production.name]
			e.Configuration = production.configuration.Set(t, change.set)
			before := data(e)
			_, err = e.TryUp(t)
			var refused *lifecycle.RefusedError
			require.ErrorAs(t, err, &refused)
			assert.Contains(t, refused.Allow(), "allowDataLoss=[")
			assert.Empty(t, missing(before, data(e), "lost"))
			for _, resource := range refused.Resources {
				assert.True(t, len(resource.Causes)+len(resource.DecidedBy) > 0, resource.Name)
			}
			assert.Contains(t, refused.Error(), change.setting)
		})
	}
}
