package app

import (
	"maps"

	"github.com/djangostack/djangostack/components/connection"
	"github.com/djangostack/djangostack/components/contract"
	"github.com/djangostack/djangostack/components/django"
)

// storedValues are the values of the contract that follow from one server's stored credentials.
type storedValues struct {
	stored                      *connection.Stored
	user, password, urlPassword contract.Path
	// composed have references to the variables of stored.
	composed []contract.Path
}

// stored takes the values that follow from credentials in existing Secrets out of values, and
// returns how the pods get them instead; nil if no server has such credentials.
func (d dataServices) stored(values django.Values) *django.Stored {
	all := &django.Stored{Entries: map[contract.Path]connection.SecretKey{}, Composed: django.Values{}, Variables: map[string]connection.SecretKey{}}
	for _, server := range d.storedValues() {
		add := func(path contract.Path, entry *connection.SecretKey) {
			if entry != nil {
				all.Entries[path] = *entry
				delete(values, path)
			}
		}
		add(server.user, server.stored.User)
		add(server.password, server.stored.Password)
		add(server.urlPassword, server.stored.URLPassword)
		for _, path := range server.composed {
			if value, has := values[path]; has {
				all.Composed[path] = value
				delete(values, path)
			}
		}
		if server.stored.URLPassword != nil {
			maps.Copy(all.Variables, server.stored.Variables())
		}
	}
	if len(all.Entries) == 0 {
		return nil
	}
	return all
}

// storedValues lists the servers whose credentials are in existing Secrets.
func (d dataServices) storedValues() []storedValues {
	var servers []storedValues
	if stored := d.database.Stored; stored != nil {
		servers = append(servers, storedValues{
			stored, contract.DatabaseUser, contract.DatabasePassword, contract.DatabaseURLPassword,
			[]contract.Path{contract.DatabaseURL, contract.DatabaseDirectURL},
		})
	}
	if d.cache != nil && d.cache.Stored != nil {
		servers = append(servers, storedValues{
			encodable(d.cache.Stored), contract.CacheUser, contract.CachePassword, contract.CacheURLPassword,
			[]contract.Path{contract.CacheURL, contract.CacheRedisURL, contract.CacheLocation, contract.CacheLocations, contract.CachePlainURL},
		})
	}
	broker := storedValues{nil, contract.BrokerUser, contract.BrokerPassword, contract.BrokerURLPassword, []contract.Path{contract.BrokerURL}}
	switch {
	case d.broker != nil && d.broker.Stored != nil:
		broker.stored = encodable(d.broker.Stored)
		broker.composed = append(broker.composed, contract.ResultBackend)
		servers = append(servers, broker)
	case d.queue != nil && d.queue.Stored != nil:
		broker.stored = encodable(d.queue.Stored)
		servers = append(servers, broker)
	}
	return servers
}

// encodable returns the credentials with an entry for URLs. A password without a separate one
// consists of characters that need no encoding.
func encodable(stored *connection.Stored) *connection.Stored {
	all := *stored
	if all.URLPassword == nil {
		all.URLPassword = all.Password
	}
	return &all
}
