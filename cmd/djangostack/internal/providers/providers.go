// Package providers decides which Pulumi providers a run uses: the published
// plugins where they are or can be had, else the ones built into this program.
package providers

import (
	"context"
	"fmt"
	"strings"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"

	"github.com/djangostack/djangostack/emulators"
	"github.com/djangostack/djangostack/stacks/lifecycle"
)

// Mode says which providers are wanted.
type Mode string

// Auto takes published plugins where they can be had and embedded providers
// elsewhere; Published and Embedded take nothing else.
const (
	Auto      Mode = "auto"
	Published Mode = "published"
	Embedded  Mode = "embedded"
)

// ParseMode reads a mode. The error names what is allowed.
func ParseMode(text string) (Mode, error) {
	switch mode := Mode(text); mode {
	case Auto, Published, Embedded:
		return mode, nil
	}
	return "", fmt.Errorf("providers %q: one of auto, published, embedded", text)
}

// Plugin is a published provider at the version that the program's SDK wants.
type Plugin struct {
	Name string
	// Version without a leading v: 4.27.0.
	Version string
}

func (p Plugin) String() string { return p.Name + " " + p.Version }

// Options says how to choose.
type Options struct {
	Mode Mode
	// Plugins that the program needs.
	Plugins []Plugin
	// Embedded makes the built-in providers, by the names of the plugins.
	Embedded func() map[string]pulumirpc.ResourceProviderServer
	// CLI installs plugins.
	CLI *lifecycle.CLI
	// Home is Pulumi's home, where plugins are.
	Home string
	// StateDir remembers that plugins could not be had.
	StateDir string
	// Say is told what is done; each text is one line.
	Say func(text string)
}

// Chosen is what a run uses.
type Chosen struct {
	// Env is added to Pulumi's environment.
	Env map[string]string
	// Embedded says that the built-in providers are used.
	Embedded bool

	server *emulators.Server
}

// Close ends the built-in providers.
func (c *Chosen) Close() error {
	if c.server == nil {
		return nil
	}
	return c.server.Close()
}

// Choose takes published or built-in providers; all of one kind, so that one run
// is of one piece. Built-in ones serve until Close.
func Choose(ctx context.Context, options Options) (*Chosen, error) {
	if options.Mode == Embedded {
		return embed(options)
	}
	memory := memory{dir: options.StateDir}
	missing := absent(options.Home, options.Plugins)
	if len(missing) == 0 {
		memory.forget()
		return &Chosen{}, nil
	}
	if options.Mode == Auto && memory.failedLately(missing) {
		return embed(options)
	}
	err := install(ctx, options, missing)
	if err == nil {
		memory.forget()
		return &Chosen{}, nil
	}
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	if options.Mode == Published {
		return nil, fmt.Errorf("the published providers cannot be had (--providers embedded uses the built-in ones): %w", err)
	}
	options.Say(fmt.Sprintf("the published providers (%s) cannot be had here; using the built-in ones", names(missing)))
	memory.remember(missing)
	return embed(options)
}

// embed serves the built-in providers for longer than the choice: a run that is
// interrupted needs them until it has drained.
func embed(options Options) (*Chosen, error) {
	server, err := emulators.Serve(context.Background(), options.Embedded())
	if err != nil {
		return nil, fmt.Errorf("starting the built-in providers: %w", err)
	}
	return &Chosen{Env: map[string]string{"PULUMI_DEBUG_PROVIDERS": server.Env()}, Embedded: true, server: server}, nil
}

func names(plugins []Plugin) string {
	texts := make([]string, len(plugins))
	for i, plugin := range plugins {
		texts[i] = plugin.String()
	}
	return strings.Join(texts, ", ")
}
