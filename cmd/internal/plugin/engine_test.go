package plugin_test

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/auto"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/optup"
	"github.com/pulumi/pulumi/sdk/v3/go/common/workspace"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/djangostack/djangostack/stacks/spec"
	"github.com/djangostack/djangostack/tests/testenv"
)

// version of the plugin in Pulumi's home.
const version = "4.19.0"

// oneID creates one random id with an explicit provider, as the environments do.
func oneID(ctx *pulumi.Context) error {
	var provider pulumi.ProviderResourceState
	if err := ctx.RegisterResource("pulumi:providers:random", "random", pulumi.Map{}, &provider, pulumi.Version(version)); err != nil {
		return err
	}
	var id pulumi.CustomResourceState
	if err := ctx.RegisterResource("random:index/randomId:RandomId", "id", pulumi.Map{"byteLength": pulumi.Int(4)}, &id, pulumi.Provider(&provider)); err != nil {
		return err
	}
	ctx.Export("id", id.ID())
	return nil
}

// newStack returns a stack whose Pulumi home has the built-in provider as a plugin, as
// scripts/pulumi-home installs it.
func newStack(t *testing.T, tier spec.Tier) auto.Stack {
	t.Helper()
	cli := testenv.NeedsEngine(t)
	command, err := auto.NewPulumiCommand(&auto.PulumiCommandOptions{Root: rootOf(t, cli.Path)})
	require.NoError(t, err)

	home := t.TempDir()
	dir := filepath.Join(home, "plugins", "resource-random-v"+version)
	require.NoError(t, os.MkdirAll(dir, 0o700))
	built := filepath.Join(t.TempDir(), "pulumi-resource-random")
	out, err := exec.Command("go", "build", "-o", built, "../../pulumi-resource-random").CombinedOutput()
	require.NoError(t, err, string(out))
	require.NoError(t, os.Symlink(built, filepath.Join(dir, "pulumi-resource-random")))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "built-in"), nil, 0o600))

	project := t.TempDir()
	stack, err := auto.UpsertStackInlineSource(t.Context(), "dev", "shop", oneID,
		auto.Pulumi(command), auto.PulumiHome(home), auto.WorkDir(project),
		auto.Project(workspace.Project{Name: "shop", Runtime: workspace.NewProjectRuntimeInfo("go", nil), Main: project}),
		auto.EnvVars(map[string]string{
			"PULUMI_BACKEND_URL":       "file://" + t.TempDir(),
			"PULUMI_CONFIG_PASSPHRASE": "correct horse",
		}))
	require.NoError(t, err)
	require.NoError(t, stack.SetConfigWithOptions(t.Context(), "shop:environment.tier",
		auto.ConfigValue{Value: string(tier)}, &auto.ConfigOptions{Path: true}))
	return stack
}

// rootOf returns a directory whose bin/pulumi is the CLI.
func rootOf(t *testing.T, pulumi string) string {
	t.Helper()
	root := t.TempDir()
	require.NoError(t, os.MkdirAll(filepath.Join(root, "bin"), 0o700))
	require.NoError(t, os.Symlink(pulumi, filepath.Join(root, "bin", "pulumi")))
	return root
}

func up(t *testing.T, stack auto.Stack) (auto.UpResult, string, error) {
	t.Helper()
	var shown bytes.Buffer
	result, err := stack.Up(context.Background(), optup.ProgressStreams(&shown), optup.ErrorProgressStreams(&shown))
	return result, shown.String(), err
}

func TestPulumiStartsTheBuiltInProviderForStaging(t *testing.T) {
	stack := newStack(t, spec.Staging)

	first, shown, err := up(t, stack)
	require.NoError(t, err)
	assert.Contains(t, shown, "random is djangostack's built-in one")
	assert.NotEmpty(t, first.Outputs["id"].Value)

	second, _, err := up(t, stack)
	require.NoError(t, err)
	assert.Equal(t, first.Outputs["id"].Value, second.Outputs["id"].Value)
	_, err = stack.Destroy(t.Context())
	assert.NoError(t, err)
}

func TestBuiltInProviderRefusesProduction(t *testing.T) {
	_, shown, err := up(t, newStack(t, spec.Production))
	require.Error(t, err)
	assert.Contains(t, shown, `its configuration says tier: "production"`)
}
