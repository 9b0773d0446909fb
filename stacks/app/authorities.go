package app

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/djangostack/djangostack/components/connection"
	"github.com/djangostack/djangostack/components/django"
)

// trusting returns the server with the file in which the app's processes find the
// certificate of its private authority. A server without one is returned as it is.
func trusting(server *connection.Redis, name string) *connection.Redis {
	if server == nil || server.CA == nil {
		return server
	}
	trusted := *server
	trusted.CAFile = django.AuthorityFolder + "/" + name
	return &trusted
}

// The names of the authorities' files in django.AuthorityFolder.
const (
	cacheAuthority  = "cache.pem"
	brokerAuthority = "broker.pem"
)

// authorities returns the certificates of the private authorities by the names of their
// files.
func (d dataServices) authorities() map[string]pulumi.StringInput {
	authorities := map[string]pulumi.StringInput{}
	if d.cache != nil && d.cache.CA != nil {
		authorities[cacheAuthority] = d.cache.CA
	}
	if d.broker != nil && d.broker.CA != nil {
		authorities[brokerAuthority] = d.broker.CA
	}
	return authorities
}
