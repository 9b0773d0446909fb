package image

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// These tests run the real images like restricted pods. They need root, and a Debian mirror the first time.

func TestPostgresSetsPasswordAndCreatesDatabase(t *testing.T) {
	output, err := runIn(t, "postgres", `
		export PGPORT=$PORT POSTGRES_USER=blogger POSTGRES_DB='my "blog"' PGDATA=/var/lib/postgresql/data/pgdata
		echo 'pa ss"word' >/tmp/password
		POSTGRES_PASSWORD_FILE=/tmp/password docker-entrypoint.sh postgres -c max_connections=20 &
		wait_for pg_isready -q -h 127.0.0.1
		PGPASSWORD=wrong psql -h 127.0.0.1 -U blogger 'my "blog"' -c 'SELECT 1' && exit 1
		PGPASSWORD='pa ss"word' psql -At -h 127.0.0.1 -U blogger 'my "blog"' -c 'SHOW max_connections' -c 'SHOW password_encryption' -c 'SHOW listen_addresses' -c 'CREATE TABLE kept ()'
		kill -INT $!; wait $!
		# The second start needs no password and keeps the data.
		docker-entrypoint.sh -c logging_collector=off &
		wait_for pg_isready -q -h 127.0.0.1
		PGPASSWORD='pa ss"word' psql -At -h 127.0.0.1 -U blogger 'my "blog"' -c "SELECT 'kept: ' || count(*) FROM kept"
		kill -INT $!; wait $!`)

	require.NoError(t, err, output)
	assert.Contains(t, output, "20\nscram-sha-256\n*\n")
	assert.Contains(t, output, "kept: 0")
}

func TestPostgresWithoutAPasswordDoesNotStart(t *testing.T) {
	output, err := runIn(t, "postgres", `exec docker-entrypoint.sh postgres`)

	assert.Error(t, err)
	assert.Contains(t, output, "POSTGRES_PASSWORD is not set")
}

func TestPostgresReinitializesAfterInterruptedFirstStart(t *testing.T) {
	output, err := runIn(t, "postgres", `
		export PGPORT=$PORT POSTGRES_PASSWORD=secret PGDATA=/var/lib/postgresql/data/pgdata
		# The state after a kill while the entry point was moving files.
		mkdir -p $PGDATA/.new $PGDATA/base
		touch $PGDATA/.new/PG_VERSION $PGDATA/postgresql.conf
		docker-entrypoint.sh postgres &
		wait_for pg_isready -q -h 127.0.0.1
		PGPASSWORD=secret psql -At -h 127.0.0.1 -U postgres -c "SELECT 'it ' || 'works'"
		kill -INT $!; wait $!`)

	require.NoError(t, err, output)
	assert.Contains(t, output, "starting over")
	assert.Contains(t, output, "it works")
}

func TestPostgresRejectsDirectoryWithForeignFiles(t *testing.T) {
	output, err := runIn(t, "postgres", `
		mkdir -p $PGDATA/lost+found
		POSTGRES_PASSWORD=secret docker-entrypoint.sh postgres`)

	assert.Error(t, err)
	assert.Contains(t, output, "neither empty nor a data directory")
}

func TestRedisUsesItsOptions(t *testing.T) {
	output, err := runIn(t, "redis", `
		docker-entrypoint.sh --port $PORT --requirepass secret --appendonly yes --dir /data &
		wait_for sh -c 'redis-cli -p $PORT PING | grep -q NOAUTH'
		export REDISCLI_AUTH=secret
		redis-cli -p $PORT SET key kept
		redis-cli -p $PORT SHUTDOWN; wait $!
		docker-entrypoint.sh redis-server --port $PORT --requirepass secret --appendonly yes --dir /data &
		wait_for sh -c 'redis-cli -p $PORT PING | grep -q PONG'
		redis-cli -p $PORT GET key; redis-cli -p $PORT CONFIG GET protected-mode
		redis-cli -p $PORT SHUTDOWN; wait $!`)

	require.NoError(t, err, output)
	assert.Contains(t, output, "kept\n")
	assert.Contains(t, output, "protected-mode\nno\n")
}
