// Package connection holds the addresses and credentials of databases, Redis servers and
// brokers, and writes them as URLs. One component returns such a value and another takes it
// as an argument.
//
// The package imports the Pulumi SDK and no other package of this program.
package connection

import (
	"net/url"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// Database says how to connect to one PostgreSQL database.
type Database struct {
	Host pulumi.StringInput
	Port int
	Name string
	User string
	// Account replaces User where only the server knows the name, such as one that was restored
	// from a snapshot; nil otherwise.
	Account  pulumi.StringInput
	Password pulumi.StringInput
	// Stored replaces Password where existing Secrets hold the credentials; nil otherwise.
	Stored *Stored
	// SSLMode is libpq's sslmode: disable, require, verify-ca or verify-full.
	SSLMode string
	// CA is the certificates, in PEM, of the private authority that signed the server's
	// certificate; nil for none.
	CA pulumi.StringInput
}

// AuthorityFolder is the folder with the certificates of private authorities, in every pod
// that connects to their servers, and the other names those of their files.
const (
	AuthorityFolder   = "/etc/djangostack/ca"
	DatabaseAuthority = "database.pem"
	CacheAuthority    = "cache.pem"
	BrokerAuthority   = "broker.pem"
	SearchAuthority   = "search.pem"
)

// OpenSSLCertDir is the value of SSL_CERT_DIR with which OpenSSL trusts the authorities of
// AuthorityFolder beside the public ones of the image, which are in /etc/ssl/certs in images of
// Debian, Alpine and Red Hat. It takes several folders
// (https://docs.openssl.org/3.0/man3/SSL_CTX_load_verify_locations/).
const OpenSSLCertDir = AuthorityFolder + ":/etc/ssl/certs"

// CAFile is the path of the CA in the pods; empty without one.
func (d Database) CAFile() string {
	if d.CA == nil {
		return ""
	}
	return AuthorityFolder + "/" + DatabaseAuthority
}

// At returns the connection to another host with the same database, such as a read replica.
func (d Database) At(host pulumi.StringInput) Database {
	d.Host = host
	return d
}

// URL is the address of the database with user and password, in the form that
// dj-database-url and django-environ parse. It is secret. With Stored it has references
// instead, or no password, if no entry holds the encoded one: libpq then reads user and
// password from PGUSER and PGPASSWORD
// (https://www.postgresql.org/docs/current/libpq-envars.html).
func (d Database) URL() pulumi.StringOutput {
	options := "sslmode=" + d.SSLMode
	if d.CA != nil {
		options += "&sslrootcert=" + d.CAFile()
	}
	return pulumi.Sprintf("postgres://%s%s:%d/%s?%s", d.credentials(), hostInURL(d.Host), d.Port, Escaped(d.Name), options)
}

func (d Database) credentials() pulumi.StringOutput {
	if d.Stored == nil || d.Stored.URLPassword != nil {
		return credentials(d.User, d.Password, d.Stored)
	}
	if d.Stored.User != nil {
		return pulumi.String("").ToStringOutput()
	}
	return pulumi.String(Escaped(d.User) + "@").ToStringOutput()
}

// Redis says how to connect to one Redis server.
type Redis struct {
	Host pulumi.StringInput
	Port int
	// User is empty for the default user, which a password alone authenticates.
	User string
	// Password is nil for a server that asks for none, and with Stored.
	Password pulumi.StringInput
	// Stored replaces Password where existing Secrets hold the credentials; nil otherwise.
	Stored *Stored
	// Number of the database on the server.
	Number int
	TLS    bool
	// CA is the certificate, in PEM, of the private authority that signed the server's
	// certificate; nil for a public authority.
	CA pulumi.StringInput
	// CAFile is the path of the CA in the app's containers; empty for a public authority.
	CAFile string
	// Readers are the hosts of read replicas, on the same port.
	Readers []pulumi.StringInput
}

// URL is the address of one numbered database of the server with its password, in the form
// that redis-py, Django and Celery parse. It is secret. With Stored it has references instead.
func (r Redis) URL(database int) pulumi.StringOutput {
	scheme := "redis"
	options := ""
	if r.TLS {
		scheme = "rediss"
		// Celery refuses a rediss URL without ssl_cert_reqs
		// (https://docs.celeryq.dev/en/stable/getting-started/backends-and-brokers/redis.html).
		options = "?ssl_cert_reqs=required"
		if r.CAFile != "" {
			options += "&ssl_ca_certs=" + r.CAFile
		}
	}
	return pulumi.Sprintf("%s://%s%s:%d/%d%s", scheme, credentials(r.User, r.Password, r.Stored), hostInURL(r.Host), r.Port, database, options)
}

// URLs lists the address of the primary and then those of the replicas, with a separator,
// as Django reads them (https://docs.djangoproject.com/en/stable/topics/cache/#redis). They
// are secret.
func (r Redis) URLs(database int, separator string) pulumi.StringOutput {
	all := r.URL(database)
	for _, host := range r.Readers {
		replica := r
		replica.Host = host
		all = pulumi.Sprintf("%s%s%s", all, separator, replica.URL(database))
	}
	return all
}

// Address is the host and the port.
func (r Redis) Address() pulumi.StringOutput {
	return pulumi.Sprintf("%s:%d", hostInURL(r.Host), r.Port)
}

// hostInURL encloses an IPv6 address in brackets, without which a URL has its port in it
// (https://www.rfc-editor.org/rfc/rfc3986#section-3.2.2).
func hostInURL(host pulumi.StringInput) pulumi.StringOutput {
	return host.ToStringOutput().ApplyT(func(host string) string {
		if strings.Contains(host, ":") {
			return "[" + host + "]"
		}
		return host
	}).(pulumi.StringOutput)
}

// Authenticates reports whether the server asks for a password.
func (r Redis) Authenticates() bool { return r.Password != nil || r.Stored != nil }

// Escaped returns a name or a password as a URL needs it. It also escapes commas and semicolons, at
// which Django and Celery split a list of URLs.
func Escaped(plain string) string {
	return strings.ReplaceAll(url.QueryEscape(plain), "+", "%20")
}

func secretEscaped(password pulumi.StringInput) pulumi.StringOutput {
	escaped := password.ToStringOutput().ApplyT(Escaped).(pulumi.StringOutput)
	return pulumi.ToSecret(escaped).(pulumi.StringOutput)
}

// URLPassword is the password as a URL has it. It is secret. Password is required.
func (d Database) URLPassword() pulumi.StringOutput { return secretEscaped(d.Password) }

// URLPassword is the password as a URL has it. It is secret. Password is required.
func (r Redis) URLPassword() pulumi.StringOutput { return secretEscaped(r.Password) }

// PlainURL is the URL without options. A client that reads it checks the server's certificate
// against public authorities, which is the default of redis-py. It is secret.
func (r Redis) PlainURL(database int) pulumi.StringOutput {
	scheme := "redis"
	if r.TLS {
		scheme = "rediss"
	}
	return pulumi.Sprintf("%s://%s%s:%d/%d", scheme, credentials(r.User, r.Password, r.Stored), hostInURL(r.Host), r.Port, database)
}
