package cli_test

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi/config"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"k8s.io/client-go/rest"

	"github.com/djangostack/djangostack/cmd/djangostack/internal/cli"
	"github.com/djangostack/djangostack/emulators/kubernetes"
	"github.com/djangostack/djangostack/emulators/kubernetes/memory"
	"github.com/djangostack/djangostack/emulators/random"
	"github.com/djangostack/djangostack/stacks/spec"
	"github.com/djangostack/djangostack/tests/testenv"
)

// rehearsalProject is a project whose program is rehearsed with a cluster in memory.
type rehearsalProject struct {
	*testProject
	program pulumi.RunFunc
	// tempDir is TMPDIR during the rehearsal.
	tempDir string
	// remaining is reported in addition to what remains in the cluster.
	remaining []cli.Remaining
	// onStep is called when a step begins.
	onStep func(step string)
}

func newRehearsalProject(t *testing.T, program pulumi.RunFunc) *rehearsalProject {
	t.Helper()
	project := newTestProject(t)
	p := &rehearsalProject{testProject: project, program: program, tempDir: filepath.Join(project.dir, "temp")}
	require.NoError(t, os.Mkdir(p.tempDir, 0o700))
	t.Setenv("TMPDIR", p.tempDir)
	return p
}

func (p *rehearsalProject) emulators(*spec.Environment) (*cli.Emulators, error) {
	cluster, err := memory.Start()
	if err != nil {
		return nil, err
	}
	return &cli.Emulators{
		Providers: map[string]pulumirpc.ResourceProviderServer{
			"random": random.New(),
			"kubernetes": kubernetes.New(kubernetes.Options{Connect: func(kubernetes.Destination) (*rest.Config, bool, error) {
				return cluster.Config(), true, nil
			}}),
		},
		Remaining: func() []cli.Remaining {
			remaining := p.remaining
			for _, name := range cluster.Left() {
				remaining = append(remaining, cli.Remaining{Name: name})
			}
			return remaining
		},
		Close: cluster.Close,
	}, nil
}

// stepWriter buffers the output and calls onStep for each step that it announces.
type stepWriter struct {
	bytes.Buffer
	onStep func(string)
}

func (s *stepWriter) Write(text []byte) (int, error) {
	for line := range strings.Lines(string(text)) {
		if number, step, found := strings.Cut(strings.TrimSpace(line), ". "); found && len(number) == 1 && s.onStep != nil {
			s.onStep(step)
		}
	}
	return s.Buffer.Write(text)
}

func (p *rehearsalProject) rehearse(ctx context.Context, args ...string) int {
	p.t.Helper()
	stdout, stderr := &stepWriter{onStep: p.onStep}, &bytes.Buffer{}
	code := cli.Run(ctx, cli.Dependencies{
		Program: p.program, Emulators: p.emulators, Version: "test", Stdout: stdout, Stderr: stderr,
	}, nil, append([]string{"rehearse", "-s", "dev", "--dir", p.dir}, args...))
	p.stdout, p.stderr = stdout.String(), stderr.String()
	entries, err := os.ReadDir(p.tempDir)
	require.NoError(p.t, err)
	assert.Empty(p.t, entries, "the temporary files are removed")
	return code
}

// configMap creates a ConfigMap in the namespace default, without the SDK.
func configMap(ctx *pulumi.Context, name, color string, options ...pulumi.ResourceOption) error {
	var cluster pulumi.ProviderResourceState
	if err := ctx.RegisterResource("pulumi:providers:kubernetes", "cluster-"+name,
		pulumi.Map{"context": pulumi.String("unused")}, &cluster); err != nil {
		return err
	}
	var object pulumi.CustomResourceState
	return ctx.RegisterResource("kubernetes:core/v1:ConfigMap", name, pulumi.Map{
		"apiVersion": pulumi.String("v1"), "kind": pulumi.String("ConfigMap"),
		"metadata": pulumi.Map{"name": pulumi.String(name), "namespace": pulumi.String("default")},
		"data":     pulumi.Map{"color": pulumi.String(color)},
	}, &object, append(options, pulumi.Provider(&cluster))...)
}

func TestRehearsalPasses(t *testing.T) {
	pulumiPath := testenv.NeedsEngine(t).Path
	p := newRehearsalProject(t, func(ctx *pulumi.Context) error {
		raw := config.New(ctx, "").Get("environment")
		if !ctx.IsConfigSecret("djangostack:environment") {
			return assert.AnError
		}
		ctx.Export("configuration", pulumi.ToSecret(pulumi.String(raw)))
		return configMap(ctx, "data", "orange", pulumi.Protect(true))
	})
	t.Setenv("PULUMI_CONFIG_PASSPHRASE", "the user's passphrase")
	for name, value := range map[string]string{"AWS_PROFILE": "the-user", "AWS_USE_FIPS_ENDPOINT": "true", "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true"} {
		t.Setenv(name, value)
	}
	t.Setenv("PULUMI_BACKEND_URL", "file://"+filepath.Join(p.dir, "missing"))
	before := p.write("Pulumi.dev.yaml", valid+"      secretEnv:\n        KEY: {secure: v1:of:another:passphrase}\n")
	text, err := os.ReadFile(before)
	require.NoError(t, err)
	export := p.write("state.json", "old")
	require.NoError(t, os.Chmod(export, 0o644))

	require.Equal(t, 0, p.rehearse(t.Context(), "--pulumi", pulumiPath, "--export", export), p.stdout+p.stderr)
	assert.Contains(t, p.stdout, "random values replace these secrets: app.secretEnv.KEY")
	for _, line := range []string{
		"  create    ConfigMap data", "1 to create in", "1 created in", "1 unchanged in",
		"refused, as expected, because these resources are protected: data", "     1  ConfigMap data", "1 deleted in", "  none\n", "the rehearsal of dev passed in",
	} {
		assert.Contains(t, p.stdout, line)
	}
	info, err := os.Stat(export)
	require.NoError(t, err)
	assert.Equal(t, os.FileMode(0o600), info.Mode())
	var state struct {
		Version    int
		Deployment struct{ Resources []struct{ URN string } }
	}
	exported, err := os.ReadFile(export)
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(exported, &state))
	assert.Equal(t, 3, state.Version)
	assert.Len(t, state.Deployment.Resources, 3)
	assert.Contains(t, string(exported), `"plaintext"`)
	assert.NotContains(t, string(exported), `"ciphertext"`)

	after, err := os.ReadFile(before)
	require.NoError(t, err)
	assert.Equal(t, string(text), string(after), "the configuration is only read")
	assert.NoDirExists(t, filepath.Join(p.dir, "missing"))
	assert.NoDirExists(t, filepath.Join(p.dir, ".djangostack", "pulumi", "backend"))
}

const onAWS = `config:
  djangostack:environment:
    cloud: aws
    tier: production
    owner: web-team
    aws: {region: eu-central-1, admins: ["arn:aws:iam::123456789012:role/deployer"]}
    cluster: {endpoint: {allowedCIDRs: ["203.0.113.0/24"]}}
    app: {name: blog, image: "registry.example/blog:1", settingsModule: blog.settings, url: "https://blog.example.com"}
    database: {kind: managed}
    cache: {kind: managed}
    broker: {kind: managed}
    static: {store: image}
    dns: {zone: example.com}
    allowDataLoss: [broker]
`

func TestRehearsalOnACloudUpdatesToLiftProtection(t *testing.T) {
	pulumiPath := testenv.NeedsEngine(t).Path
	p := newRehearsalProject(t, func(ctx *pulumi.Context) error {
		var environment struct{ Protection string }
		if err := config.New(ctx, "").TryObject("environment", &environment); err != nil {
			return err
		}
		return configMap(ctx, "data", "orange", pulumi.Protect(environment.Protection != "disposable"))
	})
	p.write("Pulumi.dev.yaml", onAWS)
	require.Equal(t, 0, p.rehearse(t.Context(), "--pulumi", pulumiPath), p.stdout+p.stderr)
	assert.Contains(t, p.stdout, "refused, as expected, because these resources are protected: data")
	assert.Contains(t, p.stdout, "6. up without protection")

	p.program = func(ctx *pulumi.Context) error { return configMap(ctx, "data", "orange", pulumi.Protect(true)) }
	assert.Equal(t, 6, p.rehearse(t.Context(), "--pulumi", pulumiPath), "the program ignores protection: disposable")
	assert.Contains(t, p.stderr, `failed at "destroy"`)
}

func TestRehearsalFailsIfTheSecondUpChangesSomething(t *testing.T) {
	pulumiPath := testenv.NeedsEngine(t).Path
	p := newRehearsalProject(t, func(ctx *pulumi.Context) error {
		return configMap(ctx, "clock", time.Now().Format(time.RFC3339Nano))
	})
	assert.Equal(t, 7, p.rehearse(t.Context(), "--pulumi", pulumiPath))
	assert.Contains(t, p.stderr, `the rehearsal failed at "up again": there are changes: 1 replaced`)
	assert.Contains(t, p.stderr, "ConfigMap clock")
	assert.Contains(t, p.stderr, "it changed nothing outside its own temporary directory")
	assert.Contains(t, p.stdout, "data.color", "the property is named")
}

func TestRehearsalFailsIfTheClusterRefusesAnObject(t *testing.T) {
	pulumiPath := testenv.NeedsEngine(t).Path
	p := newRehearsalProject(t, func(ctx *pulumi.Context) error { return configMap(ctx, "Not_A_Name", "orange") })
	assert.Equal(t, 11, p.rehearse(t.Context(), "--pulumi", pulumiPath), "its first step, the preview, fails")
	assert.Contains(t, p.stderr, "RFC 1123")
}

func TestRehearsalFailsIfAResourceRemains(t *testing.T) {
	pulumiPath := testenv.NeedsEngine(t).Path
	p := newRehearsalProject(t, func(ctx *pulumi.Context) error { return configMap(ctx, "kept", "orange", pulumi.RetainOnDelete(true)) })
	p.remaining = []cli.Remaining{{Name: "Snapshot final", KeptBecause: "asked for"}}
	assert.Equal(t, 1, p.rehearse(t.Context(), "--pulumi", pulumiPath))
	assert.Contains(t, p.stdout, "Snapshot final (asked for)")
	assert.Contains(t, p.stderr, "still exist after destroy: ConfigMap default/kept")
	assert.NotContains(t, p.stderr, "Snapshot")
}

func TestInterruptedRehearsalLeavesNoFiles(t *testing.T) {
	pulumiPath := testenv.NeedsEngine(t).Path
	p := newRehearsalProject(t, func(ctx *pulumi.Context) error { return configMap(ctx, "data", "orange") })
	ctx, cancel := context.WithCancel(t.Context())
	p.onStep = func(step string) {
		if step == "up" {
			time.AfterFunc(time.Second, cancel)
		}
	}
	assert.Equal(t, 130, p.rehearse(ctx, "--pulumi", pulumiPath), p.stderr)
}

func TestRehearsalSendsStepEvents(t *testing.T) {
	pulumiPath := testenv.NeedsEngine(t).Path
	p := newRehearsalProject(t, func(ctx *pulumi.Context) error { return configMap(ctx, "data", "orange") })
	require.Equal(t, 0, p.rehearse(t.Context(), "--pulumi", pulumiPath, "--json"), p.stderr)
	var passed []string
	summaries := 0
	for line := range strings.Lines(p.stdout) {
		var event struct{ Type, Name, Result string }
		require.NoError(t, json.Unmarshal([]byte(line), &event), line)
		if event.Type == "step" && event.Result == "passed" {
			passed = append(passed, event.Name)
		}
		if event.Type == "summary" {
			summaries++
		}
	}
	assert.Equal(t, []string{"preview", "up", "up again", "refresh", "destroy while protected", "destroy", "remaining resources"}, passed)
	assert.Equal(t, 6, summaries, "preview, up, preview and up again, refresh, destroy")
}

func TestRehearsalRefusesFlagsAndWrongConfigurations(t *testing.T) {
	p := newRehearsalProject(t, nil)
	cases := map[string]struct {
		args []string
		want string
	}{
		"a backend":             {[]string{"--backend", "s3://state"}, "djangostack rehearse does not use --backend"},
		"a key":                 {[]string{"--secrets-provider", "awskms://key"}, "does not use --secrets-provider"},
		"published providers":   {[]string{"--providers", "published"}, "does not use --providers"},
		"a wrong configuration": {[]string{"--set", "tier=large"}, "tier"},
		"an open secret":        {[]string{"--set", "app.secretEnv.KEY=sk_live"}, "must be encrypted"},
	}
	for name, test := range cases {
		t.Run(name, func(t *testing.T) {
			assert.Contains(t, []int{2, 10}, p.rehearse(t.Context(), test.args...))
			assert.Contains(t, p.stderr, test.want)
			assert.NotContains(t, p.stderr, "sk_live")
		})
	}
}

func TestARehearsalNamesWhatANewNamespaceLacks(t *testing.T) {
	p := newRehearsalProject(t, func(*pulumi.Context) error { return nil })
	refs := "      celeryApp: blog\n      secretKeyRefs: {TOKEN: {name: stripe, key: token}}\n    workers: [{name: default, envFrom: [{configMap: levels}]}]\n    broker: {kind: in-cluster}\n"
	p.write("Pulumi.dev.yaml", valid+refs)
	require.NotEqual(t, 0, p.rehearse(t.Context(), "--pulumi", "/nowhere/pulumi"))
	assert.Contains(t, p.stderr, "app.secretKeyRefs.TOKEN.name: the Secret stripe in the namespace blog-dev is not there, because this stack creates the namespace: set prepared: on if it is created there by other means")
	assert.Contains(t, p.stderr, "workers[0].envFrom[0].configMap: the ConfigMap levels")

	p.write("Pulumi.dev.yaml", valid+refs+"    prepared: on\n")
	require.NotEqual(t, 0, p.rehearse(t.Context(), "--pulumi", "/nowhere/pulumi"))
	assert.Contains(t, p.stderr, "a rehearsal runs Pulumi's engine")
}
