"""Migrates. Runs in manage.py shell, in place of manage.py migrate.

A concurrent index waits for every transaction that was there before it, while readers and writers go on. A lock
timeout would cancel it and leave the index invalid, so that the next try fails because the index exists. Only while
such a statement runs, the timeout does not apply.
"""

import re
import sys
import traceback

from django.core.management import call_command
from django.db import DEFAULT_DB_ALIAS, connections

CONCURRENT = re.compile(
    r"^\s*(CREATE\s+(UNIQUE\s+)?INDEX|DROP\s+INDEX|REINDEX\b.*|ALTER\s+TABLE\b.*\bDETACH\s+PARTITION\b.*)\s+CONCURRENTLY\b",
    re.IGNORECASE | re.DOTALL,
)

# Indexes that are being built are invalid too, until they are finished.
INVALID = """
    SELECT format('%I.%I', n.nspname, c.relname)
      FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE NOT i.indisvalid AND c.relkind = 'i' AND n.nspname NOT IN ('pg_catalog', 'pg_toast')
       AND NOT EXISTS (SELECT FROM pg_stat_progress_create_index p WHERE p.index_relid = i.indexrelid)
     ORDER BY 1
"""


def patiently(execute, sql, params, many, context):
    if not (isinstance(sql, str) and CONCURRENT.match(sql)):
        return execute(sql, params, many, context)
    connection = context["connection"]
    with connection.cursor() as cursor:
        cursor.execute("SET lock_timeout = 0")
    try:
        return execute(sql, params, many, context)
    finally:
        if connection.is_usable():
            with connection.cursor() as cursor:
                # Back to what PGOPTIONS says.
                cursor.execute("RESET lock_timeout")


def name_invalid(connection):
    with connection.cursor() as cursor:
        cursor.execute(INVALID)
        names = [name for (name,) in cursor.fetchall()]
    for name in names:
        print(
            f"The index {name} is invalid: an earlier release was stopped while it built it. Queries do not use it. "
            f"Remove it and release again: DROP INDEX CONCURRENTLY {name};",
            file=sys.stderr,
        )


connection = connections[DEFAULT_DB_ALIAS]
if connection.vendor != "postgresql":
    call_command("migrate", interactive=False, skip_checks=False)
else:
    name_invalid(connection)
    try:
        with connection.execute_wrapper(patiently):
            call_command("migrate", interactive=False, skip_checks=False)
    except Exception:
        sys.stdout.flush()
        # What has to be done comes last, because the end of the output becomes the release's error.
        traceback.print_exc()
        connection.close()
        name_invalid(connection)
        sys.exit(1)
