package load_test

import (
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

// pooled serves from Memcached and through PgBouncer, while web pods are deleted.
func (e *environment) pooled(t *testing.T, f form) {
	for _, image := range []string{"memcached", "pgbouncer"} {
		e.Local(t, nil, "load-image", filepath.Join(e.Images, image+".tar"))
	}
	e.mustUp(t, maroon, "cache.engine=memcached", "database.pooler.kind=pgbouncer")
	e.measured(t, func() {
		a := startAttack(e.Address, "pooled", rate)
		done := make(chan struct{})
		time.AfterFunc(f.web, func() { close(done) })
		repeat(f.every, done, func() { e.deleteWebPod(t) })
		a.end(t)
		assert.Empty(t, a.failures, some(a.failures))
		assert.ElementsMatch(t, a.accepted, e.entries(t, "pooled"), "rows are the accepted POSTs")
	})
}
