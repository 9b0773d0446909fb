package components

import (
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/coredns/caddy"
	// The server and the plugins that the Corefile uses register themselves.
	_ "github.com/coredns/coredns/core/dnsserver"
	_ "github.com/coredns/coredns/plugin/bind"
	_ "github.com/coredns/coredns/plugin/cache"
	_ "github.com/coredns/coredns/plugin/errors"
	_ "github.com/coredns/coredns/plugin/kubernetes"
	_ "github.com/coredns/coredns/plugin/template"
)

// runDNS runs CoreDNS. The only argument is the path of the Corefile.
func runDNS(_ context.Context, args []string) error {
	if len(args) != 1 {
		return errors.New("coredns takes one argument: the Corefile")
	}
	content, err := os.ReadFile(args[0])
	if err != nil {
		return fmt.Errorf("reading the Corefile: %w", err)
	}
	instance, err := caddy.Start(caddy.CaddyfileInput{Filepath: args[0], Contents: content, ServerTypeName: "dns"})
	if err != nil {
		return fmt.Errorf("starting CoreDNS: %w", err)
	}
	instance.Wait()
	return errors.New("CoreDNS has stopped")
}
