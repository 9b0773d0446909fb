package spec

import (
	"encoding/json"
)

// Media is where uploaded files live.
type Media struct {
	// none: the app stores no uploads; bucket: a private bucket of the environment's own.
	Store string `json:"store,omitempty" jsonschema:"enum=none,enum=bucket"`
	// Pages of other origins that may read it.
	CORS []CORSRule `json:"cors,omitempty"`
}

// CORSRule lets pages of other origins read a bucket.
type CORSRule struct {
	// Origins that may read, with scheme.
	Origins []string `json:"origins" jsonschema:"minItems=1,pattern=^(\\*|https?://[A-Za-z0-9.*-]+(:[0-9]+)?)$"`
	// Methods that they may use.
	Methods []string `json:"methods,omitempty" jsonschema:"enum=GET,enum=HEAD,enum=PUT,enum=POST,enum=DELETE,uniqueItems=true"`
	// Request headers that they may send.
	Headers []string `json:"headers,omitempty" jsonschema:"minLength=1"`
	// Response headers that they may read.
	Expose []string `json:"expose,omitempty" jsonschema:"minLength=1"`
	// Seconds that a browser may remember the answer.
	MaxAgeSeconds int `json:"maxAgeSeconds,omitempty" jsonschema:"minimum=0,maximum=86400"`
}

// UnmarshalJSON fills in a rule's defaults before reading it.
func (r *CORSRule) UnmarshalJSON(raw []byte) error {
	type plain CORSRule
	rule := plain{Methods: []string{"GET", "HEAD"}, Expose: []string{"Content-Type"}, MaxAgeSeconds: 3600}
	if err := json.Unmarshal(raw, &rule); err != nil {
		return err
	}
	*r = CORSRule(rule)
	return nil
}
