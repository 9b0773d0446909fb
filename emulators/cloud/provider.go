package cloud

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"

	"github.com/djangostack/djangostack/emulators"
)

// New returns a provider of a catalog for an account. Each connection of an engine has its own configuration; they
// share the account.
func New(catalog *Catalog, account *Account) emulators.Connector {
	return &provider{
		Base:    &emulators.Base{Package: catalog.Package, Version: catalog.Version},
		catalog: catalog, account: account,
	}
}

type provider struct {
	*emulators.Base
	catalog *Catalog
	account *Account

	mu         sync.Mutex
	configured *Scope
}

// Connect returns the provider of one connection.
func (p *provider) Connect() (pulumirpc.ResourceProviderServer, func()) {
	one := &provider{
		Base:    &emulators.Base{Package: p.catalog.Package, Version: p.catalog.Version},
		catalog: p.catalog, account: p.account,
	}
	return one, one.Disconnect
}

// CheckConfig checks the provider's arguments against the SDK's.
func (p *provider) CheckConfig(_ context.Context, req *pulumirpc.CheckRequest) (*pulumirpc.CheckResponse, error) {
	arguments, err := emulators.Decode("provider arguments", req.GetNews())
	if err != nil {
		return nil, err
	}
	validation := &Validation{Values: p.config(arguments), hidden: hidden(arguments, Resource{})}
	p.catalog.Schema.typeCheck(validation, "", validation.Values, p.catalog.Schema.Config)
	if len(validation.failures) == 0 && validation.Known("region") {
		if _, err := p.catalog.Scope(p.account, validation.Values); err != nil {
			validation.Fail("region", "%v", err)
		}
	}
	return &pulumirpc.CheckResponse{Inputs: req.GetNews(), Failures: validation.response(resource.URN(req.GetUrn()).Name())}, nil
}

// config reads the provider's arguments. Most SDKs send arguments that are not text as JSON.
func (p *provider) config(arguments resource.PropertyMap) Values {
	values := Plain(arguments)
	delete(values, "version")
	delete(values, "pluginDownloadURL")
	for name, value := range values {
		text, isText := value.(string)
		kind, known := p.catalog.Schema.Config[name]
		if plain, _ := Required(kind); !isText || !known || plain == "s" {
			continue
		}
		var decoded any
		if json.Unmarshal([]byte(text), &decoded) == nil {
			values[name] = plainValue(resource.NewPropertyValue(decoded))
		}
	}
	return values
}

// DiffConfig returns the changed arguments. None of them forces a replacement.
func (p *provider) DiffConfig(_ context.Context, req *pulumirpc.DiffRequest) (*pulumirpc.DiffResponse, error) {
	before, err := emulators.Decode("old provider arguments", req.GetOldInputs())
	if err != nil {
		return nil, err
	}
	after, err := emulators.Decode("new provider arguments", req.GetNews())
	if err != nil {
		return nil, err
	}
	response := &pulumirpc.DiffResponse{Changes: pulumirpc.DiffResponse_DIFF_NONE}
	for _, one := range (&Kind{}).compare(Resource{}, p.config(before), p.config(after)) {
		response.Changes = pulumirpc.DiffResponse_DIFF_SOME
		response.Diffs = append(response.Diffs, one.path)
	}
	return response, nil
}

// Configure sets the account and region of this connection.
func (p *provider) Configure(_ context.Context, req *pulumirpc.ConfigureRequest) (*pulumirpc.ConfigureResponse, error) {
	arguments, err := emulators.Decode("provider arguments", req.GetArgs())
	if err != nil {
		return nil, err
	}
	scope, err := p.catalog.Scope(p.account, p.config(arguments))
	if err != nil {
		return nil, fmt.Errorf("configuring the %s provider: %w", p.catalog.Package, err)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.configured = &scope
	return &pulumirpc.ConfigureResponse{
		AcceptSecrets: true, SupportsPreview: true, SupportsAutonamingConfiguration: true,
	}, nil
}

func (p *provider) scope() (Scope, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.configured == nil {
		return Scope{}, errors.New("the provider was not configured on this connection; run the command again")
	}
	return *p.configured, nil
}
