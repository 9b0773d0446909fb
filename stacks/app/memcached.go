package app

import (
	"strconv"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/djangostack/djangostack/components/connection"
	"github.com/djangostack/djangostack/components/contract"
	"github.com/djangostack/djangostack/components/django"
	"github.com/djangostack/djangostack/components/kubernetes"
)

// memcached registers the Memcached servers of the cache; nil if the environment has none.
func (w wiring) memcached() (*connection.Memcached, []pulumi.Resource, error) {
	if !w.environment.RunsMemcached() {
		return nil, nil, nil
	}
	wanted := w.environment.Cache
	servers, err := kubernetes.NewMemcached(w.ctx, w.name, &kubernetes.MemcachedArgs{
		Namespace:   w.namespace,
		Labels:      w.labels,
		Image:       string(wanted.Image),
		Servers:     wanted.Servers,
		Memory:      string(wanted.Memory),
		CPU:         string(wanted.CPU),
		Connections: w.environment.CacheConnections(),
		Parameters:  w.environment.MemcachedParameters(),
	}, w.options...)
	if err != nil {
		return nil, nil, err
	}
	return &servers.Servers, []pulumi.Resource{servers}, nil
}

// addMemcached adds the addresses of the servers, if there are any. The values that only a Redis
// has, such as a password, are not among them.
func addMemcached(values django.Values, servers *connection.Memcached) {
	if servers == nil {
		return
	}
	values[contract.CacheURL] = pulumi.String(servers.URL())
	values[contract.CachePlainURL] = pulumi.String(servers.URL())
	values[contract.CacheBackend] = pulumi.String("django.core.cache.backends.memcached.PyMemcacheCache")
	values[contract.CacheLocation] = pulumi.String(servers.Locations(" "))
	values[contract.CacheLocations] = pulumi.String(servers.Locations(","))
	values[contract.CacheTLS] = pulumi.String("false")
	if len(servers.Hosts) == 1 {
		values[contract.CacheHost] = pulumi.String(servers.Hosts[0])
		values[contract.CachePort] = pulumi.String(strconv.Itoa(servers.Port))
	}
}
