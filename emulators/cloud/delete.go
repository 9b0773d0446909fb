package cloud

import (
	"context"
	"fmt"
	"slices"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/protobuf/types/known/emptypb"

	"github.com/djangostack/djangostack/emulators"
)

// Delete deletes a resource, unless another one blocks it. Deleting a resource that no longer exists succeeds.
func (p *provider) Delete(ctx context.Context, req *pulumirpc.DeleteRequest) (*emptypb.Empty, error) {
	m, err := p.newOperation(req.GetUrn())
	if err != nil {
		return nil, err
	}
	before, err := emulators.Decode("state", req.GetProperties())
	if err != nil {
		return nil, err
	}
	fault, err := p.account.begin(ctx, "delete", req.GetUrn())
	if err != nil {
		return nil, err
	}
	if fault != nil && !fault.Late {
		return nil, fmt.Errorf("deleting %s (%s): %w", m.kind.DisplayName, req.GetId(), fault.Err)
	}
	m.ID, m.Values = req.GetId(), Plain(before)
	if err := p.remove(m); err != nil {
		return nil, fmt.Errorf("deleting %s (%s): %w", m.kind.DisplayName, m.ID, err)
	}
	if fault != nil {
		return nil, fmt.Errorf("deleting %s (%s): %w", m.kind.DisplayName, m.ID, fault.Err)
	}
	return &emptypb.Empty{}, nil
}

// remove deletes by the program's state, because only the state has the arguments that matter to a delete alone, such
// as the name of a final snapshot.
func (p *provider) remove(m *Operation) error {
	p.account.mu.Lock()
	defer p.account.mu.Unlock()
	object, there := p.account.objects[key(m.token, m.region(), m.ID)]
	if !there {
		return nil
	}
	if object.leave(m.urn) {
		return nil
	}
	m.seed, m.live = object.seed, object.Values
	if m.kind.RefuseDelete != nil {
		if err := m.kind.RefuseDelete(m); err != nil {
			return err
		}
	}
	if holder, path := p.holder(object); holder != nil {
		refusal := m.kind.InUse.or(Code{"DependencyViolation", m.kind.DisplayName + " %s has a dependent object"}).refuse(m.ID)
		return fmt.Errorf("%w (%s of %s %s)", refusal, path, p.describe(holder), holder.ID)
	}
	p.account.drop(object)
	if m.kind.AfterDelete != nil {
		m.kind.AfterDelete(m)
	}
	return nil
}

// leave reports whether other resources still manage the object, and takes one of its resources off it.
func (o *Object) leave(urn string) bool {
	if len(o.sharers) == 0 {
		return false
	}
	if o.URN == urn {
		o.URN, o.sharers = o.sharers[0], o.sharers[1:]
		return true
	}
	o.sharers = slices.DeleteFunc(o.sharers, func(other string) bool { return other == urn })
	return true
}

func (p *provider) describe(object *Object) string {
	if kind := p.catalog.Kinds[object.Token]; kind != nil {
		return kind.DisplayName
	}
	return object.Token
}

// dropParts removes the parts of a resource whose creation failed.
func (a *Account) dropParts(owner string) {
	for _, object := range a.sorted() {
		if object.owner == owner {
			a.drop(object)
		}
	}
}
