set -eu
umask 077
quoted() { printf '%s' "$1" | sed 's/"/""/g'; }
printf '"%s" "%s"\n' "$(quoted "$SERVER_USER")" "$(quoted "$SERVER_PASSWORD")" >"$USERS"
