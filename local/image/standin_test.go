package image

import (
	"bytes"
	"context"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// These run the real images as restricted pods do, and need root and Debian's mirror the first time.

func TestPostgresTakesItsPasswordAndMakesItsDatabase(t *testing.T) {
	output, err := runIn(t, "postgres", `
		export PGPORT=$PORT POSTGRES_USER=blogger POSTGRES_DB='my "blog"' PGDATA=/var/lib/postgresql/data/pgdata
		echo 'pa ss"word' >/tmp/password
		POSTGRES_PASSWORD_FILE=/tmp/password docker-entrypoint.sh postgres -c max_connections=20 &
		wait_for pg_isready -q -h 127.0.0.1
		PGPASSWORD=wrong psql -h 127.0.0.1 -U blogger 'my "blog"' -c 'SELECT 1' && exit 1
		PGPASSWORD='pa ss"word' psql -At -h 127.0.0.1 -U blogger 'my "blog"' -c 'SHOW max_connections' -c 'SHOW password_encryption' -c 'SHOW listen_addresses' -c 'CREATE TABLE kept ()'
		kill -INT $!; wait $!
		# The second start needs no password, and keeps what was written.
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

func TestPostgresStartsOverAfterAFirstStartCutShort(t *testing.T) {
	output, err := runIn(t, "postgres", `
		export PGPORT=$PORT POSTGRES_PASSWORD=secret PGDATA=/var/lib/postgresql/data/pgdata
		# As a kill leaves it in the middle of moving the finished files.
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

func TestPostgresLeavesForeignFilesAlone(t *testing.T) {
	output, err := runIn(t, "postgres", `
		mkdir -p $PGDATA/lost+found
		POSTGRES_PASSWORD=secret docker-entrypoint.sh postgres`)

	assert.Error(t, err)
	assert.Contains(t, output, "neither empty nor a data directory")
}

func TestRedisTakesItsOptions(t *testing.T) {
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

func TestTheBlogServesOverItsServers(t *testing.T) {
	output, err := runIn(t, "blog-maroon", `
		export DJANGO_SECRET_KEY=a-key-for-this-test DJANGO_ALLOWED_HOSTS=blog.example.com STATIC_ROOT=/tmp/static DATABASE_URL=sqlite:////tmp/db
		python manage.py migrate --noinput && python manage.py collectstatic --noinput && python manage.py check --deploy --fail-level ERROR
		gunicorn blog.wsgi:application --bind 127.0.0.1:$PORT --worker-tmp-dir /dev/shm & server=$!
		python - <<'PYTHON'`+visitor+`
page = get("/").read().decode()
style = re.search(r'href="(/static/blog/style\.[0-9a-f]{12}\.css)"', page)[1]
version = re.search('<body class="(.*)">', page)[1]
# In one piece: the server writes to the same place.
print(f"version: {version} style: {'.maroon' in get(style).read().decode()}")
PYTHON
		kill $server; wait $server`)

	require.NoError(t, err, output)
	assert.Contains(t, output, `{"ready": true, "database": "ok"}`)
	assert.Contains(t, output, "version: maroon style: True")
}

func TestAWorkerOutlivesItsBroker(t *testing.T) {
	output, err := runIn(t, "blog-orange", `
		export DJANGO_SECRET_KEY=a-key-for-this-test DATABASE_URL=sqlite:////tmp/db BLOG_TICK_SECONDS=2
		export CELERY_BROKER_URL=redis://127.0.0.1:$PORT/0
		broker() { redis-server --port $PORT --save '' >/tmp/redis & broker=$!; }
		ticked() { python manage.py shell -c 'from notes.models import Tick; exit(not Tick.objects.filter(beat="beat-0"))'; }
		beating() { test $(($(date +%s) - $(stat -c %Y /tmp/celery-heartbeat))) -lt 12; }
		python manage.py migrate --noinput >/tmp/migrate
		broker
		celery -A blog worker --loglevel=INFO --concurrency=1 & worker=$!
		POD_NAME=beat-0 celery -A blog beat --schedule=/tmp/schedule --pidfile= & beat=$!
		wait_for ticked; beating

		kill $broker; wait $broker
		sleep 20; beating; echo 'beating without the broker'

		python manage.py shell -c 'from notes.models import Tick; Tick.objects.all().delete()'
		broker
		wait_for ticked; sleep 15; beating; echo 'beating with the broker again'
		kill $beat $worker; wait $beat $worker; kill $broker`)

	require.NoError(t, err, output)
	assert.Contains(t, output, "beating without the broker")
	assert.Contains(t, output, "beating with the broker again")
}

// runIn runs a shell script in an image, with a free port in $PORT.
func runIn(t *testing.T, name, script string) (string, error) {
	t.Helper()
	if os.Getenv("DJANGOSTACK_E2E") != "1" {
		t.Skip("set DJANGOSTACK_E2E=1 to run the real images (root, Debian's mirror)")
	}
	b := &Builder{Out: imageFolder(t), App: filepath.Join("..", "..", "examples", "blog")}
	archives, err := b.Build(context.Background(), name)
	require.NoError(t, err)
	const waitFor = `wait_for() { tries=0; until "$@"; do tries=$((tries+1)); test $tries -lt 300; sleep 0.2; done; }
`
	var output bytes.Buffer
	err = b.Run(t.Context(), archives[0], Run{
		Command:  []string{"sh", "-ec", waitFor + script},
		Env:      []string{"PORT=" + freePort(t)},
		Writable: []string{"/data", "/run/postgresql", "/var/lib/postgresql/data"},
		Stdout:   &output,
		Stderr:   &output,
	})
	return output.String(), err
}

// imageFolder is the one of the state directory, so that the base is not built again.
func imageFolder(t *testing.T) string {
	t.Helper()
	state := os.Getenv("DJANGOSTACK_STATE")
	if state == "" {
		state = filepath.Join("..", "..", ".djangostack")
	}
	folder, err := filepath.Abs(filepath.Join(state, "images"))
	require.NoError(t, err)
	return folder
}

func freePort(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer listener.Close()
	return strconv.Itoa(listener.Addr().(*net.TCPAddr).Port)
}
