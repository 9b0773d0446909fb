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

// installBound is how long getting all plugins may take: a plugin of 30 MB needs
// a few seconds where the way is open, and a closed way shows soon.
const installBound = 20 * time.Second

// absent are the plugins which are not installed.
func absent(home string, plugins []Plugin) []Plugin {
	var missing []Plugin
	for _, plugin := range plugins {
		if !Installed(home, plugin) {
			missing = append(missing, plugin)
		}
	}
	return missing
}

// builtInMark is a file beside a built-in provider which scripts/pulumi-home has
// put in the place of a published plugin, for the ordinary pulumi.
const builtInMark = "built-in"

// directory is where Pulumi keeps a plugin.
func directory(home string, plugin Plugin) string {
	return filepath.Join(home, "plugins", fmt.Sprintf("resource-%s-v%s", plugin.Name, plugin.Version))
}

// Installed says whether a published plugin is in Pulumi's home, whole.
func Installed(home string, plugin Plugin) bool {
	dir := directory(home, plugin)
	info, err := os.Stat(dir)
	if err != nil || !info.IsDir() || builtIn(dir) {
		return false
	}
	// Pulumi marks a plugin that is being unpacked.
	_, err = os.Stat(dir + ".partial")
	return errors.Is(err, os.ErrNotExist)
}

func builtIn(dir string) bool {
	_, err := os.Stat(filepath.Join(dir, builtInMark))
	return err == nil
}

// makeRoom removes a built-in provider, which Pulumi would take for the plugin.
func makeRoom(dir string) error {
	if !builtIn(dir) {
		return nil
	}
	if err := os.RemoveAll(dir); err != nil {
		return fmt.Errorf("removing the built-in provider in its place: %w", err)
	}
	return nil
}

func install(ctx context.Context, options Options, plugins []Plugin) error {
	bounded, cancel := context.WithTimeout(ctx, installBound)
	defer cancel()
	for _, plugin := range plugins {
		options.Say("getting the provider " + plugin.String())
		if err := installOne(bounded, options, plugin); err != nil {
			return fmt.Errorf("getting the provider %s: %w", plugin, err)
		}
	}
	return nil
}

func installOne(ctx context.Context, options Options, plugin Plugin) error {
	if err := makeRoom(directory(options.Home, plugin)); err != nil {
		return err
	}
	command := exec.CommandContext(ctx, options.CLI.Path, "plugin", "install", "resource", plugin.Name, "v"+plugin.Version, "--non-interactive")
	command.Env = append(os.Environ(), "PULUMI_HOME="+options.Home, "PULUMI_SKIP_UPDATE_CHECK=true")
	var stderr bytes.Buffer
	command.Stderr = &stderr
	command.WaitDelay = time.Second
	err := command.Run()
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return fmt.Errorf("no answer within %s", installBound)
	}
	if err != nil {
		return fmt.Errorf("%w: %s", err, strings.TrimSpace(stderr.String()))
	}
	return nil
}
