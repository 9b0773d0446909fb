set -eu

run() { psql --no-psqlrc --quiet --set=ON_ERROR_STOP=1 --set="role=$ROLE_NAME" --set="database=$ROLE_DATABASE" "$@"; }

echo "Making the role $ROLE_NAME"
run <<'SQL'
SELECT format('CREATE ROLE %I LOGIN', :'role')
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = :'role') \gexec
GRANT :"role" TO CURRENT_USER;
SQL

# psql sends the verifier instead of the password, which the server would log.
# psql prompts for the password twice; the prompts are shown only if it fails.
said=/tmp/password
printf '%s\n%s\n' "$ROLE_PASSWORD" "$ROLE_PASSWORD" | run --command="\\password \"$ROLE_NAME\"" 2>"$said" || { cat "$said" >&2; exit 1; }

echo "Giving it the database $ROLE_DATABASE"
run <<'SQL'
SELECT format('CREATE DATABASE %I OWNER %I', :'database', :'role')
WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = :'database') \gexec
SQL

# A database of another role: the environment's user has another name now. The former role becomes a member of the new
# one, so that the version which still runs as the former keeps its rights.
former=$(run --no-align --tuples-only <<'SQL'
SELECT rolname FROM pg_database JOIN pg_roles ON pg_roles.oid = datdba
WHERE datname = :'database' AND rolname NOT IN (:'role', CURRENT_USER) AND NOT rolsuper
SQL
)
if [ -n "$former" ]; then
	echo "Giving it what $former owns"
	PGDATABASE="$ROLE_DATABASE" run --single-transaction --set="former=$former" <<'SQL'
SET LOCAL lock_timeout = '30s';
SELECT format('REVOKE %I FROM %I', above.rolname, :'role') FROM pg_auth_members JOIN pg_roles AS above ON above.oid = roleid
WHERE member = (SELECT oid FROM pg_roles WHERE rolname = :'role') AND pg_has_role(roleid, :'former', 'MEMBER') \gexec
GRANT :"former" TO CURRENT_USER;
-- Other databases would change their owner too, and their tables would not.
CREATE TEMPORARY TABLE others AS SELECT datname FROM pg_database
WHERE datdba = (SELECT oid FROM pg_roles WHERE rolname = :'former') AND datname <> :'database';
REASSIGN OWNED BY :"former" TO :"role";
SELECT format('ALTER DATABASE %I OWNER TO %I', datname, :'former') FROM others \gexec
DROP TABLE others;
GRANT :"role" TO :"former";
SQL
fi

run <<'SQL'
ALTER DATABASE :"database" OWNER TO :"role";
REVOKE ALL ON DATABASE :"database" FROM PUBLIC;
SQL

echo "Signing in as $ROLE_NAME"
PGUSER="$ROLE_NAME" PGPASSWORD="$ROLE_PASSWORD" PGDATABASE="$ROLE_DATABASE" run --output=/dev/null --command='SELECT 1'
echo "The role is ready"
