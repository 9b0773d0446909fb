// Package connection holds the small values that pass between components: how to
// reach a database or a Redis server.
package connection

import (
	"net/url"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// Database is how to reach one PostgreSQL database.
type Database struct {
	Host     pulumi.StringInput
	Port     int
	Name     string
	User     string
	Password pulumi.StringInput
	// SSLMode is libpq's sslmode: disable, require, verify-ca or verify-full.
	SSLMode string
}

// URL is the database's address with user and password, in the form that
// dj-database-url and django-environ read. It is secret.
func (d Database) URL() pulumi.StringOutput {
	password := secretEscaped(d.Password)
	return pulumi.Sprintf("postgres://%s:%s@%s:%d/%s?sslmode=%s", d.User, password, d.Host, d.Port, d.Name, d.SSLMode)
}

// Redis is how to reach one Redis server.
type Redis struct {
	Host     pulumi.StringInput
	Port     int
	Password pulumi.StringInput
	TLS      bool
	// CA is the certificate in PEM form of the private authority that the server's own
	// is signed by; nil for a public authority.
	CA pulumi.StringInput
	// CAFile is where the app's processes find the CA; empty for a public authority.
	CAFile string
	// Readers are hosts that answer reads from copies, on the same port.
	Readers []pulumi.StringInput
}

// URL is the server's address with its password and the number of a database,
// in the form that redis-py, Django and Celery read. It is secret.
func (r Redis) URL(database int) pulumi.StringOutput {
	scheme := "redis"
	options := ""
	if r.TLS {
		scheme = "rediss"
		// Celery refuses a rediss URL without it
		// (https://docs.celeryq.dev/en/stable/getting-started/backends-and-brokers/redis.html).
		options = "?ssl_cert_reqs=required"
		if r.CAFile != "" {
			options += "&ssl_ca_certs=" + r.CAFile
		}
	}
	return pulumi.Sprintf("%s://:%s@%s:%d/%d%s", scheme, secretEscaped(r.Password), r.Host, r.Port, database, options)
}

// URLs are the server's address and then its copies', in the form of a list that Django
// reads (https://docs.djangoproject.com/en/stable/topics/cache/#redis): with a separator
// between them. They are secret.
func (r Redis) URLs(database int, separator string) pulumi.StringOutput {
	all := r.URL(database)
	for _, host := range r.Readers {
		copied := r
		copied.Host = host
		all = pulumi.Sprintf("%s%s%s", all, separator, copied.URL(database))
	}
	return all
}

// Escaped is a password as it stands in a URL: also in a list of URLs, where Django takes
// commas and semicolons for separators, and Celery semicolons.
func Escaped(plain string) string {
	return strings.ReplaceAll(url.QueryEscape(plain), "+", "%20")
}

func secretEscaped(password pulumi.StringInput) pulumi.StringOutput {
	escaped := password.ToStringOutput().ApplyT(Escaped).(pulumi.StringOutput)
	return pulumi.ToSecret(escaped).(pulumi.StringOutput)
}
