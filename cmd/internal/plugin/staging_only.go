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

// tierKey is the field of the environment that says whether it is production.
const tierKey = "tier"

// stagingOnly passes calls to a provider, if the configuration of the stack says tier: staging. It
// checks the calls that come before any other: a provider that is not configured changes nothing.
type stagingOnly struct {
	pulumirpc.ResourceProviderServer
	name string
	// project is the directory of the stacks' configuration files.
	project string
}

// CheckConfig is called before a provider is created.
func (g stagingOnly) CheckConfig(ctx context.Context, in *pulumirpc.CheckRequest) (*pulumirpc.CheckResponse, error) {
	if err := g.requireStaging(in.GetUrn()); err != nil {
		return nil, err
	}
	return g.ResourceProviderServer.CheckConfig(ctx, in)
}

// DiffConfig is called before a provider is updated.
func (g stagingOnly) DiffConfig(ctx context.Context, in *pulumirpc.DiffRequest) (*pulumirpc.DiffResponse, error) {
	if err := g.requireStaging(in.GetUrn()); err != nil {
		return nil, err
	}
	return g.ResourceProviderServer.DiffConfig(ctx, in)
}

// Configure is called before a provider is used.
func (g stagingOnly) Configure(ctx context.Context, in *pulumirpc.ConfigureRequest) (*pulumirpc.ConfigureResponse, error) {
	if err := g.requireStaging(in.GetUrn()); err != nil {
		return nil, err
	}
	return g.ResourceProviderServer.Configure(ctx, in)
}

func (g stagingOnly) requireStaging(provider string) error {
	tier, err := g.tierOf(provider)
	if err == nil && tier != string(spec.Staging) {
		err = fmt.Errorf("its configuration says %s: %q", tierKey, tier)
	}
	if err != nil {
		return fmt.Errorf("the provider %s on this machine is djangostack's built-in one, which serves only environments with %s: %s; install the published plugin (pulumi plugin install --reinstall): %w",
			g.name, tierKey, spec.Staging, err)
	}
	return nil
}

// tierOf reads the tier from the configuration of the provider's stack. The URN names the stack.
func (g stagingOnly) tierOf(provider string) (string, error) {
	parsed, err := urn.Parse(provider)
	if err != nil {
		return "", errors.New("pulumi did not say which stack this is")
	}
	path := filepath.Join(g.project, "Pulumi."+parsed.Stack().String()+".yaml")
	file, err := stackfile.Read(path, string(parsed.Project()))
	if err != nil {
		return "", err
	}
	return file.Text(tierKey), nil
}

// restrictToStaging wraps a provider, or a connector whose connections it wraps.
func restrictToStaging(provider pulumirpc.ResourceProviderServer, name, project string) pulumirpc.ResourceProviderServer {
	restricted := stagingOnly{ResourceProviderServer: provider, name: name, project: project}
	if connector, ok := provider.(emulators.Connector); ok {
		return stagingOnlyConnector{stagingOnly: restricted, connector: connector}
	}
	return restricted
}

type stagingOnlyConnector struct {
	stagingOnly
	connector emulators.Connector
}

// Connect returns a wrapped provider for one connection.
func (g stagingOnlyConnector) Connect() (pulumirpc.ResourceProviderServer, func()) {
	provider, disconnect := g.connector.Connect()
	return stagingOnly{ResourceProviderServer: provider, name: g.name, project: g.project}, disconnect
}
