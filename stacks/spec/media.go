package spec

import (
	"encoding/json"
)

// Media is the storage of uploaded files.
type Media struct {
	// none: the app stores no uploads; bucket: a private bucket of the environment.
	Store string `json:"store,omitempty" jsonschema:"enum=none,enum=bucket"`
	// on: keys for apps that speak the S3 protocol only, with the endpoint of the bucket (AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_S3_ENDPOINT_URL); off: the pods' own rights on the bucket. With store bucket, on Google Cloud: on AWS every client finds the pods' rights.
	AccessKeys Switch `json:"accessKeys,omitempty" jsonschema:"enum=on,enum=off"`
	// CORS rules of the bucket; with store bucket.
	CORS []CORSRule `json:"cors,omitempty"`
}

// CORSRule lets pages of other origins access a bucket.
type CORSRule struct {
	// Allowed origins, with scheme.
	Origins []string `json:"origins" jsonschema:"minItems=1,pattern=^(\\*|https?://[A-Za-z0-9.*-]+(:[0-9]+)?)$"`
	// Allowed methods.
	Methods []string `json:"methods,omitempty" jsonschema:"enum=GET,enum=HEAD,enum=PUT,enum=POST,enum=DELETE,uniqueItems=true"`
	// Allowed request headers.
	Headers []string `json:"headers,omitempty" jsonschema:"minLength=1"`
	// Response headers that pages may read.
	Expose []string `json:"expose,omitempty" jsonschema:"minLength=1"`
	// Seconds for which browsers cache the answer to a preflight request.
	MaxAgeSeconds int `json:"maxAgeSeconds,omitempty" jsonschema:"minimum=0,maximum=86400"`
}

// UnmarshalJSON fills in the defaults of a rule before decoding it.
func (r *CORSRule) UnmarshalJSON(raw []byte) error {
	type plain CORSRule
	rule := plain{Methods: []string{"GET", "HEAD"}, Expose: []string{"Content-Type"}, MaxAgeSeconds: 3600}
	if err := json.Unmarshal(raw, &rule); err != nil {
		return err
	}
	*r = CORSRule(rule)
	return nil
}

// HasAccessKeys reports whether the app gets keys for the bucket of uploads.
func (e *Environment) HasAccessKeys() bool {
	return e.Cloud == GCPCloud && e.Media.Store == "bucket" && e.Media.AccessKeys == On
}
