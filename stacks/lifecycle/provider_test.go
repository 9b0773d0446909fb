package lifecycle_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/common/util/rpcutil"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"google.golang.org/grpc"
	"google.golang.org/protobuf/types/known/emptypb"
)

// slowProvider is a Pulumi provider of the resource slow:index:Thing. Its input "seconds" is how long the
// creation takes at most; with the input "broken" the creation fails, with "refused" the plan.
type slowProvider struct {
	pulumirpc.UnimplementedResourceProviderServer

	mu      sync.Mutex
	created []string
	begun   chan string
	stop    chan struct{}
	// drains makes Cancel wait for running creations.
	drains bool
	// enough, once closed, ends creations that take long: a test waits for what it asks for, and not for a time in which
	// a busy machine may not get there.
	enough chan struct{}
	// cancelled is closed by the next Cancel; see nextCancel.
	cancelled chan struct{}
}

// serveSlow serves a slow provider and returns it with the variables that make Pulumi use it.
func serveSlow(t *testing.T) (*slowProvider, map[string]string) {
	t.Helper()
	provider := newSlowProvider()
	env, stop, err := provider.serve()
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, stop()) })
	return provider, env
}

func newSlowProvider() *slowProvider {
	return &slowProvider{begun: make(chan string, 100), stop: make(chan struct{}), enough: make(chan struct{}), cancelled: make(chan struct{})}
}

func (p *slowProvider) serve() (env map[string]string, stop func() error, err error) {
	cancel := make(chan bool)
	handle, err := rpcutil.ServeWithOptions(rpcutil.ServeOptions{
		Cancel: cancel,
		Init: func(server *grpc.Server) error {
			pulumirpc.RegisterResourceProviderServer(server, p)
			return nil
		},
	})
	if err != nil {
		return nil, nil, err
	}
	stop = func() error {
		close(cancel)
		return <-handle.Done
	}
	return map[string]string{"PULUMI_DEBUG_PROVIDERS": fmt.Sprintf("slow:%d", handle.Port)}, stop, nil
}

func (p *slowProvider) createdNames() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]string(nil), p.created...)
}

func (p *slowProvider) Attach(context.Context, *pulumirpc.PluginAttach) (*emptypb.Empty, error) {
	return &emptypb.Empty{}, nil
}

func (p *slowProvider) GetPluginInfo(context.Context, *emptypb.Empty) (*pulumirpc.PluginInfo, error) {
	return &pulumirpc.PluginInfo{Version: "1.0.0"}, nil
}

func (p *slowProvider) CheckConfig(_ context.Context, in *pulumirpc.CheckRequest) (*pulumirpc.CheckResponse, error) {
	return &pulumirpc.CheckResponse{Inputs: in.GetNews()}, nil
}

func (p *slowProvider) DiffConfig(context.Context, *pulumirpc.DiffRequest) (*pulumirpc.DiffResponse, error) {
	return &pulumirpc.DiffResponse{Changes: pulumirpc.DiffResponse_DIFF_NONE}, nil
}

func (p *slowProvider) Configure(context.Context, *pulumirpc.ConfigureRequest) (*pulumirpc.ConfigureResponse, error) {
	return &pulumirpc.ConfigureResponse{AcceptSecrets: true, SupportsPreview: true, AcceptResources: true}, nil
}

func (p *slowProvider) Check(_ context.Context, in *pulumirpc.CheckRequest) (*pulumirpc.CheckResponse, error) {
	if in.GetNews().GetFields()["refused"].GetBoolValue() {
		return nil, errors.New("no credentials")
	}
	return &pulumirpc.CheckResponse{Inputs: in.GetNews()}, nil
}

func (p *slowProvider) Diff(_ context.Context, in *pulumirpc.DiffRequest) (*pulumirpc.DiffResponse, error) {
	diff := &pulumirpc.DiffResponse{Changes: pulumirpc.DiffResponse_DIFF_NONE, HasDetailedDiff: true,
		DetailedDiff: map[string]*pulumirpc.PropertyDiff{}, DeleteBeforeReplace: true}
	for key, value := range in.GetNews().GetFields() {
		if old := in.GetOldInputs().GetFields()[key]; old.String() == value.String() {
			continue
		}
		diff.Changes = pulumirpc.DiffResponse_DIFF_SOME
		diff.Diffs = append(diff.Diffs, key)
		kind := pulumirpc.PropertyDiff_UPDATE
		if key == "identity" {
			kind = pulumirpc.PropertyDiff_UPDATE_REPLACE
			diff.Replaces = append(diff.Replaces, key)
		}
		diff.DetailedDiff[key] = &pulumirpc.PropertyDiff{Kind: kind, InputDiff: true}
	}
	return diff, nil
}

func (p *slowProvider) Create(ctx context.Context, in *pulumirpc.CreateRequest) (*pulumirpc.CreateResponse, error) {
	fields := in.GetProperties().GetFields()
	if in.GetPreview() {
		return &pulumirpc.CreateResponse{Properties: in.GetProperties()}, nil
	}
	p.begun <- in.GetName()
	if fields["broken"].GetBoolValue() {
		return nil, fmt.Errorf("the thing %s cannot be created", in.GetName())
	}
	if fields["seconds"].GetNumberValue() > 0 {
		if err := p.wait(ctx, time.Duration(fields["seconds"].GetNumberValue()*float64(time.Second))); err != nil {
			return nil, fmt.Errorf("creating %s: %w", in.GetName(), err)
		}
	}
	p.mu.Lock()
	p.created = append(p.created, in.GetName())
	p.mu.Unlock()
	return &pulumirpc.CreateResponse{Id: "id-" + in.GetName(), Properties: in.GetProperties()}, nil
}

func (p *slowProvider) Update(_ context.Context, in *pulumirpc.UpdateRequest) (*pulumirpc.UpdateResponse, error) {
	return &pulumirpc.UpdateResponse{Properties: in.GetNews()}, nil
}

func (p *slowProvider) Read(_ context.Context, in *pulumirpc.ReadRequest) (*pulumirpc.ReadResponse, error) {
	return &pulumirpc.ReadResponse{Id: in.GetId(), Properties: in.GetProperties(), Inputs: in.GetInputs()}, nil
}

func (p *slowProvider) Delete(context.Context, *pulumirpc.DeleteRequest) (*emptypb.Empty, error) {
	return &emptypb.Empty{}, nil
}

func (p *slowProvider) wait(ctx context.Context, length time.Duration) error {
	p.mu.Lock()
	stop := p.stop
	p.mu.Unlock()
	select {
	case <-time.After(length):
		return nil
	case <-p.enough:
		return nil
	case <-stop:
		return errors.New("cancelled")
	case <-ctx.Done():
		return ctx.Err()
	}
}

// nextCancel is closed by the next Cancel.
func (p *slowProvider) nextCancel() <-chan struct{} {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.cancelled
}

// Cancel ends running creations, unless the provider drains. The engine calls it at the end of every
// operation, too.
func (p *slowProvider) Cancel(context.Context, *emptypb.Empty) (*emptypb.Empty, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	close(p.cancelled)
	p.cancelled = make(chan struct{})
	if !p.drains {
		close(p.stop)
		p.stop = make(chan struct{})
	}
	return &emptypb.Empty{}, nil
}
