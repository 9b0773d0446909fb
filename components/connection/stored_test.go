package connection_test

import (
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"

	"github.com/djangostack/djangostack/components/connection"
	"github.com/djangostack/djangostack/tests/mocks"
)

func key(name string) *connection.SecretKey {
	return &connection.SecretKey{Name: pulumi.String("vault"), Key: name}
}

// textOf resolves a URL, and reports whether it is secret.
func textOf(t *testing.T, compose func() pulumi.StringOutput) (text string, secret bool) {
	t.Helper()
	found := make(chan string, 1)
	mocks.Run(t, mocks.Known, func(*pulumi.Context) error {
		url := compose()
		secret = pulumi.IsSecret(url)
		url.ApplyT(func(text string) string {
			found <- text
			return text
		})
		return nil
	})
	return <-found, secret
}

func TestURLsReferToStoredCredentials(t *testing.T) {
	encoded := &connection.Stored{Service: "X", Password: key("password"), URLPassword: key("encoded")}
	user := &connection.Stored{Service: "X", User: key("user"), Password: key("password"), URLPassword: key("encoded")}
	database := connection.Database{Host: pulumi.String("db"), Port: 5432, Name: "Shop-1", User: "a@b", SSLMode: "require"}
	redis := connection.Redis{Host: pulumi.String("redis"), Port: 6379, User: "a@b"}
	for name, row := range map[string]struct {
		want string
		url  func() pulumi.StringOutput
	}{
		"database":                       {"postgres://a%40b:$(DJANGOSTACK_X_PASSWORD)@db:5432/Shop-1?sslmode=require", func() pulumi.StringOutput { database.Stored = encoded; return database.URL() }},
		"database with a stored user":    {"postgres://$(DJANGOSTACK_X_USER):$(DJANGOSTACK_X_PASSWORD)@db:5432/Shop-1?sslmode=require", func() pulumi.StringOutput { database.Stored = user; return database.URL() }},
		"database without encoded entry": {"postgres://a%40b@db:5432/Shop-1?sslmode=require", func() pulumi.StringOutput { database.Stored = plain(encoded); return database.URL() }},
		"database without any":           {"postgres://db:5432/Shop-1?sslmode=require", func() pulumi.StringOutput { database.Stored = plain(user); return database.URL() }},
		"Redis":                          {"redis://a%40b:$(DJANGOSTACK_X_PASSWORD)@redis:6379/3", func() pulumi.StringOutput { redis.Stored = plain(encoded); return redis.URL(3) }},
		"Redis with a stored user":       {"redis://$(DJANGOSTACK_X_USER):$(DJANGOSTACK_X_PASSWORD)@redis:6379/3", func() pulumi.StringOutput { redis.Stored = user; return redis.PlainURL(3) }},
		"RabbitMQ": {"amqps://$(DJANGOSTACK_X_USER):$(DJANGOSTACK_X_PASSWORD)@mq:5671/shop%2Fprod", func() pulumi.StringOutput {
			return connection.AMQP{Host: pulumi.String("mq"), Port: 5671, TLS: true, VirtualHost: "shop/prod", Stored: user}.URL()
		}},
	} {
		text, secret := textOf(t, row.url)
		assert.Equal(t, row.want, text, name)
		assert.False(t, secret, name+" has no secret in it")
	}
	variables := user.Variables()
	assert.Equal(t, map[string]connection.SecretKey{"DJANGOSTACK_X_USER": *key("user"), "DJANGOSTACK_X_PASSWORD": *key("encoded")}, variables)
	assert.Equal(t, map[string]connection.SecretKey{"DJANGOSTACK_X_PASSWORD": *key("password")}, plain(encoded).Variables())
}

// plain returns credentials without an encoded password.
func plain(stored *connection.Stored) *connection.Stored {
	out := *stored
	out.URLPassword = nil
	return &out
}

func TestARedisHasAUserANumberAndNoPassword(t *testing.T) {
	open := connection.Redis{Host: pulumi.String("redis"), Port: 6379, TLS: true}
	text, _ := textOf(t, func() pulumi.StringOutput { return open.URL(0) })
	assert.Equal(t, "rediss://redis:6379/0?ssl_cert_reqs=required", text)
	assert.False(t, open.Authenticates())

	named := connection.Redis{Host: pulumi.String("redis"), Port: 6379, User: "shop", Password: pulumi.String("a/b")}
	text, secret := textOf(t, func() pulumi.StringOutput { return named.URL(5) })
	assert.Equal(t, "redis://shop:a%2Fb@redis:6379/5", text)
	assert.True(t, secret)
	assert.True(t, named.Authenticates())
}

func TestAnIPv6AddressKeepsItsPort(t *testing.T) {
	host := pulumi.String("2001:db8::1")
	for want, url := range map[string]func() pulumi.StringOutput{
		"postgres://a:b@[2001:db8::1]:5432/shop?sslmode=require": func() pulumi.StringOutput {
			return connection.Database{Host: host, Port: 5432, Name: "shop", User: "a", Password: pulumi.String("b"), SSLMode: "require"}.URL()
		},
		"redis://[2001:db8::1]:6379/0": func() pulumi.StringOutput { return connection.Redis{Host: host, Port: 6379}.PlainURL(0) },
		"[2001:db8::1]:6379":           func() pulumi.StringOutput { return connection.Redis{Host: host, Port: 6379}.Address() },
		"amqp://a:b@[2001:db8::1]:5672/%2F": func() pulumi.StringOutput {
			return connection.AMQP{Host: host, Port: 5672, User: "a", Password: pulumi.String("b")}.URL()
		},
	} {
		text, _ := textOf(t, url)
		assert.Equal(t, want, text)
	}
}
