file=$DUMP_FOLDER/dump
# hopeless is the exit code of a failure that a retry would repeat. psql exits with 3 after an error of a script.
hopeless=65

# Terse, because longer messages quote rows of the dump.
run() {
	psql --no-psqlrc --quiet --no-align --tuples-only --set=ON_ERROR_STOP=1 --set=VERBOSITY=terse \
		--set="djangostack_source=$DUMP_SOURCE" "$@"
}

refuse() { echo "$*" >&2; exit "$hopeless"; }

imported() {
	run <<'SQL'
SELECT to_regclass('public.djangostack_import') IS NOT NULL AS recorded \gset
\if :recorded
SELECT source FROM public.djangostack_import;
\endif
SQL
}

# An extension may create its own tables, so they do not show that the app was installed before.
tables() {
	run <<'SQL'
SELECT c.oid::regclass FROM pg_class c
WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S')
AND c.relnamespace NOT IN (SELECT oid FROM pg_namespace WHERE nspname LIKE 'pg\_%' OR nspname = 'information_schema')
AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
ORDER BY 1 LIMIT 3;
SQL
}

record() {
	cat <<'SQL'
CREATE TABLE IF NOT EXISTS public.djangostack_import (source text NOT NULL, imported_at timestamptz NOT NULL);
COMMENT ON TABLE public.djangostack_import IS 'The dump that this database began with';
DELETE FROM public.djangostack_import;
INSERT INTO public.djangostack_import VALUES (:'djangostack_source', now());
SET client_min_messages = error;
ANALYZE;
COMMIT;
SQL
}

found=$(imported)
if [ "$found" = "$DUMP_SOURCE" ]; then
	echo "$DUMP_SOURCE was imported before; nothing is to be done"
	exit 0
fi
[ -z "$found" ] || refuse "The database began with $found: nothing is imported into it"
# A pipe would hide that psql failed, and nothing found means that the database is empty.
found=$(tables)
[ -z "$found" ] || refuse "The database has tables already ($(echo "$found" | tr '\n' ' ')…): nothing is imported into it"

echo "Importing $DUMP_SOURCE, $(wc -c <"$file") bytes, into $PGDATABASE on $PGHOST"
# The server rolls back a transaction that has no COMMIT at its end.
failed=0
{ echo 'BEGIN;'; if sql | allowed; then record; fi; } | run --output=/dev/null || failed=$?
if [ "$failed" -ne 0 ]; then
	echo "The import failed; the database is as it was before" >&2
	exit "$failed"
fi
[ "$(imported)" = "$DUMP_SOURCE" ] || refuse "The file is not one whole dump that pg_dump made of one database; the database is as it was before"
echo "The import is done"
