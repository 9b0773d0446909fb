// Package enginetest runs Pulumi programs on Pulumi's engine, with providers that run in the test's process.
//
// Engine is one stack of any program. Environment is one environment of the djangostack program, run by the same code
// that runs the djangostack command.
package enginetest

import (
	"bytes"
	"context"
	"encoding/json"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/auto"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/events"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/optdestroy"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/optpreview"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/optrefresh"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/optup"
	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"k8s.io/client-go/rest"

	"github.com/djangostack/djangostack/emulators"
	"github.com/djangostack/djangostack/emulators/cloud"
	"github.com/djangostack/djangostack/emulators/keyservice"
	emulatedkubernetes "github.com/djangostack/djangostack/emulators/kubernetes"
	"github.com/djangostack/djangostack/emulators/kubernetes/memory"
	emulatedrandom "github.com/djangostack/djangostack/emulators/random"
	"github.com/djangostack/djangostack/tests/testenv"
)

// Engine is one stack. A failed test logs what all operations printed.
type Engine struct {
	T testing.TB
	// Program is what the next operation runs.
	Program pulumi.RunFunc
	// Output is what all operations printed.
	Output bytes.Buffer
	// Stack is the stack itself, for operations that Engine does not have.
	Stack auto.Stack
	// Account and Cluster are set by New.
	Account *cloud.Account
	Cluster *memory.Cluster

	backend string
	command *command
}

// New returns a stack with the emulator of one cloud, by the name of its Pulumi package, and with a Kubernetes cluster
// in memory.
func New(t testing.TB, cloudName string, account *cloud.Account, provider pulumirpc.ResourceProviderServer, program pulumi.RunFunc) *Engine {
	t.Helper()
	testenv.NeedsEngine(t)
	cluster, err := memory.Start()
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, cluster.Close()) })
	e := NewEngine(t, map[string]pulumirpc.ResourceProviderServer{
		cloudName: provider,
		"random":  emulatedrandom.New(),
		"kubernetes": emulatedkubernetes.New(emulatedkubernetes.Options{
			Releases: emulatedkubernetes.RecordReleases,
			Connect:  func(emulatedkubernetes.Destination) (*rest.Config, bool, error) { return cluster.Config(), true, nil },
		}),
	})
	e.Account, e.Cluster, e.Program = account, cluster, program
	return e
}

// NewEngine returns a stack named dev with the given providers, by the names of their Pulumi packages.
func NewEngine(t testing.TB, providers map[string]pulumirpc.ResourceProviderServer) *Engine {
	t.Helper()
	return NewStack(t, "dev", providers)
}

// NewStack is NewEngine for a stack of another name.
func NewStack(t testing.TB, stack string, providers map[string]pulumirpc.ResourceProviderServer) *Engine {
	t.Helper()
	cli := testenv.NeedsEngine(t)
	e := &Engine{T: t, backend: t.TempDir(), command: newCommand(t, cli)}
	server, err := emulators.Serve(context.Background(), providers)
	require.NoError(t, err)
	keys, err := keyservice.Start()
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, keys.Close()) })
	variables := keyservice.Variables(keys.Address())
	maps.Copy(variables, map[string]string{
		"PULUMI_BACKEND_URL":       "file://" + filepath.ToSlash(e.backend),
		"PULUMI_DEBUG_PROVIDERS":   server.Env(),
		"PULUMI_SKIP_UPDATE_CHECK": "true",
		// For an existing state the engine looks for plugins before it looks at PULUMI_DEBUG_PROVIDERS.
		"PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
		finalStateOnly: "true",
	})
	e.Stack, err = auto.UpsertStackInlineSource(context.Background(), stack, "enginetest",
		func(ctx *pulumi.Context) error { return e.Program(ctx) },
		auto.Pulumi(e.command), auto.WorkDir(t.TempDir()), auto.PulumiHome(t.TempDir()), auto.EnvVars(variables), auto.SecretsProvider(keyservice.Provider))
	require.NoError(t, err)
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("output of all operations:\n%s", e.Output.String())
		}
		require.NoError(t, server.Close())
	})
	return e
}

// KeepSteps makes Pulumi write the state after each step, so that the next operation continues one that was killed.
func (e *Engine) KeepSteps() {
	e.Stack.Workspace().UnsetEnvVar(finalStateOnly)
}

// Preview plans an update and changes nothing.
func (e *Engine) Preview(options ...optpreview.Option) error {
	e.T.Helper()
	_, err := e.plan(options...)
	return err
}

// Plan counts what an update would do, by operation.
func (e *Engine) Plan() (map[apitype.OpType]int, error) {
	e.T.Helper()
	result, err := e.plan()
	return result.ChangeSummary, err
}

func (e *Engine) plan(options ...optpreview.Option) (auto.PreviewResult, error) {
	return e.Stack.Preview(context.Background(), append(options, optpreview.ProgressStreams(&e.Output), optpreview.Diff())...)
}

// Up updates the stack.
func (e *Engine) Up(options ...optup.Option) error {
	e.T.Helper()
	_, err := e.update(options...)
	return err
}

// MustUp updates the stack and counts what was done, by operation.
func (e *Engine) MustUp() map[string]int {
	e.T.Helper()
	e.command.summarizes = true
	defer func() { e.command.summarizes = false }()
	result, err := e.update()
	require.NoError(e.T, err, e.Output.String())
	return *result.Summary.ResourceChanges
}

func (e *Engine) update(options ...optup.Option) (auto.UpResult, error) {
	return e.Stack.Up(context.Background(), append(options, optup.ShowSecrets(false), optup.ProgressStreams(&e.Output), optup.ErrorProgressStreams(&e.Output))...)
}

// Refresh reads every resource again.
func (e *Engine) Refresh(options ...optrefresh.Option) error {
	e.T.Helper()
	_, err := e.Stack.Refresh(context.Background(), append(options, optrefresh.ShowSecrets(false), optrefresh.ProgressStreams(&e.Output))...)
	return err
}

// Destroy deletes every resource.
func (e *Engine) Destroy(options ...optdestroy.Option) error {
	e.T.Helper()
	_, err := e.Stack.Destroy(context.Background(), append(options, optdestroy.ShowSecrets(false), optdestroy.ProgressStreams(&e.Output), optdestroy.ErrorProgressStreams(&e.Output))...)
	return err
}

// Stored returns everything that the backend keeps: the state, its history and its backups.
func (e *Engine) Stored() string {
	e.T.Helper()
	var all strings.Builder
	err := filepath.WalkDir(e.backend, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		contents, err := os.ReadFile(path)
		all.Write(contents)
		return err
	})
	require.NoError(e.T, err)
	return all.String()
}

// Resources returns the resources of the state, by their names in the program.
func (e *Engine) Resources() map[string]apitype.ResourceV3 {
	e.T.Helper()
	byName := map[string]apitype.ResourceV3{}
	for _, one := range e.State() {
		byName[one.URN.Name()] = one
	}
	return byName
}

// State returns the resources of the state.
func (e *Engine) State() []apitype.ResourceV3 {
	e.T.Helper()
	exported, err := e.Stack.Export(context.Background())
	require.NoError(e.T, err)
	var deployment apitype.DeploymentV3
	require.NoError(e.T, json.Unmarshal(exported.Deployment, &deployment))
	return deployment.Resources
}

// Lost returns the resources that the next update would replace or delete, as kind and name in alphabetical order.
func (e *Engine) Lost(t testing.TB) []string {
	t.Helper()
	stream := make(chan events.EngineEvent)
	done := make(chan []string)
	go func() {
		names := []string{}
		for event := range stream {
			if event.ResourcePreEvent == nil {
				continue
			}
			step := event.ResourcePreEvent.Metadata
			if step.Op == apitype.OpReplace || step.Op == apitype.OpDelete {
				names = append(names, string(resource.URN(step.URN).Type().Name())+" "+resource.URN(step.URN).Name())
			}
		}
		slices.Sort(names)
		done <- names
	}()
	require.NoError(t, e.Preview(optpreview.EventStreams(stream)))
	return <-done
}
