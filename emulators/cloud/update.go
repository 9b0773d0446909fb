package cloud

import (
	"context"
	"fmt"
	"slices"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/protobuf/types/known/structpb"

	"github.com/djangostack/djangostack/emulators"
)

type state = structpb.Struct

// Update updates a resource. A preview returns what the resource will have.
func (p *provider) Update(ctx context.Context, req *pulumirpc.UpdateRequest) (*pulumirpc.UpdateResponse, error) {
	m, err := p.newOperation(req.GetUrn())
	if err != nil {
		return nil, err
	}
	inputs, err := emulators.Decode("arguments", req.GetNews())
	if err != nil {
		return nil, err
	}
	before, err := emulators.Decode("old state", req.GetOlds())
	if err != nil {
		return nil, err
	}
	m.ID, m.Old, m.Values = req.GetId(), Plain(before), Plain(inputs)
	m.keep()
	m.prepare()
	if req.GetPreview() {
		if m.kind.Recomputed != nil {
			for _, name := range m.kind.Recomputed(m.Old, m.Values) {
				m.Values[name] = Unknown{}
			}
		}
		state, err := p.encode(m.facts, inputs, m.Values)
		return &pulumirpc.UpdateResponse{Properties: state}, err
	}
	fault, err := p.account.begin(ctx, "update", req.GetUrn())
	if err != nil {
		return nil, err
	}
	if fault != nil && !fault.Late {
		return nil, fmt.Errorf("updating %s (%s): %w", m.kind.DisplayName, m.ID, fault.Err)
	}
	if err := p.change(m); err != nil {
		return nil, fmt.Errorf("updating %s (%s): %w", m.kind.DisplayName, m.ID, err)
	}
	state, err := p.encode(m.facts, inputs, m.Values)
	if err != nil {
		return nil, err
	}
	if fault != nil {
		return nil, partial(m.ID, state, req.GetNews(), fmt.Errorf("updating %s (%s): %w", m.kind.DisplayName, m.ID, fault.Err))
	}
	return &pulumirpc.UpdateResponse{Properties: state}, nil
}

func (p *provider) change(m *Operation) error {
	p.account.mu.Lock()
	defer p.account.mu.Unlock()
	object, there := p.account.objects[key(m.token, m.region(), m.ID)]
	if !there {
		return m.missing(m.token).refuse(m.ID)
	}
	m.seed, m.live = object.seed, object.Values
	if err := m.checkReferences(); err != nil {
		return err
	}
	if m.kind.Unique != nil && m.existing() != nil {
		return m.conflict().refuse(m.unique(m.Values)[0])
	}
	m.fill()
	if m.kind.Apply != nil {
		if err := m.kind.Apply(m); err != nil {
			return err
		}
	}
	m.zeroes()
	object.Values = m.stored()
	object.Values["id"] = m.ID
	return nil
}

// missing returns the refusal of a reference to a type.
func (m *Operation) missing(token string) Code {
	if kind := m.catalog.Kinds[token]; kind != nil {
		return kind.Missing.or(Code{"NotFound", kind.DisplayName + " %s not found"})
	}
	return Code{"NotFound", "%s not found"}
}

// computedByCloud tells whether the cloud computes an argument that is not set: the SDK then always sets the output.
func computedByCloud(table *Kind, name, kind string) bool {
	_, always := Required(kind)
	_, filled := table.Defaults[name]
	_, output := table.Outputs[name]
	return always && !filled || output || slices.Contains(table.Computed, name)
}
