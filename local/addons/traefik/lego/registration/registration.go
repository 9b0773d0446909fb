// Package registration has the options of a registration.
package registration

import "errors"

// ErrLeftOut says that nothing here asks an ACME server.
var ErrLeftOut = errors.New("this build of Traefik has no ACME client")

// RegisterOptions of a new account.
type RegisterOptions struct{ TermsOfServiceAgreed bool }

// RegisterEABOptions of a new account that belongs to an external one.
type RegisterEABOptions struct {
	TermsOfServiceAgreed bool
	Kid, HmacEncoded     string
}
