set -eu
# At its first start the server writes a keystore into the folder of its configuration, and the image's folder is read-only. The security
# plugin's own files and the certificate are mounted there already.
for entry in "$OPENSEARCH_HOME"/config/*; do
  [ "${entry##*/}" = opensearch-security ] || cp -Rf "$entry" "$OPENSEARCH_PATH_CONF"
done
cp -f "$CONFIGURATION"/* "$OPENSEARCH_PATH_CONF"
# The image's own entry point would use the image's folder again.
exec "$OPENSEARCH_HOME/bin/opensearch"
