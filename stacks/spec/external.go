package spec

import (
	"encoding/json"
	"fmt"
)

// Credentials sign in to an external server. The password is in the stack's file, encrypted, or
// in a Secret of the namespace, of which Pulumi's state has no copy.
type Credentials struct {
	// The password; set it with djangostack config secret. With passwordSecretKeyRef the configuration has none.
	Password string `json:"password,omitempty" jsonschema:"minLength=1" secret:"true"`
	// Entry of a Secret in the namespace that holds the password, in place of password: an operator's Secret, or one of External Secrets.
	PasswordSecretKeyRef *SecretKeyRef `json:"passwordSecretKeyRef,omitempty"`
	// Entry of a Secret that holds the password percent-encoded, for URLs. A cache and a broker need it where the password has other characters than letters, digits and -._~. With it the URL of a database has the password, which libpq otherwise reads from PGPASSWORD.
	URLPasswordSecretKeyRef *SecretKeyRef `json:"urlPasswordSecretKeyRef,omitempty"`
	// Entry of a Secret that holds the user, in place of user; with passwordSecretKeyRef. Letters, digits and -._~ where a URL has it.
	UserSecretKeyRef *SecretKeyRef `json:"userSecretKeyRef,omitempty"`
}

// ExternalDatabase is an existing PostgreSQL server.
type ExternalDatabase struct {
	// Host name or address of the server.
	Host string `json:"host" jsonschema:"minLength=1"`
	// Port of the server.
	Port int `json:"port,omitempty" jsonschema:"minimum=1,maximum=65535"`
	Credentials
	// How TLS is used (libpq's sslmode).
	SSLMode string `json:"sslMode,omitempty" jsonschema:"enum=disable,enum=require,enum=verify-ca,enum=verify-full"`
}

// UnmarshalJSON fills in the defaults of an external database before decoding it.
func (d *ExternalDatabase) UnmarshalJSON(raw []byte) error {
	type plain ExternalDatabase
	database := plain{Port: 5432, SSLMode: "require"}
	if err := json.Unmarshal(raw, &database); err != nil {
		return fmt.Errorf("decoding an external database: %w", err)
	}
	*d = ExternalDatabase(database)
	return nil
}

// RedisAuth says whether a Redis asks for a password.
type RedisAuth string

// PasswordAuth signs in with a password, and with a user if there is one. NoAuth does not sign
// in.
const (
	PasswordAuth RedisAuth = "required"
	NoAuth       RedisAuth = "off"
)

// ExternalLogin is what an external cache and an external broker have in common.
type ExternalLogin struct {
	// User of the server. RabbitMQ needs one, here or by userSecretKeyRef.
	User string `json:"user,omitempty" jsonschema:"minLength=1,maxLength=255" default:"Redis' default user, which signs in with the password alone"`
	Credentials
	// Whether the server asks for a password. off is for a server that only the app can reach.
	Auth RedisAuth `json:"auth,omitempty" jsonschema:"enum=required,enum=off"`
	// Hosts of the read replicas; for a cache only.
	Replicas []string `json:"replicas,omitempty" jsonschema:"minLength=1,uniqueItems=true"`
	// Whether the connection uses TLS.
	TLS string `json:"tls,omitempty" jsonschema:"enum=required,enum=off"`
}

// ExternalRedis is an existing Redis or Valkey server that the app caches in.
type ExternalRedis struct {
	// Host name or address of the server.
	Host string `json:"host" jsonschema:"minLength=1"`
	// Port of the server.
	Port int `json:"port,omitempty" jsonschema:"minimum=1,maximum=65535"`
	// Number of the database on the server.
	Number int `json:"number,omitempty" jsonschema:"minimum=0,maximum=65535"`
	ExternalLogin
}

// UnmarshalJSON fills in the defaults of an external Redis before decoding it.
func (r *ExternalRedis) UnmarshalJSON(raw []byte) error {
	type plain ExternalRedis
	redis := plain{Port: redisPort, ExternalLogin: ExternalLogin{Auth: PasswordAuth, TLS: "required"}}
	if err := json.Unmarshal(raw, &redis); err != nil {
		return fmt.Errorf("decoding an external Redis: %w", err)
	}
	*r = ExternalRedis(redis)
	return nil
}

// ExternalBroker is an existing Redis, Valkey or RabbitMQ.
type ExternalBroker struct {
	// Host name or address of the server.
	Host string `json:"host" jsonschema:"minLength=1"`
	// Port of the server.
	Port int `json:"port,omitempty" jsonschema:"minimum=1,maximum=65535" default:"6379; with engine rabbitmq 5671, or 5672 with tls off"`
	// Number of the database on a Redis.
	Number int `json:"number,omitempty" jsonschema:"minimum=0,maximum=65535"`
	// Number of the database on a Redis in which Celery keeps results.
	ResultNumber *int `json:"resultNumber,omitempty" jsonschema:"minimum=0,maximum=65535" default:"1; with number, that number"`
	// Virtual host of a RabbitMQ.
	VirtualHost string `json:"virtualHost,omitempty" jsonschema:"minLength=1,maxLength=255" default:"/"`
	// Seconds after which a RabbitMQ takes a task back that nothing has acknowledged: its consumer_timeout.
	ConsumerTimeoutSeconds int `json:"consumerTimeoutSeconds,omitempty" jsonschema:"minimum=60,maximum=1209600" default:"1800"`
	ExternalLogin
}

// UnmarshalJSON fills in the defaults of an external broker before decoding it.
func (b *ExternalBroker) UnmarshalJSON(raw []byte) error {
	type plain ExternalBroker
	broker := plain{ExternalLogin: ExternalLogin{Auth: PasswordAuth, TLS: "required"}}
	if err := json.Unmarshal(raw, &broker); err != nil {
		return fmt.Errorf("decoding an external broker: %w", err)
	}
	*b = ExternalBroker(broker)
	return nil
}

// The usual ports (https://www.rabbitmq.com/docs/networking#ports).
const (
	redisPort       = 6379
	rabbitPort      = 5672
	rabbitPortByTLS = 5671
)

// derive fills in the defaults that follow from the engine.
func (b *ExternalBroker) derive(engine BrokerEngine) {
	switch {
	case b == nil:
		return
	case b.Port != 0:
	case engine != RabbitMQ:
		b.Port = redisPort
	case b.TLS == "off":
		b.Port = rabbitPort
	default:
		b.Port = rabbitPortByTLS
	}
	if b.ResultNumber == nil {
		// Whoever names one database of a server may have no other.
		number := 1
		if b.Number != 0 {
			number = b.Number
		}
		b.ResultNumber = &number
	}
	if b.VirtualHost == "" {
		b.VirtualHost = "/"
	}
	if b.ConsumerTimeoutSeconds == 0 {
		b.ConsumerTimeoutSeconds = leastConsumerTimeout
	}
}

// ResultNumber is the number of the database on the broker's Redis in which Celery keeps results.
func (e *Environment) ResultNumber() int {
	if e.Broker.External == nil {
		return 1
	}
	return *e.Broker.External.ResultNumber
}

// ExternalServer is one of the servers that the configuration names.
type ExternalServer struct {
	// Host, Port and Replicas are its addresses.
	Host     string
	Port     int
	Replicas []string
	Credentials

	// service is database, cache or broker, and path that of the server's section.
	service, path string
	auth          RedisAuth
	// engine is that of a broker.
	engine BrokerEngine
	// user is the user that the configuration names, at userPath.
	user, userPath string
}

// ExternalServers lists the servers that the configuration names.
func (e *Environment) ExternalServers() []ExternalServer {
	var servers []ExternalServer
	if d := e.Database.External; d != nil {
		// database.user always has a value: checkStated compares it with userSecretKeyRef.
		servers = append(servers, ExternalServer{Host: d.Host, Port: d.Port, Credentials: d.Credentials, service: "database", auth: PasswordAuth, userPath: "database.user"})
	}
	add := func(service, host string, port int, login ExternalLogin) {
		servers = append(servers, ExternalServer{
			Host: host, Port: port, Replicas: login.Replicas, Credentials: login.Credentials,
			service: service, auth: login.Auth, user: login.User, userPath: service + ".external.user",
		})
	}
	if c := e.Cache.External; c != nil {
		add("cache", c.Host, c.Port, c.ExternalLogin)
	}
	if b := e.Broker.External; b != nil {
		add("broker", b.Host, b.Port, b.ExternalLogin)
	}
	for i := range servers {
		servers[i].path = servers[i].service + ".external"
		if servers[i].service == "broker" {
			servers[i].engine = e.Broker.Engine
		}
	}
	return servers
}
