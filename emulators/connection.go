package emulators

import (
	"context"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/grpc"
	"google.golang.org/grpc/stats"
)

// Connector is a provider with state per configuration. An engine opens one connection for each provider resource of a
// program, and several engines can be attached at once. Each connection gets its own provider.
type Connector interface {
	pulumirpc.ResourceProviderServer
	// Connect returns the provider of a new connection, and a function that is called when the connection ends, even if
	// the engine was killed.
	Connect() (pulumirpc.ResourceProviderServer, func())
}

type connectionKey struct{}

type connection struct {
	provider pulumirpc.ResourceProviderServer
	closed   func()
}

// connections gives each connection its provider.
type connections struct{ factory Connector }

func (c connections) TagConn(ctx context.Context, _ *stats.ConnTagInfo) context.Context {
	provider, closed := c.factory.Connect()
	return context.WithValue(ctx, connectionKey{}, &connection{provider, closed})
}

func (connections) HandleConn(ctx context.Context, event stats.ConnStats) {
	if _, ended := event.(*stats.ConnEnd); !ended {
		return
	}
	if conn, ok := ctx.Value(connectionKey{}).(*connection); ok {
		conn.closed()
	}
}

func (connections) TagRPC(ctx context.Context, _ *stats.RPCTagInfo) context.Context { return ctx }
func (connections) HandleRPC(context.Context, stats.RPCStats)                       {}

// perConnection sends each call to the provider of its connection.
func perConnection(description grpc.ServiceDesc) grpc.ServiceDesc {
	methods := make([]grpc.MethodDesc, len(description.Methods))
	for i, method := range description.Methods {
		handle := method.Handler
		method.Handler = func(srv any, ctx context.Context, decode func(any) error, intercept grpc.UnaryServerInterceptor) (any, error) {
			return handle(providerOf(ctx, srv), ctx, decode, intercept)
		}
		methods[i] = method
	}
	description.Methods = methods
	return description
}

func providerOf(ctx context.Context, otherwise any) any {
	if conn, ok := ctx.Value(connectionKey{}).(*connection); ok {
		return conn.provider
	}
	return otherwise
}
