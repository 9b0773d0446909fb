package image

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// environmentsFile holds the environment variables that djangostack sets for an app. The tests in tests/contract write it.
const environmentsFile = "../../tests/contract/testdata/environments.json"

// readEnvironments is Python code that reads each environment with the libraries that Django apps use and compares the
// result with the expected connection settings.
const readEnvironments = `
import json, os, re, sys
found = json.loads(os.environ["ENVIRONMENTS"])
password, environments = found["password"], found["environments"]

import django, environ, dj_database_url, psycopg, redis
from urllib.parse import unquote
from celery import Celery
from django.conf import settings
from django.core.cache.backends.redis import RedisCache
settings.configure()

meant = {
    "in-cluster": {"database": ("blog-pgbouncer", 5432, "blog", "blog", "disable"), "cache": ["blog-redis-cache"], "port": 6379, "broker": ("blog-redis-broker", 6379), "tls": False},
    "external": {"database": ("db.example.com", 5433, "shop", "writer", "verify-full"), "cache": ["cache.example.com", "copy.example.com"], "port": 6380, "broker": ("broker.example.com", 6379), "tls": True},
    "managed": {"database": ("10.0.0.3", 5432, "blog", "blog", "require"), "cache": ["10.0.0.4"], "port": 6378, "broker": ("10.0.0.5", 6378), "tls": True, "ca": "/etc/djangostack/ca/"},
}
for name, variables in environments.items():
    want = meant[name]
    env = environ.Env()
    env.ENVIRON = variables
    secret = variables["POSTGRES_PASSWORD"]
    if name == "external":
        assert secret == password
    for reader, database in {"django-environ": env.db("DATABASE_URL"), "dj-database-url": dj_database_url.parse(variables["DATABASE_URL"])}.items():
        have = (database["HOST"], int(database["PORT"]), database["NAME"], database["USER"], database["OPTIONS"]["sslmode"])
        assert have == want["database"], (name, reader, have)
        assert database["PASSWORD"] == secret, (name, reader)
        assert "postgresql" in database["ENGINE"], (name, reader)
    print(name, "database")

    secrets = {"in-cluster": re.search(":([^@:]*)@", variables["CACHE_URL"])[1]}
    secret = secrets.get(name, password)
    def holds(kwargs, host, port, number, reader):
        assert (kwargs["host"], kwargs["port"], kwargs.get("db", 0)) == (host, port, number), (name, reader, kwargs)
        assert kwargs["password"] == secret, (name, reader)
        if want["tls"]:
            assert kwargs.get("ssl_cert_reqs") is not None, (name, reader)
        if want.get("ca"):
            assert kwargs["ssl_ca_certs"].startswith(want["ca"]), (name, reader)
    client = redis.Redis.from_url(variables["REDIS_URL"])
    holds(client.connection_pool.connection_kwargs, want["cache"][0], want["port"], 0, "redis-py")
    assert issubclass(client.connection_pool.connection_class, redis.connection.SSLConnection) == want["tls"]
    cache = RedisCache(variables["CACHE_LOCATION"], {})._cache
    for index, host in enumerate(want["cache"]):
        pool = cache._pool_class.from_url(cache._servers[index], **cache._pool_options)
        holds(pool.connection_kwargs, host, want["port"], 0, "Django")
    assert len(cache._servers) == len(want["cache"]), (name, cache._servers)
    if want["tls"]:
        # django-environ moves the URL's options to OPTIONS, in capitals, which redis-py does not accept. Such apps use CACHE_LOCATION.
        assert "SSL_CERT_REQS" in env.cache("CACHE_URL")["OPTIONS"], name
    else:
        assert env.cache("CACHE_URL")["LOCATION"] == variables["CACHE_URL"], name
    print(name, "cache")

    host, port = want["broker"]
    app = Celery(broker=variables["CELERY_BROKER_URL"], backend=variables["CELERY_RESULT_BACKEND"])
    with app.connection_for_write() as connection:
        assert (connection.hostname, connection.port, connection.virtual_host, connection.password) == (host, port, "0", secret), (name, connection.info())
        assert bool(connection.ssl) == want["tls"], (name, connection.ssl)
        if want.get("ca"):
            assert connection.ssl["ssl_ca_certs"] == want["ca"] + "broker.pem", (name, connection.ssl)
    holds(app.backend.connparams, host, port, 1, "Celery's results")
    assert int(variables["CELERY_VISIBILITY_TIMEOUT"]) >= 365
    print(name, "broker")

    # The parts say what the URLs say.
    part = lambda name: variables["PART_" + name]
    assert unquote(part("DATABASE_URLPASSWORD")) == variables["POSTGRES_PASSWORD"]
    for service, (host, port) in {"CACHE": (want["cache"][0], want["port"]), "BROKER": want["broker"]}.items():
        assert (part(service + "_HOST"), int(part(service + "_PORT")), part(service + "_PASSWORD")) == (host, port, secret), (name, service)
        assert (part(service + "_TLS") == "true") == want["tls"], (name, service)
        composed = f"redis://{part(service + '_USER')}:{part(service + '_URLPASSWORD')}@{host}:{port}/{part(service + '_NUMBER')}"
        holds(redis.Redis.from_url(composed).connection_pool.connection_kwargs | {"ssl_cert_reqs": "required", "ssl_ca_certs": "/etc/djangostack/ca/"}, host, port, 0, "composed")
        if want.get("ca"):
            assert part(service + "_CAFILE") == want["ca"] + service.lower() + ".pem", (name, service)
    if not want.get("ca"):
        # The form for libraries that keep the options of a URL for themselves.
        found = env.cache("PART_CACHE_PLAINURL")
        assert "OPTIONS" not in found, (name, found)
        server = redis.connection.ConnectionPool.from_url(found["LOCATION"])
        assert (server.connection_kwargs["host"], server.connection_kwargs["password"]) == (want["cache"][0], secret), name
        assert issubclass(server.connection_class, redis.connection.SSLConnection) == want["tls"], name
    parsed = psycopg.conninfo.conninfo_to_dict(variables["DATABASE_URL"])
    assert (parsed["host"], int(parsed["port"]), parsed["dbname"], parsed["user"], parsed["sslmode"]) == want["database"], (name, parsed)
    assert parsed["password"] == variables["POSTGRES_PASSWORD"], name
    print(name, "parts")

    # cookiecutter-django names REDIS_URL as Celery's broker. The variables win, so that cache.clear() meets no task.
    os.environ.update({key: variables[key] for key in ("CELERY_BROKER_URL", "CELERY_RESULT_BACKEND")})
    template = Celery()
    template.config_from_object({"broker_url": variables["REDIS_URL"], "result_backend": variables["REDIS_URL"]})
    with template.connection_for_write() as connection:
        assert connection.hostname == want["broker"][0], (name, connection.info())
    assert template.backend.connparams["host"] == want["broker"][0], name
    del os.environ["CELERY_BROKER_URL"], os.environ["CELERY_RESULT_BACKEND"]

    hosts = env.list("DJANGO_ALLOWED_HOSTS")
    assert hosts[-1] == "blog-web.blog-dev.svc", hosts
    assert all(origin.startswith("http") for origin in env.list("DJANGO_CSRF_TRUSTED_ORIGINS"))
print("all read")
`

func TestDjangoLibrariesReadTheEnvironment(t *testing.T) {
	found, err := os.ReadFile(filepath.FromSlash(environmentsFile))
	require.NoError(t, err)
	output, err := runIn(t, "blog-orange", "export ENVIRONMENTS=\"$(cat <<'JSON'\n"+string(found)+"JSON\n)\"\npython - <<'PYTHON'"+readEnvironments+"PYTHON\n")

	require.NoError(t, err, output)
	assert.Contains(t, output, "all read")
}
