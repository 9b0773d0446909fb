package cloudpods_test

import (
	"context"
	"maps"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"github.com/stretchr/testify/require"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/djangostack/djangostack/emulators"
	"github.com/djangostack/djangostack/emulators/kubernetes"
	"github.com/djangostack/djangostack/emulators/random"
	"github.com/djangostack/djangostack/stacks/lifecycle"
)

// engine is Pulumi's own, with one stack.
type engine struct {
	project       *lifecycle.Project
	configuration map[string]any
}

// newEngine makes an engine that reaches the cluster, and what else is given, through
// providers of this process.
func newEngine(t *testing.T, c *cluster, further map[string]pulumirpc.ResourceProviderServer, program pulumi.RunFunc, configuration map[string]any) *engine {
	t.Helper()
	providers := map[string]pulumirpc.ResourceProviderServer{
		"kubernetes": kubernetes.New(kubernetes.Options{LookEvery: time.Second / 2, Reach: c.reached}),
		"random":     random.New(),
	}
	maps.Copy(providers, further)
	server, err := emulators.Serve(context.Background(), providers)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, server.Close()) })
	cli, err := lifecycle.FindCLI(context.Background(), os.Getenv("DJANGOSTACK_PULUMI"), filepath.Join("..", "..", ".djangostack"))
	require.NoError(t, err)
	dir := t.TempDir()
	manifest := "name: djangostack\nruntime: go\nconfig:\n  pulumi:disable-default-providers:\n    value: [\"*\"]\n"
	require.NoError(t, os.WriteFile(filepath.Join(dir, "Pulumi.yaml"), []byte(manifest), 0o600))
	project, err := lifecycle.Open(lifecycle.ProjectOptions{
		Dir: dir, StateDir: filepath.Join(dir, "state"), Home: filepath.Join(dir, "home"),
		Backend: "file://" + t.TempDir(), Program: program, CLI: cli,
		Env: map[string]string{"PULUMI_DEBUG_PROVIDERS": server.Env(), "PULUMI_CONFIG_PASSPHRASE": "rehearsal"},
	})
	require.NoError(t, err)
	return &engine{project: project, configuration: configuration}
}

// with opens the stack for one operation.
func (e *engine) with(t *testing.T, operate func(*lifecycle.Stack)) {
	t.Helper()
	stack, err := e.project.Stack(context.Background(), "dev", lifecycle.StackOptions{Environment: e.configuration})
	require.NoError(t, err)
	defer func() { require.NoError(t, stack.Close()) }()
	operate(stack)
}

// up returns what was changed.
func (e *engine) up(t *testing.T) lifecycle.Changes {
	t.Helper()
	changes, err := e.tryUp(t)
	require.NoError(t, err)
	return changes
}

func (e *engine) tryUp(t *testing.T) (changes lifecycle.Changes, err error) {
	t.Helper()
	e.with(t, func(stack *lifecycle.Stack) {
		var done lifecycle.UpResult
		done, err = stack.Up(context.Background())
		t.Logf("up: %v in %s", done.Changes, done.Duration.Round(time.Second/10))
		changes = done.Changes
	})
	return changes, err
}

func (e *engine) destroy(t *testing.T) {
	t.Helper()
	e.with(t, func(stack *lifecycle.Stack) {
		done, err := stack.Destroy(context.Background(), lifecycle.DestroyOptions{})
		t.Logf("destroy: %v in %s", done.Changes, done.Duration.Round(time.Second/10))
		require.NoError(t, err)
	})
}

// text is a value of an object, empty where it has none.
func text(object unstructured.Unstructured, path ...string) string {
	value, _, err := unstructured.NestedString(object.Object, path...)
	if err != nil {
		return ""
	}
	return value
}
