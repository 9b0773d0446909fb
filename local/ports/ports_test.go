package ports_test

import (
	"net"
	"strconv"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/djangostack/djangostack/local/ports"
)

func TestFreePortsCanBeListenedOnAndAreNoneOfOutgoingConnections(t *testing.T) {
	for range 50 {
		first, err := ports.Free(2)
		require.NoError(t, err)
		assert.Less(t, first+1, 30000)
		for _, port := range []int{first, first + 1} {
			listener, err := net.Listen("tcp", "127.0.0.1:"+strconv.Itoa(port))
			require.NoError(t, err)
			defer listener.Close()
		}
	}
}
