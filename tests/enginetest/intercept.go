package enginetest

import (
	"context"
	"errors"

	"github.com/pulumi/pulumi/sdk/v3/go/common/util/rpcutil/rpcerror"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/types/known/emptypb"
	"google.golang.org/protobuf/types/known/structpb"

	"github.com/djangostack/djangostack/emulators"
)

// Call is a call of a provider that changes something. Previews are no calls.
type Call struct {
	// Operation is create, update or delete.
	Operation string
	// URN is the resource's, ID its identifier, which is empty before the resource is created.
	URN, ID string
}

// Verdict says how a call ends.
type Verdict int

// The verdicts.
const (
	// Pass leaves the call alone.
	Pass Verdict = iota
	// Refuse returns an error, and nothing is done.
	Refuse
	// TimeOut does what was asked and returns the error of a provider that no longer waits for the end. The engine
	// learns the identifier of a new resource.
	TimeOut
	// LoseAnswer does what was asked and returns an error without an identifier, as when a connection breaks.
	LoseAnswer
)

// Intercepted are the errors that an intercepted call returns.
var (
	ErrRefused    = errors.New("injected: the request failed")
	ErrTimedOut   = errors.New("injected: timed out while waiting for the end")
	ErrAnswerLost = errors.New("injected: the connection was reset")
)

// Intercept returns the providers with a hook before every call that changes something. The hook may be called by
// several goroutines.
func Intercept(providers map[string]pulumirpc.ResourceProviderServer, hook func(Call) Verdict) map[string]pulumirpc.ResourceProviderServer {
	intercepted := map[string]pulumirpc.ResourceProviderServer{}
	for name, provider := range providers {
		through := &interceptor{ResourceProviderServer: provider, hook: hook}
		intercepted[name] = through
		if factory, ok := provider.(emulators.Connector); ok {
			intercepted[name] = &connector{interceptor: through, factory: factory}
		}
	}
	return intercepted
}

type interceptor struct {
	pulumirpc.ResourceProviderServer
	hook func(Call) Verdict
}

type connector struct {
	*interceptor
	factory emulators.Connector
}

// Connect implements emulators.Connector.
func (c *connector) Connect() (pulumirpc.ResourceProviderServer, func()) {
	provider, closed := c.factory.Connect()
	return &interceptor{ResourceProviderServer: provider, hook: c.hook}, closed
}

// Create implements the provider's call.
func (i *interceptor) Create(ctx context.Context, req *pulumirpc.CreateRequest) (*pulumirpc.CreateResponse, error) {
	if req.GetPreview() {
		return i.ResourceProviderServer.Create(ctx, req)
	}
	verdict := i.hook(Call{Operation: "create", URN: req.GetUrn()})
	if verdict == Refuse {
		return nil, ErrRefused
	}
	created, err := i.ResourceProviderServer.Create(ctx, req)
	switch {
	case err != nil || verdict == Pass:
		return created, err
	case verdict == TimeOut:
		return nil, partly(created.GetId(), created.GetProperties(), req.GetProperties())
	}
	return nil, ErrAnswerLost
}

// Update implements the provider's call.
func (i *interceptor) Update(ctx context.Context, req *pulumirpc.UpdateRequest) (*pulumirpc.UpdateResponse, error) {
	if req.GetPreview() {
		return i.ResourceProviderServer.Update(ctx, req)
	}
	verdict := i.hook(Call{Operation: "update", URN: req.GetUrn(), ID: req.GetId()})
	if verdict == Refuse {
		return nil, ErrRefused
	}
	updated, err := i.ResourceProviderServer.Update(ctx, req)
	switch {
	case err != nil || verdict == Pass:
		return updated, err
	case verdict == TimeOut:
		return nil, partly(req.GetId(), updated.GetProperties(), req.GetNews())
	}
	return nil, ErrAnswerLost
}

// Delete implements the provider's call. A provider that no longer waits cannot say more than that.
func (i *interceptor) Delete(ctx context.Context, req *pulumirpc.DeleteRequest) (*emptypb.Empty, error) {
	verdict := i.hook(Call{Operation: "delete", URN: req.GetUrn(), ID: req.GetId()})
	if verdict == Refuse {
		return nil, ErrRefused
	}
	deleted, err := i.ResourceProviderServer.Delete(ctx, req)
	switch {
	case err != nil || verdict == Pass:
		return deleted, err
	case verdict == TimeOut:
		return nil, ErrTimedOut
	}
	return nil, ErrAnswerLost
}

// partly returns the error of a change that took effect and that the provider no longer waits for.
func partly(id string, properties, inputs *structpb.Struct) error {
	return rpcerror.WithDetails(rpcerror.New(codes.Unknown, ErrTimedOut.Error()), &pulumirpc.ErrorResourceInitFailed{
		Id: id, Properties: properties, Inputs: inputs, Reasons: []string{ErrTimedOut.Error()},
	})
}
