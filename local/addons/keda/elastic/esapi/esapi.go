// Package esapi has the requests that KEDA makes.
package esapi

import (
	"context"
	"io"
)

// Response is an answer.
type Response struct {
	StatusCode int
	Body       io.ReadCloser
}

// IsError reports an answer that is an error.
func (r *Response) IsError() bool { return r.StatusCode > 299 }

// InfoRequest, SearchRequest and SearchTemplateRequest are empty.
type (
	InfoRequest           struct{}
	SearchRequest         struct{}
	SearchTemplateRequest struct{}
)

// Info, Search and SearchTemplate are never called, because there is no client.
type (
	Info           func(...func(*InfoRequest)) (*Response, error)
	Search         func(...func(*SearchRequest)) (*Response, error)
	SearchTemplate func(io.Reader, ...func(*SearchTemplateRequest)) (*Response, error)
)

// WithIndex is ignored.
func (Search) WithIndex(...string) func(*SearchRequest) { return nil }

// WithBody is ignored.
func (Search) WithBody(io.Reader) func(*SearchRequest) { return nil }

// WithContext is ignored.
func (Search) WithContext(context.Context) func(*SearchRequest) { return nil }

// WithIndex is ignored.
func (SearchTemplate) WithIndex(...string) func(*SearchTemplateRequest) { return nil }

// WithContext is ignored.
func (SearchTemplate) WithContext(context.Context) func(*SearchTemplateRequest) { return nil }
