package authority_test

import (
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/djangostack/djangostack/components/authority"
)

const seed = "Zk3vQ8xW1pLr7TnB5mYc9HsJd2GfA6Ue"

func hosts() []string { return []string{"blog-postgres", "blog-postgres.blog-dev.svc"} }

func issued(t *testing.T, seed string, generation int) authority.Pair {
	t.Helper()
	pair, err := authority.Issue(seed, generation, "postgres", hosts())
	require.NoError(t, err)
	return pair
}

// verify checks a server's certificate as a client does in verify-full, and returns the client's error.
func verify(t *testing.T, pair authority.Pair, bundle, host string) error {
	t.Helper()
	certificate, err := tls.X509KeyPair([]byte(pair.Certificate), []byte(pair.Key))
	require.NoError(t, err)
	trusted := x509.NewCertPool()
	require.True(t, trusted.AppendCertsFromPEM([]byte(bundle)))
	_, err = certificate.Leaf.Verify(x509.VerifyOptions{Roots: trusted, DNSName: host})
	return err
}

func bundle(t *testing.T, generation int) string {
	t.Helper()
	certificates, err := authority.Bundle(seed, generation)
	require.NoError(t, err)
	return certificates
}

// The figures are those of the first release. If they change, every environment renews its certificates.
func TestTheSameSeedHasTheSameCertificatesForEver(t *testing.T) {
	sum := func(text string) string {
		hashed := sha256.Sum256([]byte(text))
		return hex.EncodeToString(hashed[:8])
	}
	pair := issued(t, seed, 1)
	assert.Equal(t, pair, issued(t, seed, 1))
	assert.Equal(t, "ad2d6899cea3835b", sum(bundle(t, 1)))
	assert.Equal(t, "5bb90e0f65176c33", sum(pair.Certificate))
	assert.Equal(t, "7839bcd4dd6ba683", sum(pair.Key))
}

func TestAClientTrustsItsServer(t *testing.T) {
	for _, host := range hosts() {
		assert.NoError(t, verify(t, issued(t, seed, 1), bundle(t, 1), host))
	}
}

func TestAClientRefusesAnotherAuthorityAndAnotherHost(t *testing.T) {
	assert.ErrorContains(t, verify(t, issued(t, "another", 1), bundle(t, 1), "blog-postgres"), "unknown authority")
	assert.ErrorContains(t, verify(t, issued(t, seed, 1), bundle(t, 1), "blog-redis"), "valid for blog-postgres")
}

// A rotation changes servers and clients one after the other, in either order.
func TestAClientTrustsTheNextGenerationAndNotThePrevious(t *testing.T) {
	assert.NoError(t, verify(t, issued(t, seed, 2), bundle(t, 1), "blog-postgres"))
	assert.NoError(t, verify(t, issued(t, seed, 2), bundle(t, 2), "blog-postgres"))
	assert.ErrorContains(t, verify(t, issued(t, seed, 1), bundle(t, 2), "blog-postgres"), "unknown authority")
}

func TestEveryServerHasItsOwnKey(t *testing.T) {
	other, err := authority.Issue(seed, 1, "redis-cache", []string{"blog-redis-cache"})
	require.NoError(t, err)
	assert.NotEqual(t, issued(t, seed, 1).Key, other.Key)
}

func TestWhatIsMissingIsNamed(t *testing.T) {
	_, err := authority.Issue(seed, 1, "postgres", nil)
	assert.ErrorContains(t, err, "the certificate of postgres: a certificate needs a host name")
	_, err = authority.Bundle("", 1)
	assert.ErrorContains(t, err, "the seed of the authority is empty")
}
