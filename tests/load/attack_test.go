package load_test

import (
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptrace"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/djangostack/djangostack/tests/e2e"
)

// attack sends requests at a fixed rate, whether or not earlier ones were answered. Every tenth is a POST of three
// seconds that writes a row: at 50 requests a second, 15 POSTs are then in progress, which is what two small pods on
// two processors can do besides everything else. The others are quick GETs. Half of each kind use new connections, half
// kept ones.
type attack struct {
	address string
	// run names the rows.
	run  string
	rate int

	mu       sync.Mutex
	sent     map[string]int
	failures []string
	// failedLast is when the last one of failures was sent.
	failedLast time.Time
	accepted   []string
	versions   map[string]int
	took       []time.Duration
	// again counts the requests that the client itself repeated, as a client may do with a GET whose kept connection
	// was closed (RFC 9110, 9.2.2).
	again atomic.Int64

	stop chan struct{}
	done sync.WaitGroup
}

const seconds = 3

// proxyIdle is the default of NGINX (keepalive_timeout of an upstream) and of AWS' load balancer (idle_timeout).
const proxyIdle = 60 * time.Second

func startAttack(address, run string, rate int) *attack {
	a := &attack{address: address, run: run, rate: rate, sent: map[string]int{}, versions: map[string]int{}, stop: make(chan struct{})}
	a.done.Add(1)
	go a.send()
	return a
}

// awaits sends on until a version has answered. A rollout can end before any of the rare requests that ask for it.
func (a *attack) awaits(t *testing.T, version string) {
	t.Helper()
	e2e.Eventually(t, time.Minute, version+" answers", func() error {
		a.mu.Lock()
		defer a.mu.Unlock()
		if a.versions[version] == 0 {
			return fmt.Errorf("only %v", a.versions)
		}
		return nil
	})
}

// end stops sending, waits for all answers and logs the figures.
func (a *attack) end(t *testing.T) {
	t.Helper()
	close(a.stop)
	a.done.Wait()
	a.mu.Lock()
	defer a.mu.Unlock()
	t.Log(a.figures())
}

func (a *attack) send() {
	defer a.done.Done()
	fresh := &http.Client{Timeout: 30 * time.Second, Transport: &http.Transport{DisableKeepAlives: true}}
	// As a proxy does, it closes an idle connection before the server's keep-alive time ends (75 s): a request that is sent as
	// the server closes cannot be told from a lost one.
	kept := &http.Client{Timeout: 30 * time.Second, Transport: &http.Transport{MaxIdleConnsPerHost: 100, IdleConnTimeout: proxyIdle}}
	defer kept.CloseIdleConnections()
	ticks := time.NewTicker(time.Second / time.Duration(a.rate))
	defer ticks.Stop()
	for number := 0; ; number++ {
		select {
		case <-a.stop:
			return
		case <-ticks.C:
		}
		method, path, key := http.MethodGet, "/healthz/ready", ""
		switch number % 10 {
		case 0:
			key = fmt.Sprint(number)
			method, path = http.MethodPost, fmt.Sprintf("/drills/%s/entries/%s?seconds=%d", a.run, key, seconds)
		case 3, 6:
			path = "/"
		case 9:
			path = "/api/status"
		}
		client, connection := fresh, "fresh"
		if (number+number/10)%2 == 1 {
			client, connection = kept, "kept"
		}
		a.done.Add(1)
		go func() {
			defer a.done.Done()
			a.request(client, method+" on a "+connection+" connection", method, path, key)
		}()
	}
}

func (a *attack) request(client *http.Client, kind, method, path, key string) {
	began := time.Now()
	status, version, err := a.exchange(client, method, path)
	took := time.Since(began)
	a.mu.Lock()
	defer a.mu.Unlock()
	a.sent[kind]++
	a.took = append(a.took, took)
	if err != nil || status/100 != 2 {
		if began.After(a.failedLast) {
			a.failedLast = began
		}
		a.failures = append(a.failures, fmt.Sprintf("%s %s %s after %s: status %d, %v", began.Format("15:04:05.000"), kind, path, took.Round(time.Millisecond), status, err))
		return
	}
	if key != "" {
		a.accepted = append(a.accepted, key)
	}
	if version != "" {
		a.versions[version]++
	}
}

func (a *attack) exchange(client *http.Client, method, path string) (status int, version string, err error) {
	request, err := http.NewRequest(method, a.address+path, nil)
	if err != nil {
		return 0, "", err
	}
	connections := 0
	trace := &httptrace.ClientTrace{GotConn: func(httptrace.GotConnInfo) {
		if connections++; connections > 1 {
			a.again.Add(1)
		}
	}}
	response, err := client.Do(request.WithContext(httptrace.WithClientTrace(request.Context(), trace)))
	if err != nil {
		return 0, "", err
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	for _, known := range []string{"orange", "maroon"} {
		if strings.Contains(string(text), `"version": "`+known+`"`) {
			version = known
		}
	}
	return response.StatusCode, version, err
}

func (a *attack) figures() string {
	var lines []string
	total := 0
	for _, kind := range slices.Sorted(maps.Keys(a.sent)) {
		total += a.sent[kind]
		lines = append(lines, fmt.Sprintf("%d %s", a.sent[kind], kind))
	}
	slices.Sort(a.took)
	at := func(percent int) time.Duration {
		if len(a.took) == 0 {
			return 0
		}
		return a.took[(len(a.took)-1)*percent/100].Round(time.Millisecond)
	}
	return fmt.Sprintf("%d requests (%s), %d failed, %d sent again by the client; half within %s, 85%% within %s, all within %s; versions %v",
		total, strings.Join(lines, ", "), len(a.failures), a.again.Load(), at(50), at(85), at(100), a.versions)
}

// some returns the beginning and the end of a list, for a message.
func some(list []string) string {
	const most = 12
	if len(list) > 2*most {
		list = slices.Concat(list[:most], []string{fmt.Sprintf("... %d more ...", len(list)-2*most)}, list[len(list)-most:])
	}
	return strings.Join(list, "\n")
}
