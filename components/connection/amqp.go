package connection

import (
	"cmp"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// AMQP says how to connect to one RabbitMQ broker.
type AMQP struct {
	Host     pulumi.StringInput
	Port     int
	User     string
	Password pulumi.StringInput
	// Stored replaces Password where existing Secrets hold the credentials; nil otherwise.
	Stored *Stored
	// VirtualHost is empty for /.
	VirtualHost string
	TLS         bool
	// CA is the certificates, in PEM, of the private authority that signed the server's
	// certificate; nil for a public authority. Kombu reads no file of certificates from a
	// URL with amqps, so the app passes it in broker_use_ssl.
	CA pulumi.StringInput
}

// CAFile is the path of the CA in the pods; empty without one.
func (a AMQP) CAFile() string {
	if a.CA == nil {
		return ""
	}
	return AuthorityFolder + "/" + BrokerAuthority
}

// Vhost is the name of the virtual host.
func (a AMQP) Vhost() string { return cmp.Or(a.VirtualHost, "/") }

// URL is the address of the broker with user, password and virtual host, in the form that
// Celery parses. It is secret. With Stored it has references instead.
func (a AMQP) URL() pulumi.StringOutput {
	return a.url(credentials(a.User, a.Password, a.Stored))
}

// PlainURL is the URL without user and password.
func (a AMQP) PlainURL() pulumi.StringOutput { return a.url(pulumi.String("")) }

func (a AMQP) url(credentials pulumi.StringInput) pulumi.StringOutput {
	scheme := "amqp"
	if a.TLS {
		scheme = "amqps"
	}
	// The virtual host is the path without its first slash, percent-encoded
	// (https://www.rabbitmq.com/docs/uri-spec).
	return pulumi.Sprintf("%s://%s%s:%d/%s", scheme, credentials, hostInURL(a.Host), a.Port, Escaped(a.Vhost()))
}

// URLPassword is the password as a URL has it. It is secret.
func (a AMQP) URLPassword() pulumi.StringOutput { return secretEscaped(a.Password) }
