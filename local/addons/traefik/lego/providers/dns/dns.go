// Package dns has no provider.
package dns

import (
	"github.com/go-acme/lego/v5/challenge"
	"github.com/go-acme/lego/v5/registration"
)

// NewDNSChallengeProviderByName returns registration.ErrLeftOut.
func NewDNSChallengeProviderByName(string) (challenge.Provider, error) {
	return nil, registration.ErrLeftOut
}
