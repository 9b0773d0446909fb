package spec_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestAReferenceToAnExistingVariableIsAllowed(t *testing.T) {
	text := changed(t, minimal, "app.env", map[string]any{"DSN": "$(DATABASE_URL)&x=1", "SELF": "http://$(POD_IP):8000", "PRICE": "$5 $$(DATABASE_URI)"})
	text = changed(t, text, "web.env", map[string]any{"MINE": "$(DSN)"})
	_, err := parse(t, text)
	assert.NoError(t, err)
}

func TestTheAppMaySetVariablesOfAMonitor(t *testing.T) {
	_, err := parse(t, changed(t, minimal, "app.secretEnv.SENTRY_DSN", "https://x@sentry.example.com/1"))
	assert.NoError(t, err)
}

func TestAProcessRefersToVariablesOfItsSecrets(t *testing.T) {
	text := changed(t, minimal, "processes", process("env", object("DSN", "redis://:$(TOKEN)@cache"), "secretKeyRefs", object("TOKEN", object("name", "s", "key", "k"))))
	_, err := parse(t, text)
	require.NoError(t, err)
	_, err = parse(t, changed(t, minimal, "processes", process("env", object("DSN", "$(ANY)"), "envFrom", list(object("secret", "s")))))
	require.NoError(t, err, "the Secret may have it")
	_, err = parse(t, changed(t, minimal, "processes", process("env", object("DSN", "$(ANY)"))))
	require.ErrorContains(t, err, "names the variable ANY, which does not exist")
}

func TestOpenSSLFindsThePrivateAuthorityOfAPlainURL(t *testing.T) {
	text := changed(t, minimal, "namespace.tls", "required")
	_, err := parse(t, changed(t, text, "app.bindings", object("A", "cache.plainURL", "SSL_CERT_DIR", "openssl.certDir")))
	assert.NoError(t, err)
}
