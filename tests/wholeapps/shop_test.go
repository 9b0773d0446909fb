package wholeapps_test

import (
	"encoding/json"
	"fmt"
	"regexp"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/djangostack/djangostack/tests/e2e"
)

const (
	clearCache = `from django.core.cache import cache; cache.clear(); print("cleared")`
	// The cache has 64Mi.
	fillCache = `
import os
from django.core.cache import cache
for number in range(160):
    cache.set(f"filled-{number}", os.urandom(1 << 20), 3600)
print("evicted", cache.client.get_client().info("stats")["evicted_keys"])
`
	countQueue = `
from config.celery_app import app
with app.connection_for_read() as connection:
    redis = connection.default_channel.client
    print("waiting", redis.llen("celery"), "fetched", redis.hlen("unacked"))
`
	// What a worker does with tasks that were fetched an hour ago.
	giveBack = `
import time
from config.celery_app import app
time.sleep(2)
with app.connection_for_read(transport_options={"visibility_timeout": 1}) as connection:
    connection.default_channel.qos.restore_visible(num=100)
`
)

// An app of cookiecutter-django reads one Redis from REDIS_URL, for its cache and its queue. Its Procfile names no port and
// asks for a cold shutdown, and it has no page for health checks.
func TestTasksOfAnAppOfCookiecutterDjangoSurvive(t *testing.T) {
	a := start(t, "shop", "shop-web:80", []folder{{name: "shop"}}, "postgres", "redis")
	a.host = "shop.example.com"
	a.mustUp(t)

	e2e.Step(t, "it serves its pages and its static files", func(t *testing.T) {
		page := a.mustRequest(t, "GET", "/", "")
		assert.Contains(t, page, "<h1>Shop</h1>")
		stylesheet := regexp.MustCompile(`/static/css/project\.[0-9a-f]+\.css`).FindString(page)
		require.NotEmpty(t, stylesheet, page)
		assert.Contains(t, a.mustRequest(t, "GET", stylesheet, ""), "orange")
	})
	const worker = "deployment/shop-worker-worker"
	e2e.Step(t, "tasks that wait survive cache.clear(), a full cache, and the loss of the broker's pod", func(t *testing.T) {
		a.stops(t, worker)
		a.order(t, 10, 0)
		a.manage(t, clearCache)
		assert.Equal(t, 10, a.waiting(t), "after cache.clear()")
		a.fillsCache(t)
		assert.Equal(t, 10, a.waiting(t), "with a full cache")
		a.loses(t, "shop-redis-broker")
		assert.Equal(t, 10, a.waiting(t), "after the loss of the pod")
		a.kubectl(t, "scale", worker, "--replicas=1")
		a.ships(t, 10)
	})
	e2e.Step(t, "tasks that are being done survive the loss of the broker's pod", func(t *testing.T) {
		a.order(t, 60, 0.5)
		a.loses(t, "shop-redis-broker")
		// A worker fetches more tasks than it does at a time. Celery gives those to a worker again that were not begun, an hour later.
		fetched := 0
		e2e.Eventually(t, 2*time.Minute, "every task is done or fetched", func() error {
			var waiting int
			waiting, fetched = a.queue(t)
			if read := a.orders(t); waiting > 0 || read.Shipped+fetched != 70 {
				return fmt.Errorf("orders are %+v, %d tasks wait, and %d are fetched", read, waiting, fetched)
			}
			return nil
		})
		t.Logf("%d tasks come back after the visibility timeout", fetched)
		a.manage(t, giveBack)
		a.ships(t, 70)
	})
	e2e.Step(t, "control: with TLS, a queue in the cache works and loses its tasks", func(t *testing.T) {
		a.mustUp(t, "namespace.tls=required", "app.unset[0]=CELERY_BROKER_URL", "app.unset[1]=CELERY_RESULT_BACKEND")
		a.stops(t, worker)
		for _, lose := range []func(){
			func() { a.manage(t, clearCache) }, func() { a.fillsCache(t) }, func() { a.loses(t, "shop-redis-cache") },
		} {
			a.order(t, 10, 0)
			assert.Equal(t, 10, a.waiting(t))
			lose()
			assert.Zero(t, a.waiting(t))
		}
	})
}

// stops stops the worker.
func (a *app) stops(t *testing.T, worker string) {
	t.Helper()
	a.kubectl(t, "scale", worker, "--replicas=0")
	a.kubectl(t, "wait", "pod", "--selector=app.kubernetes.io/component=worker-worker", "--for=delete", "--timeout=90s")
}

// queue returns the number of tasks in Celery's queue, and of those that a worker has fetched and not begun.
func (a *app) queue(t *testing.T) (waiting, fetched int) {
	t.Helper()
	_, err := fmt.Sscanf(a.manage(t, countQueue), "waiting %d fetched %d", &waiting, &fetched)
	require.NoError(t, err)
	return waiting, fetched
}

func (a *app) waiting(t *testing.T) int {
	t.Helper()
	waiting, _ := a.queue(t)
	return waiting
}

func (a *app) fillsCache(t *testing.T) {
	t.Helper()
	assert.Regexp(t, `evicted [1-9]`, a.manage(t, fillCache), "the cache is full")
}

// loses kills the only pod of a data service, and waits for its successor.
func (a *app) loses(t *testing.T, set string) {
	t.Helper()
	a.kubectl(t, "delete", "pod", set+"-0", "--grace-period=0", "--force")
	a.kubectl(t, "rollout", "status", "statefulset/"+set, "--timeout=2m")
}

type orders struct {
	Taken   int `json:"taken"`
	Shipped int `json:"shipped"`
}

func (a *app) orders(t *testing.T) orders {
	t.Helper()
	var read orders
	require.NoError(t, json.Unmarshal([]byte(a.mustRequest(t, "GET", "/orders/", "")), &read))
	return read
}

func (a *app) order(t *testing.T, count int, seconds float64) {
	t.Helper()
	_, err := a.request("POST", fmt.Sprintf("/orders/?count=%d&seconds=%g", count, seconds), "")
	require.NoError(t, err)
}

func (a *app) ships(t *testing.T, count int) {
	t.Helper()
	e2e.Eventually(t, 3*time.Minute, fmt.Sprintf("%d orders are shipped", count), func() error {
		if read := a.orders(t); read.Shipped != count {
			return fmt.Errorf("orders are %+v", read)
		}
		return nil
	})
}
