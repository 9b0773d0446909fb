package image

import (
	"encoding/base64"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// redisReaders is Python code that all tests of this file begin with.
const redisReaders = `
import json, os, ssl, sys, time
found = json.loads(os.environ["ENVIRONMENTS"])
password, environments = found["password"], found["environments"]
from urllib.parse import unquote, urlsplit
import django, django_redis, redis
from django.conf import settings
settings.configure()
from django_redis.cache import RedisCache

def django_redis_cache(location, **options):
    return RedisCache(location, {"OPTIONS": {"CLIENT_CLASS": "django_redis.client.DefaultClient", **options}})

def connections(cache):
    client = cache.client
    return [client.connect(index).connection_pool for index in range(len(client._server))]
`

// readWithDjangoRedis reads the cache of each environment with django-redis.
const readWithDjangoRedis = redisReaders + `
meant = {
    "in-cluster": (["blog-redis-cache"], 6379, False, None),
    "external": (["cache.example.com", "copy.example.com"], 6380, True, None),
    "managed": (["10.0.0.4"], 6378, True, "/etc/djangostack/ca/cache.pem"),
}
for name, variables in environments.items():
    hosts, port, tls, authority = meant[name]
    secret = variables["PART_CACHE_PASSWORD"]
    def holds(pool, host, ca, reader):
        kwargs = pool.connection_kwargs
        assert (kwargs["host"], kwargs["port"], kwargs.get("db", 0), kwargs["password"]) == (host, port, 0, secret), (name, reader, kwargs)
        assert issubclass(pool.connection_class, redis.connection.SSLConnection) == tls, (name, reader)
        assert kwargs.get("ssl_ca_certs") == ca, (name, reader, kwargs)
        if tls:
            # redis-py requires a certificate unless it is told otherwise.
            assert pool.connection_class(**kwargs).cert_reqs == ssl.CERT_REQUIRED, (name, reader)

    pools = connections(django_redis_cache(variables["CACHE_LOCATION"]))
    assert len(pools) == len(hosts), (name, pools)
    for pool, host in zip(pools, hosts):
        holds(pool, host, authority, "CACHE_LOCATION")
    for variable in ("CACHE_URL", "REDIS_URL"):
        holds(connections(django_redis_cache(variables[variable]))[0], hosts[0], authority, variable)
    holds(connections(django_redis_cache(variables["PART_CACHE_PLAINURL"]))[0], hosts[0], None, "cache.plainURL")

    # An app that composes the address of the parts, with the password as an option.
    part = lambda part: variables["PART_CACHE_" + part]
    scheme = "rediss" if part("TLS") == "true" else "redis"
    location = f"{scheme}://{part('HOST')}:{part('PORT')}/{part('NUMBER')}"
    holds(connections(django_redis_cache(location, PASSWORD=part("PASSWORD"), CONNECTION_POOL_KWARGS={}))[0], hosts[0], None, "parts")
print("django-redis", django_redis.__version__, "read all")
`

// readWithDjangoCacheURL reads the cache of each environment with django-cache-url, whose result django-redis takes.
const readWithDjangoCacheURL = redisReaders + `
import django_cache_url
for name, variables in environments.items():
    for variable in ("CACHE_URL", "PART_CACHE_PLAINURL"):
        read = django_cache_url.parse(variables[variable])
        sent = urlsplit(variables[variable])
        assert read["BACKEND"] == "django_redis.cache.RedisCache", read
        assert read["LOCATION"] == f"{sent.scheme}://{sent.hostname}:{sent.port}/0", (name, read)
        # It does not decode a password: one that a URL has as it is, such as a generated one, is right.
        have, want = read["OPTIONS"]["PASSWORD"], variables["PART_CACHE_PASSWORD"]
        assert unquote(have) == want and (have == want) == (name == "in-cluster"), (name, read)
        # The options of the URL do not reach redis-py, so only SSL_CERT_DIR can name a private authority.
        assert set(read["OPTIONS"]) == {"PASSWORD"}, (name, read)
        pool = connections(RedisCache(read["LOCATION"], read))[0]
        assert "ssl_ca_certs" not in pool.connection_kwargs, (name, pool.connection_kwargs)
print("django-cache-url read all")
`

// trustPrivateAuthority connects to a Redis whose certificate a private authority signed.
const trustPrivateAuthority = redisReaders + `
from celery import Celery
port, variables = os.environ["PORT"], environments["managed"]
for folder in ("ca", "public"):
    os.mkdir("/tmp/" + folder)
for name, text in found["authorities"].items():
    open("/tmp/ca/" + name, "w").write(text)
trusting = variables["SSL_CERT_DIR"].replace("/etc/djangostack/ca", "/tmp/ca").replace("/etc/ssl/certs", "/tmp/public")
assert trusting == "/tmp/ca:/tmp/public", trusting

def at_server(url):
    return url.replace(urlsplit(url).netloc.rpartition("@")[2], "localhost:" + port).replace("/etc/djangostack/ca", "/tmp/ca")
def works(what, use):
    os.environ.pop("SSL_CERT_DIR", None)
    try:
        use()
    except Exception as error:
        assert "CERTIFICATE_VERIFY_FAILED" in repr((error, error.__context__, error.__cause__)), (what, error)
    else:
        raise SystemExit(f"{what} trusts the server without the authority")
    # Each folder of the list counts.
    for folders in (trusting, "/tmp/public:/tmp/ca"):
        os.environ["SSL_CERT_DIR"] = folders
        use()
    print(what, "trusts the server by SSL_CERT_DIR only")
def used(cache):
    cache.set("key", "value")
    assert cache.get("key") == "value"

named = redis.Redis.from_url(at_server(variables["CACHE_URL"]).replace(":" + urlsplit(variables["CACHE_URL"]).password + "@", ""))
for attempt in range(1200):
    try:
        named.ping()
        break
    except redis.exceptions.ConnectionError:
        time.sleep(0.1)
named.config_set("requirepass", password)
redis.Redis.from_url(at_server(variables["CACHE_URL"])).ping()
used(django_redis_cache(at_server(variables["CACHE_LOCATION"])))
print("the file in the URL is enough for redis-py and django-redis")

works("redis-py", lambda: redis.Redis.from_url(at_server(variables["PART_CACHE_PLAINURL"])).ping())
# Weblate's settings.
works("django-redis", lambda: used(django_redis_cache(f"rediss://localhost:{port}/1", PASSWORD=password, CONNECTION_POOL_KWARGS={})))
def celery():
    url = f"rediss://:{variables['PART_CACHE_URLPASSWORD']}@localhost:{port}/1?ssl_cert_reqs=CERT_REQUIRED"
    app = Celery(broker=url, backend=url)
    with app.connection_for_write() as connection:
        connection.ensure_connection(max_retries=1, interval_start=0, timeout=1)
        connection.default_channel.client.ping()
    app.backend.client.ping()
works("Celery", celery)
try:
    import django_cache_url
except ImportError:
    sys.exit()
# Saleor's settings.
redis.Redis.from_url(at_server(variables["CACHE_URL"])).config_set("requirepass", "2b7d9a")
plain = at_server(variables["CACHE_URL"]).replace(urlsplit(variables["CACHE_URL"]).password, "2b7d9a")
def by_url():
    read = django_cache_url.parse(plain)
    used(RedisCache(read["LOCATION"], read))
works("django-cache-url", by_url)
`

// withEnvironments returns a script that runs Python code with the environment contract.
func withEnvironments(t *testing.T, before, code string) string {
	t.Helper()
	found, err := os.ReadFile(filepath.FromSlash(environmentsFile))
	require.NoError(t, err)
	return "export ENVIRONMENTS=\"$(cat <<'JSON'\n" + string(found) + "JSON\n)\"\n" + before + "\npython - <<'PYTHON'" + code + "PYTHON\n"
}

// cacheURLWheel returns a script that makes django-cache-url importable. Debian has no package of it.
func cacheURLWheel(t *testing.T) string {
	t.Helper()
	if os.Getenv("DJANGOSTACK_SOAK") == "" {
		t.Skip("needs PyPI; run it with: make soak")
	}
	folder := t.TempDir()
	out, err := exec.Command("python3", "-m", "pip", "download", "--quiet", "--retries=1", "--no-deps", "--dest", folder, "django-cache-url").CombinedOutput()
	require.NoError(t, err, string(out))
	wheels, err := filepath.Glob(filepath.Join(folder, "*.whl"))
	require.NoError(t, err)
	require.Len(t, wheels, 1)
	wheel, err := os.ReadFile(wheels[0])
	require.NoError(t, err)
	t.Log(filepath.Base(wheels[0]))
	return "base64 -d >/tmp/wheel.zip <<'WHEEL'\n" + base64.StdEncoding.EncodeToString(wheel) + "\nWHEEL\nexport PYTHONPATH=/tmp/wheel.zip\n"
}

// tlsRedis starts a Redis with the certificate that the contract's authority signed.
const tlsRedis = `
python -c 'import json, os; [open("/tmp/" + name, "w").write(text) for name, text in json.loads(os.environ["ENVIRONMENTS"])["server"].items()]'
redis-server --port 0 --tls-port $PORT --tls-cert-file /tmp/tls.crt --tls-key-file /tmp/tls.key --tls-auth-clients no --save "" --dir /tmp >/tmp/log &
`

func TestDjangoRedisReadsTheEnvironment(t *testing.T) {
	output, err := runIn(t, "readers", withEnvironments(t, "", readWithDjangoRedis))
	require.NoError(t, err, output)
	assert.Contains(t, output, "read all")
}

func TestDjangoCacheURLReadsTheEnvironment(t *testing.T) {
	output, err := runIn(t, "readers", withEnvironments(t, cacheURLWheel(t), readWithDjangoCacheURL))
	require.NoError(t, err, output)
	assert.Contains(t, output, "django-cache-url read all")
}

func TestClientsWithoutASettingTrustThePrivateAuthority(t *testing.T) {
	output, err := runIn(t, "readers", withEnvironments(t, tlsRedis, trustPrivateAuthority))
	require.NoError(t, err, output)
	for _, client := range []string{"redis-py", "django-redis", "Celery"} {
		assert.Contains(t, output, client+" trusts the server by SSL_CERT_DIR only")
	}
}

func TestDjangoCacheURLTrustsThePrivateAuthority(t *testing.T) {
	output, err := runIn(t, "readers", withEnvironments(t, cacheURLWheel(t)+tlsRedis, trustPrivateAuthority))
	require.NoError(t, err, output)
	assert.Contains(t, output, "django-cache-url trusts the server by SSL_CERT_DIR only")
}
