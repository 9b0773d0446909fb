// Package dns01 has the options of a DNS challenge.
package dns01

import (
	"strings"
	"time"
)

// Options of a client of name servers.
type Options struct{ RecursiveNameservers []string }

// Client of name servers.
type Client struct{}

// NewClient returns a client that asks nothing.
func NewClient(*Options) *Client { return &Client{} }

// SetDefaultClient ignores the client.
func SetDefaultClient(*Client) {}

// ChallengeOption changes a DNS challenge.
type ChallengeOption func()

// CondOptions returns no option.
func CondOptions(bool, ...ChallengeOption) ChallengeOption { return nil }

// DisableAuthoritativeNssPropagationRequirement returns no option.
func DisableAuthoritativeNssPropagationRequirement() ChallengeOption { return nil }

// DisableRecursiveNSsPropagationRequirement returns no option.
func DisableRecursiveNSsPropagationRequirement() ChallengeOption { return nil }

// PropagationWait returns no option.
func PropagationWait(time.Duration, bool) ChallengeOption { return nil }

// UnFqdn returns a name without the dot at its end.
func UnFqdn(name string) string { return strings.TrimSuffix(name, ".") }
