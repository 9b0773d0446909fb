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

func TestARedisHasAUserANumberAndNoPassword(t *testing.T) {
	for want, server := range map[string]connection.Redis{
		"redis://blog:a%2Cb@server:6379/4": {User: "blog", Password: pulumi.String("a,b"), Number: 3},
		"redis://server:6379/1":            {},
	} {
		server.Host, server.Port = pulumi.String("server"), 6379
		found := make(chan string, 2)
		mocks.Run(t, mocks.Known, func(*pulumi.Context) error {
			for _, address := range []pulumi.StringOutput{server.URL(1), server.PlainURL(1)} {
				assert.True(t, pulumi.IsSecret(address))
				address.ApplyT(func(text string) string {
					found <- text
					return text
				})
			}
			return nil
		})
		assert.Equal(t, []string{want, want}, []string{<-found, <-found})
	}
}
