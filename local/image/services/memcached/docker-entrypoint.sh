#!/bin/sh
# Starts Memcached like the official image: if the arguments are only options, it runs memcached.
set -eu

case "${1:-}" in -*) set -- memcached "$@" ;; esac
exec "$@"
