// Package enginetest runs a program on the real Pulumi engine, with an account of a cloud
// and a Kubernetes in memory.
package enginetest

import (
	"slices"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/auto/events"
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

	"github.com/djangostack/djangostack/emulators/cloud"
	"github.com/djangostack/djangostack/emulators/cloud/providertest"
	emulatedkubernetes "github.com/djangostack/djangostack/emulators/kubernetes"
	"github.com/djangostack/djangostack/emulators/kubernetes/memory"
	emulatedrandom "github.com/djangostack/djangostack/emulators/random"
)

// Engine is one stack of a program. What the engine says is shown when the test fails.
type Engine struct {
	Account *cloud.Account
	Cluster *memory.Cluster

	lab *providertest.Lab
}

// NeedsCLI skips a test where no Pulumi CLI is promised.
func NeedsCLI(t *testing.T) {
	t.Helper()
	providertest.Needed(t)
}

// New makes a stack in an empty account. The provider is that of the account, by the
// name of its Pulumi package. It needs the Pulumi CLI: DJANGOSTACK_PULUMI, or the one in
// PATH.
func New(t *testing.T, cloudName string, account *cloud.Account, provider pulumirpc.ResourceProviderServer, program pulumi.RunFunc) *Engine {
	t.Helper()
	e := &Engine{Account: account}
	var err error
	e.Cluster, err = memory.Start()
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, e.Cluster.Close()) })
	e.lab = providertest.NewLab(t, map[string]pulumirpc.ResourceProviderServer{
		cloudName: provider,
		"random":  emulatedrandom.New(),
		"kubernetes": emulatedkubernetes.New(emulatedkubernetes.Options{
			Releases: emulatedkubernetes.RecordReleases,
			Reach:    func(emulatedkubernetes.Destination) (*rest.Config, bool, error) { return e.Cluster.Config(), true, nil },
		}),
	})
	e.lab.Run = program
	return e
}

// Preview says what an update would do, and does nothing.
func (e *Engine) Preview(options ...optpreview.Option) error {
	_, err := e.lab.Preview(options...)
	return err
}

// Up updates the stack.
func (e *Engine) Up(options ...optup.Option) error {
	_, err := e.lab.Up(options...)
	return err
}

// Refresh reads what is there.
func (e *Engine) Refresh(options ...optrefresh.Option) error {
	return e.lab.Refresh(options...)
}

// Destroy deletes everything.
func (e *Engine) Destroy() error {
	return e.lab.Destroy()
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
