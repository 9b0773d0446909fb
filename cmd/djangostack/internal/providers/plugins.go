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

// installTimeout limits the download of all plugins. A plugin has about 30 MB, which takes seconds on
// a working network.
const installTimeout = 20 * time.Second

// missing returns the plugins that are not installed.
func missing(home string, plugins []Plugin) []Plugin {
	var absent []Plugin
	for _, plugin := range plugins {
		if !Installed(home, plugin) {
			absent = append(absent, plugin)
		}
	}
	return absent
}

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

func install(ctx context.Context, options Options, plugins []Plugin) error {
	bounded, cancel := context.WithTimeout(ctx, installTimeout)
	defer cancel()
	for _, plugin := range plugins {
		options.Log("downloading the provider " + plugin.String())
		if err := installOne(bounded, options, plugin); err != nil {
			return fmt.Errorf("downloading the provider %s: %w", plugin, err)
		}
	}
	return nil
}

func installOne(ctx context.Context, options Options, plugin Plugin) error {
	if err := removeBuiltIn(directory(options.Home, plugin)); err != nil {
		return err
	}
	command := exec.CommandContext(ctx, options.CLI.Path, "plugin", "install", "resource", plugin.Name, "v"+plugin.Version, "--non-interactive")
	command.Env = append(os.Environ(), "PULUMI_HOME="+options.Home, "PULUMI_SKIP_UPDATE_CHECK=true")
	var stderr bytes.Buffer
	command.Stderr = &stderr
	command.WaitDelay = time.Second
	err := command.Run()
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return fmt.Errorf("the download did not finish within %s", installTimeout)
	}
	if err != nil {
		return fmt.Errorf("%w: %s", err, strings.TrimSpace(stderr.String()))
	}
	return nil
}
