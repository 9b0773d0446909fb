package image

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestSourcesUseMirrorsOfApt(t *testing.T) {
	lines, err := sourcesOf("Debian\thttp://mirror.example/debian\nDebian\thttp://mirror.example/debian\n" +
		"Other\thttp://other.example\nDebian-Security\thttp://mirror.example/security\n")

	require.NoError(t, err)
	assert.Equal(t, []string{
		"deb [signed-by=" + keyring + "] http://mirror.example/debian trixie main",
		"deb [signed-by=" + keyring + "] http://mirror.example/debian trixie-updates main",
		"deb [signed-by=" + keyring + "] http://mirror.example/security trixie-security main",
	}, lines)
}

func TestMachineWithoutDebianMirrorIsRejected(t *testing.T) {
	for _, targets := range []string{"", "Ubuntu\thttp://mirror.example/ubuntu\n"} {
		_, err := sourcesOf(targets)

		assert.ErrorContains(t, err, "apt has no Debian mirror")
	}
}
