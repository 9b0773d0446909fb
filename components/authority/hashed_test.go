package authority_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"maps"
	"math/big"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/djangostack/djangostack/components/authority"
)

// selfSigned is the certificate of an authority with a subject, in PEM.
func selfSigned(t *testing.T, subject pkix.Name) string {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: subject}
	raw, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	require.NoError(t, err)
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: raw}))
}

func names(t *testing.T, bundles ...string) []string {
	t.Helper()
	hashed, err := authority.Hashed(bundles...)
	require.NoError(t, err)
	return slices.Sorted(maps.Keys(hashed))
}

// The names are those that "openssl x509 -subject_hash" of OpenSSL 3 prints, which is asked where it is installed.
func TestACertificateHasTheNameByWhichOpenSSLFindsIt(t *testing.T) {
	qualified := []pkix.AttributeTypeAndValue{{Type: []int{2, 5, 4, 46}, Value: "One qualifier"}, {Type: []int{2, 5, 4, 3}, Value: "Server CA"}}
	for want, subject := range map[string]pkix.Name{
		"deb48f79": {CommonName: "djangostack authority 1"},
		"87d4654a": {CommonName: "  Two  Spaces ", Organization: []string{"Example GmbH & Co"}, Country: []string{"DE"}},
		"a22eb6c5": {CommonName: "Zürich Ä", OrganizationalUnit: []string{"b", "a"}, Locality: []string{"x_y@z*"}},
		"071b66ee": {ExtraNames: qualified},
	} {
		certificate := selfSigned(t, subject)
		assert.Equal(t, []string{want + ".0"}, names(t, certificate))

		program, err := exec.LookPath("openssl")
		if err != nil {
			continue
		}
		file := filepath.Join(t.TempDir(), "ca.pem")
		require.NoError(t, os.WriteFile(file, []byte(certificate), 0o600))
		out, err := exec.Command(program, "x509", "-noout", "-subject_hash", "-in", file).Output()
		require.NoError(t, err)
		assert.Equal(t, strings.TrimSpace(string(out)), want)
	}
}

func TestEachCertificateOfAllBundlesIsThereOnce(t *testing.T) {
	of := bundle(t, 1)
	assert.Equal(t, []string{"deb48f79.0", "fdf388f8.0"}, names(t, of, of))
	one, two := selfSigned(t, pkix.Name{CommonName: "same"}), selfSigned(t, pkix.Name{CommonName: "same"})
	assert.Len(t, names(t, one, two), 2, "two with one subject")
	first, err := authority.Hashed(one, two)
	require.NoError(t, err)
	second, err := authority.Hashed(two, one)
	require.NoError(t, err)
	assert.Equal(t, first, second)
	assert.Empty(t, names(t, "no certificate"))
	_, err = authority.Hashed("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")
	assert.ErrorContains(t, err, "reading the certificate of an authority")
}
