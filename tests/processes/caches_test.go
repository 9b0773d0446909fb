package processes_test

import (
	"testing"

	"github.com/djangostack/djangostack/stacks/spec"
	"github.com/djangostack/djangostack/tests/environments"
)

// memcached returns an environment whose cache is Memcached.
func memcached(t *testing.T) environments.Environment {
	t.Helper()
	return environments.Small(spec.NoCloud).Set(t, "cache.engine=memcached")
}

// plainCache returns an environment whose cache alone goes without TLS.
func plainCache(t *testing.T) environments.Environment {
	t.Helper()
	return environments.Small(spec.NoCloud).Set(t, "namespace.tls=required", "cache.tls=off")
}

func cacheChanges() []change {
	const section = "Memcached, and a cache without TLS"
	return append(rows(4, section,
		"cache.servers=3",
		`cache.parameters={threads: "2"}`,
	), rows(5, section,
		"cache.tls=required",
	)...)
}
