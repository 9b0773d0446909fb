package controllers_test

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// load sends requests through the controller at a fixed rate: pages, and every fifth a POST that takes a second and
// writes a row.
type load struct {
	mu       sync.Mutex
	sent     int
	failures []string
	written  map[string]bool
	versions map[string]int
	stop     chan struct{}
	done     sync.WaitGroup
}

func (b *browser) startLoad(run, origin string) *load {
	const rate, posts = 20, 5
	l := &load{written: map[string]bool{}, versions: map[string]int{}, stop: make(chan struct{})}
	l.done.Go(func() {
		ticks := time.NewTicker(time.Second / rate)
		defer ticks.Stop()
		for number := 0; ; number++ {
			select {
			case <-l.stop:
				return
			case <-ticks.C:
			}
			method, path, key := http.MethodGet, "/api/status", ""
			if number%posts == 0 {
				key = fmt.Sprint(number)
				method, path = http.MethodPost, fmt.Sprintf("/drills/%s/entries/%s?seconds=1", run, key)
			}
			l.done.Go(func() { l.request(b, method, origin+path, key) })
		}
	})
	return l
}

func (l *load) request(b *browser, method, address, key string) {
	status, body, err := b.exchange(method, address)
	l.mu.Lock()
	defer l.mu.Unlock()
	l.sent++
	if err != nil || status/100 != 2 {
		l.failures = append(l.failures, fmt.Sprintf("%s %s %s: status %d, %v", time.Now().Format("15:04:05.000"), method, address, status, err))
		return
	}
	if key != "" {
		l.written[key] = true
	}
	for _, version := range []string{"orange", "maroon"} {
		if strings.Contains(body, `"version": "`+version+`"`) {
			l.versions[version]++
		}
	}
}

func (b *browser) exchange(method, address string) (int, string, error) {
	request, err := http.NewRequest(method, address, nil)
	if err != nil {
		return 0, "", err
	}
	response, err := b.client.Do(request)
	if err != nil {
		return 0, "", err
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	return response.StatusCode, string(text), err
}

// releases releases a version under load: no request fails, and each accepted row is there.
func (b *browser) releases(t *testing.T, run, origin, from, to string) {
	t.Helper()
	load := b.startLoad(run, origin)
	const around = 5 * time.Second
	time.Sleep(around)
	began := time.Now()
	out, err := b.environment.up("app.image=djangostack.local/blog:" + to)
	took := time.Since(began)
	b.environment.Kubectl(t, namespace, "rollout", "status", "deployment/blog-web", "--timeout=2m")
	time.Sleep(around)
	close(load.stop)
	load.done.Wait()
	require.NoError(t, err, out)
	t.Logf("a release in %s, with %d requests, %d of them failed, %d rows written; versions %v", took.Round(time.Second), load.sent, len(load.failures), len(load.written), load.versions)
	assert.Empty(t, load.failures)
	assert.Positive(t, load.versions[from])
	assert.Positive(t, load.versions[to])
	rows, err := b.get(origin + "/drills/" + run + "/entries")
	require.NoError(t, err)
	for key := range load.written {
		assert.Contains(t, rows.body, `"`+key+`"`, "an accepted row is kept")
	}
}
