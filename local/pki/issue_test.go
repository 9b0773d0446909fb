package pki

import (
	"crypto/x509"
	"os"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"k8s.io/client-go/tools/clientcmd"
	certutil "k8s.io/client-go/util/cert"

	"github.com/djangostack/djangostack/local/cluster"
)

func TestIssueSignsCertificatesAndWritesKubeconfigs(t *testing.T) {
	home := cluster.Home(t.TempDir())
	require.NoError(t, Issue(home, 40123))

	roots := x509.NewCertPool()
	roots.AddCert(read(t, home, clusterAuthority))
	for _, name := range []string{"127.0.0.1", cluster.NodeAddress, cluster.APIService, "kubernetes.default.svc"} {
		_, err := read(t, home, "kube-apiserver").Verify(x509.VerifyOptions{DNSName: name, Roots: roots})
		assert.NoError(t, err, name)
	}
	_, err := read(t, home, "kube-apiserver").Verify(x509.VerifyOptions{DNSName: "example.com", Roots: roots})
	assert.Error(t, err)
	admin := read(t, home, "admin")
	_, err = admin.Verify(x509.VerifyOptions{Roots: roots, KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}})
	assert.NoError(t, err)
	assert.Equal(t, []string{"system:masters"}, admin.Subject.Organization)
	_, err = read(t, home, "front-proxy-client").Verify(x509.VerifyOptions{Roots: roots, KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}})
	assert.Error(t, err, "a separate authority signs certificates that can act as any user")

	for file, server := range map[string]string{home.Kubeconfig(): "https://127.0.0.1:40123", home.ClientConfig("kubelet"): "https://" + cluster.APIAddress} {
		config, err := clientcmd.BuildConfigFromFlags("", file)
		require.NoError(t, err)
		assert.Equal(t, server, config.Host)
		assert.NotEmpty(t, config.CertData)
		info, err := os.Stat(file)
		require.NoError(t, err)
		assert.Zero(t, info.Mode().Perm()&0o077, "%s holds a key", file)
	}
}

func TestIssueAgainKeepsAuthoritiesAndRenewsCertificates(t *testing.T) {
	home := cluster.Home(t.TempDir())
	require.NoError(t, Issue(home, 1))
	authority, server := read(t, home, clusterAuthority), read(t, home, "kube-apiserver")
	tokens, err := os.ReadFile(home.Key(ServiceAccountKey))
	require.NoError(t, err)
	require.NoError(t, Issue(home, 1))
	assert.Equal(t, authority.SerialNumber, read(t, home, clusterAuthority).SerialNumber)
	assert.NotEqual(t, server.SerialNumber, read(t, home, "kube-apiserver").SerialNumber)
	again, err := os.ReadFile(home.Key(ServiceAccountKey))
	require.NoError(t, err)
	assert.Equal(t, tokens, again, "tokens of pods stay valid")
}

func read(t *testing.T, home cluster.Home, name string) *x509.Certificate {
	t.Helper()
	certs, err := certutil.CertsFromFile(home.Cert(name))
	require.NoError(t, err)
	return certs[0]
}
