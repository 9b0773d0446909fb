// Package datadogV1 has the request that KEDA makes.
package datadogV1

import (
	"context"
	"errors"
	"net/http"

	"github.com/DataDog/datadog-api-client-go/v2/api/datadog"
)

// ErrLeftOut is the answer to everything.
var ErrLeftOut = errors.New("this build has no client of Datadog")

// MetricsApi finds no server.
type MetricsApi struct{}

// NewMetricsApi returns an API without a server.
func NewMetricsApi(*datadog.APIClient) *MetricsApi { return &MetricsApi{} }

// QueryMetrics returns ErrLeftOut.
func (*MetricsApi) QueryMetrics(context.Context, int64, int64, string) (MetricsQueryResponse, *http.Response, error) {
	return MetricsQueryResponse{}, nil, ErrLeftOut
}

// MetricsQueryResponse is empty.
type MetricsQueryResponse struct{}

// GetStatus returns nothing.
func (*MetricsQueryResponse) GetStatus() string { return "" }

// GetErrorOk returns nothing.
func (*MetricsQueryResponse) GetErrorOk() (*string, bool) { return nil, false }

// GetSeries returns nothing.
func (*MetricsQueryResponse) GetSeries() []MetricsQueryMetadata { return nil }

// MetricsQueryMetadata is empty.
type MetricsQueryMetadata struct{}

// GetPointlist returns nothing.
func (*MetricsQueryMetadata) GetPointlist() [][]*float64 { return nil }
