// Package providers selects the Pulumi providers of a run: the published plugins if they are
// installed or can be downloaded, else the providers built into the command. It imports
// stacks/lifecycle and the server of package emulators, and no cloud SDK.
package providers

import (
	"context"
	"fmt"
	"strings"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"

	"github.com/djangostack/djangostack/emulators"
	"github.com/djangostack/djangostack/stacks/lifecycle"
)

// Mode is the value of --providers.
type Mode string

// Auto uses the published plugins if they can be installed, else the built-in providers. Published
// fails if the plugins cannot be installed. Embedded always uses the built-in providers.
const (
	Auto      Mode = "auto"
	Published Mode = "published"
	Embedded  Mode = "embedded"
)

// ParseMode parses a mode. The error lists the allowed ones.
func ParseMode(text string) (Mode, error) {
	switch mode := Mode(text); mode {
	case Auto, Published, Embedded:
		return mode, nil
	}
	return "", fmt.Errorf("--providers %q must be auto, published or embedded", text)
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
	Mode Mode
	// Plugins are the plugins that the program needs.
	Plugins []Plugin
	// BuiltIn creates the built-in providers, by the names of the plugins.
	BuiltIn func() map[string]pulumirpc.ResourceProviderServer
	// CLI installs plugins.
	CLI *lifecycle.CLI
	// Home is Pulumi's home directory, which holds the plugins.
	Home string
	// StateDir keeps the record of failed downloads.
	StateDir string
	// Log receives one line of text for each download and for the choice of built-in providers.
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

// Select selects either published or built-in providers, never a mix. Built-in providers serve until
// Close, not until ctx ends: an interrupted run needs them until its running changes have finished.
func Select(ctx context.Context, options Options) (*Selection, error) {
	if options.Mode == Embedded {
		return serveBuiltIn(options)
	}
	record := failureRecord{dir: options.StateDir}
	absent := missing(options.Home, options.Plugins)
	if len(absent) == 0 {
		record.remove()
		return &Selection{}, nil
	}
	if options.Mode == Auto && record.recent(absent) {
		return serveBuiltIn(options)
	}
	err := install(ctx, options, absent)
	if err == nil {
		record.remove()
		return &Selection{}, nil
	}
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	if options.Mode == Published {
		return nil, fmt.Errorf("the published providers cannot be installed (--providers embedded uses the built-in ones): %w", err)
	}
	options.Log(fmt.Sprintf("the published providers (%s) cannot be downloaded; using the built-in ones", names(absent)))
	record.save(absent)
	return serveBuiltIn(options)
}

func serveBuiltIn(options Options) (*Selection, error) {
	server, err := emulators.Serve(context.Background(), options.BuiltIn())
	if err != nil {
		return nil, fmt.Errorf("starting the built-in providers: %w", err)
	}
	return &Selection{Env: map[string]string{"PULUMI_DEBUG_PROVIDERS": server.Env()}, BuiltIn: true, server: server}, nil
}

func names(plugins []Plugin) string {
	texts := make([]string, len(plugins))
	for i, plugin := range plugins {
		texts[i] = plugin.String()
	}
	return strings.Join(texts, ", ")
}
