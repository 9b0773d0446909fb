package plugin

import (
	"context"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
)

// refusing lets no provider be configured, and so nothing be touched.
type refusing struct {
	pulumirpc.UnimplementedResourceProviderServer
	reason error
}

// Handshake is answered, so that pulumi comes to the refusal.
func (r refusing) Handshake(context.Context, *pulumirpc.ProviderHandshakeRequest) (*pulumirpc.ProviderHandshakeResponse, error) {
	return &pulumirpc.ProviderHandshakeResponse{AcceptSecrets: true}, nil
}

// CheckConfig refuses.
func (r refusing) CheckConfig(context.Context, *pulumirpc.CheckRequest) (*pulumirpc.CheckResponse, error) {
	return nil, r.reason
}

// DiffConfig refuses.
func (r refusing) DiffConfig(context.Context, *pulumirpc.DiffRequest) (*pulumirpc.DiffResponse, error) {
	return nil, r.reason
}

// Configure refuses.
func (r refusing) Configure(context.Context, *pulumirpc.ConfigureRequest) (*pulumirpc.ConfigureResponse, error) {
	return nil, r.reason
}
