// Package pki creates the cluster's certificate authorities, certificates and kubeconfigs in the home directory.
package pki

import (
	"crypto"
	"crypto/x509"
	"fmt"
	"net"
	"os"
	"time"

	certutil "k8s.io/client-go/util/cert"
	kubeadm "k8s.io/kubernetes/cmd/kubeadm/app/apis/kubeadm"
	"k8s.io/kubernetes/cmd/kubeadm/app/util/pkiutil"

	"github.com/djangostack/djangostack/local/cluster"
)

// Authorities are created once per cluster. Certificates are renewed whenever the cluster starts.
const (
	authorityLife   = 10 * 365 * 24 * time.Hour
	certificateLife = 365 * 24 * time.Hour
)

const (
	clusterAuthority = "ca"
	// A certificate of this authority lets its holder act as any user in the aggregation layer, so the authority signs no
	// other certificates.
	frontProxyAuthority = "front-proxy-ca"
	// ServiceAccountKey is the name of the key that signs service account tokens.
	ServiceAccountKey = "sa"
)

// Issue creates the authorities and the service account key unless they exist, and writes new certificates and kubeconfigs
// below home. apiPort is the API server's port on 127.0.0.1 of this machine. Errors name the certificate or file that
// could not be read or written.
func Issue(home cluster.Home, apiPort int) error {
	if err := os.MkdirAll(home.Path("pki"), 0o700); err != nil {
		return fmt.Errorf("creating the directory of certificates: %w", err)
	}
	for _, name := range []string{clusterAuthority, frontProxyAuthority} {
		if err := ensureAuthority(home, name); err != nil {
			return err
		}
	}
	if err := ensureServiceAccountKey(home); err != nil {
		return err
	}
	for _, wanted := range certificates() {
		if err := issue(home, wanted); err != nil {
			return err
		}
	}
	return writeKubeconfigs(home, apiPort)
}

func ensureAuthority(home cluster.Home, name string) error {
	if pkiutil.CertOrKeyExist(home.Path("pki"), name) {
		return nil
	}
	cert, key, err := pkiutil.NewCertificateAuthority(&pkiutil.CertConfig{
		Config:              certutil.Config{CommonName: "djangostack-" + name},
		EncryptionAlgorithm: kubeadm.EncryptionAlgorithmECDSAP256,
		NotAfter:            time.Now().Add(authorityLife),
	})
	if err != nil {
		return fmt.Errorf("creating the certificate authority %s: %w", name, err)
	}
	return write(home, name, cert, key)
}

func ensureServiceAccountKey(home cluster.Home) error {
	if _, err := os.Stat(home.Key(ServiceAccountKey)); err == nil {
		return nil
	}
	// Every client library can verify tokens that an RSA key signed.
	key, err := pkiutil.GeneratePrivateKey(kubeadm.EncryptionAlgorithmRSA2048)
	if err != nil {
		return fmt.Errorf("creating the key for service account tokens: %w", err)
	}
	if err := pkiutil.WriteKey(home.Path("pki"), ServiceAccountKey, key); err != nil {
		return fmt.Errorf("writing the key for service account tokens: %w", err)
	}
	return nil
}

func issue(home cluster.Home, wanted certificate) error {
	caCert, caKey, err := pkiutil.TryLoadCertAndKeyFromDisk(home.Path("pki"), wanted.authority)
	if err != nil {
		return fmt.Errorf("reading the certificate authority %s: %w", wanted.authority, err)
	}
	cert, key, err := pkiutil.NewCertAndKey(caCert, caKey, &pkiutil.CertConfig{
		Config:              wanted.config(),
		EncryptionAlgorithm: kubeadm.EncryptionAlgorithmECDSAP256,
		NotAfter:            time.Now().Add(certificateLife),
	})
	if err != nil {
		return fmt.Errorf("signing the certificate %s: %w", wanted.name, err)
	}
	return write(home, wanted.name, cert, key)
}

func write(home cluster.Home, name string, cert *x509.Certificate, key crypto.Signer) error {
	if err := pkiutil.WriteCertAndKey(home.Path("pki"), name, cert, key); err != nil {
		return fmt.Errorf("writing the certificate %s: %w", name, err)
	}
	return nil
}

func addresses(texts ...string) []net.IP {
	var ips []net.IP
	for _, text := range texts {
		ips = append(ips, net.ParseIP(text))
	}
	return ips
}
