// Command cert-manager runs one of cert-manager's programs: the controller with the issuers that
// tests use, the webhook, the injector of certificate authorities, or the server that answers
// HTTP challenges. It replaces the published images on the local cluster.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	ctrl "sigs.k8s.io/controller-runtime"

	logf "github.com/cert-manager/cert-manager/pkg/logs"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	logf.InitLogs()
	ctrl.SetLogger(logf.Log)
	ctx = logf.NewContext(ctx, logf.Log, "cert-manager")
	if err := run(ctx, os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "cert-manager:", err)
		stop()
		os.Exit(1)
	}
}

func run(ctx context.Context, arguments []string) error {
	if len(arguments) == 0 {
		return errors.New("name a program: controller, webhook or cainjector; with options only, it answers a challenge")
	}
	switch arguments[0] {
	case "controller":
		return controllers(ctx, arguments[1:])
	case "webhook":
		return webhooks(ctx, arguments[1:])
	case "cainjector":
		return injectors(ctx)
	default:
		return solve(ctx, arguments)
	}
}
