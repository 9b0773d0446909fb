package load_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// frozen is longer than the probes of an earlier release took to remove the only server from its Service, and shorter
// than the sample app waits for a connection.
const frozen = 20 * time.Second

// slowDatabase stops every process of the database for a while, as on a starved node. Pages are then slow, and none
// fails.
func (e *environment) slowDatabase(t *testing.T) {
	a, endpoints := e.freeze(t, "frozen")
	assert.Equal(t, "true", endpoints, "the Service keeps its only server")
	assert.Empty(t, a.failures, some(a.failures))
	assert.Greater(t, a.took[len(a.took)-1], frozen/2, "pages were slow, or the database was not stopped")
}

// slowDatabaseByFormerProbes gives the web pods a readiness probe that asks for the database, as in an earlier release.
// It gives up sooner than that one, so that every pod has left the Service while the database is stopped. Requests must
// then fail; otherwise the test above shows nothing.
func (e *environment) slowDatabaseByFormerProbes(t *testing.T) {
	e.kubectl(t, "patch", "deployment", "blog-web", "--type=json", "--patch",
		`[{"op": "replace", "path": "/spec/template/spec/containers/0/readinessProbe", "value": {
			"httpGet": {"port": 8000, "path": "/healthz/database", "httpHeaders": [{"name": "Host", "value": "127.0.0.1"}]},
			"periodSeconds": 3, "timeoutSeconds": 2, "failureThreshold": 2}}]`)
	defer e.undo(t, "blog-web")
	e.rolledOut(t, "blog-web")
	a, _ := e.freeze(t, "former")
	assert.NotEmpty(t, a.failures)
	t.Logf("failed by the former probe:\n%s", some(a.failures))
}

// freeze stops the database under load, and returns the load and whether the database's Service kept its endpoint.
func (e *environment) freeze(t *testing.T, run string) (a *attack, endpoints string) {
	t.Helper()
	a = startAttack(e.Address, run, 4)
	time.Sleep(2 * time.Second)
	processes := e.processesOf(t, "blog-postgres-0")
	signal(t, processes, syscall.SIGSTOP)
	time.Sleep(frozen)
	endpoints = e.kubectl(t, "get", "endpointslices", "--selector", "kubernetes.io/service-name=blog-postgres",
		"--output", "jsonpath={.items[*].endpoints[*].conditions.ready}")
	signal(t, processes, syscall.SIGCONT)
	time.Sleep(3 * time.Second)
	a.end(t)
	return a, strings.TrimSpace(endpoints)
}

// processesOf returns the process ids, on this machine, of everything in a pod.
func (e *environment) processesOf(t *testing.T, pod string) []int {
	t.Helper()
	uid := strings.TrimSpace(e.kubectl(t, "get", "pod", pod, "--output", "jsonpath={.metadata.uid}"))
	require.NotEmpty(t, uid)
	files, err := filepath.Glob("/proc/[0-9]*/cgroup")
	require.NoError(t, err)
	var ids []int
	for _, file := range files {
		// The file of a process that has ended does not exist.
		groups, err := os.ReadFile(file)
		if err != nil || !strings.Contains(string(groups), uid) {
			continue
		}
		id, err := strconv.Atoi(filepath.Base(filepath.Dir(file)))
		require.NoError(t, err)
		ids = append(ids, id)
	}
	require.NotEmpty(t, ids, "the processes of pod %s", pod)
	return ids
}

func signal(t *testing.T, processes []int, what syscall.Signal) {
	t.Helper()
	for _, id := range processes {
		if err := syscall.Kill(id, what); err != nil && !errors.Is(err, syscall.ESRCH) {
			require.NoError(t, fmt.Errorf("sending %s to process %d: %w", what, id, err))
		}
	}
}
