# hopeless is the exit code of what would fail at every further try too.
hopeless=65
began=$(date +%s)
stamp=$(date -u +%Y%m%dT%H%M%SZ)

# Terse messages: the long ones quote rows.
run() { psql --no-psqlrc --quiet --no-align --tuples-only --set=ON_ERROR_STOP=1 --set=VERBOSITY=terse "$@"; }

refuse() { echo "$*" >&2; exit "$hopeless"; }

# await waits for the server: the networks of some clusters refuse a pod for the first seconds, until their rules for
# NetworkPolicies have its address.
await() {
	tries=30
	until pg_isready --quiet; do
		tries=$((tries - 1))
		[ "$tries" -gt 0 ] || return 0
		sleep 1
	done
}

# A line that begins with @ is for programs: the fields are separated by tabs.
record() { printf '@%s' "$1"; shift; printf '\t%s' "$@"; echo; }

seconds() { echo $(($(date +%s) - began)); }

# describe prints the record of one backup. A dump that was taken elsewhere has no list of its rows.
describe() {
	counts=$(rows_of "$1" | awk '{ tables++; rows += $NF } END { if (tables) print tables "\t" rows; else print "-1\t-1" }')
	record backup "$1" "$(size_of "$1")" "$(taken_at "$1")" "$counts"
}

# backup writes one backup. The counts of the rows are of the same snapshot as the dump. $DUMP writes the dump, and
# /tmp/stored once it is whole.
backup() {
	name=$1
	! has "$name" || refuse "There is a backup $name already"
	begin "$name"
	trap 'discard "$name"' EXIT
	echo "Backing up the database $PGDATABASE"
	rm -f /tmp/dumped /tmp/stored
	run --set=counts=/tmp/counts <<'SQL'
BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;
SELECT pg_export_snapshot() AS snapshot \gset
\setenv SNAPSHOT :snapshot
\! eval "$DUMP" 2>&1 | sed -n -e 's/^pg_dump: dumping contents of/Rows of/p' -e '/^pg_dump: error/p' -e '/^pg_dump: detail/p' -e '/ERROR/p'
\o :counts
SELECT format('SELECT %L || chr(9) || count(*) FROM ONLY %I.%I', format('%I.%I', n.nspname, c.relname), n.nspname, c.relname)
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind = 'r' AND c.relpersistence <> 't' AND n.nspname NOT LIKE 'pg\_%' AND n.nspname <> 'information_schema'
AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
ORDER BY 1 \gexec
\o
COMMIT;
SQL
	[ -f /tmp/stored ] || { echo "The backup failed; $(complaint)" >&2; exit 1; }
	commit "$name" /tmp/counts
	trap - EXIT
	describe "$name"
}

# found checks the name of a backup and returns it; latest is the newest.
found() {
	wanted=$1
	names >/tmp/names
	[ "$wanted" != latest ] || wanted=$(sed -n 1p /tmp/names)
	[ -n "$wanted" ] || refuse "There is no backup yet"
	grep -qxF -e "$wanted" /tmp/names || refuse "There is no backup $wanted; there are: $(tr '\n' ' ' </tmp/names)"
	echo "$wanted"
}

has() { names | grep -qxF -e "$1"; }

# receive stores a dump that is written from outside of the pod, through a pipe. It becomes a backup once all its bytes
# are there.
receive() {
	name=$1
	! has "$name" || refuse "There is a backup $name already; choose another name"
	begin "$name"
	trap 'discard "$name"' EXIT
	mkfifo /tmp/transfer
	echo @ready
	write </tmp/transfer || { echo "The upload failed; $(complaint)" >&2; exit 1; }
	bytes=$(arrived "$name")
	[ "$bytes" = "$BACKUP_BYTES" ] || refuse "$bytes bytes of $BACKUP_BYTES arrived"
	commit "$name"
	trap - EXIT
}

migrations() {
	run <<'SQL'
SELECT to_regclass('public.django_migrations') IS NOT NULL AS migrated \gset
\if :migrated
SELECT count(*) FROM public.django_migrations;
\else
SELECT 0;
\endif
SQL
}

# clear deletes all that the role has in the database. Waiting for a lock may not stop the app for long, and an app
# that holds one for longer is disconnected.
clear() {
	echo "SET LOCAL lock_timeout = '10s';"
	if [ "$1" -gt 2 ]; then
		echo 'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND usename = current_user AND pid <> pg_backend_pid() \g /dev/null'
	fi
	echo 'DROP OWNED BY CURRENT_USER CASCADE;'
	echo '\! touch /tmp/cleared'
}

progress() {
	awk '
		rows { if ($0 == "\\.") rows = 0; print; next }
		/^COPY .* FROM stdin;$/ { rows = 1; table = $0; sub(/^COPY /, "", table); sub(/ \(.*$/, "", table); print "Rows of table " table >"/dev/stderr" }
		{ print }'
}

finish() {
	printf '%s\n' 'SET client_min_messages = error;' 'ANALYZE;' 'COMMIT;' '\! touch /tmp/committed'
}

# restore replaces all that the role has in the database by a backup, in one transaction: either all of it is
# restored, or nothing has changed.
restore() {
	name=$1
	file=$(path_of "$name")
	before=$(migrations)
	for attempt in 1 2 3 4 5; do
		rm -f /tmp/cleared /tmp/committed
		failed=0
		echo "Restoring $name, $(size_of "$name") bytes, into $PGDATABASE"
		{ echo 'BEGIN;'; clear "$attempt"; if sql | progress | allowed; then finish; fi; } | run --output=/dev/null || failed=$?
		[ ! -f /tmp/committed ] || break
		# Once the tables are locked, a further attempt would fail in the same way.
		[ ! -f /tmp/cleared ] || refuse "The restore failed; the database is as it was before"
		echo "The app holds locks; trying again"
		sleep 2
	done
	[ -f /tmp/committed ] || { echo "The tables could not be locked; the database is as it was before" >&2; exit 1; }
	after=$(migrations)
	if [ "$after" -lt "$before" ]; then
		echo "The backup has fewer migrations ($after) than the database had ($before): run manage.py migrate, for instance in the shell"
	fi
	record restored "$name" "$(seconds)"
}

# drill restores a backup into a server in this pod, and compares the rows with those that were counted when it was
# taken.
drill() {
	name=$1
	echo "Restoring $name into a server in this pod"
	unset PGSSLMODE PGSSLROOTCERT PGPASSWORD
	export PGHOST=/tmp PGPORT=5432 PGUSER=drill PGDATABASE=postgres
	rm -rf "$DRILL_FOLDER/data"
	initdb --pgdata="$DRILL_FOLDER/data" --username=drill --auth=trust --encoding=UTF8 --no-sync >/dev/null
	pg_ctl --pgdata="$DRILL_FOLDER/data" --log=/tmp/log --wait --silent start \
		--options="-k /tmp -c listen_addresses= -c fsync=off -c full_page_writes=off -c shared_buffers=16MB -c max_connections=10" || { cat /tmp/log >&2; exit 1; }
	trap 'pg_ctl --pgdata="$DRILL_FOLDER/data" --mode=immediate --silent stop; rm -rf "$DRILL_FOLDER/data"' EXIT
	createdb drill
	export PGDATABASE=drill
	file=$(path_of "$name")
	raw | pg_restore --no-owner --no-privileges --exit-on-error --single-transaction --dbname=drill || refuse "The backup $name cannot be restored"
	rows_of "$name" >/tmp/expected
	while IFS='	' read -r table rows; do
		restored=$(run --command="SELECT count(*) FROM ONLY $table")
		[ "$restored" = "$rows" ] || refuse "The backup $name has $restored rows of $table; there were $rows"
	done </tmp/expected
	echo "All rows of $name are back"
	record drilled "$name" "$(seconds)"
}

case $BACKUP_ACTION in
backup | restore | drill) await ;;
esac
open
case $BACKUP_ACTION in
backup)
	backup "${BACKUP_NAME:-$PGDATABASE-$stamp}"
	prune
	echo "The backup is done after $(seconds) s"
	;;
list)
	counted >/tmp/counted
	names >/tmp/names
	while read -r each; do describe "$each"; done </tmp/names
	;;
restore)
	if [ "${BACKUP_RECEIVE:-}" = true ]; then
		receive "$BACKUP_NAME"
	fi
	chosen=$(found "$BACKUP_NAME")
	if [ "${BACKUP_FIRST:-true}" = true ]; then
		backup "$PGDATABASE-$stamp-before-restore"
	fi
	restore "$chosen"
	;;
send)
	chosen=$(found "$BACKUP_NAME")
	file=$(path_of "$chosen")
	describe "$chosen"
	mkfifo /tmp/transfer
	echo @ready
	raw >/tmp/transfer
	# The pod ends with this script, and with the pod whatever still reads.
	until [ -f /tmp/sent ]; do sleep 1; done
	sleep 1
	;;
drill)
	# A dump that was taken elsewhere has no list of its rows.
	counted >/tmp/counted
	chosen=$(sed -n 1p /tmp/counted)
	[ -n "$chosen" ] || refuse "There is no backup yet"
	drill "$chosen"
	;;
*) refuse "unknown action $BACKUP_ACTION" ;;
esac
