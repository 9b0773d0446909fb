package plugin

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/emptypb"

	"github.com/djangostack/djangostack/emulators"
)

// fakeEngine receives log messages.
type fakeEngine struct {
	pulumirpc.UnimplementedEngineServer
	logged chan *pulumirpc.LogRequest
}

func (f *fakeEngine) Log(_ context.Context, in *pulumirpc.LogRequest) (*emptypb.Empty, error) {
	f.logged <- in
	return &emptypb.Empty{}, nil
}

// served starts a plugin in a project whose stack dev has the configuration.
func served(t *testing.T, provider pulumirpc.ResourceProviderServer, config string) (pulumirpc.ResourceProviderClient, *fakeEngine) {
	t.Helper()
	project := t.TempDir()
	if config != "" {
		require.NoError(t, os.WriteFile(filepath.Join(project, "Pulumi.dev.yaml"), []byte(config), 0o600))
	}
	engine := &fakeEngine{logged: make(chan *pulumirpc.LogRequest, 10)}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	server := grpc.NewServer()
	pulumirpc.RegisterEngineServer(server, engine)
	go func() { _ = server.Serve(listener) }()
	t.Cleanup(server.Stop)

	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	read, write := io.Pipe()
	demo := Plugin{Name: "demo", Provider: provider}
	go func() { ended <- demo.serve(ctx, listener.Addr().String(), project, write) }()
	t.Cleanup(func() { stop(); require.NoError(t, <-ended) })
	port, err := bufio.NewReader(read).ReadString('\n')
	require.NoError(t, err)

	conn, err := grpc.NewClient("127.0.0.1:"+strings.TrimSpace(port), grpc.WithTransportCredentials(insecure.NewCredentials()))
	require.NoError(t, err)
	t.Cleanup(func() { _ = conn.Close() })
	return pulumirpc.NewResourceProviderClient(conn), engine
}

// demo is a provider.
type demo struct{ emulators.Base }

func (d *demo) Configure(context.Context, *pulumirpc.ConfigureRequest) (*pulumirpc.ConfigureResponse, error) {
	return &pulumirpc.ConfigureResponse{AcceptSecrets: true}, nil
}

// perConnection returns a new provider for each connection.
type perConnection struct{ demo }

func (p *perConnection) Connect() (pulumirpc.ResourceProviderServer, func()) {
	return &demo{}, func() {}
}

func environment(tier string) string {
	return "config:\n  shop:environment: {tier: " + tier + "}\n"
}

const providerURN = "urn:pulumi:dev::shop::pulumi:providers:demo::demo"

func TestStagingIsServedWithAWarning(t *testing.T) {
	for _, provider := range []pulumirpc.ResourceProviderServer{&demo{}, &perConnection{}} {
		client, engine := served(t, provider, environment("staging"))
		warning := <-engine.logged
		assert.Equal(t, pulumirpc.LogSeverity_WARNING, warning.GetSeverity())
		assert.Contains(t, warning.GetMessage(), "demo is djangostack's built-in one")
		_, err := client.Configure(t.Context(), &pulumirpc.ConfigureRequest{Urn: proto.String(providerURN)})
		assert.NoError(t, err)
	}
}

func TestOtherEnvironmentsAreRefused(t *testing.T) {
	for _, example := range []struct{ config, urn, reason string }{
		{environment("production"), providerURN, "production"},
		{environment("preproduction"), providerURN, "preproduction"},
		{"config: {}\n", providerURN, `says tier: ""`},
		{"", providerURN, "Pulumi.dev.yaml"},
		{environment("staging"), "", "did not say which stack"},
	} {
		for _, provider := range []pulumirpc.ResourceProviderServer{&demo{}, &perConnection{}} {
			client, _ := served(t, provider, example.config)
			_, err := client.CheckConfig(t.Context(), &pulumirpc.CheckRequest{Urn: example.urn})
			assert.ErrorContains(t, err, example.reason)
			_, err = client.DiffConfig(t.Context(), &pulumirpc.DiffRequest{Urn: example.urn})
			assert.ErrorContains(t, err, example.reason)
			_, err = client.Configure(t.Context(), &pulumirpc.ConfigureRequest{Urn: proto.String(example.urn)})
			assert.ErrorContains(t, err, example.reason)
			assert.ErrorContains(t, err, "serves only environments with tier: staging")
		}
	}
}

func TestStartWithoutAnEngineSaysThatPulumiStartsIt(t *testing.T) {
	for _, args := range [][]string{nil, {"--help"}} {
		assert.ErrorContains(t, Main(Plugin{Name: "demo"}, args, &bytes.Buffer{}), "pulumi starts it")
	}
}
