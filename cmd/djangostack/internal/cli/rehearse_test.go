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

// play is a rehearsal's bench: a program, and a place for temporary files.
type play struct {
	*bench
	program pulumi.RunFunc
	temp    string
	left    []cli.Leftover
	// began is called when a step begins.
	began func(step string)
}

func newPlay(t *testing.T, program pulumi.RunFunc) *play {
	t.Helper()
	b := newBench(t)
	p := &play{bench: b, program: program, temp: filepath.Join(b.dir, "temp")}
	require.NoError(t, os.Mkdir(p.temp, 0o700))
	t.Setenv("TMPDIR", p.temp)
	return p
}

func (p *play) stage(*spec.Environment) (*cli.Stage, error) {
	cluster, err := memory.Start()
	if err != nil {
		return nil, err
	}
	return &cli.Stage{
		Providers: map[string]pulumirpc.ResourceProviderServer{
			"random": random.New(),
			"kubernetes": kubernetes.New(kubernetes.Options{Reach: func(kubernetes.Destination) (*rest.Config, bool, error) {
				return cluster.Config(), true, nil
			}}),
		},
		Left: func() []cli.Leftover {
			left := p.left
			for _, name := range cluster.Left() {
				left = append(left, cli.Leftover{What: name})
			}
			return left
		},
		Close: cluster.Close,
	}, nil
}

// spy hands on what is written and looks for the begin of steps in it.
type spy struct {
	bytes.Buffer
	began func(string)
}

func (s *spy) Write(text []byte) (int, error) {
	for line := range strings.Lines(string(text)) {
		if number, step, found := strings.Cut(strings.TrimSpace(line), ". "); found && len(number) == 1 && s.began != nil {
			s.began(step)
		}
	}
	return s.Buffer.Write(text)
}

func (p *play) rehearse(ctx context.Context, args ...string) int {
	p.t.Helper()
	stdout, stderr := &spy{began: p.began}, &bytes.Buffer{}
	code := cli.Run(ctx, cli.Dependencies{
		Program: p.program, Rehearsal: p.stage, Version: "test", Stdout: stdout, Stderr: stderr,
	}, nil, append([]string{"rehearse", "-s", "dev", "--dir", p.dir}, args...))
	p.stdout, p.stderr = stdout.String(), stderr.String()
	entries, err := os.ReadDir(p.temp)
	require.NoError(p.t, err)
	assert.Empty(p.t, entries, "temporary files are gone")
	return code
}

// configMap makes a ConfigMap in the namespace default, without the SDK.
func configMap(ctx *pulumi.Context, name, color string, options ...pulumi.ResourceOption) error {
	var cluster pulumi.ProviderResourceState
	if err := ctx.RegisterResource("pulumi:providers:kubernetes", "cluster-"+name,
		pulumi.Map{"context": pulumi.String("of-nobody")}, &cluster); err != nil {
		return err
	}
	var made pulumi.CustomResourceState
	return ctx.RegisterResource("kubernetes:core/v1:ConfigMap", name, pulumi.Map{
		"apiVersion": pulumi.String("v1"), "kind": pulumi.String("ConfigMap"),
		"metadata": pulumi.Map{"name": pulumi.String(name), "namespace": pulumi.String("default")},
		"data":     pulumi.Map{"color": pulumi.String(color)},
	}, &made, append(options, pulumi.Provider(&cluster))...)
}

func TestARehearsalOfWhatBehaves(t *testing.T) {
	pulumiPath := testenv.NeedsEngine(t).Path
	p := newPlay(t, func(ctx *pulumi.Context) error {
		raw := config.New(ctx, "").Get("environment")
		if !ctx.IsConfigSecret("djangostack:environment") {
			return assert.AnError
		}
		ctx.Export("configuration", pulumi.ToSecret(pulumi.String(raw)))
		return configMap(ctx, "data", "orange", pulumi.Protect(true))
	})
	t.Setenv("PULUMI_CONFIG_PASSPHRASE", "of-the-user")
	t.Setenv("PULUMI_BACKEND_URL", "file://"+filepath.Join(p.dir, "missing"))
	before := p.write("Pulumi.dev.yaml", valid+"      secretEnv:\n        KEY: {secure: v1:of:another:passphrase}\n")
	text, err := os.ReadFile(before)
	require.NoError(t, err)
	export := p.write("state.json", "old")
	require.NoError(t, os.Chmod(export, 0o644))

	require.Equal(t, 0, p.rehearse(t.Context(), "--pulumi", pulumiPath, "--export", export), p.stdout+p.stderr)
	assert.Contains(t, p.stdout, "throwaway values stand for app.secretEnv.KEY")
	for _, line := range []string{
		"  create    ConfigMap data", "3 to create in", "3 created in", "3 unchanged in",
		"refused, as it should be, because of data", "     1  ConfigMap data", "3 deleted in", "  nothing\n", "dev rehearses clean in",
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

func TestOnACloudTheProtectionIsLiftedByAnUpdate(t *testing.T) {
	pulumiPath := testenv.NeedsEngine(t).Path
	p := newPlay(t, func(ctx *pulumi.Context) error {
		var environment struct{ Protection string }
		if err := config.New(ctx, "").TryObject("environment", &environment); err != nil {
			return err
		}
		return configMap(ctx, "data", "orange", pulumi.Protect(environment.Protection != "disposable"))
	})
	p.write("Pulumi.dev.yaml", onAWS)
	require.Equal(t, 0, p.rehearse(t.Context(), "--pulumi", pulumiPath), p.stdout+p.stderr)
	assert.Contains(t, p.stdout, "refused, as it should be, because of data")
	assert.Contains(t, p.stdout, "6. up without protection")

	p.program = func(ctx *pulumi.Context) error { return configMap(ctx, "data", "orange", pulumi.Protect(true)) }
	assert.Equal(t, 6, p.rehearse(t.Context(), "--pulumi", pulumiPath), "a program that protects all the same")
	assert.Contains(t, p.stderr, `fails at "destroy"`)
}

func TestARehearsalFailsOnWhatChangesEveryTime(t *testing.T) {
	pulumiPath := testenv.NeedsEngine(t).Path
	p := newPlay(t, func(ctx *pulumi.Context) error {
		return configMap(ctx, "clock", time.Now().Format(time.RFC3339Nano))
	})
	assert.Equal(t, 7, p.rehearse(t.Context(), "--pulumi", pulumiPath))
	assert.Contains(t, p.stderr, `the rehearsal fails at "up again": there are changes: 1 replaced`)
	assert.Contains(t, p.stderr, "ConfigMap clock")
	assert.Contains(t, p.stderr, "nothing outside of the rehearsal was touched")
	assert.Contains(t, p.stdout, "data.color", "the property is named")
}

func TestARehearsalFailsOnWhatTheClusterRefuses(t *testing.T) {
	pulumiPath := testenv.NeedsEngine(t).Path
	p := newPlay(t, func(ctx *pulumi.Context) error { return configMap(ctx, "Not_A_Name", "orange") })
	assert.Equal(t, 5, p.rehearse(t.Context(), "--pulumi", pulumiPath))
	assert.Contains(t, p.stderr, "RFC 1123")
}

func TestARehearsalFailsOnWhatIsLeft(t *testing.T) {
	pulumiPath := testenv.NeedsEngine(t).Path
	p := newPlay(t, func(ctx *pulumi.Context) error { return configMap(ctx, "kept", "orange", pulumi.RetainOnDelete(true)) })
	p.left = []cli.Leftover{{What: "Snapshot final", Stays: "asked for"}}
	assert.Equal(t, 1, p.rehearse(t.Context(), "--pulumi", pulumiPath))
	assert.Contains(t, p.stdout, "Snapshot final (asked for)")
	assert.Contains(t, p.stderr, "left after the destroy: ConfigMap default/kept")
	assert.NotContains(t, p.stderr, "Snapshot")
}

func TestAnInterruptedRehearsalLeavesNothing(t *testing.T) {
	pulumiPath := testenv.NeedsEngine(t).Path
	p := newPlay(t, func(ctx *pulumi.Context) error { return configMap(ctx, "data", "orange") })
	ctx, cancel := context.WithCancel(t.Context())
	p.began = func(step string) {
		if step == "up" {
			time.AfterFunc(time.Second, cancel)
		}
	}
	assert.Equal(t, 130, p.rehearse(ctx, "--pulumi", pulumiPath), p.stderr)
}

func TestARehearsalAsEvents(t *testing.T) {
	pulumiPath := testenv.NeedsEngine(t).Path
	p := newPlay(t, func(ctx *pulumi.Context) error { return configMap(ctx, "data", "orange") })
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
	assert.Equal(t, []string{"preview", "up", "up again", "refresh", "destroy while protected", "destroy", "what is left"}, passed)
	assert.Equal(t, 6, summaries, "preview, up, preview and up again, refresh, destroy")
}

func TestWhatARehearsalRefuses(t *testing.T) {
	p := newPlay(t, nil)
	cases := map[string]struct {
		args []string
		want string
	}{
		"a backend":             {[]string{"--backend", "s3://state"}, "--backend has no part in a rehearsal"},
		"a key":                 {[]string{"--secrets-provider", "awskms://key"}, "--secrets-provider has no part"},
		"published providers":   {[]string{"--providers", "published"}, "always uses the built-in"},
		"a wrong configuration": {[]string{"--set", "tier=large"}, "tier"},
		"an open secret":        {[]string{"--set", "app.secretEnv.KEY=sk_live"}, "must be encrypted"},
	}
	for name, test := range cases {
		t.Run(name, func(t *testing.T) {
			assert.Equal(t, 2, p.rehearse(t.Context(), test.args...))
			assert.Contains(t, p.stderr, test.want)
			assert.NotContains(t, p.stderr, "sk_live")
		})
	}
}
