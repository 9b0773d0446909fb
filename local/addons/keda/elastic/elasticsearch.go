// Package elasticsearch replaces Elasticsearch's SDK, whose thousand packages are a third of
// what KEDA compiles. KEDA's scaler of Elasticsearch compiles with it, and finds no server.
package elasticsearch

import (
	"errors"
	"net/http"

	"github.com/elastic/elastic-transport-go/v8/elastictransport"
	"github.com/elastic/go-elasticsearch/v9/esapi"
)

// ErrLeftOut is the answer to everything.
var ErrLeftOut = errors.New("this build has no client of Elasticsearch")

// Client finds no server.
type Client struct {
	Info           esapi.Info
	Search         esapi.Search
	SearchTemplate esapi.SearchTemplate
}

// Option is ignored.
type Option func()

// New returns ErrLeftOut.
func New(...Option) (*Client, error) { return nil, ErrLeftOut }

// Perform returns ErrLeftOut.
func (*Client) Perform(*http.Request) (*http.Response, error) { return nil, ErrLeftOut }

// WithTransportOptions is ignored.
func WithTransportOptions(...elastictransport.Option) Option { return nil }

// WithCloudID is ignored.
func WithCloudID(string) Option { return nil }

// WithAPIKey is ignored.
func WithAPIKey(string) Option { return nil }

// WithAddresses is ignored.
func WithAddresses(...string) Option { return nil }

// WithBasicAuth is ignored.
func WithBasicAuth(string, string) Option { return nil }
