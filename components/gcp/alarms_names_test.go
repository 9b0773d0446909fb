package gcp

import (
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestTheAlarmFindsTheURLMapOfItsGateway(t *testing.T) {
	matches := func(namespace, gateway, name string) bool {
		return regexp.MustCompile("^(" + urlMapPattern(namespace, gateway) + ")$").MatchString(name)
	}
	assert.True(t, matches("blog-dev", "blog-web", "gkegw1-x9fe-blog-dev-blog-web-6ce7d9tqzq1v"))
	assert.False(t, matches("blog-dev", "blog-web", "gkegw1-x9fe-shop-dev-shop-web-6ce7d9tqzq1v"), "another environment's")
	assert.False(t, matches("blog-dev", "blog-web", "gkegw1-x9fe-blog-dev2-blog-web-6ce7d9tqzq1v"), "another environment's")
	long := strings.Repeat("n", 40)
	assert.True(t, matches(long, "blog-web", "gkegw1-x9fe-"+long[:30]+"-blog-w-6ce7d9tqzq1v"), "GKE cuts long names")
}
