package connection

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// Search says how to connect to one OpenSearch.
type Search struct {
	Host     pulumi.StringInput
	Port     int
	User     string
	Password pulumi.StringInput
	TLS      bool
	// CA is the certificates, in PEM, of the private authority that signed the server's
	// certificate; nil for a public authority, and without TLS.
	CA pulumi.StringInput
}

// CAFile is the path of the CA in the pods; empty without one.
func (s Search) CAFile() string {
	if s.CA == nil {
		return ""
	}
	return AuthorityFolder + "/" + SearchAuthority
}

// URL is the address of the server with user and password, in the form that opensearch-py and
// django-haystack parse. It is secret.
func (s Search) URL() pulumi.StringOutput {
	scheme := "http"
	if s.TLS {
		scheme = "https"
	}
	return pulumi.Sprintf("%s://%s%s:%d", scheme, credentials(s.User, s.Password, nil), hostInURL(s.Host), s.Port)
}
