package load_test

import (
	"errors"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/djangostack/djangostack/tests/e2e"
)

// errorsEnd is the time after which no request fails because the database's pod was lost.
const errorsEnd = 30 * time.Second

// lostDatabase loses the database's server under load. Requests fail, but not for long, and every row is there whose
// request was answered with success.
func (e *environment) lostDatabase(t *testing.T, run string, lose func()) {
	a := startAttack(e.Address, run, rate)
	time.Sleep(10 * time.Second)
	began := time.Now()
	lose()
	e2e.Eventually(t, time.Minute, "another server answers", func() error {
		out, err := e.Command("djangostack-local", "kubectl", "--namespace", e.namespace, "exec", "blog-postgres-0", "--", "sh", "-c",
			`psql -Atc "SELECT pg_postmaster_start_time() > to_timestamp($0)" -U "$POSTGRES_USER" blog`, strconv.FormatInt(began.Unix(), 10)).CombinedOutput()
		if err == nil && strings.TrimSpace(string(out)) != "t" {
			return errors.New("it is the same one")
		}
		return err
	})
	t.Logf("another server answered %s later", time.Since(began).Round(time.Second/10))
	time.Sleep(time.Until(began.Add(errorsEnd + 10*time.Second)))
	a.end(t)
	assert.NotEmpty(t, a.failures, "the server was not missed")
	assert.Less(t, a.failedLast.Sub(began), errorsEnd, some(a.failures))
	t.Logf("requests failed for %s", a.failedLast.Sub(began).Round(time.Second/10))
	assert.Greater(t, len(a.accepted), 100)
	assert.Subset(t, e.entries(t, run), a.accepted, "an accepted row is there")
}

// deletedDatabase deletes the database's pod, which shuts down in order.
func (e *environment) deletedDatabase(t *testing.T) {
	e.lostDatabase(t, "deleted", func() { e.kubectl(t, "delete", "pod", "blog-postgres-0", "--wait=false") })
}

// killedDatabase kills every process of the database, as a machine that loses power does.
func (e *environment) killedDatabase(t *testing.T) {
	e.lostDatabase(t, "killed", func() { signal(t, e.processesOf(t, "blog-postgres-0"), syscall.SIGKILL) })
}
