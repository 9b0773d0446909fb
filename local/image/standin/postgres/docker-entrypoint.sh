#!/bin/sh
# Starts PostgreSQL by the contract of the official image: POSTGRES_PASSWORD(_FILE), POSTGRES_USER, POSTGRES_DB, PGDATA,
# POSTGRES_INITDB_ARGS; the first start makes the data directory, later ones take it as it is.
set -eu

fail() { printf '%s\n' "postgres: $*" >&2; exit 1; }

case "${1:-}" in -*) set -- postgres "$@" ;; esac
[ "${1:-}" = postgres ] || exec "$@"
[ "$(id -u)" != 0 ] || fail 'it does not run as root: run it as uid 999'

: "${PGDATA:=/var/lib/postgresql/data}"
export PGDATA
umask 077
mkdir -p "$PGDATA"
chmod 700 "$PGDATA" || fail "$PGDATA belongs to somebody else: it must belong to uid $(id -u)"

initialise() {
    password=${POSTGRES_PASSWORD:-}
    if [ -n "${POSTGRES_PASSWORD_FILE:-}" ]; then
        [ -z "$password" ] || fail 'POSTGRES_PASSWORD and POSTGRES_PASSWORD_FILE are both set: set one'
        password=$(cat "$POSTGRES_PASSWORD_FILE")
    fi
    [ -n "$password" ] || fail "$PGDATA is empty, and POSTGRES_PASSWORD is not set: a superuser needs a password"
    user=${POSTGRES_USER:-postgres}
    database=${POSTGRES_DB:-$user}

    # Everything is made in .new. PG_VERSION is moved last: with it the data directory is whole, without it there is none.
    new=$PGDATA/.new
    mkdir "$new"
    # The password goes through a pipe: no file and no argument shows it.
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
        printf '%s\n' 'postgres: the last first start was cut short: starting over' >&2
        find "$PGDATA" -mindepth 1 -delete
    fi
    [ -z "$(ls -A "$PGDATA")" ] || fail "$PGDATA is neither empty nor a data directory: set PGDATA to a folder below it"
    initialise
fi
unset POSTGRES_PASSWORD
exec "$@"
