# It moves one database into an empty one on another server. The variables PG… lead to the new server, and FROM_PG… to
# the old one. MOVE_STEP is prepare, which only checks both and opens the old one again; copy; or keep, which closes the old
# one if both are still the same; or back, which opens the old one as it was kept, whatever the new one has now.
set -eu

filter=$1
work=${MOVE_FOLDER:-/tmp}
# MOVE_TOGETHER says whether a whole copy may be kept, if other databases are moved with this one.
export MOVE_TOGETHER="${MOVE_TOGETHER:-true}"
# hopeless is the exit code of what would fail at every further try too. psql exits with 3 after an error of a script.
hopeless=65

refuse() { echo "$*" >&2; exit "$hopeless"; }

# Terse, because longer messages quote rows. Both servers write values in the same form.
export PGOPTIONS="-c TimeZone=UTC -c DateStyle=ISO -c IntervalStyle=postgres -c bytea_output=hex -c extra_float_digits=1 -c lc_monetary=C -c statement_timeout=0"
run() {
	psql --no-psqlrc --quiet --no-align --tuples-only --set=ON_ERROR_STOP=1 --set=VERBOSITY=terse --set="move=$MOVE_NAME" "$@"
}

# old runs a command with the connection of the old server.
old() (
	export PGHOST="$FROM_PGHOST" PGPORT="$FROM_PGPORT" PGDATABASE="$FROM_PGDATABASE" PGUSER="$FROM_PGUSER" PGPASSWORD="$FROM_PGPASSWORD" \
		PGSSLMODE="$FROM_PGSSLMODE" PGSSLROOTCERT="${FROM_PGSSLROOTCERT:-}"
	"$@"
)

allowed() { LC_ALL=C awk "$filter"; }

moved() {
	run <<'SQL'
SELECT to_regclass('public.djangostack_move') IS NOT NULL AS recorded \gset
\if :recorded
SELECT move FROM public.djangostack_move;
\endif
SQL
}

# closed prints t if new sessions of the old database only read.
closed() {
	old run <<'SQL'
SELECT EXISTS (SELECT FROM pg_db_role_setting s JOIN pg_database d ON d.oid = s.setdatabase
	WHERE d.datname = current_database() AND s.setrole = 0 AND 'default_transaction_read_only=on' = ANY (s.setconfig));
SQL
}

# missing_extensions prints the extensions of the old database that the new server does not offer.
missing_extensions() {
	old run -c 'SELECT extname FROM pg_extension ORDER BY 1' >"$work/extensions"
	run -c 'SELECT name FROM pg_available_extensions' >"$work/available"
	awk 'NR == FNR { known[$1] = 1; next } !($1 in known)' "$work/available" "$work/extensions"
}

# major prints the major version of a server, by the command that connects to it.
major() { "$@" -c "SELECT current_setting('server_version_num')::int / 10000"; }

# An extension may create its own tables, so they do not show that the database is in use.
tables() {
	run <<'SQL'
SELECT c.oid::regclass FROM pg_class c
WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S')
AND c.relnamespace NOT IN (SELECT oid FROM pg_namespace WHERE nspname LIKE 'pg\_%' OR nspname = 'information_schema')
AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
ORDER BY 1 LIMIT 3;
SQL
}

# left_behind prints the databases of the role on the old server that are not moved.
left_behind() {
	old run --set="moved=${MOVE_DATABASES:-}" <<'SQL'
SELECT datname FROM pg_database JOIN pg_roles ON pg_roles.oid = datdba
WHERE rolname = current_user AND NOT datistemplate AND :'moved' <> '' AND datname <> ALL (string_to_array(:'moved', ' ')) ORDER BY 1;
SQL
}

# clients counts who else is connected to the old database, but for the cloud's own users and one that is named.
clients() {
	old run --set="but=${1:-}" <<'SQL'
SELECT count(*) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid() AND usename IS NOT NULL AND usename <> :'but'
AND usename <> 'rdsadmin' AND usename NOT LIKE 'cloudsql%' AND coalesce(backend_type, 'client backend') = 'client backend';
SQL
}

# await_quiet waits until no one is connected to the old database: a task that still runs may write until its end.
await_quiet() {
	waited=0
	while true; do
		others=$(clients)
		[ "$others" -gt 0 ] || return 0
		[ "$waited" -lt "$MOVE_PATIENCE" ] || { echo "$others clients are still connected to the old database after $waited s; stop them first" >&2; exit 1; }
		[ "$((waited % 30))" -ne 0 ] || echo "Waiting for $others clients of the old database to end"
		sleep 1
		waited=$((waited + 1))
	done
}

# measure prints what a database holds, one line for each table, sequence and the large objects: the number of rows, and
# a sum over the content of all rows, which does not depend on their order.
measure() {
	cat <<'SQL'
SET LOCAL search_path = '';
SELECT format('SELECT %L, count(*), coalesce(sum((''x'' || substr(md5(t::text), 1, 15))::bit(60)::bigint::numeric), 0) FROM ONLY %I.%I AS t',
	format('%I.%I', n.nspname, c.relname), n.nspname, c.relname)
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind = 'r' AND c.relpersistence <> 't' AND n.nspname NOT LIKE 'pg\_%' AND n.nspname <> 'information_schema'
AND NOT (n.nspname = 'public' AND c.relname = 'djangostack_move')
AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
ORDER BY format('%I.%I', n.nspname, c.relname) COLLATE "C" \gexec
SELECT format('SELECT %L, last_value, is_called FROM %I.%I', format('sequence %I.%I', n.nspname, c.relname), n.nspname, c.relname)
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind = 'S' AND c.relpersistence <> 't' AND n.nspname NOT LIKE 'pg\_%' AND n.nspname <> 'information_schema'
AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
ORDER BY format('%I.%I', n.nspname, c.relname) COLLATE "C" \gexec
SELECT 'large objects', count(*), coalesce(sum(('x' || substr(md5(oid::text || lo_get(oid)::text), 1, 15))::bit(60)::bigint::numeric), 0) FROM pg_largeobject_metadata;
SQL
}

# hold_locks writes SQL that keeps every table of the old database from being written to for the rest of the transaction.
# Locks end with their session, so that nothing is left behind if the pod is killed, or soon after its node is lost.
hold_locks() {
	cat <<'SQL'
SET default_transaction_read_only = off;
SET tcp_keepalives_idle = 30;
SET tcp_keepalives_interval = 10;
SET tcp_keepalives_count = 3;
SET idle_in_transaction_session_timeout = 0;
BEGIN;
SET LOCAL lock_timeout = '10s';
SELECT format('LOCK TABLE ONLY %I.%I IN SHARE MODE', n.nspname, c.relname)
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p') AND c.relpersistence <> 't' AND n.nspname NOT LIKE 'pg\_%' AND n.nspname <> 'information_schema'
AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
ORDER BY 1 \gexec
SQL
}

# in_snapshot measures one database as it is at one moment.
in_snapshot() {
	{
		echo 'BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;'
		measure
		echo 'COMMIT;'
	} | "$@"
}

# open_old lets sessions write to the old database again. Those that only read end.
open_old() {
	cat <<'SQL'
SET default_transaction_read_only = off;
SELECT format('ALTER DATABASE %I RESET default_transaction_read_only', current_database()) \gexec
SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND usename = current_user AND pid <> pg_backend_pid() \g /dev/null
SQL
}

# close_old lets no session write to the old database that begins from now on, so that a process with the old address
# gets an error instead of writing where no one reads. The session with the locks does it: without them it cannot. Who
# connects just before COMMIT does not know of it, and ends after COMMIT.
close_old() {
	cat <<'SQL'
SELECT format('ALTER DATABASE %I SET default_transaction_read_only = on', current_database()) \gexec
SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND usename = current_user AND pid <> pg_backend_pid() \g /dev/null
COMMIT;
SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND usename = current_user AND pid <> pg_backend_pid() \g /dev/null
SQL
}

# settings writes SQL with the settings of the old database, and of the app's role, which pg_dump leaves out: a search_path
# says where the tables are. Some values are lists in quotes already. What only a superuser may set is named.
settings() {
	old run --set="of_role=${MOVE_OF_ROLE:-true}" <<'SQL'
WITH stored AS (
	SELECT setrole, setdatabase, split_part(item, '=', 1) AS name, substr(item, strpos(item, '=') + 1) AS value
	FROM pg_db_role_setting, unnest(setconfig) AS item
	WHERE setrole IN (0, (SELECT oid FROM pg_roles WHERE rolname = current_user))
	AND setdatabase IN (0, (SELECT oid FROM pg_database WHERE datname = current_database())) AND (setrole, setdatabase) <> (0, 0)
	AND (setdatabase <> 0 OR :'of_role' = 'true')
)
SELECT format('DO %L;', format('BEGIN EXECUTE format(%L, current_database()); EXCEPTION WHEN OTHERS THEN RAISE WARNING %L, SQLSTATE; END',
	CASE WHEN setrole = 0 THEN 'ALTER DATABASE %I' WHEN setdatabase = 0 THEN 'ALTER ROLE CURRENT_USER' ELSE 'ALTER ROLE CURRENT_USER IN DATABASE %I' END
	|| replace(format(' SET %I TO %s', name, CASE WHEN name IN ('search_path', 'temp_tablespaces', 'local_preload_libraries', 'session_preload_libraries')
		THEN value ELSE quote_literal(value) END), '%', '%%'),
	'Left out: the setting ' || name || ' (%)'))
FROM stored WHERE name <> 'default_transaction_read_only' ORDER BY setrole, setdatabase, name;
SQL
}

# dump writes the old database as SQL.
dump() {
	old pg_dump --no-owner --no-privileges --no-publications --no-subscriptions --no-security-labels --lock-wait-timeout=10s \
		--exclude-table=public.djangostack_move
}

# conclude compares both databases in the transaction of the new one, which ends without COMMIT if they differ.
conclude() {
	printf '%s\n' 'SET client_min_messages = error;' '\o :new_is'
	measure
	cat <<'SQL'
\o
\set same `[ "$(cat "$OLD_IS")" = "$(cat "$NEW_IS")" ] && eval "$MOVE_TOGETHER" && eval "$STILL_HELD" && echo true || echo false`
\if :same
CREATE TABLE public.djangostack_move (move text NOT NULL, moved_at timestamptz NOT NULL);
COMMENT ON TABLE public.djangostack_move IS 'The move that this database began with';
INSERT INTO public.djangostack_move VALUES (:'move', now());
ANALYZE;
COMMIT;
\endif
SQL
}

export OLD_IS="$work/old" NEW_IS="$work/new" HOLD="$work/hold" HELD="$work/held"

# STILL_HELD asks the session with the locks for an answer: a lost connection has lost them.
export STILL_HELD='
rm -f "$HELD"
printf "%s\n" "SELECT 1 \\g /dev/null" "\\! touch $HELD" 1<>"$HOLD"
for second in 1 2 3 4 5 6 7 8 9 10; do [ ! -f "$HELD" ] || break; sleep 1; done
[ -f "$HELD" ]'

copy() {
	rm -f "$NEW_IS"
	{ echo 'BEGIN;'; if dump | allowed && settings; then conclude; fi; } | run --output=/dev/null --set="new_is=$NEW_IS"
}

# differences names what differs, and no content.
differences() {
	awk -F'|' '
		NR == FNR { counted[$1] = $2; line[$1] = $0; next }
		{ there[$1] = 1 }
		!($1 in line) { print $1 " is in the new database only"; next }
		counted[$1] != $2 { print $1 ": " counted[$1] " in the old database, " $2 " in the new one"; next }
		line[$1] != $0 { print $1 ": the contents differ" }
		END { for (name in line) if (!(name in there)) print name " is missing in the new database" }' "$OLD_IS" "$NEW_IS" | head -n 5
}

# still_same ends the Job if the databases differ.
still_same() {
	[ "$(cat "$OLD_IS")" = "$(cat "$NEW_IS")" ] || { differences >&2; refuse "$1"; }
}

# moved_before says whether nothing is left to do. A server that does not answer must not pass for one that was never closed.
moved_before() {
	shut=$(closed) || exit 1
	record=$(moved) || exit 1
	[ "$shut" = t ] && [ "$record" = "$MOVE_NAME" ]
}

if [ "$MOVE_STEP" = back ]; then
	# The new server may be the one that does not answer.
	shut=$(closed)
	[ "$shut" != t ] || open_old | old run
	echo "The old database takes writes again, as it was kept: without what was written to the new one since"
	exit 0
fi
found=$(moved)
[ -z "$found" ] || [ "$found" = "$MOVE_NAME" ] || refuse "The new database began with another move ($found): nothing is moved into it"
if moved_before; then
	if [ "$MOVE_STEP" != prepare ]; then
		echo "The database was moved before; nothing is to be done"
		exit 0
	fi
	in_snapshot old run >"$OLD_IS"
	in_snapshot run >"$NEW_IS"
	still_same "The new database was written to after the move: the old one still takes no writes. Go on with the step keep"
	open_old | old run
	echo "The old database takes writes again"
	exit 0
fi
if [ -z "$found" ]; then
	[ "$MOVE_STEP" != keep ] || refuse "The new database is not a copy of the old one: the step copy comes first"
	there=$(tables)
	[ -z "$there" ] || refuse "The new database has tables already ($(echo "$there" | tr '\n' ' ')…): nothing is moved into it"
	left=$(left_behind)
	[ -z "$left" ] || refuse "The old server has databases of $FROM_PGUSER that would be left behind: $(echo "$left" | tr '\n' ' '). Add them to database.further, or drop them first"
	from=$(major old run)
	to=$(major run)
	[ "$to" -ge "$from" ] || refuse "The old server is PostgreSQL $from, and the new one $to: nothing is moved to an older server"
	missing=$(missing_extensions)
	[ -z "$missing" ] || refuse "The new server does not offer extensions of the old database: $(echo "$missing" | tr '\n' ' ')"
fi
if [ "$MOVE_STEP" = prepare ]; then
	# An earlier move, whose copy is gone, may have closed it.
	[ "$shut" != t ] || open_old | old run
	echo "Both servers answer, and the new one can take the database"
	exit 0
fi

await_quiet
# Another run of this Job may have been one of the clients.
if moved_before; then
	echo "The database was moved before; nothing is to be done"
	exit 0
fi
found=$(moved)
echo "Moving $FROM_PGDATABASE from $FROM_PGHOST to $PGHOST: $MOVE_STEP"
# One session of the old server holds the locks while another one copies. It reads its commands from a pipe.
trap '' PIPE
rm -f "$HOLD" "$HELD" "$OLD_IS"
mkfifo "$HOLD"
old run --output=/dev/null <"$HOLD" &
holder=$!
exec 3>"$HOLD"
trap 'exec 3>&-; kill "$holder" 2>/dev/null || true' EXIT
{
	hold_locks
	printf '%s\n' "\\o $OLD_IS"
	measure
	printf '%s\n' '\o' "\\! touch $HELD"
} >&3
until [ -f "$HELD" ]; do
	kill -0 "$holder" 2>/dev/null || { echo "The tables of the old database could not be locked; both databases are as they were before" >&2; exit 1; }
	sleep 1
done
echo "The old database has $(awk -F'|' '!/^sequence / && !/^large objects/ { tables++; rows += $2 } END { print tables + 0 " tables with " rows + 0 " rows" }' "$OLD_IS")"
if [ -n "$found" ]; then
	in_snapshot run >"$NEW_IS"
	still_same "A database was written to after it had been copied. Return to the step prepare, as it was in the stack's file, to go on with the old one; then remove database.move, which deletes the new server, and begin again"
else
	copy || { failed=$?; echo "The move failed; both databases are as they were before" >&2; exit "$failed"; }
fi
if [ "$(moved)" != "$MOVE_NAME" ]; then
	# Another database of the same move has failed.
	[ ! -f "${MOVE_STOP:-}" ] || exit 1
	if [ ! -f "$NEW_IS" ]; then
		echo "The old database was not read to its end; both databases are as they were before" >&2
		exit 1
	fi
	still_same "The databases differ: nothing was moved, and both are as they were before"
	echo "The connection to the old database was lost; both databases are as they were before" >&2
	exit 1
fi
if [ "$MOVE_STEP" = copy ]; then
	exec 3>&-
	trap - EXIT
	wait "$holder" || true
	echo "All rows are in the new database, and nothing has changed in the old one"
	exit 0
fi
# Their sessions cannot be ended, and wait for the locks perhaps.
others=$(clients "$FROM_PGUSER")
[ "$others" -eq 0 ] || { echo "$others clients with another role connected to the old database meanwhile; stop them first" >&2; exit 1; }
close_old >&3
exec 3>&-
trap - EXIT
wait "$holder"
echo "The old database is kept, and takes no more writes"
