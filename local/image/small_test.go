package image

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"sigs.k8s.io/yaml"
)

// broughtFile returns the file of app.files of a stack file in examples/small.
func broughtFile(t *testing.T, stack, path string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "..", "examples", "small", "Pulumi."+stack+".yaml"))
	require.NoError(t, err)
	var read struct {
		Config struct {
			Environment struct {
				App struct {
					Files map[string]string `json:"files"`
				} `json:"app"`
			} `json:"djangostack:environment"`
		} `json:"config"`
	}
	require.NoError(t, yaml.Unmarshal(text, &read))
	file := read.Config.Environment.App.Files[path]
	require.NotEmpty(t, file)
	return file
}

// contractOnAServer returns a script that starts PostgreSQL and exports the contract of an environment in the cluster, with the
// server's address.
func contractOnAServer(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile(filepath.FromSlash(environmentsFile))
	require.NoError(t, err)
	var found struct {
		Environments map[string]map[string]string `json:"environments"`
	}
	require.NoError(t, json.Unmarshal(text, &found))
	variables := found.Environments["in-cluster"]
	script := ""
	for _, name := range []string{
		"PGDATABASE", "PGUSER", "PGPASSWORD", "PGSSLMODE", "DJANGO_SECRET_KEY", "DJANGO_ALLOWED_HOSTS", "DJANGO_CSRF_TRUSTED_ORIGINS", "STATIC_URL",
	} {
		require.NotEmpty(t, variables[name], name)
		script += "export " + name + "='" + variables[name] + "'\n"
	}
	return script + `
export POSTGRES_USER=$PGUSER POSTGRES_PASSWORD=$PGPASSWORD POSTGRES_DB=$PGDATABASE PGDATA=/var/lib/postgresql/data/pgdata
docker-entrypoint.sh postgres -p $PORT >/tmp/log 2>&1 & server=$!
export PGHOST=127.0.0.1 PGPORT=$PORT STATIC_ROOT=/tmp/static PYTHONPATH=/tmp/app
wait_for pg_isready -q
mkdir /tmp/app; django-admin startproject mysite /tmp/app; cd /tmp/app
`
}

// serve migrates, collects static files and requests the page of the readiness check through the real server.
const serve = `
python manage.py check --deploy --fail-level ERROR
python manage.py migrate --noinput >/tmp/migrate
python manage.py collectstatic --noinput
export PORT=$((PORT+1))
gunicorn mysite.wsgi:application --bind 127.0.0.1:$PORT --worker-tmp-dir /dev/shm >/tmp/gunicorn 2>&1 & app=$!
python - <<'PYTHON'
import os, time, urllib.request
request = urllib.request.Request(f"http://127.0.0.1:{os.environ['PORT']}/admin/login/", headers={"Host": "blog.example.com", "X-Forwarded-Proto": "https"})
for attempt in range(600):
    try:
        answer = urllib.request.urlopen(request)
        break
    except urllib.error.HTTPError as error:
        raise SystemExit(f"the page answers {error.code}: {error.read().decode()[:2000]}")
    except OSError:
        time.sleep(0.2)
page = answer.read().decode()
assert "csrfmiddlewaretoken" in page and "Secure" in answer.headers["Set-Cookie"], page
import psycopg
tables = psycopg.connect().execute("SELECT count(*) FROM pg_tables WHERE tablename LIKE 'auth_%'").fetchone()[0]
assert tables == 6, tables
print("served with", tables, "tables in PostgreSQL")
PYTHON
kill $app; kill -INT $server; wait $server
`

func TestWhatStartprojectGeneratesRunsUnmodified(t *testing.T) {
	file := broughtFile(t, "startproject", "/app/mysite/settings_environment.py")
	output, err := runIn(t, "postgres", contractOnAServer(t)+"cat >mysite/settings_environment.py <<'SETTINGS'\n"+file+"SETTINGS\n"+
		"export DJANGO_SETTINGS_MODULE=mysite.settings_environment\n"+serve)
	require.NoError(t, err, output)
	assert.Contains(t, output, "served with 6 tables")
	assert.Regexp(t, `\d+ static files copied`, output)
}

// Debian has no Wagtail: the settings are those of startproject, laid out as wagtail start does it.
func TestProductionSettingsOfWagtailImportTheFile(t *testing.T) {
	file := broughtFile(t, "wagtail", "/app/mysite/settings/local.py")
	output, err := runIn(t, "postgres", contractOnAServer(t)+`
		mkdir mysite/settings; mv mysite/settings.py mysite/settings/base.py; touch mysite/settings/__init__.py
		printf '%s\n' 'from .base import *' 'DEBUG = False' 'try:' '    from .local import *' 'except ImportError:' '    pass' >mysite/settings/production.py
		cat >mysite/settings/local.py <<'SETTINGS'
`+file+"SETTINGS\nexport DJANGO_SETTINGS_MODULE=mysite.settings.production\n"+serve)
	require.NoError(t, err, output)
	assert.Contains(t, output, "served with 6 tables")
}
