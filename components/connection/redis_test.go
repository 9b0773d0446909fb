package connection_test

import (
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"

	"github.com/djangostack/djangostack/components/connection"
	"github.com/djangostack/djangostack/tests/mocks"
)

func TestACacheIsListedWithItsCopies(t *testing.T) {
	server := connection.Redis{
		Host: pulumi.String("primary"), Port: 6380, Password: pulumi.String("a,b;c"), TLS: true,
		CAFile: "/etc/djangostack/ca/cache.pem", Readers: []pulumi.StringInput{pulumi.String("reader")},
	}
	found := make(chan string, 1)
	mocks.Run(t, mocks.Known, func(*pulumi.Context) error {
		urls := server.URLs(0, ",")
		assert.True(t, pulumi.IsSecret(urls))
		urls.ApplyT(func(text string) string {
			found <- text
			return text
		})
		return nil
	})
	const rest = ":6380/0?ssl_cert_reqs=required&ssl_ca_certs=/etc/djangostack/ca/cache.pem"
	assert.Equal(t, "rediss://:a%2Cb%3Bc@primary"+rest+",rediss://:a%2Cb%3Bc@reader"+rest, <-found)
}
