package image

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// writeServerConfig returns a shell script that writes the configuration files of PgBouncer, NGINX and Gunicorn, as
// djangostack generates them, to /tmp/config.
func writeServerConfig(t *testing.T) string {
	t.Helper()
	found, err := os.ReadFile(filepath.FromSlash(environmentsFile))
	require.NoError(t, err)
	return "cat >/tmp/found <<'JSON'\n" + string(found) + "JSON\n" + `
mkdir /tmp/config
python -c 'import json; [open("/tmp/config/" + name, "w").write(text) for name, text in json.load(open("/tmp/found"))["files"].items()]'
`
}

func TestPgBouncerSharesConnections(t *testing.T) {
	output, err := runIn(t, "postgres", writeServerConfig(t)+`
		set -- $(tr -d '"' </tmp/config/userlist.txt); export PGUSER=$1 PGPASSWORD=$2 PGDATABASE=blog PGHOST=127.0.0.1
		POSTGRES_USER=$1 POSTGRES_PASSWORD=$2 POSTGRES_DB=blog PGDATA=/var/lib/postgresql/data/pgdata docker-entrypoint.sh postgres -p $PORT & server=$!
		wait_for pg_isready -q -p $PORT

		sed -i "s|host=blog-postgres port=5432|host=127.0.0.1 port=$PORT|; s|^listen_port = .*|listen_port = $((PORT+1))|; s|/etc/djangostack/pgbouncer|/tmp/config|" /tmp/config/pgbouncer.ini
		pgbouncer /tmp/config/pgbouncer.ini & pool=$!
		export PGPORT=$((PORT+1)); wait_for pg_isready -q
		PGPASSWORD=wrong psql -c 'SELECT 1' && exit 1
		PGPORT=$PORT python - <<'PYTHON' || exit 1
import os, psycopg, threading
pooled = dict(port=int(os.environ["PGPORT"]) + 1, prepare_threshold=1, autocommit=True)
most = []
def work():
    with psycopg.connect(**pooled) as connection:
        for number in range(5):
            assert connection.execute("SELECT %s::int, pg_sleep(0.05)", [number]).fetchone()[0] == number
threads = [threading.Thread(target=work) for _ in range(60)]
[thread.start() for thread in threads]
with psycopg.connect(autocommit=True) as direct:
    while any(thread.is_alive() for thread in threads):
        most.append(direct.execute("SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()").fetchone()[0])
print(f"clients: 60 connections: {max(most) if 0 < max(most) <= 20 else 'too many or none: %s' % max(most)}")
PYTHON
		kill $pool; wait $pool || true; kill -INT $server; wait $server`)

	require.NoError(t, err, output)
	assert.Regexp(t, `clients: 60 connections: \d+\n`, output)
}

func TestNGINXServesStaticFilesAndProxiesTheApp(t *testing.T) {
	output, err := runIn(t, "blog-orange", writeServerConfig(t)+`
		export DJANGO_SECRET_KEY=a-key-for-this-test DJANGO_ALLOWED_HOSTS=blog.example.com STATIC_ROOT=/tmp/static DATABASE_URL=sqlite:////tmp/db
		python manage.py migrate --noinput >/tmp/migrate; python manage.py collectstatic --noinput >/tmp/collect
		sed -i "s|listen 8000|listen $PORT|; s|127.0.0.1:8001|127.0.0.1:$((PORT+1))|; s|/srv/static|/tmp/static|" /tmp/config/nginx.conf
		gunicorn blog.wsgi:application --bind 127.0.0.1:$((PORT+1)) --worker-tmp-dir /dev/shm & app=$!
		nginx -c /tmp/config/nginx.conf -g 'daemon off;' & server=$!
		python - <<'PYTHON'`+getPages+`
style = re.search(r'href="(/static/blog/style\.[0-9a-f]{12}\.css)"', get("/").read().decode())[1]
answer = get(style)
styled = ".orange" in answer.read().decode() or "body" in get(style).read().decode()
# One call of print: the servers write to the same output.
print(f"server: {answer.headers['Server']} cache: {answer.headers['Cache-Control']} style: {styled}")
PYTHON
		kill -QUIT $server; wait $server; kill $app; wait $app`)

	require.NoError(t, err, output)
	assert.Contains(t, output, `{"ready": true, "database": "ok"}`)
	assert.Contains(t, output, "server: nginx cache: public, max-age=31536000, immutable style: True")
}

// keepAliveClients is Python code that keeps twenty connections open and sends requests on each until the server answers
// with "Connection: close". A request counts as lost if it fails on a connection that the server had kept alive.
const keepAliveClients = `
import http.client, os, threading, time
lost, answered, closed = [], [], []
headers = {"Host": "blog.example.com", "X-Forwarded-Proto": "https"}
def client():
    connection = http.client.HTTPConnection("127.0.0.1", int(os.environ["PORT"]), timeout=20)
    while True:
        try:
            connection.request("GET", "/healthz/live", headers=headers)
            answer = connection.getresponse()
            answer.read()
        except (OSError, http.client.HTTPException) as error:
            lost.append(repr(error))
            return
        answered.append(answer.status)
        if answer.status != 200:
            return
        if answer.getheader("Connection") == "close":
            closed.append(True)
            return
        time.sleep(0.02)
for attempt in range(600):
    try:
        probe = http.client.HTTPConnection("127.0.0.1", int(os.environ["PORT"]), timeout=20)
        probe.request("GET", "/healthz/live", headers=headers)
        if probe.getresponse().status == 200:
            break
    except OSError:
        pass
    time.sleep(0.2)
clients = [threading.Thread(target=client) for _ in range(20)]
[thread.start() for thread in clients]
began = time.monotonic()
while len(answered) < 400 and not lost and time.monotonic() - began < 120:
    time.sleep(0.1)
os.kill(int(os.environ["SERVER"]), 15)
[thread.join() for thread in clients]
print("answered:", len(answered) >= 400 and set(answered), "closed:", len(closed), "lost:", len(lost) if len(lost) < 2 else "some", file=open("/tmp/counted", "w"))
`

func stopUnderLoad(t *testing.T, configuration string) string {
	t.Helper()
	output, err := runIn(t, "blog-orange", writeServerConfig(t)+`
		export DJANGO_SECRET_KEY=a-key-for-this-test DJANGO_ALLOWED_HOSTS=blog.example.com STATIC_ROOT=/tmp/static DATABASE_URL=sqlite:////tmp/db
		GUNICORN_CMD_ARGS="`+configuration+` --worker-class=gthread --threads=4 --worker-tmp-dir=/dev/shm --graceful-timeout=10 --keep-alive=75" gunicorn blog.wsgi:application --bind 127.0.0.1:$PORT & export SERVER=$!
		python - <<'PYTHON'`+keepAliveClients+`PYTHON
		wait $SERVER; cat /tmp/counted`)
	require.NoError(t, err, output)
	return output
}

func TestStoppingGunicornClosesKeepAliveConnectionsCleanly(t *testing.T) {
	output := stopUnderLoad(t, "--config=/tmp/config/gunicorn.conf.py")

	assert.Contains(t, output, "answered: {200} closed: 20 lost: 0")
	assert.Contains(t, output, `"version": "orange"`, "the app's own configuration still applies")
}

func TestStoppingGunicornWithoutConfigurationLosesRequests(t *testing.T) {
	assert.Contains(t, stopUnderLoad(t, ""), "lost: some")
}

// A response that was begun before the worker stops does not close its connection, so another request may follow.
func TestStoppingGunicornKeepsTheConnectionsThatItPromisedToKeep(t *testing.T) {
	output, err := runIn(t, "blog-orange", writeServerConfig(t)+`
		sed -i 's/^DRAIN_SECONDS = .*/DRAIN_SECONDS = 10/' /tmp/config/gunicorn.conf.py
		mkdir /tmp/app && cat > /tmp/app/slow.py <<'PYTHON'
import time

def application(environ, start_response):
    time.sleep(2)
    start_response("200 OK", [("Content-Length", "2")])
    return [b"ok"]
PYTHON
		GUNICORN_CMD_ARGS="--config=/tmp/config/gunicorn.conf.py --worker-class=gthread --threads=4 --worker-tmp-dir=/dev/shm --graceful-timeout=10 --keep-alive=75" gunicorn --chdir /tmp/app slow:application --bind 127.0.0.1:$PORT & export SERVER=$!
		python - <<'PYTHON'
import http.client, os, time
for attempt in range(600):
    connection = http.client.HTTPConnection("127.0.0.1", int(os.environ["PORT"]), timeout=30)
    try:
        connection.request("GET", "/")
        break
    except OSError:
        time.sleep(0.2)
time.sleep(1)
os.kill(int(os.environ["SERVER"]), 15)
answer = connection.getresponse()
first = answer.status, answer.read(), answer.getheader("Connection")
# A worker looks for connections to close once a second.
time.sleep(2)
connection.request("GET", "/")
answer = connection.getresponse()
print("first:", first, "second:", answer.status, answer.getheader("Connection"), file=open("/tmp/answers", "w"))
PYTHON
		wait $SERVER; cat /tmp/answers`)

	require.NoError(t, err, output)
	assert.Contains(t, output, "first: (200, b'ok', 'keep-alive') second: 200 close")
}

func TestStoppingGunicornBehindNGINXLosesNoRequest(t *testing.T) {
	output, err := runIn(t, "blog-orange", writeServerConfig(t)+`
		export DJANGO_SECRET_KEY=a-key-for-this-test DJANGO_ALLOWED_HOSTS=blog.example.com STATIC_ROOT=/tmp/static DATABASE_URL=sqlite:////tmp/db
		sed -i "s|listen 8000|listen $PORT|; s|127.0.0.1:8001|127.0.0.1:$((PORT+1))|; s|/srv/static|/tmp/static|" /tmp/config/nginx.conf
		GUNICORN_CMD_ARGS="--config=/tmp/config/gunicorn.conf.py --worker-class=gthread --threads=4 --worker-tmp-dir=/dev/shm --keep-alive=75" gunicorn blog.wsgi:application --bind 127.0.0.1:$((PORT+1)) & export SERVER=$!
		nginx -c /tmp/config/nginx.conf -g 'daemon off;' & proxy=$!
		python - <<'PYTHON'`+keepAliveClients+`PYTHON
		wait $SERVER; kill -QUIT $proxy; wait $proxy; cat /tmp/counted`)

	require.NoError(t, err, output)
	assert.Contains(t, output, "answered: {200} closed: 20 lost: 0")
}
