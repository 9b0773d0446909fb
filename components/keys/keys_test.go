package keys_test

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"encoding/pem"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/djangostack/djangostack/components/keys"
)

const seed = "0123456789abcdefghijklmnopqrstuv"

func parsed(t *testing.T, text string) *rsa.PrivateKey {
	t.Helper()
	block, rest := pem.Decode([]byte(text))
	require.NotNil(t, block)
	assert.Empty(t, rest)
	assert.Equal(t, "PRIVATE KEY", block.Type)
	key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	require.NoError(t, err)
	return key.(*rsa.PrivateKey)
}

func TestAnRSAKeySignsAndHasItsSize(t *testing.T) {
	for _, bits := range []int{2048, 3072} {
		text, err := keys.RSA(seed, bits)
		require.NoError(t, err)
		key := parsed(t, text)
		assert.Equal(t, bits, key.N.BitLen())
		require.NoError(t, key.Validate())
		for _, prime := range key.Primes {
			assert.True(t, prime.ProbablyPrime(64))
		}
		sum := sha256.Sum256([]byte("a message"))
		signature, err := rsa.SignPKCS1v15(rand.Reader, key, 5, sum[:])
		require.NoError(t, err)
		assert.NoError(t, rsa.VerifyPKCS1v15(&key.PublicKey, 5, sum[:], signature))
	}
}

// A key that changed between two versions of the program would end every session, and lose
// what it encrypts.
func TestASeedYieldsTheSameKeysInEveryVersion(t *testing.T) {
	text, err := keys.RSA(seed, 2048)
	require.NoError(t, err)
	sum := sha256.Sum256([]byte(text))
	assert.Equal(t, "8831361d07481599f218670260e0e2cfb304f9e830faabcef580644da34582ba", hex.EncodeToString(sum[:]))
	fernet, err := keys.Fernet(seed)
	require.NoError(t, err)
	assert.Equal(t, "uoxp7aC3YCezT3wM4VBVuKGjP4hhC0JE1NiL88Mt2gA=", fernet)
}

func TestSeedsAndSizesYieldDifferentKeys(t *testing.T) {
	one, err := keys.RSA(seed, 2048)
	require.NoError(t, err)
	other, err := keys.RSA(seed+"x", 2048)
	require.NoError(t, err)
	assert.NotEqual(t, parsed(t, one).N, parsed(t, other).N)
	longer, err := keys.RSA(seed, 3072)
	require.NoError(t, err)
	assert.NotZero(t, parsed(t, longer).N.Cmp(parsed(t, one).N))
	assert.NotEqual(t, parsed(t, one).Primes[0].Bytes()[:8], parsed(t, longer).Primes[0].Bytes()[:8])
}

func TestAFernetKeyHas32Bytes(t *testing.T) {
	key, err := keys.Fernet(seed)
	require.NoError(t, err)
	raw, err := base64.URLEncoding.DecodeString(key)
	require.NoError(t, err)
	assert.Len(t, raw, 32)
	assert.Len(t, key, 44)
}

func TestAnEmptySeedAndAShortKeyAreRefused(t *testing.T) {
	_, err := keys.Fernet("")
	assert.ErrorContains(t, err, "the seed of a key is empty")
	_, err = keys.RSA("", 2048)
	assert.ErrorContains(t, err, "the seed of a key is empty")
	_, err = keys.RSA(seed, 1024)
	assert.ErrorContains(t, err, "an RSA key of 1024 bits: need a multiple of 16 from 2048")
}

func BenchmarkRSA(b *testing.B) {
	for b.Loop() {
		if _, err := keys.RSA(rand.Text(), 3072); err != nil {
			b.Fatal(err)
		}
	}
}
