monitor() { psql --no-psqlrc --quiet --set=ON_ERROR_STOP=1 --set="monitor=$MONITOR_NAME" --set="connections=$MONITOR_CONNECTIONS" "$@"; }

echo "Making the role $MONITOR_NAME, which reads the statistics"
monitor <<'SQL'
SELECT format('CREATE ROLE %I LOGIN', :'monitor')
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = :'monitor') \gexec
ALTER ROLE :"monitor" CONNECTION LIMIT :connections;
GRANT pg_monitor TO :"monitor";
SQL
said=/tmp/monitor
printf '%s\n%s\n' "$MONITOR_PASSWORD" "$MONITOR_PASSWORD" | monitor --command="\\password \"$MONITOR_NAME\"" 2>"$said" || { cat "$said" >&2; exit 1; }
