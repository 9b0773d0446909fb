package image

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"k8s.io/apimachinery/pkg/api/resource"
)

// postgresFile holds the arguments of the servers in the cluster. The tests in tests/contract write it.
const postgresFile = "../../tests/contract/testdata/postgres.json"

// tunedServer is how a server of PostgreSQL starts.
type tunedServer struct {
	Args                      []string
	MemoryLimit, SharedMemory string
}

func tunedServers(t *testing.T) map[string]tunedServer {
	t.Helper()
	raw, err := os.ReadFile(filepath.FromSlash(postgresFile))
	require.NoError(t, err)
	var servers map[string]tunedServer
	require.NoError(t, json.Unmarshal(raw, &servers))
	require.NotEmpty(t, servers)
	return servers
}

// starts is a shell script that starts a server with these arguments.
func (s tunedServer) starts() string {
	var quoted []string
	for _, argument := range s.Args {
		quoted = append(quoted, "'"+argument+"'")
	}
	return `
		export PGPORT=$PORT PGHOST=127.0.0.1 PGUSER=djangostack_admin PGPASSWORD=secret PGDATABASE=postgres
		POSTGRES_USER=$PGUSER POSTGRES_PASSWORD=$PGPASSWORD POSTGRES_DB=postgres PGDATA=/var/lib/postgresql/data/pgdata docker-entrypoint.sh ` + strings.Join(quoted, " ") + ` & server=$!
		wait_for pg_isready -q
`
}

const stopsServer = `
		kill -INT $server; wait $server
`

func TestPostgresHasTheParametersThatFollowFromItsMemory(t *testing.T) {
	for name, server := range tunedServers(t) {
		t.Run(name, func(t *testing.T) {
			script, want := server.starts(), ""
			for _, argument := range server.Args[1:] {
				if parameter, value, found := strings.Cut(argument, "="); found {
					script += "		psql -At -c \"SELECT 'SHOW " + parameter + "=' || current_setting('" + parameter + "')\"\n"
					want += "SHOW " + parameter + "=" + value + "\n"
				}
			}
			output, err := runIn(t, "postgres", script+stopsServer)

			require.NoError(t, err, output)
			assert.Contains(t, output, want)
		})
	}
}

// parallelQueries is Python code that joins and sorts in parallel from 40 clients, more than a small environment has, and
// prints the most memory of its processes together and of /dev/shm.
const parallelQueries = `
import os, glob, threading, time, psycopg
connect = lambda: psycopg.connect(autocommit=True)
with connect() as c:
    c.execute("CREATE TABLE big AS SELECT g AS id, md5(g::text) AS a, g % 1000 AS b FROM generate_series(1, 100000) g")
    c.execute("VACUUM ANALYZE big")
force = "SET parallel_setup_cost = 0; SET parallel_tuple_cost = 0; SET min_parallel_table_scan_size = 0; SET enable_mergejoin = off; SET enable_nestloop = off"
failed, workers, most, shared, done = [], [], 0, 0, threading.Event()
def client(number):
    try:
        with connect() as c:
            c.execute(force)
            plan = "\n".join(row[0] for row in c.execute("EXPLAIN (ANALYZE, COSTS OFF) SELECT count(*) FROM big x JOIN big y USING (id) WHERE x.a < y.a || 'z'"))
            assert "Hash Join" in plan and "Gather" in plan, plan
            workers.append(plan.split("Workers Launched: ")[1][0])
            c.execute("SELECT a, count(*) OVER (PARTITION BY b ORDER BY a DESC) FROM big ORDER BY a OFFSET 99000").fetchall()
    except Exception as error:
        failed.append(repr(error))
def processes():
    server = int(open("/var/lib/postgresql/data/pgdata/postmaster.pid").readline())
    for status in glob.glob("/proc/[0-9]*/status"):
        try:
            text = open(status).read()
            if f"\nPPid:\t{server}\n" in text or f"\nPid:\t{server}\n" in text:
                yield status.replace("status", "smaps_rollup")
        except OSError:
            pass
def pss(path):
    try:
        return sum(int(line.split()[1]) for line in open(path) if line.startswith(("Pss_Anon:", "Pss_Shmem:")))
    except OSError:
        return 0
def watch():
    global most, shared
    while not done.is_set():
        most = max(most, sum(map(pss, list(processes()))))
        sizes = 0
        for segment in glob.glob("/dev/shm/PostgreSQL.*"):
            try:
                found = os.stat(segment)
                sizes += found.st_blocks * 512 if found.st_uid == os.getuid() else 0
            except OSError:
                pass
        shared = max(shared, sizes)
        time.sleep(0.05)
watcher = threading.Thread(target=watch); watcher.start()
clients = [threading.Thread(target=client, args=(number,)) for number in range(40)]
[c.start() for c in clients]; [c.join() for c in clients]
done.set(); watcher.join()
print(f"FAILED={len(failed)} {failed[:1]}")
print(f"WORKERS={max(workers)}")
print(f"MEMORY={most}Ki")
print(f"SHARED={shared}")
`

func TestParallelQueriesStayBelowTheMemoryLimit(t *testing.T) {
	servers := tunedServers(t)
	// The third has another work_mem than follows from its memory, and takes 726 MiB of 512 MiB.
	for _, name := range []string{"staging", "production"} {
		t.Run(name, func(t *testing.T) { servers[name].staysBelowItsLimit(t) })
	}
}

func (s tunedServer) staysBelowItsLimit(t *testing.T) {
	t.Helper()
	output, err := runIn(t, "postgres", s.starts()+"python - <<'PYTHON'\n"+parallelQueries+"\nPYTHON\n"+stopsServer)
	require.NoError(t, err, output)
	found := map[string]string{}
	for line := range strings.Lines(output) {
		if name, value, ok := strings.Cut(strings.TrimSpace(line), "="); ok {
			found[name] = value
		}
	}
	t.Log(found)

	assert.Equal(t, "0 []", found["FAILED"])
	assert.NotEqual(t, "0", found["WORKERS"], "no query was parallel")
	for most, limit := range map[string]string{"MEMORY": s.MemoryLimit, "SHARED": s.SharedMemory} {
		have, err := resource.ParseQuantity(found[most])
		require.NoError(t, err)
		assert.Positive(t, have.Sign(), most)
		assert.Equal(t, -1, have.Cmp(resource.MustParse(limit)), "%s is %s of %s", most, found[most], limit)
	}
}

func TestExtensionsAreCreatedOrNamed(t *testing.T) {
	script := ""
	for _, name := range []string{"role.sh", "extensions.sh"} {
		raw, err := os.ReadFile(filepath.Join("..", "..", "components", "kubernetes", name))
		require.NoError(t, err)
		script += string(raw)
	}
	output, err := runIn(t, "postgres", tunedServer{Args: []string{"postgres"}}.starts()+"cat >/tmp/role.sh <<'ROLE'\n"+script+"ROLE\n"+`
		export ROLE_DATABASE=blog ROLE_NAME=blog ROLE_PASSWORD=of-the-role ROLE_ADVICE="Build another image"
		extensions() { psql -At -d blog -c "SELECT 'has ' || string_agg(extname, ' ' ORDER BY extname) FROM pg_extension"; }
		export ROLE_EXTENSIONS="earthdistance uuid-ossp pg_stat_statements"
		sh -c "$(cat /tmp/role.sh)"; extensions
		# An extension whose tables have rows of the app, such as PostGIS.
		psql -d blog -c 'CREATE TABLE settings ()' -c "UPDATE pg_extension SET extconfig = ARRAY['settings'::regclass::oid] WHERE extname = 'uuid-ossp'"
		sh -c "$(cat /tmp/role.sh)"; extensions
		psql -At -d blog -c "SELECT 'granted ' || has_table_privilege('blog', 'settings', 'INSERT')"
		ROLE_EXTENSIONS="hstore postgis vector" sh -c "$(cat /tmp/role.sh)" || echo "code $?"; extensions
		PGUSER=blog PGPASSWORD=of-the-role psql -At -d blog -c "SELECT 'app ' || uuid_generate_v5(uuid_ns_dns(), 'example.com')"
	`+stopsServer)

	require.NoError(t, err, output)
	assert.Equal(t, 3, strings.Count(output, "has cube earthdistance pg_stat_statements plpgsql uuid-ossp\n"), output)
	assert.Contains(t, output, "granted true")
	assert.Contains(t, output, "The server has no extension postgis vector. Build another image\ncode 65\n")
	assert.Contains(t, output, "app cfbff0d1-9375-5685-968c-48ce8b15ae17\n")
}
