package image

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestGunicornServesTheBlog(t *testing.T) {
	output, err := runIn(t, "blog-maroon", `
		export DJANGO_SECRET_KEY=a-key-for-this-test DJANGO_ALLOWED_HOSTS=blog.example.com STATIC_ROOT=/tmp/static DATABASE_URL=sqlite:////tmp/db
		python manage.py migrate --noinput && python manage.py collectstatic --noinput && python manage.py check --deploy --fail-level ERROR
		gunicorn blog.wsgi:application --bind 127.0.0.1:$PORT --worker-tmp-dir /dev/shm & server=$!
		python - <<'PYTHON'`+getPages+`
page = get("/").read().decode()
style = re.search(r'href="(/static/blog/style\.[0-9a-f]{12}\.css)"', page)[1]
version = re.search('<body class="(.*)">', page)[1]
# One call of print: the server writes to the same output.
print(f"version: {version} style: {'.maroon' in get(style).read().decode()}")
PYTHON
		kill $server; wait $server`)

	require.NoError(t, err, output)
	assert.Contains(t, output, `{"ready": true, "database": "ok"}`)
	assert.Contains(t, output, "version: maroon style: True")
}

func TestWorkerReconnectsToBroker(t *testing.T) {
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

// A CDN requests a static file from the app's host, by the same path that the page uses on the CDN's host.
func TestAppServesStaticFilesRequestedByCDN(t *testing.T) {
	output, err := runIn(t, "blog-orange", `
		export DJANGO_SECRET_KEY=a-key-for-this-test DJANGO_ALLOWED_HOSTS=blog.example.com STATIC_ROOT=/tmp/static DATABASE_URL=sqlite:////tmp/db
		export STATIC_URL=https://static.example.com/static/
		python manage.py migrate --noinput >/tmp/migrate; python manage.py collectstatic --noinput >/tmp/collect
		gunicorn blog.wsgi:application --bind 127.0.0.1:$PORT --worker-tmp-dir /dev/shm & app=$!
		python - <<'PYTHON'`+getPages+`
host, style = re.search(r'href="(https://[^/]+)(/static/blog/style\.[0-9a-f]{12}\.css)"', get("/").read().decode()).groups()
answer = get(style)
print(f"page: {host} cache: {answer.headers['Cache-Control']} varies by: {answer.headers['Vary']} cookie: {answer.headers['Set-Cookie']}")
PYTHON
		kill $app; wait $app`)

	require.NoError(t, err, output)
	assert.Contains(t, output, "page: https://static.example.com cache: max-age=315360000, public, immutable varies by: Accept-Encoding cookie: None")
}
