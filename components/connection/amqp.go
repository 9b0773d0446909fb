package connection

import "github.com/pulumi/pulumi/sdk/v3/go/pulumi"

// AMQP says how to connect to one RabbitMQ broker.
type AMQP struct {
	Host     pulumi.StringInput
	Port     int
	User     string
	Password pulumi.StringInput
	TLS      bool
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

// URL is the address of the broker with user and password and the virtual host /, in the
// form that Celery parses. It is secret.
func (a AMQP) URL() pulumi.StringOutput {
	scheme := "amqp"
	if a.TLS {
		scheme = "amqps"
	}
	// The virtual host is the path without its first slash, percent-encoded
	// (https://www.rabbitmq.com/docs/uri-spec).
	return pulumi.Sprintf("%s://%s:%s@%s:%d/%%2F", scheme, a.User, secretEscaped(a.Password), a.Host, a.Port)
}

// URLPassword is the password as a URL has it. It is secret.
func (a AMQP) URLPassword() pulumi.StringOutput { return secretEscaped(a.Password) }
