package lifecycle_test

import (
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi/config"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/djangostack/djangostack/stacks/lifecycle"
	"github.com/djangostack/djangostack/stacks/spec"
)

// canary is a secret with characters that JSON and URLs escape.
const canary = `correct-horse "battery"/staple&`

// withSecret is an environment of things with a secret at a path where djangostack has one.
func withSecret(things ...thing) map[string]any {
	return map[string]any{
		"owner": "ann", "things": things,
		// Not map[string]any: the type that a caller has.
		"app": map[string]map[string]string{"secretEnv": {"TOKEN": canary}},
	}
}

// withoutFiles is a project that has no Pulumi.yaml and no variables of this process.
func withoutFiles(t *testing.T) *testProject {
	t.Helper()
	p := newTestProject(t)
	require.NoError(t, os.Remove(filepath.Join(p.dir, "Pulumi.yaml")))
	p.options.Name = "shop"
	p.options.Program = thingsOfAProvider
	return p
}

// thingsOfAProvider is things with an explicit provider, since a project without files has no default providers.
func thingsOfAProvider(ctx *pulumi.Context) error {
	var provider pulumi.ProviderResourceState
	if err := ctx.RegisterResource("pulumi:providers:slow", "slow", nil, &provider); err != nil {
		return err
	}
	return thingsWith(ctx, pulumi.Providers(&provider))
}

func TestSecretsOfAValueReachTheProgramAndNoFile(t *testing.T) {
	p := withoutFiles(t)
	var token string
	p.options.Program = func(ctx *pulumi.Context) error {
		var environment struct {
			App struct {
				SecretEnv map[string]string `json:"secretEnv"`
			} `json:"app"`
		}
		if err := config.New(ctx, "").TryObject("environment", &environment); err != nil {
			return err
		}
		token = environment.App.SecretEnv["TOKEN"]
		return thingsOfAProvider(ctx)
	}
	stack := p.open("review-1", lifecycle.StackOptions{Environment: withSecret(thing{Name: "a", Label: "1"})})

	preview, err := stack.Preview(context.Background())
	require.NoError(t, err)
	require.Equal(t, canary, token)
	assert.Len(t, preview.Plan, 4)
	_, err = stack.Up(context.Background())
	require.NoError(t, err)
	assertNowhere(t, p, canary)

	stacks, err := p.project().Stacks(context.Background())
	require.NoError(t, err)
	require.Len(t, stacks, 1)
	assert.Equal(t, "review-1", stacks[0].Name)
	assert.Equal(t, "ann", stacks[0].Owner)
	assert.Equal(t, 4, stacks[0].Resources)
	assert.WithinDuration(t, time.Now(), stacks[0].LastUpdate, 5*time.Minute)

	history, err := stack.History(context.Background(), 0)
	require.NoError(t, err)
	require.Len(t, history, 1)
	assert.Equal(t, "update", history[0].Operation)
	assert.Equal(t, "succeeded", history[0].Result)
	assert.False(t, history[0].Ended.Before(history[0].Started))
	assert.Equal(t, 4, history[0].Changes["create"])

	without := withSecret(thing{Name: "a", Label: "1"})
	delete(without, "owner")
	again := p.reopen(stack, "review-1", without)
	unchanged, err := again.Up(context.Background())
	require.NoError(t, err)
	assert.Equal(t, 4, unchanged.Changes["same"])
	stacks, err = p.project().Stacks(context.Background())
	require.NoError(t, err)
	assert.Empty(t, stacks[0].Owner, "the owner that the environment has no longer")

	_, err = again.Destroy(context.Background(), lifecycle.DestroyOptions{})
	require.NoError(t, err)
	stacks, err = p.project().Stacks(context.Background())
	require.NoError(t, err)
	assert.Empty(t, stacks)
}

// reopen closes a stack and opens it with another environment.
func (p *testProject) reopen(stack *lifecycle.Stack, name string, environment map[string]any) *lifecycle.Stack {
	p.t.Helper()
	require.NoError(p.t, stack.Close())
	return p.open(name, lifecycle.StackOptions{Environment: environment})
}

// assertNowhere looks for a secret in the events and in all files of the project.
func assertNowhere(t *testing.T, p *testProject, secret string) {
	t.Helper()
	events, err := json.Marshal(p.seen())
	require.NoError(t, err)
	quoted, err := json.Marshal(secret)
	require.NoError(t, err)
	for _, form := range []string{secret, string(quoted[1 : len(quoted)-1])} {
		assert.NotContains(t, string(events), form)
		err = filepath.WalkDir(p.dir, func(path string, entry fs.DirEntry, err error) error {
			if err != nil || !entry.Type().IsRegular() {
				return err
			}
			text, err := os.ReadFile(path)
			assert.NotContains(t, string(text), form, path)
			return err
		})
		require.NoError(t, err)
	}
}

func TestSecretsOfAValueAreInNoErrorAndNoEvent(t *testing.T) {
	p := withoutFiles(t)
	p.options.Program = func(ctx *pulumi.Context) error {
		if err := ctx.Log.Warn("the token is "+canary, nil); err != nil {
			return err
		}
		return errors.Join(thingsOfAProvider(ctx), errors.New("cannot sign in as "+canary))
	}
	stack := p.open("dev", lifecycle.StackOptions{Environment: withSecret(thing{Name: "a", Label: "label of " + canary})})

	_, err := stack.Preview(context.Background())

	var failed *lifecycle.UpdateFailedError
	require.ErrorAs(t, err, &failed)
	assert.NotContains(t, err.Error(), canary)
	assert.ErrorContains(t, err, "cannot sign in as [secret]")
	assertNowhere(t, p, canary)
}

func TestMistakesInAValueAreNamedWithoutItsSecrets(t *testing.T) {
	p := withoutFiles(t)
	p.options.Check = nil
	environment := spec.Environment{
		Cloud: spec.NoCloud, Tier: "stagin", Web: spec.Web{Replicas: -1},
		App: spec.App{Name: "shop", Image: "shop:1", SettingsModule: "shop.settings", SecretEnv: map[string]string{"TOKEN": canary, "no name": canary}},
	}
	values, err := environment.Values()
	require.NoError(t, err)

	stack := p.open("dev", lifecycle.StackOptions{Environment: values})
	_, err = stack.Up(context.Background())

	var invalid *lifecycle.ConfigInvalidError
	require.ErrorAs(t, err, &invalid)
	var problems spec.Problems
	require.ErrorAs(t, err, &problems)
	var paths []string
	for _, problem := range problems {
		paths = append(paths, problem.Path)
	}
	assert.Subset(t, paths, []string{"tier", "web.replicas"})
	assert.NotContains(t, err.Error(), canary)
	require.NoError(t, stack.Close())
	assert.NoDirExists(t, filepath.Join(p.dir, "state", "pulumi", "workspaces", "dev"), "what was never created leaves nothing")
	stacks, err := p.project().Stacks(context.Background())
	require.NoError(t, err)
	assert.Empty(t, stacks)
}

func TestVariablesOfTheOptionsComeBeforeThoseOfTheProcess(t *testing.T) {
	p := withoutFiles(t)
	p.options.SecretsProvider = ""
	backend := t.TempDir()
	t.Setenv("PULUMI_BACKEND_URL", "file:///does/not/exist")
	t.Setenv("PULUMI_CONFIG_PASSPHRASE", "of the process")
	t.Setenv("PULUMI_HOME", "/does/not/exist")
	p.options.Env["PULUMI_BACKEND_URL"] = "file://" + backend
	p.options.Env["PULUMI_CONFIG_PASSPHRASE"] = "of the options"
	p.options.Env["PULUMI_HOME"] = t.TempDir()
	environment := withSecret(thing{Name: "a", Secret: "s"})
	stack := p.open("dev", lifecycle.StackOptions{Environment: environment})
	_, err := stack.Up(context.Background())
	require.NoError(t, err)
	assert.DirExists(t, filepath.Join(backend, ".pulumi", "stacks", "shop"))
	assert.Equal(t, p.options.Env["PULUMI_HOME"], p.project().Home())

	p.options.Env["PULUMI_CONFIG_PASSPHRASE"] = "another"
	_, err = p.reopen(stack, "dev", environment).Up(context.Background())
	assert.ErrorContains(t, err, "passphrase")
}

func TestAProjectWithoutFilesNeedsAnEnvironment(t *testing.T) {
	p := withoutFiles(t)
	_, err := p.project().Stack(context.Background(), "dev", lifecycle.StackOptions{})
	var invalid *lifecycle.ConfigInvalidError
	require.ErrorAs(t, err, &invalid)
	assert.ErrorContains(t, err, "StackOptions.Environment")

	p.options.Name = "no name/"
	_, err = lifecycle.Open(p.options)
	require.ErrorAs(t, err, &invalid)
	assert.ErrorContains(t, err, "ProjectOptions.Name")
}

// A service may run in a pod whose disk ends with it: the workspace and the encryption settings in it are lost.
func TestAnEnvironmentOfAValueNeedsNoWorkspaceOfAnEarlierRun(t *testing.T) {
	for name, prepare := range map[string]func(p *testProject){
		"passphrase": func(p *testProject) { p.options.Env["PULUMI_CONFIG_PASSPHRASE"] = "of the service" },
		"key":        func(p *testProject) { p.withKey() },
	} {
		t.Run(name, func(t *testing.T) {
			p := withoutFiles(t)
			prepare(p)
			p.options.Backend = "file://" + t.TempDir()
			environment := withSecret(thing{Name: "a", Secret: "s"})
			stack := p.open("dev", lifecycle.StackOptions{Environment: environment})
			_, err := stack.Up(context.Background())
			require.NoError(t, err)

			p.options.StateDir = t.TempDir()
			again := p.reopen(stack, "dev", environment)
			result, err := again.Up(context.Background())
			require.NoError(t, err)
			assert.Equal(t, 4, result.Changes["same"])
			assert.Equal(t, "s", result.Outputs["a-secret"].Value)
		})
	}
}

func TestAnInterruptedOperationIsNamedOnce(t *testing.T) {
	for operation, want := range map[string]string{
		"update":                        "update of stack dev was interrupted: run it again to continue",
		"preview":                       "preview of stack dev was interrupted",
		"reading the state of stack":    "reading the state of stack dev was interrupted: run it again to continue",
		"listing the stacks of project": "listing the stacks of project dev was interrupted: run it again to continue",
	} {
		assert.EqualError(t, &lifecycle.CancelledError{Operation: operation, Stack: "dev"}, want)
	}
}

func TestARefusalOfAValueNamesItsCause(t *testing.T) {
	p := withoutFiles(t)
	environment := guarded(map[string]any{"db": "one"}, database())
	environment["app"] = withSecret()["app"]
	stack := p.open("prod", lifecycle.StackOptions{Environment: environment})
	_, err := stack.Up(context.Background())
	require.NoError(t, err)
	environment["names"] = map[string]any{"db": "two"}
	environment["image"] = "shop:2"

	refused := p.refusal(p.reopen(stack, "prod", environment))

	require.Len(t, refused.Resources, 1)
	assert.Equal(t, []lifecycle.Cause{{Path: "names.db", Old: "one", New: "two"}}, refused.Resources[0].Causes)
	assertNowhere(t, p, canary)
}
