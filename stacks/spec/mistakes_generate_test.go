package spec_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/djangostack/djangostack/components/data"
	"github.com/djangostack/djangostack/stacks/spec"
)

// generating returns secrets with one Secret, keys, that generates one value, KEY.
func generating(value map[string]any, pairs ...any) []any {
	return list(object(append([]any{"name", "keys", "generate", object("KEY", value)}, pairs...)...))
}

func generateMistakes() []wrong {
	with := func(path string, value any) map[string]any {
		return map[string]any{"secrets": generating(object()), path: value}
	}
	return []wrong{
		{"kind that does not exist", minimal, "secrets", generating(object("kind", "rsa")), `secrets[0].generate.KEY.kind: "rsa": must be one of text, rsaPrivateKey, fernetKey`},
		{"length of a key", minimal, "secrets", generating(object("kind", "rsaPrivateKey", "length", 64)), `secrets[0].generate.KEY.length: 64: would be ignored, because secrets[0].generate.KEY.kind is not text`},
		{"alphabet of a key", minimal, "secrets", generating(object("kind", "fernetKey", "alphabet", "abc")), `secrets[0].generate.KEY.alphabet: would be ignored, because secrets[0].generate.KEY.kind is not text`},
		{"bits of a text", minimal, "secrets", generating(object("bits", 2048)), `secrets[0].generate.KEY.bits: 2048: would be ignored, because secrets[0].generate.KEY.kind is not rsaPrivateKey`},
		{"bits of no key", minimal, "secrets", generating(object("kind", "rsaPrivateKey", "bits", 1024)), `secrets[0].generate.KEY.bits: 1024: must be one of 2048, 3072, 4096`},
		{"text that can be guessed", minimal, "secrets", generating(object("length", 10)), `secrets[0].generate.KEY.length: 10: must be at least 11 with an alphabet of 62 characters: a shorter value can be guessed`},
		{"digits that can be guessed", minimal, "secrets", generating(object("length", 16, "alphabet", "0123456789")), `secrets[0].generate.KEY.length: 16: must be at least 20 with an alphabet of 10 characters`},
		{"alphabet of one character", minimal, "secrets", generating(object("alphabet", "a")), `secrets[0].generate.KEY.alphabet: "a": must be at least 2 characters of ASCII`},
		{"character twice", minimal, "secrets", generating(object("alphabet", "abca")), `secrets[0].generate.KEY.alphabet: "abca": must have each character once; has 'a' twice`},
		{"character that is none", minimal, "secrets", generating(object("alphabet", "äöü")), `secrets[0].generate.KEY.alphabet: "äöü": must be at least 2 characters of ASCII`},
		{"no characters", minimal, "secrets", generating(object("length", 0)), `secrets[0].generate.KEY.length: 0: must be at least 1`},
		{"more characters than any needs", minimal, "secrets", generating(object("length", 5000)), `secrets[0].generate.KEY.length: 5000: may be at most 4096`},
		{"generation before the first", minimal, "secrets", generating(object("generation", 0)), `secrets[0].generate.KEY.generation: 0: must be at least 1`},
		{"value both generated and given", minimal, "secrets", generating(object(), "entries", object("KEY", "x")), `secrets[0].generate.KEY: is in secrets[0].entries too; keep one of them`},
		{"generated certificate", minimal, "secrets", generating(object("kind", "rsaPrivateKey"), "type", "kubernetes.io/tls", "entries", object("tls.crt", "x", "tls.key", "y")), `secrets[0].generate: needs secrets[0].type Opaque`},
		{"key of no Secret to generate", minimal, "secrets", list(object("name", "keys", "generate", object("a key", object()))), `secrets[0].generate.a key: is no key of an object`},
		{"variable of no generated value", minimal, "", with("app.secretKeyRefs", object("P", object("name", "keys", "key", "KEYS"))), `app.secretKeyRefs.P.key: "KEYS": is not an entry of the Secret keys in secrets, which has KEY`},
		{"file of no generated value", minimal, "", with("web.volumes", list(object("name", "f", "source", "secret", "from", "keys", "mountPath", "/key.pem", "subPath", "key.pem"))), `web.volumes[0].subPath: "key.pem": is not an entry of keys, which has KEY`},
		{"generated file as a variable", minimal, "", map[string]any{"secrets": list(object("name", "keys", "generate", object("jwt.pem", object("kind", "rsaPrivateKey")))), "web.envFrom": list(object("secret", "keys"))}, `web.envFrom[0]: has the entry jwt.pem, which is no variable name: rename it, or mount it as a file (volumes)`},
	}
}

func TestAGeneratedValueHasTheDefaultsOfItsKind(t *testing.T) {
	for kind, want := range map[string]spec.GeneratedValue{
		"text":          {Kind: spec.GeneratedText, Length: 32, Alphabet: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789", Generation: 1},
		"rsaPrivateKey": {Kind: spec.GeneratedRSAKey, Bits: 3072, Generation: 1},
		"fernetKey":     {Kind: spec.GeneratedFernetKey, Generation: 1},
	} {
		e, err := parse(t, changed(t, minimal, "secrets", generating(object("kind", kind))))
		require.NoError(t, err)
		assert.Equal(t, want, e.Secrets[0].Generate["KEY"])
	}
}

func TestAGeneratedValueIsGuardedAsDataIs(t *testing.T) {
	e, err := parse(t, changed(t, production, "secrets", generating(object("kind", "rsaPrivateKey"))))
	require.NoError(t, err)
	held := e.HeldInGenerated(e.Secrets[0], "KEY")
	assert.True(t, held.Protected)
	assert.Equal(t, []data.Part{data.Secrets}, held.Parts)
	assert.Equal(t, map[string]string{
		"secrets[name=keys].generate.KEY.kind":       "rsaPrivateKey",
		"secrets[name=keys].generate.KEY.bits":       "3072",
		"secrets[name=keys].generate.KEY.generation": "1",
	}, held.Immutable)
	assert.Contains(t, e.HeldByProduction().Parts, data.Secrets)
	assert.NotContains(t, e.HeldInNamespace().Parts, data.Secrets, "the state has the value, and another namespace gets it too")
	assert.Equal(t, "the generated values keys.KEY", e.Held(data.Secrets).Loss)

	e, err = parse(t, changed(t, changed(t, production, "secrets", generating(object())), "allowDataLoss", list("secrets")))
	require.NoError(t, err)
	assert.False(t, e.HeldInGenerated(e.Secrets[0], "KEY").Protected)
}
