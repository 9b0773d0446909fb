package connection_test

import (
	"net/url"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/djangostack/djangostack/components/connection"
)

func TestAPasswordOfAnyKindIsReadBackFromItsURL(t *testing.T) {
	for _, password := range []string{"plain", "a@b:c/d?e#f", "100% +sure", "ünï&=;,$"} {
		parsed, err := url.Parse("postgres://blog:" + connection.Escaped(password) + "@db:5432/blog")
		require.NoError(t, err, password)
		read, _ := parsed.User.Password()
		assert.Equal(t, password, read)
		assert.Equal(t, "db:5432", parsed.Host)
	}
}
