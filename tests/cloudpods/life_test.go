package cloudpods_test

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/djangostack/djangostack/emulators/cloud"
	"github.com/djangostack/djangostack/stacks"
	"github.com/djangostack/djangostack/stacks/spec"
	"github.com/djangostack/djangostack/tests/e2e"
	"github.com/djangostack/djangostack/tests/environments"
)

// emulated is an emulated cloud whose cluster is real.
type emulated struct {
	cloud    spec.Cloud
	provider map[string]pulumirpc.ResourceProviderServer
	account  *cloud.Account
	// diskDriver is the provisioner of the storage class that claims get.
	diskDriver string
	class      string
	// joined asserts that the resources in the cloud and the objects in the cluster fit together.
	joined func(t *testing.T)
}

// environment runs the app from the image that the cluster has, with a worker that reports its health.
func environment(t *testing.T, cloud spec.Cloud) environments.Environment {
	t.Helper()
	return environments.Small(cloud).Set(t,
		"app.image="+blogImage, `app.env={BLOG_TICK_SECONDS: "2"}`,
		"workers[0].heartbeatFile=/tmp/celery-heartbeat", "media.store=bucket", "namespace.name="+namespace,
	)
}

// lives takes an environment from its first update to its destruction.
func lives(t *testing.T, c *cluster, p emulated) {
	before := c.names(t)
	c.attachDisks(t, p.diskDriver)
	e := newEnvironment(t, c, p.provider, environment(t, p.cloud), stacks.Program)
	visitor := e2e.NewVisitorOf(t, host, c.Address)

	e2e.Step(t, "it is created", func(t *testing.T) { e.Up(t) })
	e2e.Step(t, "every request for its name is answered", func(t *testing.T) {
		assert.Contains(t, visitor.MustPage(t, "/"), `<strong id="version">orange</strong>`)
		for range 100 {
			visitor.MustPage(t, "/healthz/ready")
		}
		_, err := e2e.NewVisitorOf(t, "elsewhere.example.com", c.Address).Page("/")
		assert.ErrorContains(t, err, fmt.Sprint(http.StatusBadRequest), "another name is not answered")
	})
	e2e.Step(t, "what beat queues is done by the worker", func(t *testing.T) {
		e2e.Eventually(t, time.Minute, "the task has fired", func() error {
			s, err := visitor.Status()
			if err == nil && s.Ticks == 0 {
				return fmt.Errorf("no tick in %+v", s)
			}
			return err
		})
		s, err := visitor.Status()
		require.NoError(t, err)
		assert.Len(t, s.Beats, 1)
		assert.Contains(t, s.Migrations, "posts.0001_initial")
		assert.Equal(t, "ok", s.Cache)
	})
	e2e.Step(t, "cloud and cluster are joined", func(t *testing.T) {
		assert.Equal(t, map[string]string{"beat": p.class, "postgres": p.class, "redis-broker": p.class}, c.classes(t), "claims that are bound, by component: storage class")
		p.joined(t)
	})
	e2e.Step(t, "a second update changes nothing", func(t *testing.T) {
		assert.False(t, e.Up(t).Any())
	})
	e2e.Step(t, "nothing of it is left", func(t *testing.T) {
		e.Destroy(t)
		assert.Empty(t, p.account.Leaked(), "in the account")
		e2e.Eventually(t, time.Minute, "the cluster is as it was", func() error {
			left := slices.DeleteFunc(c.names(t), func(name string) bool { return slices.Contains(before, name) })
			if len(left) > 0 {
				return fmt.Errorf("left are:\n%s", strings.Join(left, "\n"))
			}
			return nil
		})
	})
}

// classes returns the storage classes of the bound claims by their component.
func (c *cluster) classes(t *testing.T) map[string]string {
	t.Helper()
	claims, err := disks{client: c.client}.claims().Namespace(namespace).List(context.Background(), listAll())
	require.NoError(t, err)
	classes := map[string]string{}
	for _, claim := range claims.Items {
		if text(claim, "status", "phase") == "Bound" {
			classes[claim.GetLabels()["app.kubernetes.io/component"]] = text(claim, "spec", "storageClassName")
		}
	}
	return classes
}

// serviceAccounts returns those of the app's own processes.
func (c *cluster) serviceAccounts(t *testing.T) []string {
	t.Helper()
	var pods struct {
		Items []struct {
			Metadata struct{ Labels map[string]string }
			Spec     struct{ ServiceAccountName string }
		}
	}
	c.get(t, namespace, "pods", &pods)
	servers := []string{"postgres", "database-role", "redis-broker", "redis-cache"}
	accounts := map[string]bool{}
	for _, pod := range pods.Items {
		if !slices.Contains(servers, pod.Metadata.Labels["app.kubernetes.io/component"]) {
			accounts[pod.Spec.ServiceAccountName] = true
		}
	}
	return slices.Sorted(maps.Keys(accounts))
}
