// Package certificate has the types of a request for a certificate.
package certificate

import (
	"context"

	"github.com/go-acme/lego/v5/certcrypto"
	"github.com/go-acme/lego/v5/registration"
)

// Resource is a certificate with its key.
type Resource struct {
	ID                      string
	Domains                 []string
	PrivateKey, Certificate []byte
}

// ObtainRequest asks for a certificate.
type ObtainRequest struct {
	Domains                  []string
	Bundle, EnableCommonName bool
	EmailAddresses           []string
	Profile, PreferredChain  string
	KeyType                  certcrypto.KeyType
}

// RenewOptions ask for a new certificate in place of an old one.
type RenewOptions struct {
	Bundle, EnableCommonName bool
	EmailAddresses           []string
	Profile, PreferredChain  string
}

// Certifier refuses every request.
type Certifier struct{}

// Obtain returns registration.ErrLeftOut.
func (*Certifier) Obtain(context.Context, ObtainRequest) (*Resource, error) {
	return nil, registration.ErrLeftOut
}

// Renew returns registration.ErrLeftOut.
func (*Certifier) Renew(context.Context, Resource, *RenewOptions) (*Resource, error) {
	return nil, registration.ErrLeftOut
}
