// Package http01 has the options of an HTTP challenge.
package http01

import "time"

// PathPrefix is the path of the answers.
const PathPrefix = "/.well-known/acme-challenge/"

// ChallengeOption changes an HTTP challenge.
type ChallengeOption func()

// SetDelay returns no option.
func SetDelay(time.Duration) ChallengeOption { return nil }
