package connection_test

import (
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"

	"github.com/djangostack/djangostack/components/connection"
	"github.com/djangostack/djangostack/tests/mocks"
)

func TestABrokersAddressIsSecretAndEscaped(t *testing.T) {
	broker := connection.AMQP{Host: pulumi.String("b-1.mq.example"), Port: 5671, User: "blog", Password: pulumi.String("a/b?c"), TLS: true}
	plain := broker
	plain.TLS, plain.Port = false, 5672

	assert.Equal(t, "amqps://blog:a%2Fb%3Fc@b-1.mq.example:5671/%2F", urlOf(t, broker))
	assert.Equal(t, "amqp://blog:a%2Fb%3Fc@b-1.mq.example:5672/%2F", urlOf(t, plain))
}

// urlOf resolves the address and fails the test unless it is secret.
func urlOf(t *testing.T, broker connection.AMQP) string {
	t.Helper()
	found := make(chan string, 1)
	mocks.Run(t, mocks.Known, func(ctx *pulumi.Context) error {
		url := broker.URL()
		assert.True(t, pulumi.IsSecret(url))
		url.ApplyT(func(text string) string {
			found <- text
			return text
		})
		ctx.Export("url", url)
		return nil
	})
	return <-found
}
