package providers

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// A download has no time limit, because networks differ and a plugin of a cloud has up to 200 MB. It fails
// if nothing arrives for a while.
const (
	// stalledAfter is the longest time without a new byte.
	stalledAfter = 2 * time.Minute
	// reportEvery is the time between two lines about a running download.
	reportEvery = 5 * time.Second
)

// builtInMarker is a file that scripts/pulumi-home puts beside a built-in provider that it installs
// under the name of a published plugin, for Pulumi's own command.
const builtInMarker = "built-in"

// directory is where Pulumi installs a plugin.
func directory(home string, plugin Plugin) string {
	return filepath.Join(home, "plugins", fmt.Sprintf("resource-%s-v%s", plugin.Name, plugin.Version))
}

// Installed reports whether a published plugin is completely installed in Pulumi's home.
func Installed(home string, plugin Plugin) bool {
	dir := directory(home, plugin)
	info, err := os.Stat(dir)
	if err != nil || !info.IsDir() || isBuiltIn(dir) {
		return false
	}
	// Pulumi keeps this file while it unpacks a plugin.
	_, err = os.Stat(dir + ".partial")
	return errors.Is(err, os.ErrNotExist)
}

func isBuiltIn(dir string) bool {
	_, err := os.Stat(filepath.Join(dir, builtInMarker))
	return err == nil
}

// removeBuiltIn removes a built-in provider from the plugin's directory. Pulumi would take it for the
// published plugin and install nothing.
func removeBuiltIn(dir string) error {
	if !isBuiltIn(dir) {
		return nil
	}
	if err := os.RemoveAll(dir); err != nil {
		return fmt.Errorf("removing the built-in provider: %w", err)
	}
	return nil
}

// install downloads one plugin with Pulumi's CLI.
func install(ctx context.Context, options Options, plugin Plugin) error {
	if err := removeBuiltIn(directory(options.Home, plugin)); err != nil {
		return err
	}
	downloads, err := os.MkdirTemp("", "djangostack-download-*")
	if err != nil {
		return fmt.Errorf("creating the directory of the download: %w", err)
	}
	defer func() { _ = os.RemoveAll(downloads) }()
	options.Log("downloading the provider " + plugin.String())
	watched, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	go watch(watched, stop, downloads, func(text string) { options.Log("downloading the provider " + plugin.String() + ": " + text) })

	command := exec.CommandContext(watched, options.CLI.Path, "plugin", "install", "resource", plugin.Name, "v"+plugin.Version, "--non-interactive")
	command.Env = append(os.Environ(), "PULUMI_HOME="+options.Home, "PULUMI_SKIP_UPDATE_CHECK=true", "TMPDIR="+downloads)
	var stderr bytes.Buffer
	command.Stderr = &stderr
	command.WaitDelay = time.Second
	err = command.Run()
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil:
		return ctx.Err()
	case context.Cause(watched) != nil:
		err = context.Cause(watched)
	default:
		err = fmt.Errorf("%w: %s", err, reasonOf(stderr.String()))
	}
	return &DownloadError{Plugin: plugin, Err: err}
}

// reasonOf returns what Pulumi says about a download. Pulumi repeats the reason with every attempt; the last one is enough.
func reasonOf(stderr string) string {
	reason := strings.TrimSpace(stderr)
	for line := range strings.Lines(stderr) {
		if text, found := strings.CutPrefix(strings.TrimSpace(line), "warning: Error downloading plugin: "); found {
			reason = text
		}
	}
	return reason
}

// DownloadError reports that a published plugin could not be downloaded.
type DownloadError struct {
	Plugin Plugin
	Err    error
}

func (e *DownloadError) Error() string {
	return fmt.Sprintf("downloading the provider %s: %v", e.Plugin, e.Err)
}
func (e *DownloadError) Unwrap() error { return e.Err }

// watch reports how much of a download has arrived in a directory, and stops a download that has stalled.
func watch(ctx context.Context, stop context.CancelCauseFunc, dir string, report func(text string)) {
	began, grew := time.Now(), time.Now()
	var size int64
	ticker := time.NewTicker(reportEvery)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
		if now := sizeOf(dir); now != size {
			size, grew = now, time.Now()
		}
		if time.Since(grew) > stalledAfter {
			stop(fmt.Errorf("nothing arrived for %s", stalledAfter))
			return
		}
		report(fmt.Sprintf("%d MB in %s", size/1_000_000, time.Since(began).Round(time.Second)))
	}
}

// sizeOf returns the size of all files in a directory, in bytes. Files that disappear meanwhile do not count.
func sizeOf(dir string) int64 {
	var size int64
	_ = filepath.WalkDir(dir, func(_ string, entry os.DirEntry, err error) error {
		if err != nil {
			return nil
		}
		if info, err := entry.Info(); err == nil && info.Mode().IsRegular() {
			size += info.Size()
		}
		return nil
	})
	return size
}
