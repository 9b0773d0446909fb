package mocks

import (
	"context"
	"fmt"
	"net"
	"sync"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/grpc"
	"google.golang.org/protobuf/types/known/emptypb"
)

const (
	project = "djangostack"
	stack   = "dev"
)

// monitor replaces the engine. The SDK's own mocks cannot answer a preview, because they refuse an unknown secret.
type monitor struct {
	pulumirpc.UnimplementedResourceMonitorServer
	pulumirpc.UnimplementedEngineServer

	outputs    Outputs
	mu         sync.Mutex
	registered []Resource
}

func (m *monitor) serve() (address string, stop func(), err error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", nil, fmt.Errorf("listening for the program: %w", err)
	}
	server := grpc.NewServer()
	pulumirpc.RegisterResourceMonitorServer(server, m)
	pulumirpc.RegisterEngineServer(server, m)
	go func() { _ = server.Serve(listener) }()
	return listener.Addr().String(), server.Stop, nil
}

// SupportsFeature reports the features that the components and the assertions need.
func (m *monitor) SupportsFeature(_ context.Context, in *pulumirpc.SupportsFeatureRequest) (*pulumirpc.SupportsFeatureResponse, error) {
	return &pulumirpc.SupportsFeatureResponse{HasSupport: in.GetId() == "secrets" || in.GetId() == "resourceHooks"}, nil
}

// RegisterResourceHook accepts a hook, and never calls it.
func (m *monitor) RegisterResourceHook(context.Context, *pulumirpc.RegisterResourceHookRequest) (*emptypb.Empty, error) {
	return &emptypb.Empty{}, nil
}

// Log discards the program's messages.
func (m *monitor) Log(context.Context, *pulumirpc.LogRequest) (*emptypb.Empty, error) {
	return &emptypb.Empty{}, nil
}

// RegisterResourceOutputs accepts a component's outputs.
func (m *monitor) RegisterResourceOutputs(context.Context, *pulumirpc.RegisterResourceOutputsRequest) (*emptypb.Empty, error) {
	return &emptypb.Empty{}, nil
}

// SignalAndWaitForShutdown ends the program.
func (m *monitor) SignalAndWaitForShutdown(context.Context, *emptypb.Empty) (*emptypb.Empty, error) {
	return &emptypb.Empty{}, nil
}

// RegisterResource records a registration and answers as a provider would.
func (m *monitor) RegisterResource(_ context.Context, in *pulumirpc.RegisterResourceRequest) (*pulumirpc.RegisterResourceResponse, error) {
	urn := newURN(in)
	if in.GetType() == string(resource.RootStackType) {
		return &pulumirpc.RegisterResourceResponse{Urn: urn}, nil
	}
	options := plugin.MarshalOptions{KeepUnknowns: true, KeepSecrets: true, KeepResources: true}
	inputs, err := plugin.UnmarshalProperties(in.GetObject(), options)
	if err != nil {
		return nil, fmt.Errorf("reading the inputs of %s: %w", urn, err)
	}
	m.record(in, urn, inputs)
	if m.outputs == Unknown || !in.GetCustom() {
		return &pulumirpc.RegisterResourceResponse{Urn: urn}, nil
	}
	state, err := plugin.MarshalProperties(answer(in, inputs), options)
	if err != nil {
		return nil, fmt.Errorf("writing the outputs of %s: %w", urn, err)
	}
	return &pulumirpc.RegisterResourceResponse{Urn: urn, Id: in.GetName() + "-id", Object: state}, nil
}

func (m *monitor) record(in *pulumirpc.RegisterResourceRequest, urn string, inputs resource.PropertyMap) {
	byProperty := map[string][]string{}
	for property, dependencies := range in.GetPropertyDependencies() {
		byProperty[property] = dependencies.GetUrns()
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.registered = append(m.registered, Resource{
		URN:        urn,
		Type:       in.GetType(),
		Name:       in.GetName(),
		Parent:     in.GetParent(),
		Custom:     in.GetCustom(),
		Protect:    in.GetProtect(),
		Retain:     in.GetRetainOnDelete(),
		Provider:   in.GetProvider(),
		DependsOn:  in.GetDependencies(),
		ByProperty: byProperty,
		Ignored:    in.GetIgnoreChanges(),
		Awaited:    Awaited{Create: in.GetCustomTimeouts().GetCreate(), Update: in.GetCustomTimeouts().GetUpdate(), Delete: in.GetCustomTimeouts().GetDelete()},
		Inputs:     inputs,
	})
}

func newURN(in *pulumirpc.RegisterResourceRequest) string {
	kind := in.GetType()
	if parent := resource.URN(in.GetParent()); parent != "" && parent.QualifiedType() != resource.RootStackType {
		kind = string(parent.QualifiedType()) + "$" + kind
	}
	return fmt.Sprintf("urn:pulumi:%s::%s::%s::%s", stack, project, kind, in.GetName())
}
