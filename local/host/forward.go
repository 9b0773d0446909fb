package host

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"time"
)

const dialWait = 5 * time.Second

// dial opens one connection to the current target of a listener.
type dial func(ctx context.Context) (net.Conn, error)

// forward accepts connections until the listener is closed and forwards each to a connection that target opens.
func forward(listener net.Listener, target dial) {
	for {
		outer, err := listener.Accept()
		if errors.Is(err, net.ErrClosed) {
			return
		}
		if err != nil {
			log.Printf("accepting on %s: %v", listener.Addr(), err)
			time.Sleep(100 * time.Millisecond)
			continue
		}
		go func() {
			if err := join(outer, target); err != nil {
				log.Printf("forwarding from %s: %v", listener.Addr(), err)
			}
		}()
	}
}

func join(outer net.Conn, target dial) error {
	defer func() { _ = outer.Close() }()
	ctx, cancel := context.WithTimeout(context.Background(), dialWait)
	defer cancel()
	inner, err := target(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = inner.Close() }()
	done := make(chan struct{}, 2)
	go func() { pipe(inner, outer); done <- struct{}{} }()
	go func() { pipe(outer, inner); done <- struct{}{} }()
	<-done
	<-done
	return nil
}

// pipe copies one direction and then closes only that direction, because the other may still carry a response.
// If copying fails, pipe closes both connections.
func pipe(to, from net.Conn) {
	if _, err := io.Copy(to, from); err != nil {
		_ = to.Close()
		_ = from.Close()
		return
	}
	if half, ok := to.(interface{ CloseWrite() error }); ok {
		_ = half.CloseWrite()
	}
}

// listen opens a TCP listener. The error says what to do if the port is in use.
func listen(address string) (net.Listener, error) {
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return nil, fmt.Errorf("listening on %s: %w; free the port or choose another", address, err)
	}
	return listener, nil
}
