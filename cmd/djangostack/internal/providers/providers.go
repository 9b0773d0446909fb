// Package providers selects the Pulumi providers of a run: the published plugins, which it downloads
// if they are missing, or the providers built into the command. It imports stacks/lifecycle and the
// server of package emulators, and no cloud SDK.
package providers

import (
	"context"
	"fmt"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"

	"github.com/djangostack/djangostack/emulators"
	"github.com/djangostack/djangostack/stacks/lifecycle"
)

// ParseMode parses the value of --providers. The error lists the allowed ones.
func ParseMode(text string) (lifecycle.Providers, error) {
	switch mode := lifecycle.Providers(text); mode {
	case lifecycle.Published, lifecycle.Embedded:
		return mode, nil
	}
	return "", fmt.Errorf("--providers %q must be %s or %s", text, lifecycle.Published, lifecycle.Embedded)
}

// Plugin is a published provider plugin, at the version of the SDK in this build.
type Plugin struct {
	Name string
	// Version without a leading v: 4.27.0.
	Version string
}

func (p Plugin) String() string { return p.Name + " " + p.Version }

// Options are the inputs of Select.
type Options struct {
	Mode lifecycle.Providers
	// Plugins are the plugins that the program needs.
	Plugins []Plugin
	// BuiltIn creates the built-in providers, by the names of the plugins.
	BuiltIn func() map[string]pulumirpc.ResourceProviderServer
	// CLI installs plugins.
	CLI *lifecycle.CLI
	// Home is Pulumi's home directory, which holds the plugins.
	Home string
	// Log receives a line of text at the start of each download and while it runs.
	Log func(text string)
}

// Selection holds the providers of a run. Close it after the run.
type Selection struct {
	// Env is added to the environment of Pulumi's CLI.
	Env map[string]string
	// BuiltIn is true if the run uses the built-in providers.
	BuiltIn bool

	server *emulators.Server
}

// Close stops the built-in providers.
func (c *Selection) Close() error {
	if c.server == nil {
		return nil
	}
	return c.server.Close()
}

// Select selects either published or built-in providers, never a mix, and never other ones than Mode
// says. Built-in providers serve until Close, not until ctx ends: an interrupted run needs them until
// its running changes have finished.
func Select(ctx context.Context, options Options) (*Selection, error) {
	if options.Mode == lifecycle.Embedded {
		return serveBuiltIn(options)
	}
	for _, plugin := range options.Plugins {
		if Installed(options.Home, plugin) {
			continue
		}
		if err := install(ctx, options, plugin); err != nil {
			return nil, err
		}
	}
	return &Selection{}, nil
}

func serveBuiltIn(options Options) (*Selection, error) {
	server, err := emulators.Serve(context.Background(), options.BuiltIn())
	if err != nil {
		return nil, fmt.Errorf("starting the built-in providers: %w", err)
	}
	return &Selection{Env: map[string]string{"PULUMI_DEBUG_PROVIDERS": server.Env()}, BuiltIn: true, server: server}, nil
}
