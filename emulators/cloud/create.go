package cloud

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"

	"github.com/djangostack/djangostack/emulators"
)

// Create creates a resource. A preview returns what the resource will have, with unknown values for the rest.
func (p *provider) Create(ctx context.Context, req *pulumirpc.CreateRequest) (*pulumirpc.CreateResponse, error) {
	m, err := p.newOperation(req.GetUrn())
	if err != nil {
		return nil, err
	}
	inputs, err := emulators.Decode("arguments", req.GetProperties())
	if err != nil {
		return nil, err
	}
	m.Values = Plain(inputs)
	m.prepare()
	if req.GetPreview() {
		m.plan()
		state, err := p.encode(m.facts, inputs, m.Values)
		return &pulumirpc.CreateResponse{Properties: state}, err
	}
	fault, err := p.account.begin(ctx, "create", req.GetUrn())
	if err != nil {
		return nil, err
	}
	if fault != nil && !fault.Late {
		return nil, fmt.Errorf("creating %s: %w", m.kind.DisplayName, fault.Err)
	}
	if err := p.create(m); err != nil {
		return nil, fmt.Errorf("creating %s: %w", m.kind.DisplayName, err)
	}
	state, err := p.encode(m.facts, inputs, m.Values)
	if err != nil {
		return nil, err
	}
	if fault != nil {
		return nil, partial(m.ID, state, req.GetProperties(), fmt.Errorf("creating %s: %w", m.kind.DisplayName, fault.Err))
	}
	return &pulumirpc.CreateResponse{Id: m.ID, Properties: state}, nil
}

// newOperation returns an operation on a resource, with its table and the scope of the connection.
func (p *provider) newOperation(urn string) (*Operation, error) {
	kind, facts, err := p.kind(urn)
	if err != nil {
		return nil, err
	}
	scope, err := p.scope()
	if err != nil {
		return nil, err
	}
	return &Operation{
		Scope: scope, account: p.account, catalog: p.catalog, kind: kind, facts: facts, urn: urn,
		token: string(resource.URN(urn).Type()),
	}, nil
}

func (p *provider) create(m *Operation) error {
	p.account.mu.Lock()
	defer p.account.mu.Unlock()
	p.account.made[m.urn]++
	m.seed = fmt.Sprintf("%s|%d", m.urn, p.account.made[m.urn])
	if err := m.checkReferences(); err != nil {
		return err
	}
	m.ID = m.Template(m.kind.ID)
	shared := m.shared()
	if m.kind.Unique != nil && shared == nil {
		if other := m.existing(); other != nil {
			return m.conflict().refuse(strings.Join(m.unique(m.Values), ", "))
		}
	}
	m.fill()
	if m.kind.Apply != nil {
		if err := m.kind.Apply(m); err != nil {
			p.account.dropParts(key(m.token, m.region(), m.ID))
			return err
		}
	}
	m.zeroes()
	m.Values["id"] = m.ID
	p.account.add(&Object{
		Token: m.token, ID: m.ID, Region: m.region(), URN: m.urn, Values: m.stored(), adopted: m.kind.Adopted, seed: m.seed,
		sharers: shared, KeptBecause: m.keptBecause,
	})
	delete(m.Values, "id")
	return nil
}

// shared returns the URNs of others that manage the same resource, or nil.
func (m *Operation) shared() []string {
	other, exists := m.account.objects[key(m.token, m.region(), m.ID)]
	if !exists || m.kind.Shared == nil || other.URN == "" || other.URN == m.urn || !m.kind.Shared(m.Values, other.Values) {
		return nil
	}
	return append(slices.Clone(other.sharers), other.URN)
}

// stored returns what the account keeps.
func (m *Operation) stored() Values { return m.Clone() }

// region returns the region that the resource is stored in, empty for a global resource.
func (m *Operation) region() string {
	if m.kind.Global {
		return ""
	}
	return m.Scope.Region
}

// existing returns another resource with the same unique properties, or nil.
func (m *Operation) existing() *Object {
	mine := m.unique(m.Values)
	if slices.Contains(mine, "") && len(mine) == 1 {
		return nil
	}
	for _, object := range m.account.sorted() {
		if m.kind.Overwrites && (object.URN == m.urn || object.URN == "") {
			continue
		}
		if object.Token == m.token && object.Region == m.region() && object.ID != m.identity() &&
			slices.Equal(m.unique(object.Values), mine) {
			return object
		}
	}
	return nil
}

// identity returns the id of an existing resource that this one would collide with.
func (m *Operation) identity() string {
	if m.New() {
		return ""
	}
	return m.ID
}

func (m *Operation) unique(values Values) []string {
	all := make([]string, len(m.kind.Unique))
	for i, name := range m.kind.Unique {
		all[i] = strings.TrimSuffix(fmt.Sprint(values.At(name)...), ".")
	}
	return all
}

// conflict returns the refusal of a resource that exists already.
func (m *Operation) conflict() Code {
	refusal := m.kind.Conflict.or(Code{"AlreadyExists", "%s already exists"})
	return Code{refusal.Code, m.Template(refusal.Message)}
}

// prepare adds what the provider puts into every resource.
func (m *Operation) prepare() {
	for name, value := range m.Scope.Defaults {
		if _, has := m.facts.Inputs[name]; has && !m.Has(name) {
			m.Values[name] = value
		}
	}
	if m.catalog.Prepare != nil {
		m.catalog.Prepare(m)
	}
}

// Everything returns a list or map of the resource merged with the provider's, such as tags or labels. It is unknown
// where the resource's own is.
func (m *Operation) Everything(property string) any {
	all := Values{}
	maps.Copy(all, m.Scope.Tags)
	if _, unknown := m.Values[property].(Unknown); unknown {
		return Unknown{}
	}
	if own, ok := m.Values[property].(Values); ok {
		maps.Copy(all, own)
	}
	return all
}

// encode returns the state. Values that are secret in the inputs, and those that the SDK marks, are secret.
func (p *provider) encode(facts Resource, inputs resource.PropertyMap, values Values) (*state, error) {
	properties := values.Properties()
	markLike(properties, inputs)
	for _, name := range facts.Secrets {
		key := resource.PropertyKey(name)
		if value, has := properties[key]; has && !value.IsSecret() {
			properties[key] = resource.MakeSecret(value)
		}
	}
	return emulators.Encode("state", properties)
}

// markLike marks the properties as secret that are secret in another set of properties.
func markLike(properties, like resource.PropertyMap) {
	for key, value := range like {
		mine, has := properties[key]
		switch {
		case !has:
		case value.IsSecret() || value.IsOutput() && value.OutputValue().Secret:
			properties[key] = resource.MakeSecret(mine)
		case value.IsObject() && mine.IsObject():
			markLike(mine.ObjectValue(), value.ObjectValue())
		case value.IsArray() && value.ContainsSecrets():
			properties[key] = resource.MakeSecret(mine)
		}
	}
}
