package pods_test

import (
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/djangostack/djangostack/tests/e2e"
)

// cachesInMemcached replaces the cache by two Memcached servers. The app's pods share what is in them, and servers that are
// away, or come back empty, cost no page.
func cachesInMemcached(t *testing.T, e *environment, reader *e2e.Visitor) {
	require.Zero(t, e.djangostack(t, e.up("cache.engine=memcached", "cache.servers=2")...))
	assert.Empty(t, e.get(t, "statefulsets", "app.kubernetes.io/component=redis-cache"), "there is one cache")
	require.Len(t, e.pods(t, "memcached"), 2)
	// A kept connection may lead to a pod that stops and knows the Redis only, which is no longer there.
	e.reportsCache(t, reader, "ok")
	address := postAddress(t, reader)
	before, _ := reads(t, reader, address)
	served := map[string]bool{}
	// Which pod answers is random: one of 2048 runs has 12 answers of the same.
	for read := 1; read <= 12 || len(served) < 2 && read <= 100; read++ {
		http.DefaultClient.CloseIdleConnections()
		count, pod := reads(t, reader, address)
		assert.Equal(t, before+read, count, "pods of the web count together")
		served[pod] = true
	}
	assert.Len(t, served, 2, "both pods of the web have read the count")

	pages := startReading(reader, func(string, string) string { return "" }, "/", address)
	e.kubectl(t, "scale", "statefulset/blog-memcached", "--replicas=0")
	e.reportsCache(t, reader, "unreachable")
	time.Sleep(8 * time.Second)
	e.kubectl(t, "scale", "statefulset/blog-memcached", "--replicas=2")
	e.reportsCache(t, reader, "ok")
	e.kubectl(t, "delete", "pod", "--selector", "app.kubernetes.io/component=memcached", "--wait=false")
	time.Sleep(5 * time.Second)
	e.kubectl(t, "rollout", "status", "statefulset/blog-memcached", "--timeout=60s")
	e.reportsCache(t, reader, "ok")
	count, slowest, failures := pages.end()
	t.Logf("%d pages while the servers went and came back, the slowest in %s", count, slowest.Round(time.Millisecond))
	assert.Empty(t, failures)
	assert.Greater(t, count, 100)
	assert.Less(t, slowest, 5*time.Second)
	// Each process of the web asks a server that it could not reach again after some seconds, so one page may count and the
	// next one not yet.
	after := 0
	e2e.Eventually(t, time.Minute, "a page counts its reads again", func() error {
		found := readTimes.FindStringSubmatch(reader.MustPage(t, address))
		if found == nil {
			return errors.New("it does not")
		}
		var err error
		after, err = strconv.Atoi(found[1])
		return err
	})
	assert.Less(t, after, count/2, "the servers came back empty")
	for pod, used := range e.Usage(t, namespace) {
		t.Logf("%-40s %4d Mi of memory", pod, used.Memory>>20)
	}
}

// reportsCache waits until both pods of the web report a state of the cache.
func (e *environment) reportsCache(t *testing.T, reader *e2e.Visitor, want string) {
	t.Helper()
	e2e.Eventually(t, time.Minute, "the cache is "+want, func() error {
		for range 6 {
			http.DefaultClient.CloseIdleConnections()
			s, err := reader.Status()
			if err != nil {
				return err
			}
			if s.Cache != want {
				return fmt.Errorf("the cache is %q", s.Cache)
			}
		}
		return nil
	})
}

var (
	postLink  = regexp.MustCompile(`href="(/posts/\d+/)"`)
	readTimes = regexp.MustCompile(`Read (\d+) time`)
	servedBy  = regexp.MustCompile(`<code id="pod">([^<]+)</code>`)
)

func postAddress(t *testing.T, reader *e2e.Visitor) string {
	t.Helper()
	found := postLink.FindStringSubmatch(reader.MustPage(t, "/"))
	require.NotNil(t, found, "the first page has a post")
	return found[1]
}

// reads reads a post and returns how often it has been read, and the pod that says so.
func reads(t *testing.T, reader *e2e.Visitor, address string) (int, string) {
	t.Helper()
	page := reader.MustPage(t, address)
	found, pod := readTimes.FindStringSubmatch(page), servedBy.FindStringSubmatch(page)
	require.NotNil(t, found, "the page counts its reads")
	require.NotNil(t, pod, "the page names its pod")
	count, err := strconv.Atoi(found[1])
	require.NoError(t, err)
	return count, pod[1]
}

// reading reads pages until it is ended.
type reading struct {
	done     chan struct{}
	group    sync.WaitGroup
	count    int
	slowest  time.Duration
	failures []string
}

// startReading reads pages in turn. wrong says what is wrong with a page that was served; empty for nothing.
func startReading(reader *e2e.Visitor, wrong func(path, page string) string, paths ...string) *reading {
	r := &reading{done: make(chan struct{})}
	r.group.Go(func() {
		for {
			for _, path := range paths {
				began := time.Now()
				page, err := reader.Page(path)
				if err != nil {
					r.failures = append(r.failures, err.Error())
				} else if found := wrong(path, page); found != "" {
					r.failures = append(r.failures, path+": "+found)
				}
				r.count++
				r.slowest = max(r.slowest, time.Since(began))
			}
			select {
			case <-r.done:
				return
			case <-time.After(50 * time.Millisecond):
			}
		}
	})
	return r
}

// end returns the number of pages, the longest time of one, and what failed.
func (r *reading) end() (int, time.Duration, []string) {
	close(r.done)
	r.group.Wait()
	return r.count, r.slowest, r.failures
}
