package app

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/djangostack/djangostack/components/connection"
)

// trusting returns the server with the file in which the app's processes find the
// certificate of its private authority. A server without one is returned as it is.
func trusting(server *connection.Redis, name string) *connection.Redis {
	if server == nil || server.CA == nil {
		return server
	}
	trusted := *server
	trusted.CAFile = connection.AuthorityFolder + "/" + name
	return &trusted
}

// authorities returns the certificates of the private authorities by the names of their
// files.
func (d dataServices) authorities() map[string]pulumi.StringInput {
	authorities := map[string]pulumi.StringInput{}
	if d.cache != nil && d.cache.CA != nil {
		authorities[connection.CacheAuthority] = d.cache.CA
	}
	if d.broker != nil && d.broker.CA != nil {
		authorities[connection.BrokerAuthority] = d.broker.CA
	}
	if d.queue != nil && d.queue.CA != nil {
		authorities[connection.BrokerAuthority] = d.queue.CA
	}
	if d.search != nil && d.search.CA != nil {
		authorities[connection.SearchAuthority] = d.search.CA
	}
	if d.database.CA != nil {
		authorities[connection.DatabaseAuthority] = d.database.CA
	}
	return authorities
}
