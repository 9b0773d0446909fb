// Package tlsalpn01 has the options of a TLS challenge.
package tlsalpn01

import (
	"time"

	"github.com/go-acme/lego/v5/registration"
)

// ACMETLS1Protocol is the protocol of the challenge in a TLS handshake.
const ACMETLS1Protocol = "acme-tls/1"

// ChallengeOption changes a TLS challenge.
type ChallengeOption func()

// SetDelay returns no option.
func SetDelay(time.Duration) ChallengeOption { return nil }

// ChallengeBlocks returns registration.ErrLeftOut.
func ChallengeBlocks(string, string) (certificate, key []byte, err error) {
	return nil, nil, registration.ErrLeftOut
}
