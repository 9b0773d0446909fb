package main

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/structpb"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
)

func TestAModuleIsTheProviderThatItSaysOrThatItsPathSays(t *testing.T) {
	says := func(name, version string) *plugin.PulumiPluginJSON {
		return &plugin.PulumiPluginJSON{Resource: true, Name: name, Version: version}
	}
	for _, example := range []struct {
		of     module
		says   *plugin.PulumiPluginJSON
		wanted string
	}{
		{module{Path: "github.com/pulumi/pulumi-kubernetes/sdk/v4", Version: "v4.32.0"}, says("kubernetes", "4.32.0"), "kubernetes v4.32.0"},
		{module{Path: "github.com/pulumi/pulumi-random/sdk/v4", Version: "v4.19.0"}, nil, "random v4.19.0"},
		{module{Path: "github.com/somebody/pulumi-clock/sdk", Version: "v0.2.0"}, says("clock", ""), "clock v0.2.0"},
		{module{Path: "github.com/pulumi/pulumi-cloud-sdk/go", Version: "v1.0.0"}, nil, ""},
		{module{Path: "github.com/pulumi/pulumi/sdk/v3", Version: "v3.276.0"}, nil, ""},
		{module{Path: "github.com/stretchr/testify", Version: "v1.12.1"}, nil, ""},
		{module{Path: "github.com/pulumi/pulumi-aws/sdk/v6", Version: "v6.1.1-0.20260101120000-0123456789ab"}, nil, ""},
		{module{Path: "github.com/somebody/library", Version: "v1.0.0"}, &plugin.PulumiPluginJSON{Name: "library"}, ""},
	} {
		found := provider(example.of, example.says)
		if example.wanted == "" {
			assert.Nil(t, found, example.of.Path)
			continue
		}
		require.NotNil(t, found, example.of.Path)
		assert.Equal(t, example.wanted, found.GetName()+" "+found.GetVersion())
		assert.Equal(t, "resource", found.GetKind())
	}
}

// programInfo describes a program as pulumi does.
func programInfo(t *testing.T, dir string, options map[string]any) *pulumirpc.ProgramInfo {
	t.Helper()
	given, err := structpb.NewStruct(options)
	require.NoError(t, err)
	return &pulumirpc.ProgramInfo{RootDirectory: dir, ProgramDirectory: dir, EntryPoint: ".", Options: given}
}

func TestThisRepositorysProvidersAreFound(t *testing.T) {
	root, err := filepath.Abs(filepath.Join("..", ".."))
	require.NoError(t, err)

	answer, err := newHost("").GetRequiredPackages(t.Context(), &pulumirpc.GetRequiredPackagesRequest{Info: programInfo(t, root, nil)})

	require.NoError(t, err)
	var names []string
	for _, one := range answer.GetPackages() {
		names = append(names, one.GetName())
		assert.Regexp(t, `^v\d+\.\d+\.\d+$`, one.GetVersion())
	}
	assert.ElementsMatch(t, []string{"aws", "gcp", "kubernetes", "random"}, names)
}

func TestTheProvidersOfABuiltProgramNeedNoSources(t *testing.T) {
	info := programInfo(t, t.TempDir(), map[string]any{"binary": "shop"})
	answer, err := newHost("").GetRequiredPackages(t.Context(), &pulumirpc.GetRequiredPackagesRequest{Info: info})
	require.NoError(t, err)
	assert.Empty(t, answer.GetPackages())
}

func TestTheDependenciesAreTheDirectOnesUnlessAllAreAsked(t *testing.T) {
	dir := t.TempDir()
	text := "module shop\n\nrequire (\n\texample.com/a v1.0.0\n\texample.com/b v1.1.0 // indirect\n\texample.com/c v1.2.0\n)\n\nreplace example.com/c => ./c\n"
	require.NoError(t, os.WriteFile(filepath.Join(dir, "go.mod"), []byte(text), 0o600))
	list := func(transitive bool) map[string]string {
		answer, err := newHost("").GetProgramDependencies(t.Context(), &pulumirpc.GetProgramDependenciesRequest{
			Info: programInfo(t, dir, nil), TransitiveDependencies: transitive,
		})
		require.NoError(t, err)
		found := map[string]string{}
		for _, one := range answer.GetDependencies() {
			found[one.GetName()] = one.GetVersion()
		}
		return found
	}
	assert.Equal(t, map[string]string{"example.com/a": "v1.0.0", "example.com/c": ""}, list(false))
	assert.Equal(t, map[string]string{"example.com/a": "v1.0.0", "example.com/b": "v1.1.0", "example.com/c": ""}, list(true))
}

func TestWrongOptionsAreNamed(t *testing.T) {
	for _, example := range []struct {
		options map[string]any
		wanted  string
	}{
		{map[string]any{"binary": "a", "buildTarget": "b"}, "exclude each other"},
		{map[string]any{"buildTarget": true}, "runtime.options.buildTarget"},
		{map[string]any{"binary": "there-is-no-such-program"}, "runtime.options.binary"},
	} {
		answer, err := newHost("127.0.0.1:1").Run(t.Context(), &pulumirpc.RunRequest{Info: programInfo(t, t.TempDir(), example.options)})
		require.NoError(t, err)
		assert.Contains(t, answer.GetError(), example.wanted)
	}
}

func TestATargetIsRelativeToTheProgram(t *testing.T) {
	absolute := filepath.Join(t.TempDir(), "program")
	assert.Equal(t, absolute, options{buildTarget: absolute}.target("shop"))
	assert.Equal(t, filepath.Join("shop", "bin", "program"), options{buildTarget: "bin/program"}.target("shop"))
}

func TestHowAProgramEndedIsTold(t *testing.T) {
	ended := func(command string) error { return exec.Command("sh", "-c", command).Run() }

	assert.Equal(t, &pulumirpc.RunResponse{}, response(ended("exit 0")))
	assert.True(t, response(ended("exit 32")).GetBail(), "the program has told its error")
	assert.Contains(t, response(ended("exit 3")).GetError(), "code 3")
	assert.Contains(t, response(ended("kill -9 $$")).GetError(), "killed")
	assert.Contains(t, response(exec.Command("/there/is/none").Run()).GetError(), "no such file")
}

func TestCancelEndsABuild(t *testing.T) {
	cancelled := newHost("127.0.0.1:1")
	_, err := cancelled.Cancel(t.Context(), nil)
	require.NoError(t, err)

	answer, err := cancelled.Run(t.Context(), &pulumirpc.RunRequest{Info: programInfo(t, t.TempDir(), nil)})

	require.NoError(t, err)
	assert.Contains(t, answer.GetError(), context.Canceled.Error())
}

func TestGeneratingCodeIsLeftToThePublishedHost(t *testing.T) {
	_, err := newHost("").GenerateProject(t.Context(), &pulumirpc.GenerateProjectRequest{})
	assert.Equal(t, codes.Unimplemented, status.Code(err))
}

func TestTheCommandLineIsPulumis(t *testing.T) {
	address, err := engineAddress([]string{"-tracing", "somewhere", "127.0.0.1:4242"})
	require.NoError(t, err)
	assert.Equal(t, "127.0.0.1:4242", address)

	assert.Error(t, run([]string{"-unknown"}, &bytes.Buffer{}))
}
