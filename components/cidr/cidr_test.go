package cidr_test

import (
	"net/netip"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/djangostack/djangostack/components/cidr"
)

func TestOnlyPrivateRangesWithoutHostBitsAreTaken(t *testing.T) {
	for _, text := range []string{"10.0.0.0/8", "10.20.0.0/16", "172.16.0.0/12", "192.168.4.0/22", "100.64.0.0/10"} {
		block, err := cidr.Private(text)
		require.NoError(t, err)
		assert.Equal(t, text, block.String())
	}
	for text, want := range map[string]string{
		"10.20.1.0/16":  "is not an IPv4 range",
		"fd00::/16":     "is not an IPv4 range",
		"10.20.0.0":     "is not an IPv4 range",
		"8.8.0.0/16":    "is not private",
		"10.0.0.0/7":    "is not private",
		"172.0.0.0/8":   "is not private",
		"172.32.0.0/12": "is not private",
	} {
		_, err := cidr.Private(text)
		assert.ErrorContains(t, err, want, text)
	}
}

func TestThePartsOfARangeFillItAndNeverMeet(t *testing.T) {
	whole := netip.MustParsePrefix("10.20.0.0/16")
	for index, want := range []string{"10.20.0.0/18", "10.20.64.0/18", "10.20.128.0/18", "10.20.192.0/18"} {
		assert.Equal(t, want, cidr.Subnet(whole, 2, index).String())
	}
	assert.Equal(t, "10.20.240.0/20", cidr.Subnet(whole, 4, 15).String())
}
