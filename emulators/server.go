package emulators

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net"
	"slices"
	"strings"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/grpc"
)

// maxMessageBytes is the engine's own limit for one message.
const maxMessageBytes = 400 << 20

// Server serves a set of providers, each on its own port of 127.0.0.1.
type Server struct {
	servers []*grpc.Server
	names   []string
	ports   []int
	stop    context.CancelFunc
}

// Serve starts a gRPC server for each provider, by the name of its Pulumi package. The servers end with ctx or with
// Close. It returns an error if a port cannot be opened.
func Serve(ctx context.Context, providers map[string]pulumirpc.ResourceProviderServer) (*Server, error) {
	ctx, cancel := context.WithCancel(ctx)
	server := &Server{stop: cancel}
	for _, name := range slices.Sorted(maps.Keys(providers)) {
		if err := server.start(name, providers[name]); err != nil {
			return nil, errors.Join(fmt.Errorf("serving provider %s: %w", name, err), server.Close())
		}
	}
	context.AfterFunc(ctx, server.stopAll)
	return server, nil
}

// Env returns the value of PULUMI_DEBUG_PROVIDERS that attaches an engine to every provider:
// kubernetes:1234,random:1235.
func (s *Server) Env() string {
	pairs := make([]string, len(s.names))
	for i, name := range s.names {
		pairs[i] = fmt.Sprintf("%s:%d", name, s.ports[i])
	}
	return strings.Join(pairs, ",")
}

// Close ends every provider, with all waits. Its error is always nil.
func (s *Server) Close() error {
	s.stop()
	s.stopAll()
	return nil
}

func (s *Server) stopAll() {
	for _, server := range s.servers {
		server.Stop()
	}
}

func (s *Server) start(name string, provider pulumirpc.ResourceProviderServer) error {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	options := []grpc.ServerOption{
		grpc.MaxRecvMsgSize(maxMessageBytes),
		grpc.MaxSendMsgSize(maxMessageBytes),
	}
	description := pulumirpc.ResourceProvider_ServiceDesc
	if factory, ok := provider.(Connector); ok {
		options = append(options, grpc.StatsHandler(connections{factory}))
		description = perConnection(description)
	}
	server := grpc.NewServer(options...)
	server.RegisterService(&description, provider)

	s.servers = append(s.servers, server)
	s.names = append(s.names, name)
	s.ports = append(s.ports, listener.Addr().(*net.TCPAddr).Port)
	go func() { _ = server.Serve(listener) }()
	return nil
}
