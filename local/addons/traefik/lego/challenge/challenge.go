// Package challenge has the interface of a challenge.
package challenge

import "context"

// Provider presents the answer to a challenge.
type Provider interface {
	Present(ctx context.Context, domain, token, keyAuth string) error
	CleanUp(ctx context.Context, domain, token, keyAuth string) error
}
