package enginetest

import (
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

// machine returns the command that runs another one as on a separate machine: with its own host name, network and
// processes. It needs root.
func machine(host string) []string {
	return []string{
		"unshare", "--uts", "--net", "--pid", "--fork", "--kill-child", "--mount-proc",
		"sh", "-c", `hostname "$0" && ip link set lo up && exec "$@"`, host,
	}
}

// ports returns the ports of the services.
func (s services) ports() []string {
	var all []string
	for _, one := range append(strings.Split(s.Providers, ","), s.Keys) {
		_, port, _ := strings.Cut(one, ":")
		all = append(all, port)
	}
	return all
}

// servePorts makes the ports of the services reachable by sockets in the returned directory.
func servePorts(t testing.TB, served services) string {
	t.Helper()
	// The path of a socket has a limit of 108 bytes, which a test's directory may exceed.
	dir, err := os.MkdirTemp("", "ports")
	require.NoError(t, err)
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	for _, port := range served.ports() {
		listener, err := net.Listen("unix", filepath.Join(dir, port))
		require.NoError(t, err)
		t.Cleanup(func() { _ = listener.Close() })
		go forward(listener, "tcp", "127.0.0.1:"+port)
	}
	return dir
}

// forwardPorts opens the ports of the services on this machine and forwards them to the sockets.
func forwardPorts(served services, dir string) error {
	for _, port := range served.ports() {
		listener, err := net.Listen("tcp", "127.0.0.1:"+port)
		if err != nil {
			return fmt.Errorf("opening the port of a service: %w", err)
		}
		go forward(listener, "unix", filepath.Join(dir, port))
	}
	return nil
}

// forward connects everyone who connects to the listener with an address, until the listener is closed.
func forward(listener net.Listener, network, address string) {
	for {
		from, err := listener.Accept()
		if err != nil {
			return
		}
		go func() {
			defer func() { _ = from.Close() }()
			to, err := net.Dial(network, address)
			if err != nil {
				return
			}
			defer func() { _ = to.Close() }()
			var both sync.WaitGroup
			both.Go(func() { pipe(from, to) })
			both.Go(func() { pipe(to, from) })
			both.Wait()
		}()
	}
}

// pipe copies until one side ends, and then closes both.
func pipe(to, from net.Conn) {
	// An error means that a side has ended.
	_, _ = io.Copy(to, from)
	_ = to.Close()
	_ = from.Close()
}
