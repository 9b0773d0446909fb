package validate_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/djangostack/djangostack/components/validate"
)

func TestEveryWrongRangeIsNamed(t *testing.T) {
	assert.NoError(t, validate.CIDRs("LoadBalancer", "AllowedCIDRs", []string{"0.0.0.0/0", "203.0.113.0/24"}))
	err := validate.CIDRs("LoadBalancer", "AllowedCIDRs", []string{"203.0.113.0/24", "203.0.113.7", "203.0.113.7/24", "2001:db8::/32"})
	for _, want := range []string{`LoadBalancer: AllowedCIDRs[1] is "203.0.113.7"`, `AllowedCIDRs[2] is "203.0.113.7/24"`, `AllowedCIDRs[3] is "2001:db8::/32"`} {
		assert.ErrorContains(t, err, want)
	}
	assert.NotContains(t, err.Error(), "AllowedCIDRs[0]")
	assert.ErrorContains(t, validate.CIDRs("LoadBalancer", "AllowedCIDRs", []string{"0.0.0.0/0", "0.0.0.0/0"}), `AllowedCIDRs[1] is "0.0.0.0/0", which is listed twice`)
}
