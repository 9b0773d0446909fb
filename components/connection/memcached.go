package connection

import (
	"strconv"
	"strings"
)

// Memcached says how to connect to the servers of a cache, which have no password. The client
// decides by its key on which of them an item is.
type Memcached struct {
	// Hosts are the servers, in an order that the keys depend on.
	Hosts []string
	Port  int
}

// Locations lists the servers as HOST:PORT with a separator. Django reads commas
// (https://docs.djangoproject.com/en/stable/topics/cache/#memcached).
func (m Memcached) Locations(separator string) string {
	servers := make([]string, 0, len(m.Hosts))
	for _, host := range m.Hosts {
		servers = append(servers, host+":"+strconv.Itoa(m.Port))
	}
	return strings.Join(servers, separator)
}

// URL is the address of all servers in the form that django-environ and django-cache-url read,
// for the client pymemcache.
func (m Memcached) URL() string { return "pymemcache://" + m.Locations(",") }
