package image

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// userModels is a project whose models are named by AUTH_USER_MODEL: one that signs in with an e-mail address and has
// neither a username nor an email field in REQUIRED_FIELDS, one that signs in with a phone number, has no e-mail address
// and needs a date, and Django's own.
const userModels = `
mkdir -p /data/users && cd /data && touch users/__init__.py
cat > manage.py <<'PYTHON'
import os, sys
os.environ["DJANGO_SETTINGS_MODULE"] = "config"
from django.core.management import execute_from_command_line
execute_from_command_line(sys.argv)
PYTHON
cat > config.py <<'PYTHON'
import os
SECRET_KEY = "x"
INSTALLED_APPS = ["django.contrib.auth", "django.contrib.contenttypes", "users"]
AUTH_USER_MODEL = os.environ["USER_MODEL"]
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": "/data/" + AUTH_USER_MODEL}}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
SILENCED_SYSTEM_CHECKS = ["auth.E003", "fields.E304"]
PYTHON
cat > users/models.py <<'PYTHON'
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models

class Manager(BaseUserManager):
    def create_superuser(self, email, password, full_name):
        user = self.model(email=self.normalize_email(email), full_name=full_name)
        user.set_password(password)
        user.save()

class ByEmail(AbstractBaseUser):
    email = models.EmailField(unique=True)
    full_name = models.CharField(max_length=40)
    objects = Manager()
    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = ["full_name"]

class PhoneManager(BaseUserManager):
    def create_superuser(self, phone, born, password):
        user = self.model(phone=phone, born=born)
        user.set_password(password)
        user.save()

class ByPhone(AbstractBaseUser):
    phone = models.CharField(max_length=20, unique=True)
    born = models.DateField()
    objects = PhoneManager()
    USERNAME_FIELD = "phone"
    REQUIRED_FIELDS = ["born"]
PYTHON
export DJANGO_SUPERUSER_PASSWORD=of-the-first-release
create() { python manage.py shell -c "$SUPERUSER"; }
count() { python manage.py shell -c "from django.contrib.auth import get_user_model as m; print('users', m().objects.count(), *[(u.get_username(), u.check_password('of-the-first-release')) for u in m().objects.all()])" | grep users; }
prepare() { export USER_MODEL=$1; python manage.py makemigrations users >/dev/null; python manage.py migrate --run-syncdb >/dev/null; }
refused() { if create; then echo "not refused"; exit 1; fi; }
`

func TestTheFirstSuperuserIsOfAnyUserModel(t *testing.T) {
	output, err := withUsers(t, `
prepare users.ByEmail
export DJANGO_SUPERUSER_EMAIL=Admin@Example.COM
refused
export DJANGO_SUPERUSER_FULL_NAME="Ada Lovelace" DJANGOSTACK_SUPERUSER_FIELDS=full_name
create; create; count

prepare users.ByPhone
unset DJANGO_SUPERUSER_FULL_NAME DJANGOSTACK_SUPERUSER_FIELDS
refused
export DJANGO_SUPERUSER_USERNAME=+4930123456
export DJANGO_SUPERUSER_BORN=yesterday
refused
export DJANGO_SUPERUSER_BORN=1815-12-10
create; create; count
export DJANGO_SUPERUSER_NAME=x DJANGOSTACK_SUPERUSER_FIELDS=name
refused
unset DJANGOSTACK_SUPERUSER_FIELDS

prepare auth.User
export DJANGO_SUPERUSER_USERNAME=admin
create; create; count
`)

	require.NoError(t, err, output)
	for _, line := range []string{
		"The user model users.ByEmail requires full_name: set release.superuser.fields.full_name.",
		"users 1 ('Admin@example.com', True)",
		"The user model users.ByPhone signs in with phone, which is no e-mail address: set release.superuser.username.",
		"The user model users.ByPhone does not take the value of release.superuser.fields.born:",
		"users 1 ('+4930123456', True)",
		"The user model users.ByPhone has no field name, which release.superuser.fields sets.",
		"users 1 ('admin', True)",
	} {
		assert.Contains(t, output, line)
	}
}

// withUsers runs a script in the project of userModels, with the script of the release in $SUPERUSER.
func withUsers(t *testing.T, script string) (string, error) {
	t.Helper()
	source, err := os.ReadFile(filepath.Join("..", "..", "components", "django", "superuser.py"))
	require.NoError(t, err)
	return runIn(t, "blog-orange", "SUPERUSER=$(cat <<'SUPERUSER_SCRIPT'\n"+string(source)+"\nSUPERUSER_SCRIPT\n)\n"+userModels+script)
}

// twoDatabases is a project with two databases of one server and a concurrent index in its migrations.
const twoDatabases = `
export PGPORT=$PORT PGHOST=127.0.0.1 PGUSER=postgres PGPASSWORD=secret PGDATA=/var/lib/postgresql/data/pgdata
POSTGRES_PASSWORD=secret docker-entrypoint.sh postgres >/tmp/server 2>&1 & server=$!
wait_for psql -qc 'SELECT 1' >/dev/null 2>&1; sleep 1; wait_for psql -qc 'SELECT 1' >/dev/null
psql -qc 'CREATE DATABASE analytics'
mkdir -p /data/events/migrations && cd /data && touch events/__init__.py events/migrations/__init__.py
cat > manage.py <<'PYTHON'
import os, sys
os.environ["DJANGO_SETTINGS_MODULE"] = "config"
from django.core.management import execute_from_command_line
execute_from_command_line(sys.argv)
PYTHON
cat > config.py <<'PYTHON'
SECRET_KEY = "x"
INSTALLED_APPS = ["django.contrib.postgres", "events"]
DATABASES = {name: {"ENGINE": "django.db.backends.postgresql", "NAME": database} for name, database in {"default": "postgres", "analytics": "analytics"}.items()}
ROOT_URLCONF = "missing"
PYTHON
cat > events/models.py <<'PYTHON'
import sys
from django.core.checks import Error, register
from django.db import models
@register()
def command_is_known(app_configs, **kwargs):
    return [] if sys.argv[1] == "migrate" else [Error(f"the command is {sys.argv[1]}")]
class Event(models.Model):
    name = models.TextField(db_index=False)
PYTHON
cat > events/migrations/0001_initial.py <<'PYTHON'
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models
class Migration(migrations.Migration):
    atomic = False
    operations = [
        migrations.CreateModel("Event", [("id", models.BigAutoField(primary_key=True)), ("name", models.TextField())]),
        AddIndexConcurrently("event", models.Index(fields=["name"], name="by_name")),
    ]
PYTHON
migrate() { python manage.py shell -c "$MIGRATE"; }
indexes() { psql -Atd $1 -c "SELECT 'in $1: ' || count(*) FROM pg_indexes WHERE indexname = 'by_name'"; }
`

// Two sessions that wait for one lock must not wait for each other's snapshots while one of them builds an index.
func TestMigrationsOfSeveralDatabasesAreLocked(t *testing.T) {
	source, err := os.ReadFile(filepath.Join("..", "..", "components", "django", "migrate.py"))
	require.NoError(t, err)
	output, err := runIn(t, "postgres", "MIGRATE=$(cat <<'MIGRATE_SCRIPT'\n"+string(source)+"\nMIGRATE_SCRIPT\n)\n"+twoDatabases+`
if migrate 2>/tmp/checks; then exit 1; else echo "the system checks ran"; fi
if grep "the command is" /tmp/checks; then exit 1; fi
export DJANGOSTACK_MIGRATE_SKIP_CHECKS=1
export DJANGOSTACK_MIGRATE_DATABASES="default
reports"
if migrate; then exit 1; fi
export DJANGOSTACK_MIGRATE_DATABASES="default
analytics"
export DJANGOSTACK_MIGRATE_LOCK=-42 PGOPTIONS="-c lock_timeout=1s"
held() { psql -qtAc "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'" | grep -qx 1; }
waiting() { grep -qs "of analytics holds" /tmp/first /tmp/second; }
# It holds the lock for longer than lock_timeout once somebody waits.
(echo "SELECT pg_advisory_lock(-42);"; wait_for waiting; sleep 3) | psql -qd analytics >/dev/null & holder=$!
wait_for held
migrate >/tmp/second 2>&1 & second=$!
migrate >/tmp/first 2>&1 || failed=first
wait $second || failed=second
cat /tmp/first /tmp/second
test -z "$failed"
wait $holder
indexes postgres; indexes analytics
kill -INT $server; wait $server
`)

	require.NoError(t, err, output)
	for _, line := range []string{
		"the system checks ran",
		"DATABASES has no reports, which release.migrate.databases names; it has analytics, default.",
		"Another session of analytics holds the advisory lock -42: waiting.",
		"in postgres: 1", "in analytics: 1",
	} {
		assert.Contains(t, output, line)
	}
}

// What a release has to be told comes last, because the end of the output becomes its error.
func TestAMigrationSaysWhatItWaitedFor(t *testing.T) {
	source, err := os.ReadFile(filepath.Join("..", "..", "components", "django", "migrate.py"))
	require.NoError(t, err)
	output, err := runIn(t, "postgres", "MIGRATE=$(cat <<'MIGRATE_SCRIPT'\n"+string(source)+"\nMIGRATE_SCRIPT\n)\n"+twoDatabases+`
export DJANGOSTACK_MIGRATE_SKIP_CHECKS=1 DJANGOSTACK_MIGRATE_DATABASES=analytics PGOPTIONS="-c lock_timeout=1s"
held() { psql -Atc "SELECT 1 FROM pg_stat_activity WHERE wait_event = 'PgSleep'" | grep -q 1; }
migrate
cat > events/migrations/0002_day.py <<'PYTHON'
from django.db import migrations, models
class Migration(migrations.Migration):
    dependencies = [("events", "0001_initial")]
    operations = [migrations.AddField("Event", "day", models.DateField(null=True))]
PYTHON
psql -qd analytics -c "BEGIN; LOCK TABLE events_event IN ACCESS SHARE MODE; SELECT pg_sleep(600)" >/dev/null 2>&1 & holder=$!
wait_for held
if migrate 2>/tmp/errors; then exit 1; fi
tail -2 /tmp/errors
psql -qAtc "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE wait_event = 'PgSleep'" >/dev/null
wait $holder || true
export DJANGOSTACK_MIGRATE_LOCK=7
psql -qd analytics -c "SELECT pg_advisory_lock(7), pg_sleep(600)" >/dev/null 2>&1 & holder=$!
wait_for held
python manage.py shell -c "$MIGRATE" >/tmp/waiting 2>&1 & waiting=$!
wait_for grep -q ": waiting" /tmp/waiting; kill $waiting
if wait $waiting; then exit 1; else echo "ended with $?" >>/tmp/waiting; fi
cat /tmp/waiting
psql -qAtc "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE wait_event = 'PgSleep'" >/dev/null
migrate
kill -INT $server; wait $server
`)

	require.NoError(t, err, output)
	for _, line := range []string{
		"A lock in the database analytics was not free within 1s, which is release.lockTimeoutSeconds. Release again when the transaction that holds it has ended.\nOpen for ",
		" of postgres from 127.0.0.1, active.\n",
		"Another session of analytics holds the advisory lock 7: waiting.\n",
		"Another session of analytics holds the advisory lock 7: the time of the release is over.\nended with 1\n",
		"Applying events.0002_day... OK",
	} {
		assert.Contains(t, output, line)
	}
}
