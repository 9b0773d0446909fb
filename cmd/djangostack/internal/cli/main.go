package cli

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"

	"github.com/djangostack/djangostack/cmd/djangostack/internal/providers"
)

// Main runs the command as a process: with the versions that it was built with,
// and with signals. It returns the exit code.
func Main(dependencies Dependencies, args []string) int {
	plugins, err := providers.Wanted(dependencies.Needs...)
	if err != nil {
		_, _ = fmt.Fprintf(dependencies.Stderr, "djangostack: %v\n", err)
		return exitOther
	}
	dependencies.Plugins = plugins
	dependencies.Version = buildVersion()

	ctx, abort, stop := interrupts(func(text string) { _, _ = fmt.Fprintln(dependencies.Stderr, text) })
	defer stop()
	return Run(ctx, dependencies, abort, args)
}

// interrupts ends the context at the first interrupt, closes abort at the second,
// and leaves the third to the system.
func interrupts(say func(string)) (ctx context.Context, abort <-chan struct{}, stop func()) {
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
			say("interrupted: letting what is under way end; once more stops at once")
			cancel()
		}
		select {
		case <-done:
		case <-signals:
			say("stopping at once")
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

func buildVersion() string {
	info, available := debug.ReadBuildInfo()
	if !available || info.Main.Version == "" {
		return "(devel)"
	}
	return info.Main.Version
}
