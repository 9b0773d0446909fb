set -eu

# A server that replays its log accepts connections before it answers queries.
until pg_isready --quiet; do sleep 1; done

administers() { psql --no-psqlrc --quiet --set=ON_ERROR_STOP=1 "$@"; }

said=/tmp/administrator
if ! administers --output=/dev/null --command='SELECT 1' 2>"$said"; then
	# The image's entry point reads the administrator's name and password only when the volume is empty. On a server of an
	# earlier release the app's user is the first superuser, and this is its password.
	owner() { PGUSER="$ROLE_NAME" PGPASSWORD="$ROLE_PASSWORD" PGDATABASE="$ROLE_DATABASE" administers "$@"; }
	super=$(owner --no-align --tuples-only --command='SELECT rolsuper FROM pg_roles WHERE rolname = current_user' 2>/dev/null || true)
	if [ "$super" != t ]; then
		cat "$said" >&2
		echo "Neither $PGUSER nor a superuser $ROLE_NAME can connect" >&2
		exit 1
	fi
	echo "Making the administrator $PGUSER"
	owner --set="admin=$PGUSER" <<'SQL'
SELECT format('CREATE ROLE %I LOGIN SUPERUSER', :'admin')
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = :'admin') \gexec
SQL
	printf '%s\n%s\n' "$PGPASSWORD" "$PGPASSWORD" | owner --command="\\password \"$PGUSER\"" 2>"$said" || { cat "$said" >&2; exit 1; }
fi

# The first superuser of a server (10) cannot lose its rights, so another role takes its name, its password and what it
# owns. In one transaction: either all of it has changed, or nothing.
first=$(administers --no-align --tuples-only --set="role=$ROLE_NAME" <<'SQL'
SELECT count(*) FROM pg_roles WHERE oid = 10 AND rolname = :'role'
SQL
)
if [ "$first" = 1 ]; then
	echo "Taking the rights of a superuser from $ROLE_NAME"
	PGDATABASE="$ROLE_DATABASE" administers --single-transaction --output=/dev/null --set="role=$ROLE_NAME" --set="database=$ROLE_DATABASE" <<'SQL'
SET LOCAL lock_timeout = '30s';
SELECT set_config('djangostack.role', :'role', true);
ALTER ROLE :"role" RENAME TO djangostack_initial;
SELECT format('CREATE ROLE %I LOGIN PASSWORD %L', :'role', rolpassword) FROM pg_authid WHERE oid = 10 \gexec
ALTER ROLE djangostack_initial NOLOGIN PASSWORD NULL;
ALTER DATABASE :"database" OWNER TO :"role";
DO $body$
DECLARE statement text;
BEGIN
	FOR statement IN
		WITH own AS (
			SELECT oid, nspname FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname <> 'information_schema'
		), extended AS (
			SELECT classid, objid FROM pg_depend WHERE deptype = 'e'
		)
		SELECT format('ALTER SCHEMA %I OWNER TO %I', nspname, role) AS text FROM own NATURAL JOIN (SELECT oid, nspowner FROM pg_namespace) AS n, current_setting('djangostack.role') AS role
			WHERE nspowner = 10
		UNION ALL
		SELECT format('ALTER %s %I.%I OWNER TO %I', CASE relkind WHEN 'v' THEN 'VIEW' WHEN 'm' THEN 'MATERIALIZED VIEW' WHEN 'S' THEN 'SEQUENCE' WHEN 'f' THEN 'FOREIGN TABLE' ELSE 'TABLE' END, nspname, relname, role)
			FROM pg_class AS c JOIN own ON own.oid = relnamespace, current_setting('djangostack.role') AS role
			WHERE relowner = 10 AND relkind IN ('r', 'p', 'v', 'm', 'S', 'f')
			AND NOT EXISTS (SELECT FROM extended WHERE classid = 'pg_class'::regclass AND objid = c.oid)
			-- A sequence of a column changes with its table.
			AND NOT (relkind = 'S' AND EXISTS (SELECT FROM pg_depend WHERE classid = 'pg_class'::regclass AND objid = c.oid AND deptype IN ('a', 'i')))
		UNION ALL
		SELECT format('ALTER ROUTINE %s OWNER TO %I', p.oid::regprocedure, role)
			FROM pg_proc AS p JOIN own ON own.oid = pronamespace, current_setting('djangostack.role') AS role
			WHERE proowner = 10 AND NOT EXISTS (SELECT FROM extended WHERE classid = 'pg_proc'::regclass AND objid = p.oid)
		UNION ALL
		SELECT format('ALTER TYPE %I.%I OWNER TO %I', nspname, typname, role)
			FROM pg_type AS y JOIN own ON own.oid = typnamespace LEFT JOIN pg_class ON pg_class.oid = typrelid, current_setting('djangostack.role') AS role
			WHERE typowner = 10 AND (typtype IN ('d', 'e', 'r') OR typtype = 'c' AND relkind = 'c')
			AND NOT EXISTS (SELECT FROM extended WHERE classid = 'pg_type'::regclass AND objid = y.oid)
		UNION ALL
		SELECT format('ALTER COLLATION %I.%I OWNER TO %I', nspname, collname, role)
			FROM pg_collation AS l JOIN own ON own.oid = collnamespace, current_setting('djangostack.role') AS role
			WHERE collowner = 10 AND NOT EXISTS (SELECT FROM extended WHERE classid = 'pg_collation'::regclass AND objid = l.oid)
		UNION ALL
		SELECT format('ALTER STATISTICS %I.%I OWNER TO %I', nspname, stxname, role)
			FROM pg_statistic_ext AS s JOIN own ON own.oid = stxnamespace, current_setting('djangostack.role') AS role
			WHERE stxowner = 10
		UNION ALL
		SELECT format('ALTER TEXT SEARCH CONFIGURATION %I.%I OWNER TO %I', nspname, cfgname, role)
			FROM pg_ts_config AS f JOIN own ON own.oid = cfgnamespace, current_setting('djangostack.role') AS role
			WHERE cfgowner = 10 AND NOT EXISTS (SELECT FROM extended WHERE classid = 'pg_ts_config'::regclass AND objid = f.oid)
		UNION ALL
		SELECT format('ALTER TEXT SEARCH DICTIONARY %I.%I OWNER TO %I', nspname, dictname, role)
			FROM pg_ts_dict AS d JOIN own ON own.oid = dictnamespace, current_setting('djangostack.role') AS role
			WHERE dictowner = 10 AND NOT EXISTS (SELECT FROM extended WHERE classid = 'pg_ts_dict'::regclass AND objid = d.oid)
		UNION ALL
		SELECT format('ALTER LARGE OBJECT %s OWNER TO %I', o.oid, role)
			FROM pg_largeobject_metadata AS o, current_setting('djangostack.role') AS role
			WHERE lomowner = 10
	LOOP
		EXECUTE statement;
	END LOOP;
END
$body$;
SQL
fi

