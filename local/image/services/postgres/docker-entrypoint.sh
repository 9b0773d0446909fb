#!/bin/sh
# Starts PostgreSQL. It reads the variables of the official image: POSTGRES_PASSWORD, POSTGRES_PASSWORD_FILE,
# POSTGRES_USER, POSTGRES_DB, PGDATA and POSTGRES_INITDB_ARGS. The first start creates the data directory; later starts
# use it unchanged.
set -eu

fail() { printf '%s\n' "postgres: $*" >&2; exit 1; }

case "${1:-}" in -*) set -- postgres "$@" ;; esac
[ "${1:-}" = postgres ] || exec "$@"
[ "$(id -u)" != 0 ] || fail 'PostgreSQL does not run as root: run it as uid 999'

: "${PGDATA:=/var/lib/postgresql/data}"
export PGDATA
umask 077
mkdir -p "$PGDATA"
chmod 700 "$PGDATA" || fail "$PGDATA has the wrong owner: it must belong to uid $(id -u)"

initialise() {
    password=${POSTGRES_PASSWORD:-}
    if [ -n "${POSTGRES_PASSWORD_FILE:-}" ]; then
        [ -z "$password" ] || fail 'POSTGRES_PASSWORD and POSTGRES_PASSWORD_FILE are both set: set one'
        password=$(cat "$POSTGRES_PASSWORD_FILE")
    fi
    [ -n "$password" ] || fail "$PGDATA is empty and POSTGRES_PASSWORD is not set: set it to the password of the superuser"
    user=${POSTGRES_USER:-postgres}
    database=${POSTGRES_DB:-$user}

    # initdb writes to .new. PG_VERSION is moved last: it marks the data directory as complete.
    new=$PGDATA/.new
    mkdir "$new"
    # The password goes through a pipe, so that neither a file nor an argument shows it.
    # shellcheck disable=SC2086 # POSTGRES_INITDB_ARGS is a list of words
    printf '%s\n' "$password" | initdb --pgdata="$new" --username="$user" --pwfile=/dev/stdin \
        --auth-local=trust --auth-host=scram-sha-256 --set=listen_addresses='*' ${POSTGRES_INITDB_ARGS:-}
    printf 'host all all all scram-sha-256\n' >>"$new/pg_hba.conf"
    if [ "$database" != postgres ]; then
        quoted=$(printf '%s' "$database" | sed 's/"/""/g')
        printf 'CREATE DATABASE "%s"\n' "$quoted" |
            postgres --single -j -D "$new" -c exit_on_error=true postgres >/dev/null
    fi
    find "$new" -mindepth 1 -maxdepth 1 ! -name PG_VERSION -exec mv {} "$PGDATA" ';'
    sync
    mv "$new/PG_VERSION" "$PGDATA"
    rmdir "$new"
}

if [ ! -e "$PGDATA/PG_VERSION" ]; then
    if [ -d "$PGDATA/.new" ]; then
        printf '%s\n' 'postgres: an earlier first start was interrupted: starting over' >&2
        find "$PGDATA" -mindepth 1 -delete
    fi
    [ -z "$(ls -A "$PGDATA")" ] || fail "$PGDATA is neither empty nor a data directory: set PGDATA to a subfolder"
    initialise
fi
unset POSTGRES_PASSWORD
exec "$@"
