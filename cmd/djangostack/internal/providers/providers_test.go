package providers

import (
	"context"
	"os"
	"path/filepath"
	"runtime/debug"
	"strings"
	"testing"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/djangostack/djangostack/stacks/lifecycle"
)

// fakeCLI is a Pulumi CLI that counts its calls and then runs the script.
func fakeCLI(t *testing.T, script string) (cli *lifecycle.CLI, calls func() int) {
	t.Helper()
	dir := t.TempDir()
	path, log := filepath.Join(dir, "pulumi"), filepath.Join(dir, "calls")
	require.NoError(t, os.WriteFile(path, []byte("#!/bin/sh\necho x >> "+log+"\n"+script), 0o700))
	return &lifecycle.CLI{Path: path}, func() int {
		raw, err := os.ReadFile(log)
		if err != nil {
			return 0
		}
		return len(raw) / 2
	}
}

func options(t *testing.T, mode lifecycle.Providers, cli *lifecycle.CLI) Options {
	t.Helper()
	return Options{
		Mode: mode, CLI: cli, Home: t.TempDir(),
		Plugins: []Plugin{{Name: "kubernetes", Version: "4.27.0"}},
		BuiltIn: func() map[string]pulumirpc.ResourceProviderServer {
			return map[string]pulumirpc.ResourceProviderServer{"kubernetes": pulumirpc.UnimplementedResourceProviderServer{}}
		},
		Log: func(string) {},
	}
}

func selectProviders(t *testing.T, options Options) (*Selection, error) {
	t.Helper()
	selected, err := Select(context.Background(), options)
	if err == nil {
		t.Cleanup(func() { require.NoError(t, selected.Close()) })
	}
	return selected, err
}

func TestEmbeddedRunsNoCommand(t *testing.T) {
	cli, calls := fakeCLI(t, "exit 0")
	opts := options(t, lifecycle.Embedded, cli)
	selected, err := selectProviders(t, opts)
	require.NoError(t, err)
	assert.True(t, selected.BuiltIn)
	assert.Regexp(t, `^kubernetes:\d+$`, selected.Env["PULUMI_DEBUG_PROVIDERS"])
	assert.Zero(t, calls())
}

func TestInstalledPluginsAreUsed(t *testing.T) {
	cli, calls := fakeCLI(t, "exit 1")
	opts := options(t, lifecycle.Published, cli)
	dir := filepath.Join(opts.Home, "plugins", "resource-kubernetes-v4.27.0")
	require.NoError(t, os.MkdirAll(dir, 0o700))
	selected, err := selectProviders(t, opts)
	require.NoError(t, err)
	assert.False(t, selected.BuiltIn)
	assert.Empty(t, selected.Env)
	assert.Zero(t, calls())

	require.NoError(t, os.WriteFile(dir+".partial", nil, 0o600))
	assert.False(t, Installed(opts.Home, opts.Plugins[0]), "a partly unpacked plugin is not installed")
}

func TestMissingPluginsAreInstalled(t *testing.T) {
	cli, calls := fakeCLI(t, "exit 0")
	opts := options(t, lifecycle.Published, cli)
	selected, err := selectProviders(t, opts)
	require.NoError(t, err)
	assert.False(t, selected.BuiltIn)
	assert.Equal(t, 1, calls())
}

func TestBuiltInProviderIsReplacedByThePublishedPlugin(t *testing.T) {
	cli, calls := fakeCLI(t, "exit 0")
	opts := options(t, lifecycle.Published, cli)
	dir := directory(opts.Home, opts.Plugins[0])
	require.NoError(t, os.MkdirAll(dir, 0o700))
	require.NoError(t, os.WriteFile(filepath.Join(dir, builtInMarker), nil, 0o600))
	assert.False(t, Installed(opts.Home, opts.Plugins[0]))

	_, err := selectProviders(t, opts)

	require.NoError(t, err)
	assert.Equal(t, 1, calls())
	assert.NoDirExists(t, dir, "the built-in provider is removed")
}

func TestPublishedDoesNotFallBack(t *testing.T) {
	cli, _ := fakeCLI(t, "echo no network >&2; exit 1")
	opts := options(t, lifecycle.Published, cli)
	_, err := selectProviders(t, opts)
	var download *DownloadError
	require.ErrorAs(t, err, &download)
	assert.ErrorContains(t, err, "no network")
}

func TestAReasonIsGivenOnce(t *testing.T) {
	cli, _ := fakeCLI(t, `echo '[resource plugin kubernetes-4.32.0] installing
warning: Error downloading plugin: Get "https://get.pulumi.com/k": no such host
Will retry in 80ms [1/5]
warning: Error downloading plugin: Get "https://get.pulumi.com/k": no such host
error: [resource plugin kubernetes-4.32.0] downloading from : failed all 5 attempts' >&2; exit 1`)
	opts := options(t, lifecycle.Published, cli)
	_, err := selectProviders(t, opts)
	require.ErrorContains(t, err, `: Get "https://get.pulumi.com/k": no such host`)
	assert.NotContains(t, err.Error(), "\n")
}

func TestSlowDownloadIsReportedAndNotCut(t *testing.T) {
	if testing.Short() {
		t.Skip("waits for the first report")
	}
	// The download ends when it has been reported: on a busy machine neither takes a certain time.
	reported := filepath.Join(t.TempDir(), "reported")
	cli, _ := fakeCLI(t, "head -c 3000000 /dev/zero > $TMPDIR/part; for i in $(seq 600); do [ -e "+reported+" ] && exit; sleep 0.1; done")
	opts := options(t, lifecycle.Published, cli)
	messages := make(chan string, 100)
	opts.Log = func(text string) {
		messages <- text
		if strings.Contains(text, ": 3 MB in ") {
			assert.NoError(t, os.WriteFile(reported, nil, 0o600))
		}
	}
	_, err := selectProviders(t, opts)
	require.NoError(t, err)
	assert.Equal(t, "downloading the provider kubernetes 4.27.0", <-messages)
	assert.Regexp(t, `^downloading the provider kubernetes 4\.27\.0: [0-3] MB in \d+s$`, <-messages)
	assert.FileExists(t, reported)
}

func TestPluginVersionsAreThoseOfTheSDKs(t *testing.T) {
	modules := []*debug.Module{
		{Path: "github.com/pulumi/pulumi-kubernetes/sdk/v4", Version: "v4.27.0"},
		{Path: "github.com/pulumi/pulumi-random/sdk/v4", Version: "v4.19.0"},
	}
	plugins, err := fromModules(modules, []string{"kubernetes", "random"})
	require.NoError(t, err)
	assert.Equal(t, []Plugin{{"kubernetes", "4.27.0"}, {"random", "4.19.0"}}, plugins)
	_, err = fromModules(modules, []string{"aws"})
	assert.Error(t, err)
}

func TestParseMode(t *testing.T) {
	for _, text := range []string{"published", "embedded"} {
		_, err := ParseMode(text)
		assert.NoError(t, err)
	}
	_, err := ParseMode("auto")
	assert.ErrorContains(t, err, "published or embedded")
}
