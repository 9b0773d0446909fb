package lifecycle_test

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi/config"
	"github.com/stretchr/testify/require"

	"github.com/djangostack/djangostack/stacks/lifecycle"
	"github.com/djangostack/djangostack/stacks/lifecycle/stackfile"
	"github.com/djangostack/djangostack/stacks/spec"
	"github.com/djangostack/djangostack/tests/testenv"
)

// thing is one entry of the test program's configuration.
type thing struct {
	Name     string  `json:"name"`
	Seconds  float64 `json:"seconds"`
	Identity string  `json:"identity"`
	Label    string  `json:"label"`
	Secret   string  `json:"secret"`
	Protect  bool    `json:"protect"`
	Broken   bool    `json:"broken"`
	// Refused makes the provider refuse the inputs, which it does in a preview, too.
	Refused bool `json:"refused"`
	// Part, if not empty, puts the thing into a component that holds the data of that part.
	Part string `json:"part"`
}

// things registers one thing per entry of the environment, each after the previous one, in one component. A thing that
// is to be protected is not if the environment allows the loss of its part.
func things(ctx *pulumi.Context) error { return thingsWith(ctx) }

// thingsWith is things with options of the component.
func thingsWith(ctx *pulumi.Context, options ...pulumi.ResourceOption) error {
	var environment struct {
		Things        []thing        `json:"things"`
		AllowDataLoss []string       `json:"allowDataLoss"`
		Names         map[string]any `json:"names"`
	}
	if err := config.New(ctx, "").TryObject("environment", &environment); err != nil && !errors.Is(err, config.ErrMissingVar) {
		return err
	}
	var group pulumi.ResourceState
	if err := ctx.RegisterComponentResource("test:index:Group", "group", &group, options...); err != nil {
		return err
	}
	var before []pulumi.Resource
	for _, each := range environment.Things {
		parent, err := parentOf(ctx, &group, each)
		if err != nil {
			return err
		}
		if name, isNamed := environment.Names[each.Name].(string); isNamed {
			each.Identity = name
		}
		protect := each.Protect && (each.Part == "" || !slices.Contains(environment.AllowDataLoss, each.Part))
		var resource pulumi.CustomResourceState
		inputs := pulumi.Map{
			"seconds":  pulumi.Float64(each.Seconds),
			"broken":   pulumi.Bool(each.Broken),
			"refused":  pulumi.Bool(each.Refused),
			"identity": pulumi.String(each.Identity),
			"label":    pulumi.String(each.Label),
			"secret":   pulumi.ToSecret(pulumi.String(each.Secret)),
		}
		if err := ctx.RegisterResource("slow:index:Thing", each.Name, inputs, &resource,
			pulumi.Parent(parent), pulumi.DependsOn(before), pulumi.Protect(protect)); err != nil {
			return err
		}
		before = []pulumi.Resource{&resource}
		ctx.Export(each.Name, pulumi.String(each.Label))
		ctx.Export(each.Name+"-secret", pulumi.ToSecret(pulumi.String(each.Secret)))
	}
	return nil
}

// parentOf returns the parent of a thing: the group, or a component that holds data.
func parentOf(ctx *pulumi.Context, group pulumi.Resource, each thing) (pulumi.Resource, error) {
	if each.Part == "" {
		return group, nil
	}
	var store pulumi.ResourceState
	if err := ctx.RegisterComponentResource("test:index:Store", each.Name, &store, pulumi.Parent(group)); err != nil {
		return nil, err
	}
	return &store, ctx.RegisterResourceOutputs(&store, pulumi.Map{"holdsData": pulumi.Map{
		"parts":    pulumi.ToStringArray([]string{each.Part}),
		"loss":     pulumi.String("all rows of " + each.Name),
		"settings": pulumi.ToStringArray([]string{"names." + each.Name}),
	}})
}

// testProject is a project in a temporary directory.
type testProject struct {
	t       *testing.T
	dir     string
	options lifecycle.ProjectOptions
	slow    *slowProvider

	mu     sync.Mutex
	events []lifecycle.Event
}

// newTestProject returns a project whose secrets a key service encrypts.
func newTestProject(t *testing.T) *testProject {
	t.Helper()
	p := newPassphraseProject(t)
	p.withKey()
	return p
}

// newPassphraseProject returns a project whose secrets Pulumi encrypts with a passphrase.
func newPassphraseProject(t *testing.T) *testProject {
	t.Helper()
	// The child processes of tests read it.
	t.Setenv("DJANGOSTACK_PULUMI", testenv.NeedsEngine(t).Path)
	// Do not use the developer's Pulumi.
	for _, name := range []string{"PULUMI_BACKEND_URL", "PULUMI_CONFIG_PASSPHRASE_FILE"} {
		t.Setenv(name, "")
	}
	t.Setenv("PULUMI_HOME", filepath.Join(t.TempDir(), "home"))
	slow, env := serveSlow(t)
	dir := t.TempDir()
	p := &testProject{t: t, dir: dir, slow: slow, options: projectOptions(t, dir)}
	p.options.Env = env
	// The repository's Pulumi.yaml has such options, for Pulumi's own command. A program in this process must ignore
	// them.
	p.write("Pulumi.yaml", "name: shop\nruntime: {name: go, options: {buildTarget: does/not/exist}}\n")
	return p
}

func projectOptions(t *testing.T, dir string) lifecycle.ProjectOptions {
	t.Helper()
	return lifecycle.ProjectOptions{Dir: dir, StateDir: filepath.Join(dir, "state"), Program: things, CLI: testenv.NeedsEngine(t), Check: anyEnvironment}
}

// anyEnvironment accepts every configuration: the things are no environment of djangostack.
func anyEnvironment(*stackfile.File, string) (*spec.Environment, error) { return nil, nil }

func (p *testProject) write(name, text string) string {
	p.t.Helper()
	path := filepath.Join(p.dir, name)
	require.NoError(p.t, os.WriteFile(path, []byte(text), 0o600))
	return path
}

// configure writes a stack's file with the things.
func (p *testProject) configure(stack string, entries ...thing) string {
	p.t.Helper()
	return p.configureAll(stack, map[string]any{"things": entries})
}

// configureAll writes a stack's file.
func (p *testProject) configureAll(stack string, environment map[string]any) string {
	p.t.Helper()
	raw, err := json.Marshal(environment)
	require.NoError(p.t, err)
	return p.write("Pulumi."+stack+".yaml", "# kept by hand\nconfig:\n  shop:environment: "+string(raw)+"\n")
}

func (p *testProject) project() *lifecycle.Project {
	p.t.Helper()
	project, err := lifecycle.Open(p.options)
	require.NoError(p.t, err)
	return project
}

func (p *testProject) open(name string, options lifecycle.StackOptions) *lifecycle.Stack {
	p.t.Helper()
	options.Events = p.record
	stack, err := p.project().Stack(context.Background(), name, options)
	require.NoError(p.t, err)
	p.t.Cleanup(func() { require.NoError(p.t, stack.Close()) })
	return stack
}

func (p *testProject) record(event lifecycle.Event) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.events = append(p.events, event)
}

func (p *testProject) seen() []lifecycle.Event {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]lifecycle.Event(nil), p.events...)
}

// up opens, updates and closes the stack.
func (p *testProject) up(name string) lifecycle.UpResult {
	p.t.Helper()
	stack, err := p.project().Stack(context.Background(), name, lifecycle.StackOptions{Events: p.record})
	require.NoError(p.t, err)
	result, err := stack.Up(context.Background())
	require.NoError(p.t, err)
	require.NoError(p.t, stack.Close())
	return result
}

func (p *testProject) waitBegun(name string) {
	p.t.Helper()
	for {
		select {
		case begun := <-p.slow.begun:
			if begun == name {
				return
			}
		case <-time.After(time.Minute):
			p.t.Fatalf("the creation of %s did not start within a minute", name)
		}
	}
}
