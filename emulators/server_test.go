package emulators_test

import (
	"context"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/status"

	"github.com/djangostack/djangostack/emulators"
)

// counting numbers the provider of each connection.
type counting struct {
	emulators.Base
	connected, closed atomic.Int32
}

type numbered struct {
	emulators.Base
	number int32
}

func (c *counting) Connect() (pulumirpc.ResourceProviderServer, func()) {
	return &numbered{number: c.connected.Add(1)}, func() { c.closed.Add(1) }
}

func (n *numbered) Configure(context.Context, *pulumirpc.ConfigureRequest) (*pulumirpc.ConfigureResponse, error) {
	return nil, status.Errorf(codes.Internal, "connection %d", n.number)
}

func connect(t *testing.T, port string) (pulumirpc.ResourceProviderClient, *grpc.ClientConn) {
	t.Helper()
	conn, err := grpc.NewClient("127.0.0.1:"+port, grpc.WithTransportCredentials(insecure.NewCredentials()))
	require.NoError(t, err)
	t.Cleanup(func() { _ = conn.Close() })
	return pulumirpc.NewResourceProviderClient(conn), conn
}

func TestEveryConnectionHasItsOwnProvider(t *testing.T) {
	factory := &counting{}
	server, err := emulators.Serve(t.Context(), map[string]pulumirpc.ResourceProviderServer{"demo": factory})
	require.NoError(t, err)
	port := strings.TrimPrefix(server.Env(), "demo:")

	first, firstConn := connect(t, port)
	second, _ := connect(t, port)
	for range 2 {
		_, err = first.Configure(t.Context(), &pulumirpc.ConfigureRequest{})
		assert.ErrorContains(t, err, "connection 1")
		_, err = second.Configure(t.Context(), &pulumirpc.ConfigureRequest{})
		assert.ErrorContains(t, err, "connection 2")
	}
	require.NoError(t, firstConn.Close())
	assert.Eventually(t, func() bool { return factory.closed.Load() == 1 }, time.Minute, 10*time.Millisecond,
		"the provider notices that its engine ended")
}

func TestServerIsNamedByPackageAndCloses(t *testing.T) {
	server, err := emulators.Serve(t.Context(), map[string]pulumirpc.ResourceProviderServer{
		"zoo": &emulators.Base{Package: "zoo", Version: "1.2.3"}, "art": &emulators.Base{Package: "art"},
	})
	require.NoError(t, err)
	assert.Regexp(t, `^art:\d+,zoo:\d+$`, server.Env())

	_, port, _ := strings.Cut(server.Env(), "zoo:")
	client, _ := connect(t, port)
	_, err = client.Handshake(t.Context(), &pulumirpc.ProviderHandshakeRequest{})
	require.NoError(t, err)
	_, err = client.Construct(t.Context(), &pulumirpc.ConstructRequest{Type: "zoo:a:B"})
	assert.ErrorContains(t, err, "does not know the component zoo:a:B: install the published plugin")
	assert.Equal(t, codes.Unimplemented, status.Code(err))
	_, err = client.Create(t.Context(), &pulumirpc.CreateRequest{})
	assert.Equal(t, codes.Unimplemented, status.Code(err))

	require.NoError(t, server.Close())
	_, err = client.Handshake(t.Context(), &pulumirpc.ProviderHandshakeRequest{})
	assert.Equal(t, codes.Unavailable, status.Code(err))
}
