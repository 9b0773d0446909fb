package cli

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"

	"github.com/djangostack/djangostack/cmd/djangostack/internal/providers"
	"github.com/djangostack/djangostack/stacks/spec"
)

// Main runs the command as a process and returns its exit code. It handles signals, and reads the
// versions of the command and of the providers from the build information.
func Main(dependencies Dependencies, args []string) int {
	plugins, err := providers.Required(dependencies.ProviderNames...)
	if err != nil {
		_, _ = fmt.Fprintf(dependencies.Stderr, "djangostack: %v\n", err)
		return exitOther
	}
	dependencies.Plugins = plugins
	dependencies.CloudPlugins = map[spec.Cloud][]providers.Plugin{
		spec.AWSCloud: providers.Optional("aws"),
		spec.GCPCloud: providers.Optional("gcp"),
	}
	dependencies.Version = buildVersion()
	dependencies.CalledAs = ownName()

	ctx, abort, stop := handleInterrupts(func(text string) { _, _ = fmt.Fprintln(dependencies.Stderr, text) })
	defer stop()
	return Run(ctx, dependencies, abort, args)
}

// handleInterrupts cancels the context at the first interrupt and closes abort at the second. The
// third has the system's default effect: it ends the process.
func handleInterrupts(report func(string)) (ctx context.Context, abort <-chan struct{}, stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	aborted := make(chan struct{})
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	done := make(chan struct{})
	go func() {
		select {
		case <-done:
			return
		case <-signals:
			report("interrupted: waiting for the running changes to finish; interrupt again to stop at once")
			cancel()
		}
		select {
		case <-done:
		case <-signals:
			report("stopping at once")
			signal.Stop(signals)
			close(aborted)
		}
	}()
	return ctx, aborted, func() {
		signal.Stop(signals)
		close(done)
		cancel()
	}
}

// ownName is how a shell calls this process' executable, or "" if that is not known.
func ownName() string {
	executable, err := os.Executable()
	if err != nil {
		return ""
	}
	directory, err := os.Getwd()
	if err != nil {
		return ""
	}
	return calledAs(executable, directory)
}

func buildVersion() string {
	info, available := debug.ReadBuildInfo()
	if !available || info.Main.Version == "" {
		return "(devel)"
	}
	return info.Main.Version
}
