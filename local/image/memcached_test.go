package image

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// memcachedFile holds the variables of environments whose cache is Memcached, and the container of the server. The tests in
// tests/contract write it.
const memcachedFile = "../../tests/contract/testdata/memcached.json"

// readMemcached reads each environment with the libraries that Django apps use.
const readMemcached = `
import json, os
import environ
from django.conf import settings
settings.configure()
from django.utils.module_loading import import_string
found = json.loads(os.environ["MEMCACHED"])
backend = "django.core.cache.backends.memcached.PyMemcacheCache"
for name, servers in {"one": ["blog-memcached:11211"], "several": ["blog-memcached:11211", "blog-memcached-1:11211", "blog-memcached-2:11211"]}.items():
    variables = found["environments"][name]
    assert "REDIS_URL" not in variables, name
    def holds(cache, reader):
        assert cache._servers == servers, (name, reader, cache._servers)
        nodes = {"%s:%s" % client.server for client in cache._cache.clients.values()}
        assert nodes == set(servers), (name, reader, nodes)

    env = environ.Env()
    env.ENVIRON = variables
    for variable in ("CACHE_URL", "PART_CACHE_PLAINURL"):
        read = env.cache(variable)
        assert read["BACKEND"] == backend, (name, read)
        holds(import_string(read["BACKEND"])(read["LOCATION"], read), "django-environ " + variable)
    # Django's own form, also by the words of settings that split by spaces.
    assert variables["DJANGO_APP_CACHE_BACKEND"] == backend
    holds(import_string(backend)(variables["CACHE_LOCATION"], {}), "Django")
    holds(import_string(backend)(variables["DJANGO_APP_CACHE_LOCATION"].split(" "), {}), "Django with a list")
    # For another client, an app composes the address of the servers.
    for scheme, client in {"memcache": "MemcachedCache", "pylibmc": "PyLibMCCache"}.items():
        read = environ.Env.cache_url_config(f"{scheme}://{variables['CACHE_LOCATION']}")
        assert read["BACKEND"].rpartition(".")[2] == client and import_string(backend)(read["LOCATION"], {})._servers == servers, (name, read)
    if name == "one":
        assert [f"{variables['PART_CACHE_HOST']}:{variables['PART_CACHE_PORT']}"] == servers
    else:
        assert "PART_CACHE_HOST" not in variables
print("all read")
`

// readMemcachedWithDjangoCacheURL reads each environment with django-cache-url.
const readMemcachedWithDjangoCacheURL = `
import json, os
import django_cache_url
from django.conf import settings
settings.configure()
from django.utils.module_loading import import_string
for name, variables in json.loads(os.environ["MEMCACHED"])["environments"].items():
    for variable in ("CACHE_URL", "PART_CACHE_PLAINURL"):
        read = django_cache_url.parse(variables[variable])
        cache = import_string(read["BACKEND"])(read["LOCATION"], read)
        assert read["BACKEND"].endswith(".PyMemcacheCache"), read
        assert ",".join(cache._servers) == variables["CACHE_LOCATION"], (name, cache._servers)
print("django-cache-url read all")
`

// useMemcached uses a server with the sample app's settings, and with pymemcache's own, while it is away and after it has
// returned.
const useMemcached = `
import os, signal, subprocess, sys, time
sys.path.insert(0, "/app")
os.environ.update(DJANGO_SECRET_KEY="k", CACHE_URL="pymemcache://127.0.0.1:" + os.environ["PORT"], DJANGO_SETTINGS_MODULE="blog.settings")
import django
from django.conf import settings
django.setup()
from django.core.cache import cache
from django.core.cache.backends.memcached import PyMemcacheCache
from django.core.signals import request_finished
from blog.status import cache_state
from posts.reads import count
class Post: pk = 7

def start():
    server = subprocess.Popen(["memcached", "--port=" + os.environ["PORT"], "--listen=127.0.0.1"], stderr=subprocess.DEVNULL)
    return server
def until(what, seconds, holds):
    began = time.monotonic()
    while not holds():
        request_finished.send(None)
        assert time.monotonic() - began < seconds, what
        time.sleep(0.1)
    return time.monotonic() - began

server = start()
until("the server answers", 120, lambda: cache_state() == "ok")
plain = PyMemcacheCache(settings.CACHES["default"]["LOCATION"], {})
plain.set("key", "value")
assert plain.get("key") == "value"
assert [count(Post), count(Post)] == [1, 2]
cache.set("many", "value"), cache.set_many({"a": 1, "b": 2})
assert cache.get_many(["a", "b"]) == {"a": 1, "b": 2}

server.kill(), server.wait()
try:
    plain.get("key")
except Exception as error:
    print("without the settings:", type(error).__name__)
else:
    raise SystemExit("pymemcache reports no error by itself, so the settings are not needed")
# Nothing raises an error, and nothing waits.
began = time.monotonic()
assert cache_state() == "unreachable" and count(Post) is None
assert cache.get("many", "missing") == "missing" and cache.get_many(["a", "b"]) == {}
cache.set("many", "other"), cache.set_many({"a": 1}), cache.delete("many"), cache.delete_many(["a"]), cache.touch("many"), cache.clear()
assert cache.add("many", "other") is False and cache.get_or_set("many", lambda: "computed") == "computed"
request_finished.send(None)
assert time.monotonic() - began < 5, time.monotonic() - began
print("with the settings: no error")
from django.contrib.sessions.backends.cache import SessionStore
try:
    SessionStore().create()
except RuntimeError:
    print("a session in the cache cannot be created")
else:
    raise SystemExit("a session in the cache needs no server")
# A client that gives a server up, as pymemcache does by default.
hasty = PyMemcacheCache(settings.CACHES["default"]["LOCATION"], {"OPTIONS": {"ignore_exc": True, "retry_timeout": 0.1}})
for attempt in range(6):
    assert hasty.get("key") is None
    time.sleep(0.2)
time.sleep(6)
assert count(Post) is None

server = start()
print("back after %.1f s" % until("the server is used again", 15, lambda: cache_state() == "ok"))
assert count(Post) == 1, "the cache is empty"
hasty.set("key", "value")
assert plain.get("key") is None and hasty.get("key") is None, "it would be used again without retry_attempts"
server.kill()
`

// fillMemcached fills a server with the smallest items and as many connections as it accepts, and reads the memory that it
// has used.
const fillMemcached = `
import json, os, re, socket, subprocess, time
wanted = json.loads(os.environ["MEMCACHED"])["server"]
port = int(os.environ["PORT"])
command = [argument if not argument.startswith("--port=") else f"--port={port}" for argument in wanted["args"]]
server = subprocess.Popen(["docker-entrypoint.sh", *command])
def connect():
    connection = socket.create_connection(("127.0.0.1", port))
    connection.settimeout(30)
    return connection
for attempt in range(1200):
    try:
        first = connect()
        break
    except OSError:
        time.sleep(0.1)
def ask(question, end=b"END\r\n"):
    first.sendall(question)
    answer = b""
    while not answer.endswith(end):
        answer += first.recv(1 << 16)
    return dict(re.findall(r"STAT (\S+) (\S+)", answer.decode()))
settings = ask(b"stats settings\r\n")
assert (settings["maxbytes"], settings["maxconns"], settings["item_size_max"], settings["num_threads"], settings["udpport"]) == (str(64 << 20), "1024", str(1 << 20), "4", "0"), settings
for number in range(0, 900_000, 10_000):
    first.sendall(b"".join(b"set k%06d 0 0 8 noreply\r\n12345678\r\n" % n for n in range(number, number + 10_000)))
size, sizes = 64, 0
while size < 1 << 20:
    value = b"x" * (size - 60 if size > 60 else 1)
    ask(b"set s%d 0 0 %d\r\n%s\r\n" % (size, len(value), value), end=b"\r\n")
    size = int(size * 1.2)
full = ask(b"stats\r\n")
slabs = ask(b"stats slabs\r\n")
# Half a request keeps a read buffer.
clients, refused = [], 0
for number in range(int(settings["maxconns"])):
    try:
        client = connect()
        client.sendall(b"get " + b"k" * 1500)
        clients.append(client)
    except OSError:
        break
time.sleep(1)
for client in clients[:]:
    client.setblocking(False)
    try:
        # The server says that there are too many, or closes the connection.
        client.recv(1)
        clients.remove(client)
    except BlockingIOError:
        pass
    except OSError:
        clients.remove(client)
used = {name: int(size) << 10 for name, size in re.findall(r"(VmHWM|RssAnon):\s+(\d+) kB", open(f"/proc/{server.pid}/status").read())}
megabytes = lambda size: round(int(size) / (1 << 20), 1)
print(full["curr_items"], "items in", slabs["active_slabs"], "size classes,", megabytes(slabs["total_malloced"]), "MiB of pages,", full["evictions"], "evicted, hash table", megabytes(full["hash_bytes"]), "MiB")
print(len(clients), "connections,", megabytes(used["VmHWM"]), "MiB used at most, limit", megabytes(wanted["memoryLimit"]))
assert int(full["evictions"]) > 0, "it is not full"
# The server's own files count as connections: stacks/spec adds 16 and 4 for each thread.
assert 1024 - 16 - 4 * 4 <= len(clients) + 1 < 1024, len(clients)
assert int(slabs["total_malloced"]) > 80 << 20, "the pages are within --memory-limit"
assert used["VmHWM"] < wanted["memoryLimit"], used
server.kill()
`

// withMemcachedEnvironments returns a script that runs Python code with the environments of Memcached.
func withMemcachedEnvironments(t *testing.T, before, code string) string {
	t.Helper()
	found, err := os.ReadFile(filepath.FromSlash(memcachedFile))
	require.NoError(t, err)
	return "export MEMCACHED=\"$(cat <<'JSON'\n" + string(found) + "JSON\n)\"\n" + before + "\npython - <<'PYTHON'" + code + "PYTHON\n"
}

func TestDjangoLibrariesReadMemcachedsEnvironment(t *testing.T) {
	output, err := runIn(t, "blog-orange", withMemcachedEnvironments(t, "", readMemcached))
	require.NoError(t, err, output)
	assert.Contains(t, output, "all read")
}

func TestDjangoCacheURLReadsMemcachedsEnvironment(t *testing.T) {
	output, err := runIn(t, "readers", withMemcachedEnvironments(t, cacheURLWheel(t), readMemcachedWithDjangoCacheURL))
	require.NoError(t, err, output)
	assert.Contains(t, output, "django-cache-url read all")
}

func TestAnAppWithoutItsMemcachedHasNoErrors(t *testing.T) {
	output, err := runIn(t, "blog-orange", "python - <<'PYTHON'"+useMemcached+"PYTHON\n")
	require.NoError(t, err, output)
	t.Log(output)
	assert.Contains(t, output, "with the settings: no error")
}

func TestMemcachedStaysBelowItsLimit(t *testing.T) {
	output, err := runIn(t, "memcached", withMemcachedEnvironments(t, "", fillMemcached))
	require.NoError(t, err, output)
	t.Log(output)
	assert.Contains(t, output, "used at most")
}
