package emulators

import (
	"context"
	"sync"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/emptypb"
)

// Base implements the calls that all emulators answer alike. A provider embeds it and implements the rest.
type Base struct {
	pulumirpc.UnimplementedResourceProviderServer
	// Package is the Pulumi package: kubernetes.
	Package string
	// Version is the published provider's version that the provider follows.
	Version string

	mu   sync.Mutex
	host *Host
}

// Host returns the engine that the provider is attached to, or nil before it is attached.
func (b *Base) Host() *Host {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.host
}

// Disconnect closes the connection to the engine.
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

// Handshake tells the engine that the provider supports secrets, previews and the engine's rules for names. It also
// stores the engine's address, because an engine that starts its plugins itself never calls Attach.
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

// Attach stores the engine's address, for log messages and progress.
func (b *Base) Attach(_ context.Context, req *pulumirpc.PluginAttach) (*emptypb.Empty, error) {
	return &emptypb.Empty{}, b.connect(req.GetAddress())
}

// GetPluginInfo returns Version.
func (b *Base) GetPluginInfo(context.Context, *emptypb.Empty) (*pulumirpc.PluginInfo, error) {
	return &pulumirpc.PluginInfo{Version: b.Version}, nil
}

// GetSchema returns a schema without resources, because Go programs have the types compiled in.
func (b *Base) GetSchema(context.Context, *pulumirpc.GetSchemaRequest) (*pulumirpc.GetSchemaResponse, error) {
	return &pulumirpc.GetSchemaResponse{Schema: `{"name":"` + b.Package + `","version":"` + b.Version + `"}`}, nil
}

// GetMapping returns no mapping.
func (b *Base) GetMapping(context.Context, *pulumirpc.GetMappingRequest) (*pulumirpc.GetMappingResponse, error) {
	return &pulumirpc.GetMappingResponse{}, nil
}

// GetMappings returns no mappings.
func (b *Base) GetMappings(context.Context, *pulumirpc.GetMappingsRequest) (*pulumirpc.GetMappingsResponse, error) {
	return &pulumirpc.GetMappingsResponse{}, nil
}

// Cancel does nothing.
func (b *Base) Cancel(context.Context, *emptypb.Empty) (*emptypb.Empty, error) {
	return &emptypb.Empty{}, nil
}

// Invoke returns an error.
func (b *Base) Invoke(_ context.Context, req *pulumirpc.InvokeRequest) (*pulumirpc.InvokeResponse, error) {
	return nil, b.refuse("the function " + req.GetTok())
}

// Call returns an error.
func (b *Base) Call(_ context.Context, req *pulumirpc.CallRequest) (*pulumirpc.CallResponse, error) {
	return nil, b.refuse("the method " + req.GetTok())
}

// Construct returns an error.
func (b *Base) Construct(_ context.Context, req *pulumirpc.ConstructRequest) (*pulumirpc.ConstructResponse, error) {
	return nil, b.refuse("the component " + req.GetType())
}

// Parameterize returns an error.
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
