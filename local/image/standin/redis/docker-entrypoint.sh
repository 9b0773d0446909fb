#!/bin/sh
# Starts Redis by the contract of the official image: options or a configuration file alone mean redis-server.
set -eu

case "${1:-}" in -* | *.conf) set -- redis-server "$@" ;; esac
if [ "${1:-}" = redis-server ]; then
    umask 077
    # As in the official image: inside a container, protected mode would shut out every other pod.
    case " $* " in *protected-mode*) ;; *) set -- "$@" --protected-mode no ;; esac
fi
exec "$@"
