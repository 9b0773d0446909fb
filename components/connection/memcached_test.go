package connection_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/djangostack/djangostack/components/connection"
)

func TestEveryMemcachedIsInTheAddress(t *testing.T) {
	servers := connection.Memcached{Hosts: []string{"blog-memcached", "blog-memcached-1"}, Port: 11211}

	assert.Equal(t, "pymemcache://blog-memcached:11211,blog-memcached-1:11211", servers.URL())
	assert.Equal(t, "blog-memcached:11211 blog-memcached-1:11211", servers.Locations(" "))
}
