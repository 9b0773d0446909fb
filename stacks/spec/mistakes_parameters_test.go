package spec_test

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// parameterMistakes are parameters with which a server does not start, or stops later.
func parameterMistakes() []wrong {
	postgres := func(image string, parameters map[string]any) map[string]any {
		return map[string]any{"database": object("kind", "in-cluster", "image", image, "parameters", parameters)}
	}
	redis := func(image string, parameters map[string]any) map[string]any {
		return map[string]any{"cache": object("kind", "in-cluster", "image", image, "parameters", parameters)}
	}
	return []wrong{
		{"misspelt parameter of Redis", minimal, "cache.parameters", object("maxmemory-polcy", "allkeys-lfu"), `cache.parameters.maxmemory-polcy: is no parameter of Redis, which would not start with it (did you mean maxmemory-policy?)`},
		{"misspelt parameter of a broker", minimal, "broker", object("kind", "in-cluster", "parameters", object("time-out", "300")), `broker.parameters.time-out: is no parameter of Redis, which would not start with it (did you mean timeout?)`},
		{"parameter of no Redis", minimal, "", redis("docker.io/library/redis:7.4-alpine", object("evict", "yes")), `cache.parameters.evict: is no parameter of Redis`},
		{"misspelt parameter of Valkey", minimal, "", redis("valkey/valkey:9", object("hash-max-listpack-valu", "1")), `cache.parameters.hash-max-listpack-valu: is no parameter of Redis, which would not start with it (did you mean hash-max-listpack-value?)`},
		{"replicas by their former name", minimal, "cache.parameters", object("min-slaves-to-write", "1"), `cache.parameters.min-slaves-to-write: may not be set: it makes a part of several servers`},
		{"misspelt parameter of PostgreSQL", minimal, "database.parameters", object("shared_bufers", "128MB"), `database.parameters.shared_bufers: is no parameter of PostgreSQL, which would not start with it (did you mean shared_buffers?)`},
		{"parameter of no PostgreSQL", minimal, "database.parameters", object("cache_size", "128MB"), `database.parameters.cache_size: is no parameter of PostgreSQL`},
		{"parameter of an older PostgreSQL", minimal, "database.parameters", object("old_snapshot_threshold", "1h"), `database.parameters.old_snapshot_threshold: is no parameter of PostgreSQL`},
		{"parameter that PostgreSQL has from its build", minimal, "database.parameters", object("wal_segment_size", "16MB"), `database.parameters.wal_segment_size: is no parameter of PostgreSQL`},
		{"misspelt parameter of a later PostgreSQL", minimal, "", postgres("registry.example.com/postgres:19", object("work_men", "4MB")), `database.parameters.work_men: is no parameter of PostgreSQL, which would not start with it (did you mean work_mem?)`},
		{"archive without a reader", minimal, "database.parameters", object("archive_mode", "on"), `database.parameters.archive_mode: may not be set: it keeps the whole write-ahead log`},
		{"log that is kept above the volume", minimal, "database.parameters", object("wal_keep_size", "2GB"), `database.parameters.wal_keep_size: "2GB": may be at most half of database.volume.size, which is 1Gi`},
		{"log without what its senders need", minimal, "database.parameters", object("wal_level", "minimal"), `database.parameters.wal_level: "minimal": needs max_wal_senders: "0"`},
		{"another file", minimal, "database.parameters", object("include", "/tmp/a.conf"), `database.parameters.include: may not be set: it reads another file`},
	}
}

func TestParametersThatAServerKnowsAreTaken(t *testing.T) {
	for name, values := range map[string]map[string]any{
		"PostgreSQL 17":                      {"database.parameters": object("work_mem", "16MB", "timezone", "UTC", "jit", "off", "wal_level", "minimal", "max_wal_senders", "0", "log_min_duration_statement", "500")},
		"an extension's":                     {"database.parameters": object("pg_stat_statements.max", "5000", "shared_preload_libraries", "pg_stat_statements")},
		"an older PostgreSQL":                {"database": object("kind", "in-cluster", "image", "docker.io/library/postgres:15", "parameters", object("old_snapshot_threshold", "1h"))},
		"a later PostgreSQL":                 {"database": object("kind", "in-cluster", "image", "docker.io/library/postgres:18", "parameters", object("io_method", "worker", "something_new", "1"))},
		"a server that is built upon it":     {"database": object("kind", "in-cluster", "image", "registry.example.com/our-postgres:17", "parameters", object("company_mode", "1"))},
		"Redis 8":                            {"cache.parameters": object("timeout", "300", "maxmemory-samples", "10", "lazyfree-lazy-eviction", "yes", "hash-max-ziplist-value", "64", "something-new", "1")},
		"a broker":                           {"broker": object("kind", "in-cluster", "parameters", object("appendfsync", "always", "client-output-buffer-limit", "pubsub 32mb 8mb 60"))},
		"Valkey":                             {"cache": object("kind", "in-cluster", "image", "docker.io/valkey/valkey:9", "parameters", object("commandlog-execution-slower-than", "10000"))},
		"a later Redis, which has added one": {"cache": object("kind", "in-cluster", "image", "docker.io/library/redis:8.4", "parameters", object("added-since", "1"))},
	} {
		t.Run(name, func(t *testing.T) {
			text := minimal
			for path, value := range values {
				text = changed(t, text, path, value)
			}
			_, err := parse(t, text)
			require.NoError(t, err)
		})
	}
}
