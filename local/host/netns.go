package host

import (
	"context"
	"fmt"
	"net"
	"os"
	"runtime"

	"golang.org/x/sys/unix"
)

// netns is a handle to the cluster's network namespace.
type netns struct {
	file *os.File
}

// openNetns opens the network namespace of the process pid.
func openNetns(pid int) (netns, error) {
	file, err := os.Open(fmt.Sprintf("/proc/%d/ns/net", pid))
	if err != nil {
		return netns{}, fmt.Errorf("opening the cluster's network namespace: %w", err)
	}
	return netns{file: file}, nil
}

// Dial connects from inside the namespace. The host in address must be an IP address, because Dial cannot resolve names
// there.
func (n netns) Dial(ctx context.Context, network, address string) (net.Conn, error) {
	type result struct {
		conn net.Conn
		err  error
	}
	done := make(chan result, 1)
	go func() {
		// A socket stays in the network namespace of the thread that created it. The thread is never unlocked, so Go ends it
		// with this goroutine and no other code runs in the wrong namespace.
		runtime.LockOSThread()
		if err := unix.Setns(int(n.file.Fd()), unix.CLONE_NEWNET); err != nil {
			done <- result{err: fmt.Errorf("entering the cluster's network namespace: %w", err)}
			return
		}
		var dialer net.Dialer
		conn, err := dialer.DialContext(ctx, network, address)
		done <- result{conn, err}
	}()
	r := <-done
	return r.conn, r.err
}
