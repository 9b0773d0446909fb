package clouds_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"github.com/stretchr/testify/require"
	"k8s.io/client-go/rest"

	"github.com/djangostack/djangostack/stacks"
	"github.com/djangostack/djangostack/stacks/lifecycle"
	"github.com/djangostack/djangostack/stacks/lifecycle/stackfile"
	"github.com/djangostack/djangostack/twin"
	"github.com/djangostack/djangostack/twin/aws"
	"github.com/djangostack/djangostack/twin/cloud"
	"github.com/djangostack/djangostack/twin/kubernetes"
	"github.com/djangostack/djangostack/twin/kubernetes/memory"
	"github.com/djangostack/djangostack/twin/random"
)

// stage is a project whose clouds and clusters stand in this process.
type stage struct {
	t           *testing.T
	project     *lifecycle.Project
	environment map[string]any
}

func newStage(t *testing.T, environment map[string]any) *stage {
	t.Helper()
	if os.Getenv("DJANGOSTACK_E2E") != "1" {
		t.Skip("needs Pulumi's command line; run it with: make test-engine")
	}
	cluster, err := memory.Start()
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, cluster.Close()) })
	account := cloud.NewAccount(aws.AccountID)
	account.Given(aws.Token("route53/zone"), "", "Z0GIVEN", cloud.Values{"name": "example.com"})
	onAWS, err := aws.New(aws.Options{Account: account})
	require.NoError(t, err)
	toMemory := func(kubernetes.Destination) (*rest.Config, bool, error) { return cluster.Config(), true, nil }
	server, err := twin.Serve(context.Background(), map[string]pulumirpc.ResourceProviderServer{
		"aws":        onAWS,
		"kubernetes": kubernetes.New(kubernetes.Options{Reach: toMemory}),
		"random":     random.New(),
	})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, server.Close()) })
	return &stage{t: t, project: openProject(t, server.Env()), environment: environment}
}

func openProject(t *testing.T, providers string) *lifecycle.Project {
	t.Helper()
	cli, err := lifecycle.FindCLI(context.Background(), os.Getenv("DJANGOSTACK_PULUMI"), filepath.Join("..", "..", ".djangostack"))
	require.NoError(t, err)
	dir := t.TempDir()
	manifest := "name: djangostack\nruntime: go\nconfig:\n  pulumi:disable-default-providers:\n    value: [\"*\"]\n"
	require.NoError(t, os.WriteFile(filepath.Join(dir, "Pulumi.yaml"), []byte(manifest), 0o600))
	project, err := lifecycle.Open(lifecycle.ProjectOptions{
		Dir: dir, StateDir: filepath.Join(dir, "state"), Home: filepath.Join(dir, "home"),
		Backend: "file://" + t.TempDir(), Program: stacks.Program, CLI: cli,
		Env: map[string]string{"PULUMI_DEBUG_PROVIDERS": providers, "PULUMI_CONFIG_PASSPHRASE": "rehearsal"},
	})
	require.NoError(t, err)
	return project
}

// open opens the stack with some values changed.
func (s *stage) open(overrides ...stackfile.Override) *lifecycle.Stack {
	s.t.Helper()
	stack, err := s.project.Stack(context.Background(), "dev", lifecycle.StackOptions{Environment: s.environment, Overrides: overrides})
	require.NoError(s.t, err)
	return stack
}

func (s *stage) up() {
	s.t.Helper()
	stack := s.open()
	defer func() { require.NoError(s.t, stack.Close()) }()
	_, err := stack.Up(context.Background())
	require.NoError(s.t, err)
}

// preview says what some changed values would do; the error is that of a plan that
// is refused.
func (s *stage) preview(overrides ...stackfile.Override) (lifecycle.PreviewResult, error) {
	s.t.Helper()
	stack := s.open(overrides...)
	defer func() { require.NoError(s.t, stack.Close()) }()
	return stack.Preview(context.Background())
}
