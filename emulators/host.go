package emulators

import (
	"context"
	"fmt"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
)

// Host is the engine at the other end of a connection. A nil Host is silent.
type Host struct {
	conn   *grpc.ClientConn
	engine pulumirpc.EngineClient
}

func dialHost(address string) (*Host, error) {
	conn, err := grpc.NewClient(address, grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		return nil, fmt.Errorf("connecting to the engine: %w", err)
	}
	return &Host{conn: conn, engine: pulumirpc.NewEngineClient(conn)}, nil
}

// Warn prints a warning which stays on the screen. What cannot be delivered is dropped: a
// message is never a reason to fail an operation.
func (h *Host) Warn(ctx context.Context, urn, message string) {
	h.log(ctx, &pulumirpc.LogRequest{Severity: pulumirpc.LogSeverity_WARNING, Urn: urn, Message: message})
}

// Status shows one line of progress beside the resource, in place of the one before it.
func (h *Host) Status(ctx context.Context, urn, message string) {
	h.log(ctx, &pulumirpc.LogRequest{
		Severity: pulumirpc.LogSeverity_INFO, Urn: urn, Message: message, Ephemeral: true,
	})
}

func (h *Host) log(ctx context.Context, request *pulumirpc.LogRequest) {
	if h != nil {
		_, _ = h.engine.Log(ctx, request)
	}
}

func (h *Host) close() {
	if h != nil {
		_ = h.conn.Close()
	}
}
