package image

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// externalFile holds the variables of apps with external servers. The tests in tests/contract write it.
const externalFile = "../../tests/contract/testdata/external.json"

// withExternal returns a script that runs after it with the contents of externalFile in /tmp/external.
func withExternal(t *testing.T, script string) string {
	t.Helper()
	found, err := os.ReadFile(filepath.FromSlash(externalFile))
	require.NoError(t, err)
	return "cat >/tmp/external <<'JSON'\n" + string(found) + "JSON\n" + script
}

// readExternal is Python code that reads each environment with the libraries that Django apps use.
const readExternal = `
import json, os
found = json.load(open("/tmp/external"))
awkward, plain = found["password"], found["plain"]

import django, environ, dj_database_url, kombu, psycopg, redis
from urllib.parse import quote
from celery import Celery
from django.conf import settings
from django.core.cache.backends.redis import RedisCache
settings.configure(TIME_ZONE="UTC")
from django.db.backends.postgresql.base import DatabaseWrapper

meant = {
    "operators": {"database": ("Shop-Prod.eu", "Shop.rw"), "cache": (["cache.example.com", "copy.example.com"], "shop@cache", awkward, 3, True), "broker": ("amqp", "mq.example.com", 5671, "Shop.rw", plain, "shop/prod", True)},
    "encoded": {"database": ("postgres", "postgres"), "cache": (["redis.example.com"], None, None, 0, False), "broker": ("redis", "redis.example.com", 6379, "Shop.rw", plain, "5", False)},
    "named": {"database": ("Shop-Prod.eu", "Shop.rw@db-1"), "cache": (["cache.example.com"], "shop", awkward, 3, True), "broker": ("amqp", "mq.example.com", 5672, "shop@mq", awkward, "/", False)},
}
def libpq_defaults(variables):
    os.environ.update({name: variables[name] for name in variables if name.startswith("PG")})
    return {option.keyword.decode(): option.val and option.val.decode() for option in psycopg.pq.Conninfo.get_defaults()}

for name, variables in found["environments"].items():
    want = meant[name]
    env = environ.Env()
    env.ENVIRON = variables
    database, user = want["database"]
    for reader, read in {"django-environ": env.db("DATABASE_URL"), "dj-database-url": dj_database_url.parse(variables["DATABASE_URL"])}.items():
        read = {**read, "TIME_ZONE": None, "CONN_MAX_AGE": 0, "ATOMIC_REQUESTS": False, "AUTOCOMMIT": True, "CONN_HEALTH_CHECKS": False}
        given = DatabaseWrapper(read).get_connection_params()
        # What Django leaves out, libpq reads from the environment.
        have = {"user": None, "password": None, **libpq_defaults(variables), **{key: value for key, value in given.items() if value}}
        assert (have["dbname"], have["user"], have["password"], have["host"]) == (database, user, awkward, "db.example.com"), (name, reader, have)
        assert have["sslmode"] == "require", (name, reader, have)
        assert ("password" in given) == (name != "operators"), (name, reader, given)
    parsed = {**libpq_defaults(variables), **psycopg.conninfo.conninfo_to_dict(variables["DATABASE_URL"])}
    assert (parsed["dbname"], parsed["user"], parsed["password"]) == (database, user, awkward), (name, parsed)
    part = lambda name: variables.get("PART_" + name)
    assert (part("DB_NAME"), part("DB_USER"), part("DB_PASSWORD")) == (database, user, awkward), name
    if name == "encoded":
        assert psycopg.conninfo.conninfo_to_dict(f"postgres://x:{part('DB_URLPASSWORD')}@h/d")["password"] == awkward
    print(name, "database")

    hosts, user, password, number, tls = want["cache"]
    def holds(pool, host, reader):
        kwargs = pool.connection_kwargs
        assert (kwargs["host"], kwargs["port"], kwargs.get("username"), kwargs.get("password"), kwargs.get("db", 0)) == (host, 6379, user, password, number), (name, reader, kwargs)
        assert issubclass(pool.connection_class, redis.connection.SSLConnection) == tls, (name, reader)
    for variable in ("REDIS_URL", "CACHE_URL", "PART_CACHE_PLAINURL"):
        holds(redis.Redis.from_url(variables[variable]).connection_pool, hosts[0], variable)
    cache = RedisCache(variables["CACHE_LOCATION"], {})._cache
    assert len(cache._servers) == len(hosts), (name, cache._servers)
    for index, host in enumerate(hosts):
        holds(cache._pool_class.from_url(cache._servers[index], **cache._pool_options), host, "Django")
    have = (part("CACHE_HOST"), part("CACHE_PORT"), part("CACHE_NUMBER"), part("CACHE_USER"), part("CACHE_PASSWORD"))
    assert have == (hosts[0], "6379", str(number), user, password), (name, have)
    print(name, "cache")

    kind, host, port, user, password, virtual_host, tls = want["broker"]
    app = Celery(broker=variables["CELERY_BROKER_URL"], backend=variables["CELERY_RESULT_BACKEND"])
    for connection in (app.connection_for_write(), kombu.Connection(variables["CELERY_BROKER_URL"])):
        connection.transport  # sets ssl for amqps
        have = (connection.hostname, connection.port, connection.userid, connection.password, connection.virtual_host, bool(connection.ssl))
        assert have == (host, port, user, password, virtual_host, tls), (name, have)
        assert connection.transport_cls in (kind, {"amqp": "amqps"}.get(kind)), (name, connection.transport_cls)
    if kind == "redis":
        # Results are in the one database that the configuration names.
        params = app.backend.connparams
        assert (params["host"], params["username"], params["password"], params["db"]) == (host, user, password, 5), (name, params)
    composed = f"redis://{quote(part('BROKER_USER'))}:{part('BROKER_URLPASSWORD')}@{part('BROKER_HOST')}:{part('BROKER_PORT')}/0"
    kwargs = redis.Redis.from_url(composed).connection_pool.connection_kwargs
    assert (kwargs["username"], kwargs["password"], kwargs["host"], kwargs["port"]) == (user, password, host, port), (name, kwargs)
    assert part("BROKER_PASSWORD") == password and (part("BROKER_NUMBER") or part("BROKER_VHOST")) == virtual_host, name
    print(name, "broker")
print("all external read")
`

func TestDjangoLibrariesReadExternalServers(t *testing.T) {
	output, err := runIn(t, "blog-orange", withExternal(t, "python - <<'PYTHON'"+readExternal+"PYTHON\n"))
	require.NoError(t, err, output)
	assert.Contains(t, output, "all external read")
}

// A user, a database and a password as others have made them, read from a Secret: by libpq, and by PgBouncer.
func TestPostgresTakesStoredCredentials(t *testing.T) {
	output, err := runIn(t, "postgres", withExternal(t, `
		python - <<'PYTHON'
import json, shlex
found = json.load(open("/tmp/external"))
variables, pool = found["pooled"], found["pool"]
names = ("DATABASE_URL", "DIRECT_DATABASE_URL", "PGUSER", "PGPASSWORD", "PGDATABASE")
open("/tmp/app", "w").write("".join(f"export {name}={shlex.quote(variables[name])}\n" for name in names))
environment = {**pool["environment"], "USERS": "/tmp/users"}
open("/tmp/pool", "w").write("".join(f"export {name}={shlex.quote(value)}\n" for name, value in environment.items()))
open("/tmp/users.sh", "w").write(pool["users"])
open("/tmp/pgbouncer.ini", "w").write(pool["pgbouncer.ini"])
PYTHON
		. /tmp/app
		POSTGRES_USER=$PGUSER POSTGRES_PASSWORD=$PGPASSWORD POSTGRES_DB=$PGDATABASE PGDATA=/var/lib/postgresql/data/pgdata docker-entrypoint.sh postgres -p $PORT & server=$!
		export PGHOST=127.0.0.1; wait_for pg_isready -q -p $PORT
		direct=$(echo "$DIRECT_DATABASE_URL" | sed "s|db.example.com:5432|127.0.0.1:$PORT|; s|sslmode=require|sslmode=disable|")
		psql -At "$direct" -c "SELECT 'direct as ' || current_user || ' in ' || current_database()"
		PGPASSWORD=wrong psql "$direct" -c 'SELECT 1' && exit 1

		(. /tmp/pool; sh -c "$(cat /tmp/users.sh)"); stat -c 'mode of the users %a' /tmp/users
		sed -i "s|host=db.example.com port=5432|host=127.0.0.1 port=$PORT|; s|^listen_port = .*|listen_port = $((PORT+1))|; s|/run/djangostack/pgbouncer/userlist.txt|/tmp/users|; s|^server_tls_sslmode = .*|server_tls_sslmode = disable|" /tmp/pgbouncer.ini
		pgbouncer /tmp/pgbouncer.ini & pool=$!
		wait_for pg_isready -q -p $((PORT+1))
		pooled=$(echo "$DATABASE_URL" | sed "s|blog-pgbouncer:5432|127.0.0.1:$((PORT+1))|")
		psql -At "$pooled" -c "SELECT 'pooled as ' || current_user || ' in ' || current_database()"
		PGPASSWORD=wrong psql "$pooled" -c 'SELECT 1' && exit 1
		kill $pool; wait $pool || true; kill -INT $server; wait $server`))
	require.NoError(t, err, output)
	for _, line := range []string{"direct as Shop.rw in Shop-Prod.eu\n", "pooled as Shop.rw in Shop-Prod.eu\n", "mode of the users 600\n"} {
		assert.Contains(t, output, line)
	}
}
