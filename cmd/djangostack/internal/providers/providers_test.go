package providers

import (
	"context"
	"os"
	"path/filepath"
	"runtime/debug"
	"testing"
	"time"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/djangostack/djangostack/stacks/lifecycle"
)

// fakeCLI is a Pulumi command line that counts its calls and ends as told.
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

func options(t *testing.T, mode Mode, cli *lifecycle.CLI) (Options, *[]string) {
	t.Helper()
	var said []string
	return Options{
		Mode: mode, CLI: cli, Home: t.TempDir(), StateDir: t.TempDir(),
		Plugins: []Plugin{{Name: "kubernetes", Version: "4.27.0"}},
		Embedded: func() map[string]pulumirpc.ResourceProviderServer {
			return map[string]pulumirpc.ResourceProviderServer{"kubernetes": pulumirpc.UnimplementedResourceProviderServer{}}
		},
		Say: func(text string) { said = append(said, text) },
	}, &said
}

func choose(t *testing.T, options Options) (*Chosen, error) {
	t.Helper()
	chosen, err := Choose(context.Background(), options)
	if err == nil {
		t.Cleanup(func() { require.NoError(t, chosen.Close()) })
	}
	return chosen, err
}

func TestEmbeddedAsksNobody(t *testing.T) {
	cli, calls := fakeCLI(t, "exit 0")
	opts, _ := options(t, Embedded, cli)
	chosen, err := choose(t, opts)
	require.NoError(t, err)
	assert.True(t, chosen.Embedded)
	assert.Regexp(t, `^kubernetes:\d+$`, chosen.Env["PULUMI_DEBUG_PROVIDERS"])
	assert.Zero(t, calls())
}

func TestInstalledPluginsAreUsed(t *testing.T) {
	cli, calls := fakeCLI(t, "exit 1")
	opts, _ := options(t, Auto, cli)
	dir := filepath.Join(opts.Home, "plugins", "resource-kubernetes-v4.27.0")
	require.NoError(t, os.MkdirAll(dir, 0o700))
	chosen, err := choose(t, opts)
	require.NoError(t, err)
	assert.False(t, chosen.Embedded)
	assert.Empty(t, chosen.Env)
	assert.Zero(t, calls())

	require.NoError(t, os.WriteFile(dir+".partial", nil, 0o600))
	assert.False(t, Installed(opts.Home, opts.Plugins[0]), "half a plugin is none")
}

func TestAutoInstallsWhatIsMissing(t *testing.T) {
	cli, calls := fakeCLI(t, "exit 0")
	opts, _ := options(t, Auto, cli)
	chosen, err := choose(t, opts)
	require.NoError(t, err)
	assert.False(t, chosen.Embedded)
	assert.Equal(t, 1, calls())
}

func TestABuiltInProviderIsNoPublishedPlugin(t *testing.T) {
	cli, calls := fakeCLI(t, "exit 0")
	opts, _ := options(t, Published, cli)
	dir := directory(opts.Home, opts.Plugins[0])
	require.NoError(t, os.MkdirAll(dir, 0o700))
	require.NoError(t, os.WriteFile(filepath.Join(dir, builtInMark), nil, 0o600))
	assert.False(t, Installed(opts.Home, opts.Plugins[0]))

	_, err := choose(t, opts)

	require.NoError(t, err)
	assert.Equal(t, 1, calls())
	assert.NoDirExists(t, dir, "it has made room for the published plugin")
}

func TestAutoForgetsThatPluginsCouldNotBeHad(t *testing.T) {
	cli, _ := fakeCLI(t, "exit 0")
	opts, _ := options(t, Published, cli)
	memory{dir: opts.StateDir}.remember(opts.Plugins)
	_, err := choose(t, opts)
	require.NoError(t, err)
	assert.NoFileExists(t, memory{dir: opts.StateDir}.path())
}

func TestAutoFallsBackAndRemembersForAWhile(t *testing.T) {
	cli, calls := fakeCLI(t, "echo no way >&2; exit 1")
	opts, said := options(t, Auto, cli)
	for range 2 {
		chosen, err := choose(t, opts)
		require.NoError(t, err)
		assert.True(t, chosen.Embedded)
	}
	assert.Equal(t, 1, calls(), "the second run does not try again")
	assert.Len(t, *said, 2, "said once: %v", *said)

	old := time.Now().Add(-2 * forgetAfter)
	require.NoError(t, os.Chtimes(memory{dir: opts.StateDir}.path(), old, old))
	_, err := choose(t, opts)
	require.NoError(t, err)
	assert.Equal(t, 2, calls(), "after a while it tries again")
}

func TestPublishedDoesNotFallBack(t *testing.T) {
	cli, _ := fakeCLI(t, "echo no way >&2; exit 1")
	opts, _ := options(t, Published, cli)
	_, err := choose(t, opts)
	assert.ErrorContains(t, err, "no way")
}

func TestWantedVersionsAreThoseOfTheSDKs(t *testing.T) {
	modules := []*debug.Module{
		{Path: "github.com/pulumi/pulumi-kubernetes/sdk/v4", Version: "v4.27.0"},
		{Path: "github.com/pulumi/pulumi-random/sdk/v4", Version: "v4.19.0"},
	}
	plugins, err := wanted(modules, []string{"kubernetes", "random"})
	require.NoError(t, err)
	assert.Equal(t, []Plugin{{"kubernetes", "4.27.0"}, {"random", "4.19.0"}}, plugins)
	_, err = wanted(modules, []string{"aws"})
	assert.Error(t, err)
}

func TestParseMode(t *testing.T) {
	for _, text := range []string{"auto", "published", "embedded"} {
		_, err := ParseMode(text)
		assert.NoError(t, err)
	}
	_, err := ParseMode("twin")
	assert.ErrorContains(t, err, "auto, published, embedded")
}
