//go:build linux

// Command djangostack-local runs Kubernetes on this machine, for development and tests only. When it stops the cluster, it
// leaves nothing on the machine outside the state directory.
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

// exitUnsupported tells scripts that the cluster cannot run on this machine, so that they do not retry.
const exitUnsupported = 2

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	err := newCommand().ExecuteContext(ctx)
	if err == nil {
		return
	}
	fmt.Fprintln(os.Stderr, "djangostack-local: "+err.Error())
	var unsupportedErr host.UnsupportedError
	if errors.As(err, &unsupportedErr) {
		os.Exit(exitUnsupported)
	}
	os.Exit(1)
}
