// Package lego has the client of an ACME server.
package lego

import (
	"context"
	"crypto"
	"crypto/x509"
	"net/http"
	"time"

	"github.com/go-acme/lego/v5/acme"
	"github.com/go-acme/lego/v5/certificate"
	"github.com/go-acme/lego/v5/challenge"
	"github.com/go-acme/lego/v5/challenge/dns01"
	"github.com/go-acme/lego/v5/challenge/http01"
	"github.com/go-acme/lego/v5/challenge/tlsalpn01"
	"github.com/go-acme/lego/v5/registration"
)

// DirectoryURLLetsEncrypt is the default server.
const DirectoryURLLetsEncrypt = "https://acme-v02.api.letsencrypt.org/directory"

// User is the owner of an account.
type User interface {
	GetEmail() string
	GetRegistration() *acme.ExtendedAccount
	GetPrivateKey() crypto.Signer
}

// CertificateConfig says how long a certificate may take.
type CertificateConfig struct{ Timeout time.Duration }

// Config describes a client.
type Config struct {
	CADirURL, UserAgent string
	Certificate         CertificateConfig
	HTTPClient          *http.Client
}

// NewConfig returns an empty configuration.
func NewConfig(User) *Config { return &Config{} }

// Solvers refuse every challenge.
type Solvers struct{}

// SetDNS01Provider returns registration.ErrLeftOut.
func (*Solvers) SetDNS01Provider(challenge.Provider, ...dns01.ChallengeOption) error {
	return registration.ErrLeftOut
}

// SetHTTP01Provider returns registration.ErrLeftOut.
func (*Solvers) SetHTTP01Provider(challenge.Provider, ...http01.ChallengeOption) error {
	return registration.ErrLeftOut
}

// SetTLSALPN01Provider returns registration.ErrLeftOut.
func (*Solvers) SetTLSALPN01Provider(challenge.Provider, ...tlsalpn01.ChallengeOption) error {
	return registration.ErrLeftOut
}

// Registrar refuses to register an account.
type Registrar struct{}

// Register returns registration.ErrLeftOut.
func (*Registrar) Register(context.Context, registration.RegisterOptions) (*acme.ExtendedAccount, error) {
	return nil, registration.ErrLeftOut
}

// RegisterWithExternalAccountBinding returns registration.ErrLeftOut.
func (*Registrar) RegisterWithExternalAccountBinding(context.Context, registration.RegisterEABOptions) (*acme.ExtendedAccount, error) {
	return nil, registration.ErrLeftOut
}

// Client of an ACME server.
type Client struct {
	Certificate  *certificate.Certifier
	Challenge    *Solvers
	Registration *Registrar
}

// NewClient returns registration.ErrLeftOut.
func NewClient(*Config) (*Client, error) { return nil, registration.ErrLeftOut }

// CreateCertPool returns registration.ErrLeftOut.
func CreateCertPool([]string, bool) (*x509.CertPool, error) { return nil, registration.ErrLeftOut }
