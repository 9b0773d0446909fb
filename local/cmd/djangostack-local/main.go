//go:build linux

// Command djangostack-local runs a real Kubernetes on this machine and takes it away again without a trace.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/djangostack/djangostack/local/host"
)

// Exit status for scripts: the cluster cannot run on this machine, whatever is tried again.
const unsupported = 2

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	err := newCommand().ExecuteContext(ctx)
	if err == nil {
		return
	}
	fmt.Fprintln(os.Stderr, "djangostack-local: "+err.Error())
	var cannot host.UnsupportedError
	if errors.As(err, &cannot) {
		os.Exit(unsupported)
	}
	os.Exit(1)
}
