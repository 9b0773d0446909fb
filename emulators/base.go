package emulators

import (
	"context"
	"sync"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/emptypb"
)

// Base answers what every provider of the twin answers alike; a provider embeds
// it and writes the rest.
type Base struct {
	pulumirpc.UnimplementedResourceProviderServer
	// Package is the Pulumi package ("kubernetes").
	Package string
	// Version is the published provider's version whose behaviour is followed.
	Version string

	mu   sync.Mutex
	host *Host
}

// Host is the engine this provider is attached to, or nil before that.
func (b *Base) Host() *Host {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.host
}

// Disconnect closes the way back to the engine.
func (b *Base) Disconnect() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.host.close()
	b.host = nil
}

func (b *Base) connect(address string) error {
	host, err := dialHost(address)
	if err != nil {
		return err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.host.close()
	b.host = host
	return nil
}

// Handshake tells the engine that secrets, previews and its naming rules are understood, and
// keeps its address: an engine that starts its plugins itself does not attach to them.
func (b *Base) Handshake(
	_ context.Context, req *pulumirpc.ProviderHandshakeRequest,
) (*pulumirpc.ProviderHandshakeResponse, error) {
	if address := req.GetEngineAddress(); address != "" {
		if err := b.connect(address); err != nil {
			return nil, err
		}
	}
	return &pulumirpc.ProviderHandshakeResponse{AcceptSecrets: true, SupportsAutonamingConfiguration: true}, nil
}

// Attach keeps the address of the engine, for log messages and progress.
func (b *Base) Attach(_ context.Context, req *pulumirpc.PluginAttach) (*emptypb.Empty, error) {
	return &emptypb.Empty{}, b.connect(req.GetAddress())
}

// GetPluginInfo answers with Version.
func (b *Base) GetPluginInfo(context.Context, *emptypb.Empty) (*pulumirpc.PluginInfo, error) {
	return &pulumirpc.PluginInfo{Version: b.Version}, nil
}

// GetSchema answers with a schema of no resources: programs in Go carry their types themselves.
func (b *Base) GetSchema(context.Context, *pulumirpc.GetSchemaRequest) (*pulumirpc.GetSchemaResponse, error) {
	return &pulumirpc.GetSchemaResponse{Schema: `{"name":"` + b.Package + `","version":"` + b.Version + `"}`}, nil
}

// GetMapping answers that there is none.
func (b *Base) GetMapping(context.Context, *pulumirpc.GetMappingRequest) (*pulumirpc.GetMappingResponse, error) {
	return &pulumirpc.GetMappingResponse{}, nil
}

// GetMappings answers that there are none.
func (b *Base) GetMappings(context.Context, *pulumirpc.GetMappingsRequest) (*pulumirpc.GetMappingsResponse, error) {
	return &pulumirpc.GetMappingsResponse{}, nil
}

// Cancel has nothing to end.
func (b *Base) Cancel(context.Context, *emptypb.Empty) (*emptypb.Empty, error) {
	return &emptypb.Empty{}, nil
}

// Invoke refuses.
func (b *Base) Invoke(_ context.Context, req *pulumirpc.InvokeRequest) (*pulumirpc.InvokeResponse, error) {
	return nil, b.refuse("the function " + req.GetTok())
}

// Call refuses.
func (b *Base) Call(_ context.Context, req *pulumirpc.CallRequest) (*pulumirpc.CallResponse, error) {
	return nil, b.refuse("the method " + req.GetTok())
}

// Construct refuses.
func (b *Base) Construct(_ context.Context, req *pulumirpc.ConstructRequest) (*pulumirpc.ConstructResponse, error) {
	return nil, b.refuse("the component " + req.GetType())
}

// Parameterize refuses.
func (b *Base) Parameterize(
	context.Context, *pulumirpc.ParameterizeRequest,
) (*pulumirpc.ParameterizeResponse, error) {
	return nil, b.refuse("parameters")
}

func (b *Base) refuse(what string) error {
	return status.Errorf(codes.Unimplemented,
		"the built-in %s provider does not know %s: install the published plugin (pulumi plugin install resource %s v%s)",
		b.Package, what, b.Package, b.Version)
}
