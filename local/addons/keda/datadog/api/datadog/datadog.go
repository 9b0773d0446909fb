// Package datadog replaces Datadog's SDK, one package of which has 1,200 files.
package datadog

import "net/http"

// ContextKey is the type of the keys of a context.
type ContextKey string

// ContextAPIKeys and ContextServerVariables are keys of a context.
const (
	ContextAPIKeys         ContextKey = "keys"
	ContextServerVariables ContextKey = "variables"
)

// APIKey is a key.
type APIKey struct{ Key string }

// Configuration is what a client is made with.
type Configuration struct {
	UserAgent  string
	HTTPClient *http.Client
}

// NewConfiguration returns an empty configuration.
func NewConfiguration() *Configuration { return &Configuration{} }

// APIClient sends nothing.
type APIClient struct{ configuration *Configuration }

// NewAPIClient returns a client.
func NewAPIClient(configuration *Configuration) *APIClient { return &APIClient{configuration} }

// GetConfig returns the configuration.
func (c *APIClient) GetConfig() *Configuration { return c.configuration }
