package cli_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/djangostack/djangostack/cmd/djangostack/internal/cli"
	"github.com/djangostack/djangostack/cmd/djangostack/internal/providers"
	"github.com/djangostack/djangostack/emulators/random"
	"github.com/djangostack/djangostack/stacks/spec"
	"github.com/djangostack/djangostack/tests/testenv"
)

const valid = `config:
  djangostack:environment:
    cloud: none
    tier: staging
    cluster: {context: nowhere}
    app:
      name: blog
      image: ghcr.io/acme/blog:1
      settingsModule: blog.settings
      url: http://127.0.0.1:8000
`

// randomPassword is the resource RandomPassword, without the SDK.
type randomPassword struct {
	pulumi.CustomResourceState
	Result pulumi.StringOutput `pulumi:"result"`
}

// program creates a password, without a cluster.
func program(ctx *pulumi.Context) error {
	password := &randomPassword{}
	if err := ctx.RegisterResource("random:index/randomPassword:RandomPassword", "admin",
		pulumi.Map{"length": pulumi.Int(24)}, password, pulumi.AdditionalSecretOutputs([]string{"result"})); err != nil {
		return err
	}
	ctx.Export("url", pulumi.String("http://127.0.0.1:8000"))
	ctx.Export("adminPassword", pulumi.ToSecret(password.Result))
	return nil
}

// testProject is a project in a temporary directory, with the output of the latest run.
type testProject struct {
	t              *testing.T
	dir            string
	stdout, stderr string
	answerWithin   time.Duration
}

func newTestProject(t *testing.T) *testProject {
	t.Helper()
	p := &testProject{t: t, dir: t.TempDir()}
	for _, name := range []string{"DJANGOSTACK_PULUMI", "PULUMI_BACKEND_URL", "PULUMI_CONFIG_PASSPHRASE_FILE", "DJANGOSTACK_STATE"} {
		t.Setenv(name, "")
	}
	t.Setenv("PULUMI_HOME", filepath.Join(p.dir, "home"))
	t.Setenv("KUBECONFIG", filepath.Join(p.dir, "kubeconfig"))
	p.write("Pulumi.yaml", "name: djangostack\nruntime: go\n")
	p.write("Pulumi.dev.yaml", valid)
	return p
}

func (p *testProject) write(name, text string) string {
	p.t.Helper()
	path := filepath.Join(p.dir, name)
	require.NoError(p.t, os.WriteFile(path, []byte(text), 0o600))
	return path
}

// run runs the command in the project and returns its exit code.
func (p *testProject) run(args ...string) int {
	p.t.Helper()
	var stdout, stderr bytes.Buffer
	code := cli.Run(context.Background(), cli.Dependencies{
		Program: program,
		BuiltIn: func() map[string]pulumirpc.ResourceProviderServer {
			return map[string]pulumirpc.ResourceProviderServer{"random": random.New()}
		},
		CloudPlugins: map[spec.Cloud][]providers.Plugin{spec.AWSCloud: {{Name: "aws", Version: "6.83.4"}}},
		AnswerWithin: p.answerWithin,
		Version:      "test", Stdout: &stdout, Stderr: &stderr,
	}, nil, p.inProject(args))
	p.stdout, p.stderr = stdout.String(), stderr.String()
	return code
}

// inProject adds --dir for the commands that have it.
func (p *testProject) inProject(args []string) []string {
	for _, without := range []string{"version", "exit-codes", "explain"} {
		if slices.Contains(args, without) {
			return args
		}
	}
	return append(slices.Clone(args), "--dir", p.dir)
}

func TestConfigurationIsCheckedBeforeAnythingRuns(t *testing.T) {
	p := newTestProject(t)
	p.write("Pulumi.dev.yaml", strings.Replace(valid, "tier: staging", "tier: stagin\n    colour: red", 1))
	t.Setenv("DJANGOSTACK_PULUMI", "/nowhere/pulumi")
	for _, command := range []string{"up", "preview", "render"} {
		assert.Equal(t, 2, p.run(command, "-s", "dev"), command)
		assert.Contains(t, p.stderr, "the configuration has 2 mistakes")
		assert.Contains(t, p.stderr, "stagin")
		assert.Contains(t, p.stderr, "colour")
	}
	assert.Equal(t, 2, p.run("preview", "-s", "dev", "--markdown"), "a report of the mistakes for the reviewer")
	assert.True(t, strings.HasPrefix(p.stdout, "### dev: no plan\n"), p.stdout)
	assert.Contains(t, p.stdout, "the configuration has 2 mistakes")
	assert.Equal(t, 10, p.run("preview", "-s", "dev", "--markdown", "--json"))
	assert.NoDirExists(t, filepath.Join(p.dir, ".djangostack", "pulumi", "backend"))
}

func TestOverridesAreCheckedLikeTheFile(t *testing.T) {
	p := newTestProject(t)
	assert.Equal(t, 2, p.run("up", "-s", "dev", "--set", "web.replica=2"))
	assert.Contains(t, p.stderr, "web.replica")
	assert.Equal(t, 10, p.run("up", "-s", "dev", "--set", "web.replicas"))
	assert.Contains(t, p.stderr, "write path=value")
}

func TestUsageErrors(t *testing.T) {
	p := newTestProject(t)
	p.write("Pulumi.prod.yaml", valid)
	cases := map[string]struct {
		args []string
		want string
	}{
		"no stack":          {[]string{"up"}, "name the stack with -s: dev, prod"},
		"unknown flag":      {[]string{"up", "--fast"}, "unknown flag"},
		"unknown command":   {[]string{"upp"}, `djangostack: unknown command "upp"; did you mean up? see djangostack --help`},
		"extra argument":    {[]string{"up", "dev"}, `djangostack: unexpected argument "dev" of djangostack up; did you mean -s dev? see djangostack up --help`},
		"no stack needed":   {[]string{"version", "dev"}, `djangostack: unexpected argument "dev" of djangostack version; see`},
		"unknown providers": {[]string{"up", "-s", "dev", "--providers", "newest"}, "published or embedded"},
		"file is missing":   {[]string{"config", "validate"}, "name the file to check: Pulumi.dev.yaml, Pulumi.prod.yaml"},
		"unknown group":     {[]string{"backups", "list"}, "unknown command"},
		"unknown in group":  {[]string{"config", "check"}, "unknown command"},
		"no argument":       {[]string{"config", "secret", "-s", "dev"}, "accepts 1 arg"},
		"value of a flag":   {[]string{"up", "--parallel", "many"}, "invalid argument"},
		"two stacks":        {[]string{"config", "validate", "Pulumi.dev.yaml", "-s", "prod"}, "not both"},
		"override":          {[]string{"up", "-s", "dev", "--set", "web"}, "write path=value"},
	}
	for name, test := range cases {
		t.Run(name, func(t *testing.T) {
			assert.Equal(t, 10, p.run(test.args...), p.stderr)
			assert.Contains(t, p.stderr, test.want)
		})
	}
	assert.Equal(t, 2, p.run("up", "-s", "qa"), p.stderr)
	assert.Contains(t, p.stderr, "stack qa has no configuration file "+filepath.Join(p.dir, "Pulumi.qa.yaml"))
	assert.Contains(t, p.stderr, "next: write it with: djangostack init -s qa --dir "+p.dir+"; or name one of the project's stacks: dev, prod\n")
	assert.Equal(t, 2, p.run("config", "validate", filepath.Join(p.dir, "Pulumi.prdo.yaml")))
	assert.Contains(t, p.stderr, "or name one of the project's stacks: dev, prod\n")
	assert.Equal(t, 2, p.run("outputs", "-s", "../x", "--pulumi", p.pulumi("3.259.0")), p.stderr)
	assert.Contains(t, p.stderr, "stack name")
}

// pulumi writes a fake Pulumi CLI that only prints its version.
func (p *testProject) pulumi(version string) string {
	p.t.Helper()
	path := filepath.Join(p.dir, "pulumi-"+version)
	require.NoError(p.t, os.WriteFile(path, []byte("#!/bin/sh\necho v"+version+"\n"), 0o700))
	return path
}

func TestMissingOrOldPulumiIsReported(t *testing.T) {
	p := newTestProject(t)
	assert.Equal(t, 3, p.run("up", "-s", "dev", "--pulumi", "/nowhere/pulumi"))
	assert.Contains(t, p.stderr, "make tools")
	assert.Equal(t, 3, p.run("up", "-s", "dev", "--pulumi", p.pulumi("3.100.0")))
	assert.Contains(t, p.stderr, "version 3.100.0, older than 3.256.0")
}

func TestConfigValidate(t *testing.T) {
	p := newTestProject(t)
	path := filepath.Join(p.dir, "Pulumi.dev.yaml")
	assert.Equal(t, 0, p.run("config", "validate", path), p.stderr)
	assert.Contains(t, p.stdout, "is valid")

	p.write("Pulumi.dev.yaml", strings.Replace(valid, "cloud: none", "cloud: moon", 1))
	assert.Equal(t, 2, p.run("config", "validate", path, "--json"))
	var verdict struct {
		Valid    bool
		Problems []struct{ Path string }
	}
	require.NoError(t, json.Unmarshal([]byte(p.stdout), &verdict))
	assert.False(t, verdict.Valid)
	require.Len(t, verdict.Problems, 1)
	assert.Equal(t, "cloud", verdict.Problems[0].Path)
}

func TestDoctorListsTheCloudsProviderAndItsCredentials(t *testing.T) {
	p := newTestProject(t)
	p.write("Pulumi.dev.yaml", onAWS)
	for _, name := range []string{"AWS_PROFILE", "AWS_ACCESS_KEY_ID", "AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "AWS_CONTAINER_CREDENTIALS_FULL_URI"} {
		t.Setenv(name, "")
	}
	t.Setenv("AWS_CONFIG_FILE", filepath.Join(p.dir, "none"))
	t.Setenv("AWS_SHARED_CREDENTIALS_FILE", filepath.Join(p.dir, "none"))
	p.run("doctor", "-s", "dev", "--pulumi", "/nowhere/pulumi")
	assert.Contains(t, p.stdout, "ok      providers      published: aws 6.83.4 (not installed: the first up downloads it)")
	assert.Contains(t, p.stdout, "FAILED  credentials    AWS: found neither in variables nor a profile in ")

	t.Setenv("AWS_ACCESS_KEY_ID", "AKIASECRET")
	p.run("doctor", "-s", "dev", "--pulumi", "/nowhere/pulumi")
	assert.Contains(t, p.stdout, "ok      credentials    AWS: from AWS_ACCESS_KEY_ID")
	assert.NotContains(t, p.stdout, "AKIASECRET")

	p.run("doctor", "-s", "dev", "--pulumi", "/nowhere/pulumi", "--providers", "embedded")
	assert.Contains(t, p.stdout, "FAILED  providers      no provider of aws is built in")

	require.NoError(t, os.MkdirAll(filepath.Join(p.dir, "home", "plugins", "resource-aws-v6.83.4"), 0o700))
	p.run("doctor", "-s", "dev", "--pulumi", "/nowhere/pulumi")
	assert.Contains(t, p.stdout, "ok      providers      published: aws 6.83.4 (installed)")

	p.run("doctor", "--pulumi", "/nowhere/pulumi")
	assert.Contains(t, p.stdout, "ok      stacks         dev: -s checks")
}

func TestDoctorRefusesTheBuiltInProvidersForProduction(t *testing.T) {
	p := newTestProject(t)
	p.write("Pulumi.dev.yaml", strings.Replace(valid, "tier: staging", "tier: production", 1)+"    owner: web-team\n    database: {kind: in-cluster}\n    static: {store: image}\n")
	p.run("doctor", "-s", "dev", "--pulumi", "/nowhere/pulumi", "--providers", "embedded")
	assert.Contains(t, p.stdout, "FAILED  providers      the built-in providers are for rehearsals and local environments, not for production")
}

func TestDoctorDoesNotWaitForABackendThatDoesNotAnswer(t *testing.T) {
	p := newTestProject(t)
	hangs := p.write("pulumi-hangs", "#!/bin/sh\n[ \"$1\" = version ] && echo v3.259.0 && exit\nexec sleep 600\n")
	require.NoError(t, os.Chmod(hangs, 0o700))
	p.answerWithin = time.Second
	start := time.Now()
	assert.Equal(t, 9, p.run("doctor", "--pulumi", hangs))
	assert.Contains(t, p.stdout, "FAILED  backend")
	assert.Contains(t, p.stdout, "no answer within 1s")
	assert.Less(t, time.Since(start), 30*time.Second)
}

func TestConfigValidateAcceptsEncryptedValues(t *testing.T) {
	p := newTestProject(t)
	path := p.write("Pulumi.dev.yaml", valid+"      secretEnv:\n        STRIPE_KEY: {secure: v1:abc}\n")
	assert.Equal(t, 0, p.run("config", "validate", path), p.stderr)

	p.write("Pulumi.dev.yaml", valid+"      secretEnv:\n        STRIPE_KEY: sk_live_1\n")
	assert.Equal(t, 2, p.run("config", "validate", path))
	assert.Contains(t, p.stderr, "must be encrypted")
	assert.NotContains(t, p.stderr, "sk_live_1")
}

func TestDoctorNamesEachFailureAndTheNextStep(t *testing.T) {
	p := newTestProject(t)
	assert.Equal(t, 9, p.run("doctor", "-s", "dev", "--pulumi", "/nowhere/pulumi", "--json"))
	findings := map[string]bool{}
	for line := range strings.Lines(p.stdout) {
		var found struct {
			Check, Next string
			OK          bool
		}
		require.NoError(t, json.Unmarshal([]byte(line), &found))
		findings[found.Check] = found.OK
		assert.NotEqual(t, found.OK, found.Next != "", "exactly the failures name a next step: %s", line)
	}
	assert.Equal(t, map[string]bool{"project": true, "pulumi": false, "providers": true, "configuration": true, "cluster": false}, findings)
}

func TestDoctorDoesNotConnectToAClusterThatUpCreates(t *testing.T) {
	p := newTestProject(t)
	p.write("Pulumi.dev.yaml", onAWS)
	path := t.TempDir()
	t.Setenv("PATH", path)
	p.run("doctor", "-s", "dev", "--pulumi", "/nowhere/pulumi")
	assert.Contains(t, p.stdout, "FAILED  cluster        the command that signs in to the cluster is missing: exec: \"aws\": ")
	assert.Contains(t, p.stdout, "next: install the AWS CLI (https://docs.aws.amazon.com/")

	require.NoError(t, os.WriteFile(filepath.Join(path, "aws"), []byte("#!/bin/sh\n"), 0o700))
	p.run("doctor", "-s", "dev", "--pulumi", "/nowhere/pulumi")
	assert.Contains(t, p.stdout, "ok      cluster        not checked, because cluster.source is create")
	assert.NotContains(t, p.stdout, "cluster.context")
}

func TestConfigSecretReportsAMissingPulumiBeforeItReadsTheValue(t *testing.T) {
	p := newTestProject(t)
	assert.Equal(t, 3, p.run("config", "secret", "-s", "dev", "app.secretEnv.KEY", "--pulumi", "/nowhere/pulumi"))
	assert.NotContains(t, p.stderr, "value of app.secretEnv.KEY")
	assert.Contains(t, p.stderr, "next: install Pulumi's CLI")
}

func TestRehearsalSaysHowToGetPulumi(t *testing.T) {
	p := newTestProject(t)
	assert.Equal(t, 3, p.run("rehearse", "-s", "dev", "--pulumi", "/nowhere/pulumi"))
	assert.Contains(t, p.stderr, "a rehearsal runs Pulumi's engine")
	assert.Contains(t, p.stderr, "next: install Pulumi's CLI from https://www.pulumi.com/docs/install, or run `make tools`")
	assert.Contains(t, p.stderr, "It needs no Pulumi account")
}

// serveCluster serves an API server that only says its version, as the context of the configuration.
func (p *testProject) serveCluster() {
	p.t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/version" {
			http.NotFound(w, r)
			return
		}
		_, _ = w.Write([]byte(`{"gitVersion": "v1.36.1"}`))
	}))
	p.t.Cleanup(server.Close)
	p.write("kubeconfig", fmt.Sprintf(`{apiVersion: v1, kind: Config, clusters: [{name: c, cluster: {server: %q}}],
users: [{name: u, user: {}}], contexts: [{name: nowhere, context: {cluster: c, user: u}}]}`, server.URL))
}

func TestStackIsCreatedReadAndDestroyed(t *testing.T) {
	pulumi := testenv.NeedsEngine(t).Path
	p := newTestProject(t)
	t.Setenv("DJANGOSTACK_PULUMI", pulumi)
	on := []string{"-s", "dev", "--providers", "embedded"}
	require.Equal(t, 1, p.run(append(on, "up")...), "the cluster cannot be reached")
	assert.Contains(t, p.stderr, "stack dev was not changed")
	p.serveCluster()

	assert.Equal(t, 8, p.run("-s", "dev", "outputs"), p.stderr)
	assert.Equal(t, 7, p.run(append(on, "preview", "--expect-no-changes")...), p.stderr)
	assert.Contains(t, p.stdout, "RandomPassword admin")

	require.Equal(t, 0, p.run(append(on, "up")...), p.stderr)
	assert.Contains(t, p.stdout, "dev: 1 created in")
	assert.Contains(t, p.stdout, "[secret]")
	shown := p.stdout + p.stderr

	require.Equal(t, 0, p.run("-s", "dev", "outputs", "adminPassword"), p.stderr)
	secret := strings.TrimSpace(p.stdout)
	assert.Len(t, secret, 24)
	assert.NotContains(t, shown, secret)
	require.Equal(t, 0, p.run("-s", "dev", "outputs", "--json"), p.stderr)
	assert.JSONEq(t, `{"url": "http://127.0.0.1:8000", "adminPassword": "[secret]"}`, p.stdout)
	assert.Equal(t, 10, p.run("-s", "dev", "outputs", "nothing"))
	assert.Contains(t, p.stderr, "adminPassword, url")

	require.Equal(t, 0, p.run(append(on, "preview", "--expect-no-changes", "--markdown")...), p.stderr)
	assert.Equal(t, "### dev: no changes\n", p.stdout)
	require.Equal(t, 0, p.run("list"), p.stderr)
	assert.Regexp(t, `(?m)^dev +0 min +[1-9]`, p.stdout)
	require.Equal(t, 0, p.run("list", "--older-than", "72h", "--json"), p.stderr)
	assert.Empty(t, p.stdout)
	require.Equal(t, 0, p.run("unlock", "-s", "dev"), p.stderr)
	assert.Contains(t, p.stdout, "dev: not locked")
	require.Equal(t, 0, p.run(append(on, "up", "--json")...), p.stderr)
	assert.NotContains(t, p.stdout, secret)
	lines := strings.Split(strings.TrimSpace(p.stdout), "\n")
	var last struct {
		Type, Result string
		Changes      map[string]int
	}
	require.NoError(t, json.Unmarshal([]byte(lines[len(lines)-1]), &last))
	assert.Equal(t, "summary", last.Type)
	assert.Equal(t, "succeeded", last.Result)
	assert.Equal(t, map[string]int{"same": 2}, last.Changes)

	require.Equal(t, 0, p.run(append(on, "destroy", "--yes")...), p.stderr)
	assert.Equal(t, 0, p.run(append(on, "destroy", "--yes")...), "a second destroy has nothing to do")
}
