// Package authority issues certificates of a private certificate authority. Everything
// follows from one secret seed, so the same seed yields the same certificates on every
// machine and in every run, and nothing but the seed has to be kept.
//
// The package imports components/keys and the standard library.
package authority

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"math/big"
	"time"

	"github.com/djangostack/djangostack/components/keys"
)

// Pair is a certificate and its private key, both in PEM.
type Pair struct {
	Certificate, Key string
}

// Bundle returns the certificates that clients of a generation trust, in PEM: the authority
// of this generation and of the next. A client therefore trusts servers that have moved on
// to the next generation before it has itself.
func Bundle(seed string, generation int) (string, error) {
	var bundle bytes.Buffer
	for _, each := range []int{generation, generation + 1} {
		issuer, err := newIssuer(seed, each)
		if err != nil {
			return "", err
		}
		bundle.WriteString(encode("CERTIFICATE", issuer.certificate.Raw))
	}
	return bundle.String(), nil
}

// Issue returns the certificate and key of a server for its host names, signed by the
// authority of a generation.
func Issue(seed string, generation int, name string, hosts []string) (Pair, error) {
	if len(hosts) == 0 {
		return Pair{}, fmt.Errorf("issuing the certificate of %s: a certificate needs a host name", name)
	}
	issuer, err := newIssuer(seed, generation)
	if err != nil {
		return Pair{}, err
	}
	key, err := deriveKey(seed, fmt.Sprintf("server %s %d", name, generation))
	if err != nil {
		return Pair{}, err
	}
	certificate, err := sign(&x509.Certificate{
		Subject:     pkix.Name{CommonName: name},
		DNSNames:    hosts,
		KeyUsage:    x509.KeyUsageDigitalSignature,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}, issuer.certificate, key, issuer.key)
	if err != nil {
		return Pair{}, fmt.Errorf("issuing the certificate of %s: %w", name, err)
	}
	encoded, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return Pair{}, fmt.Errorf("encoding the key of %s: %w", name, err)
	}
	return Pair{Certificate: encode("CERTIFICATE", certificate.Raw), Key: encode("PRIVATE KEY", encoded)}, nil
}

// issuer is the authority of one generation.
type issuer struct {
	certificate *x509.Certificate
	key         *ecdsa.PrivateKey
}

func newIssuer(seed string, generation int) (issuer, error) {
	if seed == "" {
		return issuer{}, errors.New("the seed of the authority is empty")
	}
	name := fmt.Sprintf("djangostack authority %d", generation)
	key, err := deriveKey(seed, name)
	if err != nil {
		return issuer{}, err
	}
	template := &x509.Certificate{
		Subject:               pkix.Name{CommonName: name},
		KeyUsage:              x509.KeyUsageCertSign,
		IsCA:                  true,
		BasicConstraintsValid: true,
		MaxPathLenZero:        true,
	}
	certificate, err := sign(template, template, key, key)
	if err != nil {
		return issuer{}, fmt.Errorf("signing the certificate of the authority: %w", err)
	}
	return issuer{certificate: certificate, key: key}, nil
}

// deriveKey returns the key for one purpose. Almost every 32 bytes are a key on the curve;
// the attempts are for those that are not.
func deriveKey(seed, purpose string) (*ecdsa.PrivateKey, error) {
	const length, attempts = 32, 8
	var problem error
	for attempt := range attempts {
		raw, err := keys.Derive(seed, fmt.Sprintf("%s %d", purpose, attempt), length)
		if err != nil {
			return nil, err
		}
		key, err := ecdsa.ParseRawPrivateKey(elliptic.P256(), raw)
		if err == nil {
			return key, nil
		}
		problem = err
	}
	return nil, fmt.Errorf("deriving a key: %w", problem)
}

// sign fills in what all certificates share. They do not expire: 99991231235959Z says so
// (RFC 5280, 4.1.2.5). A date that depended on the clock would change them in every run.
func sign(template, parent *x509.Certificate, key, signer *ecdsa.PrivateKey) (*x509.Certificate, error) {
	public, err := x509.MarshalPKIXPublicKey(key.Public())
	if err != nil {
		return nil, fmt.Errorf("encoding a public key: %w", err)
	}
	// At most 20 bytes (RFC 5280, 4.1.2.2).
	serial := sha256.Sum256(public)
	template.SerialNumber = new(big.Int).SetBytes(serial[:16])
	template.NotBefore = time.Date(2020, time.January, 1, 0, 0, 0, 0, time.UTC)
	template.NotAfter = time.Date(9999, time.December, 31, 23, 59, 59, 0, time.UTC)
	raw, err := x509.CreateCertificate(nil, template, parent, key.Public(), deterministic{signer})
	if err != nil {
		return nil, err
	}
	return x509.ParseCertificate(raw)
}

// deterministic signs without randomness (RFC 6979): the same content has the same
// signature.
type deterministic struct {
	*ecdsa.PrivateKey
}

func (d deterministic) Sign(_ io.Reader, digest []byte, opts crypto.SignerOpts) ([]byte, error) {
	return d.PrivateKey.Sign(nil, digest, opts)
}

func encode(kind string, raw []byte) string {
	return string(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: raw}))
}
