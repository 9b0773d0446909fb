
# All that the server lacks is named at once, before anything is created.
available=$(run --no-align --tuples-only --command='SELECT name FROM pg_available_extensions')
missing=
for extension in $ROLE_EXTENSIONS; do
	printf '%s\n' "$available" | grep -qxF -e "$extension" || missing="$missing $extension"
done
if [ -n "$missing" ]; then
	echo "The server has no extension$missing. $ROLE_ADVICE" >&2
	exit 65
fi
for extension in $ROLE_EXTENSIONS; do
	echo "Creating the extension $extension"
	PGDATABASE="$ROLE_DATABASE" run --set="extension=$extension" <<'SQL'
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS :"extension" CASCADE;
-- A dump has the rows that the app adds to the extension's tables, and the app restores it.
SELECT format('GRANT ALL ON %s TO %I', configuration::regclass, :'role')
FROM pg_extension, unnest(extconfig) AS configuration WHERE extname = :'extension' \gexec
SQL
done
