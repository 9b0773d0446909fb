folder=${BACKUP_FOLDER:-/backups}
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

# names lists the backups, the newest first.
names() { (cd "$folder" && ls -t) 2>/dev/null | sed -n 's/\.dump$//p'; }

# describe prints the record of one backup. A dump that was taken elsewhere has no list of its rows.
describe() {
	counts=$(cat "$folder/$1.rows" 2>/dev/null | awk '{ tables++; rows += $NF } END { if (tables) print tables "\t" rows; else print "-1\t-1" }')
	record backup "$1" "$(wc -c <"$folder/$1.dump" | tr -d ' ')" "$(date -u -r "$folder/$1.dump" +%Y-%m-%dT%H:%M:%SZ)" "$counts"
}

# backup writes one backup. The counts of the rows are of the same snapshot as the dump.
backup() {
	name=$1
	partial=$folder/.$name.partial
	trap 'rm -f "$partial" "$partial.rows" "$partial.done"' EXIT
	echo "Backing up the database $PGDATABASE"
	rm -f "$partial" "$partial.rows" "$partial.done"
	PARTIAL=$partial run --set="counts=$partial.rows" <<'SQL'
BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;
SELECT pg_export_snapshot() AS snapshot \gset
\setenv SNAPSHOT :snapshot
\! { pg_dump --format=custom --verbose --snapshot="$SNAPSHOT" --file="$PARTIAL" && touch "$PARTIAL.done"; } 2>&1 | sed -n -e 's/^pg_dump: dumping contents of/Rows of/p' -e '/^pg_dump: error/p' -e '/^pg_dump: detail/p'
\o :counts
SELECT format('SELECT %L || chr(9) || count(*) FROM ONLY %I.%I', format('%I.%I', n.nspname, c.relname), n.nspname, c.relname)
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind = 'r' AND c.relpersistence <> 't' AND n.nspname NOT LIKE 'pg\_%' AND n.nspname <> 'information_schema'
AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
ORDER BY 1 \gexec
\o
COMMIT;
SQL
	[ -f "$partial.done" ] || { echo "The backup failed; is the volume full? $(df -h "$folder" | tail -n 1)" >&2; exit 1; }
	mv "$partial.rows" "$folder/$name.rows"
	mv "$partial" "$folder/$name.dump"
	rm -f "$partial.done"
	trap - EXIT
	describe "$name"
}

# prune deletes the backups that are too old, but never the newest, and what killed runs left.
prune() {
	find "$folder" -maxdepth 1 -name '.*.partial*' -mtime +0 -exec rm -f {} +
	names | sed 1d | while read -r old; do
		[ -n "$(find "$folder/$old.dump" -mtime +"$((BACKUP_KEEP_DAYS - 1))")" ] || continue
		echo "Deleting $old, which is older than $BACKUP_KEEP_DAYS days"
		rm -f "$folder/$old.dump" "$folder/$old.rows"
	done
}

# found checks the name of a backup and returns it; latest is the newest.
found() {
	wanted=$1
	[ "$wanted" != latest ] || wanted=$(names | sed -n 1p)
	[ -n "$wanted" ] || refuse "There is no backup yet"
	[ -f "$folder/$wanted.dump" ] || refuse "There is no backup $wanted; there are: $(names | tr '\n' ' ')"
	echo "$wanted"
}

# receive waits for a dump that is written from outside of the pod.
receive() {
	[ ! -f "$folder/$1.dump" ] || refuse "There is a backup $1 already; choose another name"
	echo @ready
	until [ -f "$folder/$1.dump" ]; do sleep 1; done
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
	file=$folder/$name.dump
	before=$(migrations)
	for attempt in 1 2 3 4 5; do
		rm -f /tmp/cleared /tmp/committed
		failed=0
		echo "Restoring $name, $(wc -c <"$file" | tr -d ' ') bytes, into $PGDATABASE"
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
	file=$folder/$name.dump
	pg_restore --no-owner --no-privileges --exit-on-error --single-transaction --dbname=drill "$file" || refuse "The backup $name cannot be restored"
	while IFS='	' read -r table rows; do
		restored=$(run --command="SELECT count(*) FROM ONLY $table")
		[ "$restored" = "$rows" ] || refuse "The backup $name has $restored rows of $table; there were $rows"
	done <"$folder/$name.rows"
	echo "All rows of $name are back"
	record drilled "$name" "$(seconds)"
}

case $BACKUP_ACTION in
backup | restore | drill) await ;;
esac
case $BACKUP_ACTION in
backup)
	backup "${BACKUP_NAME:-$PGDATABASE-$stamp}"
	prune
	echo "The backup is done after $(seconds) s"
	;;
list) names | while read -r each; do describe "$each"; done ;;
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
	describe "$chosen"
	echo @ready
	until [ -f /tmp/sent ]; do sleep 1; done
	;;
drill)
	# A dump that was taken elsewhere has no list of its rows.
	chosen=$(names | while read -r each; do if [ -f "$folder/$each.rows" ]; then echo "$each"; break; fi; done)
	[ -n "$chosen" ] || refuse "There is no backup yet"
	drill "$chosen"
	;;
*) refuse "unknown action $BACKUP_ACTION" ;;
esac
