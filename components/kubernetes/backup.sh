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

# A backup has one dump for each database. That of its first database is NAME.dump, and the list of its rows NAME.rows, as
# in a backup of one database. Those of the others are NAME.DATABASE.further and NAME.DATABASE.further-rows, and
# NAME.databases lists all of them. Without that list a backup holds the first database of the environment.
further=${BACKUP_FURTHER:-}
databases="$PGDATABASE${further:+ $further}"

among() { case " $2 " in *" $1 "*) ;; *) return 1 ;; esac; }

# held prints the databases of a backup in one line.
held() {
	listed=$(text "$1.databases")
	listed=$(printf '%s\n' "$listed" | sed -n '/^[a-z_][a-z0-9_]*$/p')
	echo ${listed:-$PGDATABASE}
}

# parts prints a line for each database of a backup: its name, its dump and the list of its rows.
parts() (
	name=$1
	dump=$name.dump
	rows=$name.rows
	for database in $2; do
		[ -n "$dump" ] || { dump=$name.$database.further rows=$name.$database.further-rows; }
		echo "$database $dump $rows"
		dump=
	done
)

# describe prints the records of one backup. A dump that was taken elsewhere has no list of its rows, and one that someone
# has deleted has no size.
describe() {
	taken=$(taken_at "$1.dump")
	[ -n "$taken" ] || return 0
	holds=$(held "$1")
	parts "$1" "$holds" >/tmp/described
	while read -r database dump rows; do
		bytes=$(size_of "$dump")
		[ -n "$bytes" ] || continue
		record database "$1" "$database" "$bytes" "$(text "$rows" | awk '{ tables++; rows += $NF } END { if (tables) print tables "\t" rows; else print "-1\t-1" }')"
	done </tmp/described >/tmp/records
	record backup "$1" "$(awk -F '\t' '{ bytes += $4 } END { printf "%d", bytes }' /tmp/records)" "$taken" \
		"$(awk -F '\t' '$5 >= 0 { tables += $5; rows += $6; counted = 1 } END { if (counted) printf "%d\t%d", tables, rows; else print "-1\t-1" }' /tmp/records)"
	listed=$(text "$1.databases")
	[ -z "$listed" ] || cat /tmp/records
}

# backup writes one backup, which exists once it holds all databases of the environment.
backup() {
	name=$1
	! has "$name" || refuse "There is a backup $name already"
	trap 'abandon "$name" "$further"' EXIT
	parts "$name" "$databases" >/tmp/parts
	while read -r database dump rows <&3; do
		dump_database "$database" "$dump"
	done 3</tmp/parts
	if [ -n "$further" ]; then
		printf '%s\n' $databases | put "$name.databases"
		sed 1d /tmp/parts >/tmp/further
		while read -r database dump rows <&3; do
			put "$rows" <"/tmp/counts.$database"
		done 3</tmp/further
	fi
	commit "$name" "/tmp/counts.$PGDATABASE"
	trap - EXIT
	describe "$name"
}

# dump_database writes the dump of one database. The counts of the rows are of the same snapshot as the dump. $DUMP writes
# the dump, and /tmp/stored once it is whole.
dump_database() {
	begin "$2"
	echo "Backing up the database $1"
	rm -f /tmp/dumped /tmp/stored
	(
		export PGDATABASE="$1"
		run --set=counts="/tmp/counts.$1" <<'SQL'
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
	)
	[ -f /tmp/stored ] || { echo "The backup of the database $1 failed; $(complaint)" >&2; exit 1; }
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
	into=${BACKUP_DATABASE:-$PGDATABASE}
	! has "$name" || refuse "There is a backup $name already; choose another name"
	begin "$name.dump"
	trap 'abandon "$name" ""' EXIT
	mkfifo /tmp/transfer
	echo @ready
	write </tmp/transfer || { echo "The upload failed; $(complaint)" >&2; exit 1; }
	bytes=$(arrived "$name.dump")
	[ "$bytes" = "$BACKUP_BYTES" ] || refuse "$bytes bytes of $BACKUP_BYTES arrived"
	[ -z "$further" ] || echo "$into" | put "$name.databases"
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
	echo 'SET LOCAL idle_in_transaction_session_timeout = 0;'
	if [ "$1" -gt 2 ]; then
		echo 'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND usename = current_user AND pid <> pg_backend_pid() \g /dev/null'
	fi
	echo 'DROP OWNED BY CURRENT_USER CASCADE;'
	echo '\! touch "/tmp/cleared.$PGDATABASE"'
}

progress() {
	awk '
		rows { if ($0 == "\\.") rows = 0; print; next }
		/^COPY .* FROM stdin;$/ { rows = 1; table = $0; sub(/^COPY /, "", table); sub(/ \(.*$/, "", table); print "Rows of table " table >"/dev/stderr" }
		{ print }'
}

# finish waits until the other databases are ready too: either all of them are restored, or none.
finish() {
	cat <<'SQL'
SET client_min_messages = error;
ANALYZE;
\! touch "/tmp/ready.$PGDATABASE"; until [ -f "/tmp/go.$PGDATABASE" ] || [ -f /tmp/stop ]; do sleep 1; done
\set go `[ -f "/tmp/go.$PGDATABASE" ] && echo true || echo false`
\if :go
COMMIT;
\! touch "/tmp/committed.$PGDATABASE"
\endif
SQL
}

# to_restore prints the parts of a backup that are restored: the database that was asked for, or all that the environment
# has.
to_restore() {
	name=$1
	holds=$(held "$name")
	wanted=${BACKUP_DATABASE:-}
	if [ -n "$wanted" ]; then
		among "$wanted" "$databases" || refuse "The environment has no database $wanted; it has: $databases"
		among "$wanted" "$holds" || refuse "The backup $name does not hold the database $wanted; it holds: $holds"
	fi
	for database in $databases; do
		[ -n "$wanted" ] || among "$database" "$holds" || echo "The backup $name does not hold the database $database, which stays as it is" >&2
	done
	parts "$name" "$holds" >/tmp/parts
	while read -r database dump rows; do
		if ! among "$database" "$databases"; then
			[ -n "$wanted" ] || echo "Left out: the backup has a database $database, and the environment has none" >&2
		elif [ "$database" = "${wanted:-$database}" ]; then
			bytes=$(size_of "$dump")
			[ -n "$bytes" ] || refuse "The backup $name is not whole: its dump of the database $database is missing"
			echo "$database $dump"
		fi
	done </tmp/parts
}

# fill replaces all that the role has in one database by a dump, in one transaction that waits for /tmp/go.
fill() (
	name=$1
	export PGDATABASE="$2"
	file=$(path_of "$3")
	trap 'touch "/tmp/ended.$PGDATABASE"' EXIT
	migrations >"/tmp/before.$PGDATABASE"
	for attempt in 1 2 3 4 5; do
		rm -f "/tmp/cleared.$PGDATABASE"
		failed=0
		echo "Restoring $name, $(size_of "$3") bytes, into $PGDATABASE"
		{ echo 'BEGIN;'; clear "$attempt"; if sql | progress | allowed; then finish; fi; } | run --output=/dev/null || failed=$?
		[ ! -f "/tmp/committed.$PGDATABASE" ] || exit 0
		[ ! -f /tmp/stop ] || exit 1
		# Once the tables are locked, a further attempt would fail in the same way.
		[ ! -f "/tmp/cleared.$PGDATABASE" ] || refuse "The restore into $PGDATABASE failed"
		echo "The app holds locks; trying again"
		sleep 2
	done
	echo "The tables of $PGDATABASE could not be locked" >&2
	exit 1
)

# restore replaces all that the role has in its databases by a backup: either all of it is restored, or nothing has
# changed. Each database is one transaction, and none ends before all of them can.
restore() {
	name=$1
	chosen=$(to_restore "$name")
	[ -n "$chosen" ] || refuse "The backup $name holds no database of the environment"
	printf '%s\n' "$chosen" >/tmp/chosen
	rm -f /tmp/ready.* /tmp/go.* /tmp/committed.* /tmp/ended.* /tmp/stop
	as_before="the database is as it was before"
	[ "$(wc -l </tmp/chosen)" -eq 1 ] || as_before="all databases are as they were before"
	last=$(tail -n 1 /tmp/chosen)
	: >/tmp/filling
	restored=
	while read -r database dump <&3; do
		# All others are ready when the last one is.
		[ "$database $dump" != "$last" ] || touch "/tmp/go.$database"
		fill "$name" "$database" "$dump" &
		filling=$!
		if [ "$database $dump" = "$last" ]; then
			wait "$filling" || give_up "$filling"
			restored=$database
		else
			echo "$database $filling" >>/tmp/filling
			until [ -f "/tmp/ready.$database" ] || [ -f "/tmp/ended.$database" ]; do sleep 1; done
			[ -f "/tmp/ready.$database" ] || give_up "$filling"
		fi
	done 3</tmp/chosen
	while read -r database filling <&3; do
		touch "/tmp/go.$database"
		wait "$filling" || give_up "$filling" "$restored"
		restored="$restored $database"
	done 3</tmp/filling
	for database in $restored; do newer "$database"; done
	record restored "$name" "$(seconds)"
}

# give_up ends the transactions that wait, says what was restored, and exits with the code of the one that failed.
give_up() {
	touch /tmp/stop
	code=0
	wait "$1" || code=$?
	wait
	if [ -n "${2:-}" ]; then
		echo "The restore failed after it had restored $2; the others are as they were before, and can be restored by name" >&2
	else
		echo "The restore failed; $as_before" >&2
	fi
	exit "$code"
}

# newer says that the app is newer than what was restored into a database.
newer() {
	before=$(cat "/tmp/before.$1")
	after=$(export PGDATABASE="$1"; migrations)
	if [ "$after" -lt "$before" ]; then
		echo "The backup has fewer migrations of $1 ($after) than the database had ($before): run manage.py migrate, for instance in the shell"
	fi
}

# drill restores a backup into a server in this pod, and compares the rows with those that were counted when it was
# taken.
drill() {
	name=$1
	holds=$(held "$name")
	for database in $databases; do
		among "$database" "$holds" || echo "The backup $name does not hold the database $database"
	done
	echo "Restoring $name into a server in this pod"
	unset PGSSLMODE PGSSLROOTCERT PGPASSWORD
	export PGHOST=/tmp PGPORT=5432 PGUSER=drill PGDATABASE=postgres
	rm -rf "$DRILL_FOLDER/data"
	initdb --pgdata="$DRILL_FOLDER/data" --username=drill --auth=trust --encoding=UTF8 --no-sync >/dev/null
	pg_ctl --pgdata="$DRILL_FOLDER/data" --log=/tmp/log --wait --silent start \
		--options="-k /tmp -c listen_addresses= -c fsync=off -c full_page_writes=off -c shared_buffers=16MB -c max_connections=10" || { cat /tmp/log >&2; exit 1; }
	trap 'pg_ctl --pgdata="$DRILL_FOLDER/data" --mode=immediate --silent stop; rm -rf "$DRILL_FOLDER/data"' EXIT
	parts "$name" "$holds" >/tmp/parts
	while read -r database dump rows <&3; do
		[ -n "$(size_of "$dump")" ] || refuse "The backup $name is not whole: its dump of the database $database is missing"
		export PGDATABASE="drill_$database"
		createdb "$PGDATABASE"
		file=$(path_of "$dump")
		raw | pg_restore --no-owner --no-privileges --exit-on-error --single-transaction --dbname="$PGDATABASE" || refuse "The database $database of the backup $name cannot be restored"
		text "$rows" >/tmp/expected
		while IFS='	' read -r table counted; do
			restored=$(run --command="SELECT count(*) FROM ONLY $table")
			[ "$restored" = "$counted" ] || refuse "The backup $name has $restored rows of $table in the database $database; there were $counted"
		done </tmp/expected
	done 3</tmp/parts
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
	holds=$(held "$chosen")
	wanted=${BACKUP_DATABASE:-${holds%% *}}
	among "$wanted" "$holds" || refuse "The backup $chosen does not hold the database $wanted; it holds: $holds"
	sent=$(parts "$chosen" "$holds" | sed -n "s/^$wanted //p")
	file=$(path_of "${sent%% *}")
	[ -n "$(size_of "${sent%% *}")" ] || refuse "The backup $chosen is not whole: its dump of the database $wanted is missing"
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
