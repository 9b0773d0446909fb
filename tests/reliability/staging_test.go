package reliability_test

import (
	"context"
	"fmt"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"

	"github.com/djangostack/djangostack/emulators"
	"github.com/djangostack/djangostack/emulators/rehearsal"
	"github.com/djangostack/djangostack/stacks"
	"github.com/djangostack/djangostack/stacks/lifecycle"
	"github.com/djangostack/djangostack/stacks/spec"
	"github.com/djangostack/djangostack/tests/testenv"
)

// Twenty staging environments come up at the same time in one process, one cluster and one backend, and leave nothing.
func TestStagingEnvironmentsShareACluster(t *testing.T) {
	if !soak() {
		t.Skip("the long form of TestStacksRunConcurrently; DJANGOSTACK_SOAK=1 runs it")
	}
	const count = 20
	ctx, dir := context.Background(), t.TempDir()
	cli := testenv.NeedsEngine(t)
	emulated, err := rehearsal.New(rehearsal.Options{})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, emulated.Close()) })
	server, err := emulators.Serve(ctx, emulated.Providers)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, server.Close()) })
	project, err := lifecycle.Open(lifecycle.ProjectOptions{
		Name: "shop", StateDir: dir, Home: filepath.Join(dir, "home"), Backend: "file://" + dir,
		Program: stacks.Program, CLI: cli, Providers: lifecycle.Embedded,
		Env: map[string]string{"PULUMI_DEBUG_PROVIDERS": server.Env(), "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true"},
	})
	require.NoError(t, err)

	each := func(do func(stack *lifecycle.Stack) error) {
		t.Helper()
		var group errgroup.Group
		for i := range count {
			group.Go(func() error {
				environment := spec.Environment{
					Cloud: spec.NoCloud, Tier: spec.Staging, Owner: "ann", Cluster: spec.Cluster{Context: "rehearsal"},
					App: spec.App{
						Name: "shop", Image: "registry.example.com/shop:1", SettingsModule: "shop.settings",
						SecretEnv: map[string]string{"NUMBER": fmt.Sprintf("secret-of-%d", i)},
					},
				}
				values, err := environment.Values()
				if err != nil {
					return err
				}
				stack, err := project.Stack(ctx, fmt.Sprintf("review-%d", i), lifecycle.StackOptions{Environment: values, Parallel: 4})
				if err != nil {
					return err
				}
				defer func() { assert.NoError(t, stack.Close()) }()
				return do(stack)
			})
		}
		require.NoError(t, group.Wait())
	}
	each(func(stack *lifecycle.Stack) error { _, err := stack.Up(ctx); return err })
	listed, err := project.Stacks(ctx)
	require.NoError(t, err)
	require.Len(t, listed, count)
	namespaces := map[string]bool{}
	for _, object := range emulated.Cluster.Objects() {
		if object.GetKind() == "Deployment" {
			namespaces[object.GetNamespace()] = true
		}
	}
	assert.Len(t, namespaces, count, "each environment has its own namespace")

	each(func(stack *lifecycle.Stack) error {
		_, err := stack.Destroy(ctx, lifecycle.DestroyOptions{})
		return err
	})
	listed, err = project.Stacks(ctx)
	require.NoError(t, err)
	assert.Empty(t, listed)
	assert.Empty(t, emulated.Left())
}
