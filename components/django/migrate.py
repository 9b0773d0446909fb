"""Migrates. Runs in manage.py shell, in place of manage.py migrate.

A concurrent index waits for every transaction that was there before it, while readers and writers go on. A lock
timeout would cancel it and leave the index invalid, so that the next try fails because the index exists. Only while
such a statement runs, the timeout does not apply.
"""

import contextlib
import os
import re
import signal
import sys
import time
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

# The SQLSTATE of a statement that lock_timeout ended. PostgreSQL shows no transactions of other users' sessions. The
# statements of a transaction are not named: they have data in them.
LOCK_NOT_AVAILABLE = "55P03"
OPEN = """
    SELECT pid, usename, date_part('epoch', clock_timestamp() - xact_start)::int, state, coalesce(host(client_addr), 'the server')
      FROM pg_stat_activity
     WHERE datname = current_database() AND pid <> pg_backend_pid() AND xact_start IS NOT NULL
     ORDER BY xact_start
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


def name_transactions(connection, error):
    """Says what to do about a lock that was not free in time, and which transactions of this user are open."""
    cause = error.__cause__
    if LOCK_NOT_AVAILABLE not in (getattr(cause, "sqlstate", None), getattr(cause, "pgcode", None)):
        return
    with connection.cursor() as cursor:
        cursor.execute("SHOW lock_timeout")
        waited = cursor.fetchone()[0]
        cursor.execute(OPEN)
        transactions = cursor.fetchall()
    print(
        f"A lock in the database {connection.alias} was not free within {waited}, which is release.lockTimeoutSeconds. "
        "Release again when the transaction that holds it has ended.",
        file=sys.stderr,
    )
    for pid, user, seconds, state, client in transactions:
        print(f"Open for {seconds} s: process {pid} of {user} from {client}, {state}.", file=sys.stderr)


@contextlib.contextmanager
def ends_while_waiting(message):
    """Ends the process at once when it is terminated: as the first of its container it would not end by itself."""

    def end(*_):
        sys.exit(message)

    before = signal.signal(signal.SIGTERM, end)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


@contextlib.contextmanager
def locked(connection, key):
    """Holds an advisory lock in a session of its own.

    It asks again and again instead of waiting in the server: a session that waits there has a snapshot, which a
    concurrent index of the session with the lock would wait for, and neither would ever end.
    """
    if key is None:
        yield
        return
    session = connection.copy()
    try:
        waiting = f"Another session of {connection.alias} holds the advisory lock {key}: waiting."
        with session.cursor() as cursor, ends_while_waiting(waiting.replace("waiting", "the time of the release is over")):
            told = False
            while True:
                cursor.execute("SELECT pg_try_advisory_lock(%s)", [key])
                if cursor.fetchone()[0]:
                    break
                if not told:
                    print(waiting, flush=True)
                told = True
                time.sleep(1)
        yield
    finally:
        # The lock ends with its session.
        session.close()


def migrate(alias, skip_checks, key):
    if alias not in connections:
        known = ", ".join(sorted(connections))
        sys.exit(f"DATABASES has no {alias}, which release.migrate.databases names; it has {known}.")
    connection = connections[alias]
    # Checks and signals of some apps ask which command runs, for instance because they need the tables.
    sys.argv[1:] = ["migrate", "--noinput", "--database", alias]
    options = {"database": alias, "interactive": False, "skip_checks": skip_checks}
    if connection.vendor != "postgresql":
        if key is not None:
            sys.exit(f"The database {alias} is no PostgreSQL, which release.migrate.advisoryLock needs.")
        call_command("migrate", **options)
        return
    name_invalid(connection)
    try:
        with locked(connection, key), connection.execute_wrapper(patiently):
            call_command("migrate", **options)
    except Exception as error:
        sys.stdout.flush()
        # What has to be done comes last, because the end of the output becomes the release's error.
        traceback.print_exc()
        connection.close()
        name_invalid(connection)
        name_transactions(connection, error)
        sys.exit(1)


lock = os.environ.get("DJANGOSTACK_MIGRATE_LOCK")
for name in os.environ.get("DJANGOSTACK_MIGRATE_DATABASES", DEFAULT_DB_ALIAS).split("\n"):
    migrate(
        name,
        skip_checks="DJANGOSTACK_MIGRATE_SKIP_CHECKS" in os.environ,
        key=int(lock) if lock is not None else None,
    )
