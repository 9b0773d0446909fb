// Package engine runs a program on the real Pulumi engine, with an account of a cloud
// and a Kubernetes in memory.
package engine

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"slices"
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

	"github.com/djangostack/djangostack/twin"
	"github.com/djangostack/djangostack/twin/cloud"
	twinkubernetes "github.com/djangostack/djangostack/twin/kubernetes"
	"github.com/djangostack/djangostack/twin/kubernetes/memory"
	twinrandom "github.com/djangostack/djangostack/twin/random"
)

// Engine is one stack of a program.
type Engine struct {
	Stack   auto.Stack
	Account *cloud.Account
	Cluster *memory.Cluster
	// Output is what the engine says; it is shown when the test fails.
	Output bytes.Buffer
}

// New makes a stack in an empty account. The provider is that of the account, by the
// name of its Pulumi package. It needs the Pulumi CLI, DJANGOSTACK_PULUMI or the one in
// PATH, and skips the test unless DJANGOSTACK_E2E is 1.
func New(t *testing.T, cloudName string, account *cloud.Account, provider pulumirpc.ResourceProviderServer, program pulumi.RunFunc) *Engine {
	t.Helper()
	e := &Engine{Account: account}
	var err error
	e.Cluster, err = memory.Start()
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, e.Cluster.Close()) })
	server, err := twin.Serve(context.Background(), map[string]pulumirpc.ResourceProviderServer{
		cloudName: provider,
		"random":  twinrandom.New(),
		"kubernetes": twinkubernetes.New(twinkubernetes.Options{
			Reach: func(twinkubernetes.Destination) (*rest.Config, bool, error) { return e.Cluster.Config(), true, nil },
		}),
	})
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, server.Close()) })
	command, err := auto.NewPulumiCommand(pulumiCLI())
	require.NoError(t, err)
	e.Stack, err = auto.UpsertStackInlineSource(context.Background(), "dev", "platform", program,
		auto.Pulumi(command), auto.WorkDir(t.TempDir()), auto.PulumiHome(t.TempDir()), auto.EnvVars(map[string]string{
			"PULUMI_BACKEND_URL":       "file://" + filepath.ToSlash(t.TempDir()),
			"PULUMI_CONFIG_PASSPHRASE": "only for a test",
			"PULUMI_DEBUG_PROVIDERS":   server.Env(),
			"PULUMI_SKIP_UPDATE_CHECK": "true",
		}))
	require.NoError(t, err)
	t.Cleanup(func() {
		if t.Failed() {
			t.Log(e.Output.String())
		}
	})
	return e
}

// NeedsCLI skips a test where no Pulumi CLI is promised.
func NeedsCLI(t *testing.T) {
	t.Helper()
	if os.Getenv("DJANGOSTACK_E2E") != "1" {
		t.Skip("needs the Pulumi CLI: set DJANGOSTACK_E2E=1")
	}
}

func pulumiCLI() *auto.PulumiCommandOptions {
	options := &auto.PulumiCommandOptions{}
	if given := os.Getenv("DJANGOSTACK_PULUMI"); given != "" {
		options.Root = filepath.Dir(filepath.Dir(given))
	}
	return options
}

// Preview says what an update would do, and does nothing.
func (e *Engine) Preview(options ...optpreview.Option) error {
	_, err := e.Stack.Preview(context.Background(), append(options, optpreview.ProgressStreams(&e.Output), optpreview.ErrorProgressStreams(&e.Output))...)
	return err
}

// Up updates the stack.
func (e *Engine) Up(options ...optup.Option) error {
	_, err := e.Stack.Up(context.Background(), append(options, optup.ProgressStreams(&e.Output), optup.ErrorProgressStreams(&e.Output))...)
	return err
}

// Refresh reads what is there.
func (e *Engine) Refresh(options ...optrefresh.Option) error {
	_, err := e.Stack.Refresh(context.Background(), append(options, optrefresh.ProgressStreams(&e.Output))...)
	return err
}

// Destroy deletes everything.
func (e *Engine) Destroy() error {
	_, err := e.Stack.Destroy(context.Background(), optdestroy.ProgressStreams(&e.Output), optdestroy.ErrorProgressStreams(&e.Output))
	return err
}

// Lost names the resources that the next update would replace or delete, by kind and
// name in alphabetical order.
func (e *Engine) Lost(t *testing.T) []string {
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
