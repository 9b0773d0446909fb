// Package ports finds free TCP ports for the servers of tests. It imports no other package of this program:
// the module local has the same in local/ports, because neither module imports the other.
package ports

import (
	"errors"
	"math/rand/v2"
	"net"
	"strconv"
)

// From below on are the ports for outgoing connections, from 32768 (/proc/sys/net/ipv4/ip_local_port_range), one of which a
// connection can take before the server that it was found for, and those of Services of type NodePort, from 30000.
const lowest, below = 20000, 30000

// Free returns the first of a number of ports in a row on 127.0.0.1 that nothing listens on.
func Free(number int) (int, error) {
	const attempts = 100
	for range attempts {
		first := lowest + rand.IntN(below-lowest-number)
		if free(first, number) {
			return first, nil
		}
	}
	return 0, errors.New("found no free port on 127.0.0.1 from " + strconv.Itoa(lowest) + " to " + strconv.Itoa(below))
}

func free(first, number int) bool {
	for port := first; port < first+number; port++ {
		listener, err := net.Listen("tcp", "127.0.0.1:"+strconv.Itoa(port))
		if err != nil {
			return false
		}
		_ = listener.Close()
	}
	return true
}
