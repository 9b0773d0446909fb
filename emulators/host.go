package emulators

import (
	"context"
	"fmt"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
)

// Host is the engine at the other end of a connection. A nil Host discards messages.
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

// Warn prints a warning that remains on the screen. It discards a message that cannot be delivered, because no
// operation should fail over a message.
func (h *Host) Warn(ctx context.Context, urn, message string) {
	h.log(ctx, &pulumirpc.LogRequest{Severity: pulumirpc.LogSeverity_WARNING, Urn: urn, Message: message})
}

// Status shows one line of progress beside the resource. It replaces the line before it.
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
