// Package mocks runs a program without an engine and records what it registers.
package mocks

import (
	"cmp"
	"slices"
	"sort"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/require"
)

// Outputs selects what resources answer.
type Outputs string

// Known outputs are those of a finished update; Unknown ones are those of a first preview.
const (
	Known   Outputs = "known"
	Unknown Outputs = "unknown"
)

// Both lists both, for tests that hold with either.
func Both() []Outputs { return []Outputs{Known, Unknown} }

// Resource is one registration.
type Resource struct {
	URN     string
	Type    string
	Name    string
	Parent  string
	Custom  bool
	Protect bool
	// Retain keeps the resource in the cloud when the program removes it.
	Retain    bool
	Provider  string
	DependsOn []string
	// ByProperty are the dependencies that come from an input, by the input's name.
	ByProperty map[string][]string
	// Ignored are the inputs whose changes are ignored.
	Ignored []string
	// Awaited is how long the engine waits for each step, such as 660s; empty for the provider's default.
	Awaited Awaited
	Inputs  resource.PropertyMap
}

// Awaited is how long the engine waits for the steps of a resource.
type Awaited struct {
	Create, Update, Delete string
}

// Kind returns the last part of the type: Deployment.
func (r Resource) Kind() string {
	return r.Type[strings.LastIndex(r.Type, ":")+1:]
}

// depth returns the number of a resource's ancestors.
func (r Resource) depth() int {
	return strings.Count(r.URN, "$")
}

// Kubernetes tells whether the resource is an object of a cluster.
func (r Resource) Kubernetes() bool {
	return strings.HasPrefix(r.Type, "kubernetes:")
}

// Program is what one run registered.
type Program struct {
	Resources []Resource
}

// Run runs a program under mocks. An error of the program fails the test.
func Run(t *testing.T, outputs Outputs, program pulumi.RunFunc) Program {
	t.Helper()
	ran, err := Try(outputs, nil, program)
	require.NoError(t, err)
	return ran
}

// Try runs a program under mocks with a configuration and returns its error.
func Try(outputs Outputs, config map[string]string, program pulumi.RunFunc) (Program, error) {
	monitor := &monitor{outputs: outputs}
	address, stop, err := monitor.serve()
	if err != nil {
		return Program{}, err
	}
	defer stop()
	err = pulumi.RunErr(program, func(info *pulumi.RunInfo) {
		info.Project, info.Stack = project, stack
		info.MonitorAddr, info.EngineAddr = address, address
		info.Config = config
		info.DryRun = outputs == Unknown
	})
	// Registrations arrive in a different order each time, except that parents come first.
	slices.SortFunc(monitor.registered, func(a, b Resource) int {
		return cmp.Or(cmp.Compare(a.depth(), b.depth()), strings.Compare(a.URN, b.URN))
	})
	return Program{Resources: monitor.registered}, err
}

// Find returns the one resource of a kind and a name.
func (p Program) Find(t *testing.T, kind, name string) Resource {
	t.Helper()
	for _, r := range p.Resources {
		if r.Kind() == kind && r.Name == name {
			return r
		}
	}
	require.Failf(t, "not registered", "%s %s; registered are\n%s", kind, name, strings.Join(p.Names(), "\n"))
	return Resource{}
}

// OfKind returns every resource of a kind.
func (p Program) OfKind(kind string) []Resource {
	var found []Resource
	for _, r := range p.Resources {
		if r.Kind() == kind {
			found = append(found, r)
		}
	}
	return found
}

// Names lists kind and name of every resource in alphabetical order.
func (p Program) Names() []string {
	var names []string
	for _, r := range p.Resources {
		names = append(names, r.Kind()+" "+r.Name)
	}
	sort.Strings(names)
	return names
}
