package pods_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/djangostack/djangostack/tests/e2e"
)

// addsReplica adds a read replica to the cache while pages are read. The server goes on with the same pod, and Django reads
// from the replica what it writes to the server. The next update takes the replica away again, and loses no page.
func addsReplica(t *testing.T, e *environment, reader *e2e.Visitor) {
	e.make(t, "up")
	e.reportsCache(t, reader, "ok")
	address := postAddress(t, reader)
	server := e.uidOf(t, "blog-redis-cache-0")

	pages := startReading(reader, withoutCache(address), "/", address, "/api/status")
	require.Zero(t, e.djangostack(t, e.up("cache.replicas=1")...))
	e.reportsCache(t, reader, "ok")
	count, slowest, failures := pages.end()
	t.Logf("%d pages while the replica came, the slowest in %s", count, slowest.Round(time.Millisecond))
	assert.Empty(t, failures)
	assert.Equal(t, server, e.uidOf(t, "blog-redis-cache-0"), "the server is not restarted")

	before, _ := reads(t, reader, address)
	after, _ := reads(t, reader, address)
	assert.Greater(t, after, before, "the count is written to the server")
	asked := func() string { return e.redis(t, "blog-redis-cache-replica-1-0", "info", "commandstats") }
	assert.Contains(t, asked(), "cmdstat_get:", "Django reads from the replica")
	assert.Contains(t, e.redis(t, "blog-redis-cache-0", "info", "replication"), "connected_slaves:1")
	out, err := e.tryRedis("blog-redis-cache-replica-1-0", "set", "written", "here")
	assert.NoError(t, err)
	assert.Contains(t, out, "READONLY")

	pages = startReading(reader, withoutCache(address), address, "/api/status")
	e.kubectl(t, "scale", "statefulset/blog-redis-cache-replica-1", "--replicas=0")
	e.reportsCache(t, reader, "unreachable")
	e.kubectl(t, "scale", "statefulset/blog-redis-cache-replica-1", "--replicas=1")
	e.kubectl(t, "rollout", "status", "statefulset/blog-redis-cache-replica-1", "--timeout=60s")
	e.reportsCache(t, reader, "ok")
	_, _, failures = pages.end()
	assert.NotEmpty(t, failures, "a replica that is away is noticed")

	// A pod that is stopping still reads from the replica that goes, so its answers may lack what the cache has.
	pages = startReading(reader, func(string, string) string { return "" }, "/", address, "/api/status")
	e.make(t, "up")
	e.reportsCache(t, reader, "ok")
	_, _, failures = pages.end()
	assert.Empty(t, failures, "no page is lost when the replica goes")
	assert.Empty(t, e.get(t, "statefulsets", "app.kubernetes.io/component=redis-cache-replica-1"))
}

// withoutCache finds pages for which the app had no answer of the cache, which it serves all the same.
func withoutCache(post string) func(path, page string) string {
	return func(path, page string) string {
		switch {
		case path == post && !readTimes.MatchString(page):
			return "the reads are not counted"
		case path == "/api/status" && !strings.Contains(page, `"cache": "ok"`):
			return "the cache does not answer"
		default:
			return ""
		}
	}
}

func (e *environment) uidOf(t *testing.T, pod string) string {
	t.Helper()
	return strings.TrimSpace(e.kubectl(t, "get", "pod", pod, "--output", "jsonpath={.metadata.uid}"))
}

func (e *environment) redis(t *testing.T, pod string, command ...string) string {
	t.Helper()
	out, err := e.tryRedis(pod, command...)
	require.NoError(t, err, out)
	return out
}

// tryRedis runs redis-cli in a pod, which has the password in a variable.
func (e *environment) tryRedis(pod string, command ...string) (string, error) {
	arguments := append([]string{"kubectl", "--namespace", namespace, "exec", pod, "--", "redis-cli"}, command...)
	out, err := e.command("djangostack-local", arguments...).CombinedOutput()
	return string(out), err
}
