package plugin

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/urn"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"

	"github.com/djangostack/djangostack/emulators"
	"github.com/djangostack/djangostack/stacks/lifecycle/stackfile"
	"github.com/djangostack/djangostack/stacks/spec"
)

// purpose is the value of a configuration that says what its environment is for.
const purpose = "tier"

// guard passes all calls to a provider, once the stack's configuration has said
// that the environment is staging. A provider that is not configured touches
// nothing, so that it is enough to stand before its configuration.
type guard struct {
	pulumirpc.ResourceProviderServer
	name string
	// project is the directory of the stacks' configurations.
	project string
}

// CheckConfig comes before a provider is made.
func (g guard) CheckConfig(ctx context.Context, in *pulumirpc.CheckRequest) (*pulumirpc.CheckResponse, error) {
	if err := g.needStaging(in.GetUrn()); err != nil {
		return nil, err
	}
	return g.ResourceProviderServer.CheckConfig(ctx, in)
}

// DiffConfig comes before a provider is changed.
func (g guard) DiffConfig(ctx context.Context, in *pulumirpc.DiffRequest) (*pulumirpc.DiffResponse, error) {
	if err := g.needStaging(in.GetUrn()); err != nil {
		return nil, err
	}
	return g.ResourceProviderServer.DiffConfig(ctx, in)
}

// Configure comes before a provider is used.
func (g guard) Configure(ctx context.Context, in *pulumirpc.ConfigureRequest) (*pulumirpc.ConfigureResponse, error) {
	if err := g.needStaging(in.GetUrn()); err != nil {
		return nil, err
	}
	return g.ResourceProviderServer.Configure(ctx, in)
}

func (g guard) needStaging(provider string) error {
	said, err := g.purposeOf(provider)
	if err == nil && said != string(spec.Staging) {
		err = fmt.Errorf("its configuration says %s: %q", purpose, said)
	}
	if err != nil {
		return fmt.Errorf("the provider %s here is djangostack's built-in one, which serves only environments with %s: %s; install the published plugin (pulumi plugin install --reinstall): %w",
			g.name, purpose, spec.Staging, err)
	}
	return nil
}

// purposeOf reads what the environment is for, whose provider has this URN.
func (g guard) purposeOf(provider string) (string, error) {
	parsed, err := urn.Parse(provider)
	if err != nil {
		return "", errors.New("pulumi does not say which stack this is")
	}
	path := filepath.Join(g.project, "Pulumi."+parsed.Stack().String()+".yaml")
	file, err := stackfile.Read(path, string(parsed.Project()))
	if err != nil {
		return "", err
	}
	return file.Text(purpose), nil
}

// guarded stands before a provider, also where it makes one for each connection.
func guarded(provider pulumirpc.ResourceProviderServer, name, project string) pulumirpc.ResourceProviderServer {
	one := guard{ResourceProviderServer: provider, name: name, project: project}
	if factory, ok := provider.(emulators.Connector); ok {
		return guardedFactory{guard: one, factory: factory}
	}
	return one
}

type guardedFactory struct {
	guard
	factory emulators.Connector
}

// Connect makes a guarded provider.
func (g guardedFactory) Connect() (pulumirpc.ResourceProviderServer, func()) {
	made, closed := g.factory.Connect()
	return guard{ResourceProviderServer: made, name: g.name, project: g.project}, closed
}
