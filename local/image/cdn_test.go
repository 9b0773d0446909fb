package image

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// What a CDN keeps is asked for at the app's own host, by the path that the page names at the CDN's.
func TestTheAppServesWhatACDNAsksFor(t *testing.T) {
	output, err := runIn(t, "blog-orange", `
		export DJANGO_SECRET_KEY=a-key-for-this-test DJANGO_ALLOWED_HOSTS=blog.example.com STATIC_ROOT=/tmp/static DATABASE_URL=sqlite:////tmp/db
		export STATIC_URL=https://static.example.com/static/
		python manage.py migrate --noinput >/tmp/migrate; python manage.py collectstatic --noinput >/tmp/collect
		gunicorn blog.wsgi:application --bind 127.0.0.1:$PORT --worker-tmp-dir /dev/shm & app=$!
		python - <<'PYTHON'`+visitor+`
host, style = re.search(r'href="(https://[^/]+)(/static/blog/style\.[0-9a-f]{12}\.css)"', get("/").read().decode()).groups()
answer = get(style)
print(f"page: {host} cache: {answer.headers['Cache-Control']} varies by: {answer.headers['Vary']} cookie: {answer.headers['Set-Cookie']}")
PYTHON
		kill $app; wait $app`)

	require.NoError(t, err, output)
	assert.Contains(t, output, "page: https://static.example.com cache: max-age=315360000, public, immutable varies by: Accept-Encoding cookie: None")
}
