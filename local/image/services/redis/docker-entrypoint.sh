#!/bin/sh
# Starts Redis like the official image: if the arguments are only options or a configuration file, it runs redis-server.
set -eu

case "${1:-}" in -* | *.conf) set -- redis-server "$@" ;; esac
if [ "${1:-}" = redis-server ]; then
    umask 077
    # As in the official image: in a container, protected mode would refuse connections from other pods.
    case " $* " in *protected-mode*) ;; *) set -- "$@" --protected-mode no ;; esac
fi
exec "$@"
