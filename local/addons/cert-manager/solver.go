package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"net/http"

	"github.com/cert-manager/cert-manager/pkg/issuer/acme/http/solver"
	logf "github.com/cert-manager/cert-manager/pkg/logs"
)

// solve answers one HTTP challenge, as the controller's pods ask for it.
func solve(ctx context.Context, arguments []string) error {
	const port = 8089
	server := &solver.HTTP01Solver{}
	flags := flag.NewFlagSet("solver", flag.ContinueOnError)
	flags.IntVar(&server.ListenPort, "listen-port", port, "port to listen on")
	flags.StringVar(&server.Domain, "domain", "", "host name of the challenge")
	flags.StringVar(&server.Token, "token", "", "token of the challenge")
	flags.StringVar(&server.Key, "key", "", "answer")
	if err := flags.Parse(arguments); err != nil {
		return fmt.Errorf("reading the options: %w", err)
	}
	context.AfterFunc(ctx, func() { _ = server.Close() })
	if err := server.Listen(logf.FromContext(ctx)); err != nil && !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("answering the challenge: %w", err)
	}
	return nil
}
