package app

import (
	"cmp"
	"fmt"
	"net/url"
	"strconv"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/djangostack/djangostack/components/connection"
	"github.com/djangostack/djangostack/components/contract"
	"github.com/djangostack/djangostack/components/django"
)

// redisUser is the user that a Redis authenticates by a password alone
// (https://redis.io/docs/latest/operate/oss_and_stack/management/security/acl/).
const redisUser = "default"

// addCacheParts adds the parts of the cache's connection, for apps that read no URL.
func addCacheParts(values django.Values, cache *connection.Redis) {
	values[contract.CacheHost] = cache.Host
	values[contract.CachePort] = pulumi.String(strconv.Itoa(cache.Port))
	if cache.Authenticates() {
		values[contract.CacheUser] = pulumi.String(cmp.Or(cache.User, redisUser))
	}
	if cache.Password != nil {
		values[contract.CachePassword] = cache.Password
		values[contract.CacheURLPassword] = cache.URLPassword()
	}
	values[contract.CacheNumber] = pulumi.String(strconv.Itoa(cache.Number))
	values[contract.CacheTLS] = pulumi.String(strconv.FormatBool(cache.TLS))
	if cache.CAFile != "" {
		values[contract.CacheCAFile] = pulumi.String(cache.CAFile)
	}
	values[contract.CachePlainURL] = cache.PlainURL(cache.Number)
}

// addBrokerParts adds the parts of the broker's connection.
func addBrokerParts(values django.Values, d dataServices) {
	if broker := d.broker; broker != nil {
		values[contract.BrokerHost] = broker.Host
		values[contract.BrokerPort] = pulumi.String(strconv.Itoa(broker.Port))
		if broker.Authenticates() {
			values[contract.BrokerUser] = pulumi.String(cmp.Or(broker.User, redisUser))
		}
		if broker.Password != nil {
			values[contract.BrokerPassword] = broker.Password
			values[contract.BrokerURLPassword] = broker.URLPassword()
		}
		values[contract.BrokerNumber] = pulumi.String(strconv.Itoa(broker.Number))
		values[contract.BrokerTLS] = pulumi.String(strconv.FormatBool(broker.TLS))
		if broker.CAFile != "" {
			values[contract.BrokerCAFile] = pulumi.String(broker.CAFile)
		}
	}
	if queue := d.queue; queue != nil {
		values[contract.BrokerHost] = queue.Host
		values[contract.BrokerPort] = pulumi.String(strconv.Itoa(queue.Port))
		values[contract.BrokerUser] = pulumi.String(queue.User)
		if queue.Password != nil {
			values[contract.BrokerPassword] = queue.Password
			values[contract.BrokerURLPassword] = queue.URLPassword()
		}
		values[contract.BrokerVirtualHost] = pulumi.String(queue.Vhost())
		values[contract.BrokerTLS] = pulumi.String(strconv.FormatBool(queue.TLS))
		if queue.CA != nil {
			values[contract.BrokerCAFile] = pulumi.String(queue.CAFile())
		}
	}
}

// searchURL is the address of the search engine in the cluster, or of the platform's; nil without one.
func (w wiring) searchURL(inCluster *connection.Search) pulumi.StringInput {
	if inCluster != nil {
		return inCluster.URL()
	}
	return w.platform.SearchURL
}

// addSearch adds the search engine's URL and its parts, if there is one.
func addSearch(values django.Values, address pulumi.StringInput) {
	if address == nil {
		return
	}
	values[contract.SearchURL] = address
	part := func(read func(*url.URL) string) pulumi.StringOutput {
		return address.ToStringOutput().ApplyT(func(text string) (string, error) {
			parsed, err := url.Parse(text)
			if err != nil {
				// The error of url.Parse holds the address with its password.
				return "", fmt.Errorf("the address of the search engine is no URL")
			}
			return read(parsed), nil
		}).(pulumi.StringOutput)
	}
	password := func(u *url.URL) string {
		password, _ := u.User.Password()
		return password
	}
	values[contract.SearchHost] = part((*url.URL).Hostname)
	values[contract.SearchPort] = part(searchPort)
	values[contract.SearchUser] = part(func(u *url.URL) string { return u.User.Username() })
	values[contract.SearchTLS] = part(func(u *url.URL) string { return strconv.FormatBool(u.Scheme == "https") })
	values[contract.SearchPassword] = part(password)
	values[contract.SearchURLPassword] = part(func(u *url.URL) string { return connection.Escaped(password(u)) })
}

// searchPort is the port of a URL, or that of its scheme.
func searchPort(u *url.URL) string {
	switch {
	case u.Port() != "":
		return u.Port()
	case u.Scheme == "https":
		return "443"
	default:
		return "80"
	}
}
