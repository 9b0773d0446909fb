package cli_test

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/djangostack/djangostack/cmd/djangostack/internal/cli"
	"github.com/djangostack/djangostack/emulators/random"
	"github.com/djangostack/djangostack/tests/testenv"
)

const valid = `config:
  djangostack:environment:
    cloud: none
    tier: staging
    cluster: {context: nowhere}
    app:
      name: blog
      image: registry.example/blog:1
      settingsModule: blog.settings
      url: http://127.0.0.1:8000
`

// password is random's RandomPassword, without the SDK.
type password struct {
	pulumi.CustomResourceState
	Result pulumi.StringOutput `pulumi:"result"`
}

// program makes a password and a group, and needs no cluster.
func program(ctx *pulumi.Context) error {
	made := &password{}
	if err := ctx.RegisterResource("random:index/randomPassword:RandomPassword", "admin",
		pulumi.Map{"length": pulumi.Int(24)}, made, pulumi.AdditionalSecretOutputs([]string{"result"})); err != nil {
		return err
	}
	ctx.Export("url", pulumi.String("http://127.0.0.1:8000"))
	ctx.Export("adminPassword", pulumi.ToSecret(made.Result))
	return nil
}

// bench is a project in a temporary directory and what the command wrote.
type bench struct {
	t              *testing.T
	dir            string
	stdout, stderr string
}

func newBench(t *testing.T) *bench {
	t.Helper()
	b := &bench{t: t, dir: t.TempDir()}
	for _, name := range []string{"DJANGOSTACK_PULUMI", "PULUMI_BACKEND_URL", "PULUMI_CONFIG_PASSPHRASE_FILE", "DJANGOSTACK_STATE"} {
		t.Setenv(name, "")
	}
	t.Setenv("PULUMI_HOME", filepath.Join(b.dir, "home"))
	t.Setenv("KUBECONFIG", filepath.Join(b.dir, "kubeconfig"))
	b.write("Pulumi.yaml", "name: djangostack\nruntime: go\n")
	b.write("Pulumi.dev.yaml", valid)
	return b
}

func (b *bench) write(name, text string) string {
	b.t.Helper()
	path := filepath.Join(b.dir, name)
	require.NoError(b.t, os.WriteFile(path, []byte(text), 0o600))
	return path
}

// run runs the command in the project and returns its exit code.
func (b *bench) run(args ...string) int {
	b.t.Helper()
	var stdout, stderr bytes.Buffer
	code := cli.Run(context.Background(), cli.Dependencies{
		Program: program,
		Embedded: func() map[string]pulumirpc.ResourceProviderServer {
			return map[string]pulumirpc.ResourceProviderServer{"random": random.New()}
		},
		Version: "test", Stdout: &stdout, Stderr: &stderr,
	}, nil, append(args, "--dir", b.dir))
	b.stdout, b.stderr = stdout.String(), stderr.String()
	return code
}

func TestTheConfigurationIsCheckedBeforeAnythingRuns(t *testing.T) {
	b := newBench(t)
	b.write("Pulumi.dev.yaml", strings.Replace(valid, "tier: staging", "tier: stagin\n    colour: red", 1))
	for _, command := range []string{"up", "preview", "render"} {
		assert.Equal(t, 2, b.run(command, "-s", "dev", "--pulumi", "/nowhere/pulumi"), command)
		assert.Contains(t, b.stderr, "the configuration has 2 mistakes")
		assert.Contains(t, b.stderr, "stagin")
		assert.Contains(t, b.stderr, "colour")
	}
	assert.NoDirExists(t, filepath.Join(b.dir, ".djangostack", "pulumi", "backend"))
}

func TestOverridesAreCheckedLikeTheFile(t *testing.T) {
	b := newBench(t)
	assert.Equal(t, 2, b.run("up", "-s", "dev", "--set", "web.replica=2"))
	assert.Contains(t, b.stderr, "web.replica")
	assert.Equal(t, 2, b.run("up", "-s", "dev", "--set", "web.replicas"))
	assert.Contains(t, b.stderr, "write path=value")
}

func TestUsageErrors(t *testing.T) {
	b := newBench(t)
	b.write("Pulumi.prod.yaml", valid)
	cases := map[string]struct {
		args []string
		want string
	}{
		"no stack":           {[]string{"up"}, "there are: dev, prod"},
		"no configuration":   {[]string{"up", "-s", "qa"}, "stack qa has no configuration"},
		"unknown flag":       {[]string{"up", "--fast"}, "unknown flag"},
		"extra argument":     {[]string{"up", "dev"}, "unknown command"},
		"unknown providers":  {[]string{"up", "-s", "dev", "--providers", "twin"}, "auto, published, embedded"},
		"file is missing":    {[]string{"config", "validate"}, "accepts 1 arg"},
		"stack name is wild": {[]string{"outputs", "-s", "../x", "--pulumi", b.pulumi("3.259.0")}, "stack name"},
	}
	for name, test := range cases {
		t.Run(name, func(t *testing.T) {
			assert.Equal(t, 2, b.run(test.args...), b.stderr)
			assert.Contains(t, b.stderr, test.want)
		})
	}
}

// pulumi is a command line that can only say its version.
func (b *bench) pulumi(version string) string {
	b.t.Helper()
	path := filepath.Join(b.dir, "pulumi-"+version)
	require.NoError(b.t, os.WriteFile(path, []byte("#!/bin/sh\necho v"+version+"\n"), 0o700))
	return path
}

func TestAMissingOrOldPulumiIsSaid(t *testing.T) {
	b := newBench(t)
	assert.Equal(t, 3, b.run("up", "-s", "dev", "--pulumi", "/nowhere/pulumi"))
	assert.Contains(t, b.stderr, "make tools")
	assert.Equal(t, 3, b.run("up", "-s", "dev", "--pulumi", b.pulumi("3.100.0")))
	assert.Contains(t, b.stderr, "version 3.100.0, older than 3.181.0")
}

func TestConfigValidate(t *testing.T) {
	b := newBench(t)
	path := filepath.Join(b.dir, "Pulumi.dev.yaml")
	assert.Equal(t, 0, b.run("config", "validate", path), b.stderr)
	assert.Contains(t, b.stdout, "is valid")

	b.write("Pulumi.dev.yaml", strings.Replace(valid, "cloud: none", "place: moon", 1))
	assert.Equal(t, 2, b.run("config", "validate", path, "--json"))
	var verdict struct {
		Valid    bool
		Problems []struct{ Path string }
	}
	require.NoError(t, json.Unmarshal([]byte(b.stdout), &verdict))
	assert.False(t, verdict.Valid)
	require.Len(t, verdict.Problems, 1)
	assert.Equal(t, "cloud", verdict.Problems[0].Path)
}

func TestConfigValidateTakesEncryptedValuesForGranted(t *testing.T) {
	b := newBench(t)
	path := b.write("Pulumi.dev.yaml", valid+"      secretEnv:\n        STRIPE_KEY: {secure: v1:abc}\n")
	assert.Equal(t, 0, b.run("config", "validate", path), b.stderr)

	b.write("Pulumi.dev.yaml", valid+"      secretEnv:\n        STRIPE_KEY: sk_live_1\n")
	assert.Equal(t, 2, b.run("config", "validate", path))
	assert.Contains(t, b.stderr, "must be encrypted")
	assert.NotContains(t, b.stderr, "sk_live_1")
}

func TestDoctorNamesWhatFailsAndTheNextStep(t *testing.T) {
	b := newBench(t)
	assert.Equal(t, 9, b.run("doctor", "-s", "dev", "--pulumi", "/nowhere/pulumi", "--json"))
	findings := map[string]bool{}
	for line := range strings.Lines(b.stdout) {
		var found struct {
			What, Next string
			OK         bool
		}
		require.NoError(t, json.Unmarshal([]byte(line), &found))
		findings[found.What] = found.OK
		assert.NotEqual(t, found.OK, found.Next != "", "a failure says the next step: %s", line)
	}
	assert.Equal(t, map[string]bool{"project": true, "pulumi": false, "providers": true, "configuration": true, "cluster": false}, findings)
}

func TestAnEnvironmentsLife(t *testing.T) {
	pulumi := testenv.NeedsEngine(t).Path
	b := newBench(t)
	t.Setenv("DJANGOSTACK_PULUMI", pulumi)
	on := []string{"-s", "dev", "--providers", "embedded"}

	assert.Equal(t, 8, b.run(append(on, "outputs")...), b.stderr)
	assert.Equal(t, 7, b.run(append(on, "preview", "--expect-no-changes")...), b.stderr)
	assert.Contains(t, b.stdout, "RandomPassword admin")

	require.Equal(t, 0, b.run(append(on, "up")...), b.stderr)
	assert.Contains(t, b.stdout, "dev: 2 created in")
	assert.Contains(t, b.stdout, "[secret]")
	shown := b.stdout + b.stderr

	require.Equal(t, 0, b.run(append(on, "outputs", "adminPassword")...), b.stderr)
	secret := strings.TrimSpace(b.stdout)
	assert.Len(t, secret, 24)
	assert.NotContains(t, shown, secret)
	require.Equal(t, 0, b.run(append(on, "outputs", "--json")...), b.stderr)
	assert.JSONEq(t, `{"url": "http://127.0.0.1:8000", "adminPassword": "[secret]"}`, b.stdout)
	assert.Equal(t, 2, b.run(append(on, "outputs", "nothing")...))
	assert.Contains(t, b.stderr, "adminPassword, url")

	require.Equal(t, 0, b.run(append(on, "preview", "--expect-no-changes")...), b.stderr)
	require.Equal(t, 0, b.run(append(on, "up", "--json")...), b.stderr)
	assert.NotContains(t, b.stdout, secret)
	lines := strings.Split(strings.TrimSpace(b.stdout), "\n")
	var last struct {
		Type, Result string
		Changes      map[string]int
	}
	require.NoError(t, json.Unmarshal([]byte(lines[len(lines)-1]), &last))
	assert.Equal(t, "summary", last.Type)
	assert.Equal(t, "succeeded", last.Result)
	assert.Equal(t, map[string]int{"same": 2}, last.Changes)

	require.Equal(t, 0, b.run(append(on, "destroy", "--yes")...), b.stderr)
	assert.Equal(t, 0, b.run(append(on, "destroy", "--yes")...), "a second destroy finds nothing to do")
}
