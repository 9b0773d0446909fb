#!/bin/sh
# Starts RabbitMQ like the official image. Without root, neither image changes owners.
set -eu

if [ -n "${RABBITMQ_ERLANG_COOKIE:-}" ] && [ ! -e /var/lib/rabbitmq/.erlang.cookie ]; then
    umask 077
    echo "$RABBITMQ_ERLANG_COOKIE" >/var/lib/rabbitmq/.erlang.cookie
fi
exec "$@"
