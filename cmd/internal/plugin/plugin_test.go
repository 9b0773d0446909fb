package plugin

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"strings"
	"testing"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/protobuf/types/known/emptypb"

	"github.com/djangostack/djangostack/twin"
)

// fakeEngine keeps what it is told to print.
type fakeEngine struct {
	pulumirpc.UnimplementedEngineServer
	said chan *pulumirpc.LogRequest
}

func (f *fakeEngine) Log(_ context.Context, in *pulumirpc.LogRequest) (*emptypb.Empty, error) {
	f.said <- in
	return &emptypb.Empty{}, nil
}

// served starts a plugin in an environment, and returns a client and its engine.
func served(t *testing.T, config string) (pulumirpc.ResourceProviderClient, *fakeEngine) {
	t.Helper()
	engine := &fakeEngine{said: make(chan *pulumirpc.LogRequest, 10)}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	server := grpc.NewServer()
	pulumirpc.RegisterEngineServer(server, engine)
	go func() { _ = server.Serve(listener) }()
	t.Cleanup(server.Stop)

	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	read, write := io.Pipe()
	demo := Plugin{Name: "demo", Provider: &twin.Base{Package: "demo", Version: "1.2.3"}}
	go func() { ended <- demo.serve(ctx, listener.Addr().String(), config, write) }()
	t.Cleanup(func() { stop(); require.NoError(t, <-ended) })
	port, err := bufio.NewReader(read).ReadString('\n')
	require.NoError(t, err)

	conn, err := grpc.NewClient("127.0.0.1:"+strings.TrimSpace(port), grpc.WithTransportCredentials(insecure.NewCredentials()))
	require.NoError(t, err)
	t.Cleanup(func() { _ = conn.Close() })
	return pulumirpc.NewResourceProviderClient(conn), engine
}

func environment(shape string) string {
	return fmt.Sprintf(`{"djangostack:environment": "{\"shape\": \"%s\"}", "pulumi:tags": "x"}`, shape)
}

func TestStagingIsServedWithAWarning(t *testing.T) {
	for _, config := range []string{environment("staging"), "", "{}"} {
		client, engine := served(t, config)
		warning := <-engine.said
		assert.Equal(t, pulumirpc.LogSeverity_WARNING, warning.GetSeverity())
		assert.Contains(t, warning.GetMessage(), "demo is djangostack's built-in one")
		info, err := client.GetPluginInfo(t.Context(), &emptypb.Empty{})
		require.NoError(t, err)
		assert.Equal(t, "1.2.3", info.GetVersion())
	}
}

func TestProductionIsRefused(t *testing.T) {
	for config, reason := range map[string]string{
		environment("production"):          "this environment is production",
		`{"djangostack:environment": "["}`: "cannot tell what this environment is for",
		`nonsense`:                         "cannot tell what this environment is for",
	} {
		client, engine := served(t, config)
		_, err := client.Handshake(t.Context(), &pulumirpc.ProviderHandshakeRequest{})
		require.NoError(t, err)
		_, err = client.CheckConfig(t.Context(), &pulumirpc.CheckRequest{})
		assert.ErrorContains(t, err, reason)
		_, err = client.DiffConfig(t.Context(), &pulumirpc.DiffRequest{})
		assert.ErrorContains(t, err, reason)
		_, err = client.Configure(t.Context(), &pulumirpc.ConfigureRequest{})
		assert.ErrorContains(t, err, reason)
		_, err = client.Create(t.Context(), &pulumirpc.CreateRequest{})
		assert.Error(t, err)
		assert.Empty(t, engine.said)
	}
}

func TestAPersonIsToldThatPulumiStartsIt(t *testing.T) {
	for _, args := range [][]string{nil, {"--help"}} {
		assert.ErrorContains(t, Main(Plugin{Name: "demo"}, args, &bytes.Buffer{}), "which pulumi starts")
	}
}
