package cloud

import (
	"context"
	"fmt"
	"reflect"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"

	"github.com/djangostack/djangostack/emulators"
)

// Read returns the current resource: for a refresh with the arguments that it was created with, for an import with all
// arguments that differ from their defaults. A resource that no longer exists has no id.
func (p *provider) Read(ctx context.Context, req *pulumirpc.ReadRequest) (*pulumirpc.ReadResponse, error) {
	m, err := p.newOperation(req.GetUrn())
	if err != nil {
		return nil, err
	}
	inputs, err := emulators.Decode("old arguments", req.GetInputs())
	if err != nil {
		return nil, err
	}
	before, err := emulators.Decode("old state", req.GetProperties())
	if err != nil {
		return nil, err
	}
	fault, err := p.account.begin(ctx, "read", req.GetUrn())
	if err != nil {
		return nil, err
	}
	if fault != nil {
		return nil, fmt.Errorf("reading %s (%s): %w", m.kind.DisplayName, req.GetId(), fault.Err)
	}
	m.ID = req.GetId()
	live, there := p.live(m)
	if !there {
		return &pulumirpc.ReadResponse{}, nil
	}
	delete(live, "id")
	// Only the state has what the cloud never returns again.
	for _, name := range m.facts.Secrets {
		if _, argument := m.facts.Inputs[name]; !argument {
			continue
		}
		delete(live, name)
		if old, had := before[resource.PropertyKey(name)]; had {
			live[name] = plainValue(old)
		}
	}
	var arguments resource.PropertyMap
	if len(before) > 0 || len(inputs) > 0 {
		arguments = p.catalog.Schema.refreshed(inputs, live, m.facts.Inputs)
	} else {
		arguments = imported(m.kind, m.facts, live)
	}
	state, err := p.encode(m.facts, inputs, live)
	if err != nil {
		return nil, err
	}
	encoded, err := emulators.Encode("arguments", arguments)
	if err != nil {
		return nil, err
	}
	return &pulumirpc.ReadResponse{Id: m.ID, Properties: state, Inputs: encoded}, nil
}

// live returns the object with the id. An object that was added without all arguments of its type counts too.
func (p *provider) live(m *Operation) (Values, bool) {
	p.account.mu.Lock()
	defer p.account.mu.Unlock()
	object, there := p.account.objects[key(m.token, m.region(), m.ID)]
	if !there {
		return nil, false
	}
	return object.Values.Clone(), true
}

// refreshed returns the old arguments with the current values. Inside objects it compares only what was set, because
// the cloud fills in more.
func (s *Schema) refreshed(inputs resource.PropertyMap, live Values, known map[string]string) resource.PropertyMap {
	arguments := resource.PropertyMap{}
	for name, old := range inputs {
		if name == defaultsKey {
			arguments[name] = old
			continue
		}
		if now, has := live[string(name)]; has {
			kind, _ := Required(known[string(name)])
			arguments[name] = s.refresh(old, now, kind)
		}
	}
	return arguments
}

func (s *Schema) refresh(old resource.PropertyValue, now any, kind string) resource.PropertyValue {
	if old.IsSecret() {
		return resource.MakeSecret(s.refresh(old.SecretValue().Element, now, kind))
	}
	if reflect.DeepEqual(plainValue(old), now) {
		return old
	}
	if name, isObject := strings.CutPrefix(kind, "#"); isObject && old.IsObject() {
		if object, ok := now.(Values); ok {
			return resource.NewObjectProperty(s.refreshed(old.ObjectValue(), object, s.Types[name]))
		}
	}
	list, isList := now.([]any)
	if element, ok := strings.CutPrefix(kind, "[]"); ok && isList && old.IsArray() && len(old.ArrayValue()) == len(list) {
		fresh := make([]resource.PropertyValue, len(list))
		for i, one := range old.ArrayValue() {
			fresh[i] = s.refresh(one, list[i], element)
		}
		return resource.NewArrayProperty(fresh)
	}
	return noted(property(now))
}

// imported returns the arguments that a program would have to set.
func imported(kind *Kind, facts Resource, live Values) resource.PropertyMap {
	arguments := resource.PropertyMap{defaultsKey: resource.NewArrayProperty(nil)}
	for name := range facts.Inputs {
		now, has := live[name]
		if has && !kind.equal(name, now, nil) {
			arguments[resource.PropertyKey(name)] = noted(property(now))
		}
	}
	return arguments
}

func empty(value any) bool {
	switch typed := value.(type) {
	case string:
		return typed == ""
	case []any:
		return len(typed) == 0
	case Values:
		return len(typed) == 0
	}
	return value == nil
}

// noted adds the bridge's note to every object of a value.
func noted(value resource.PropertyValue) resource.PropertyValue {
	return fillInValue(value, "\x00", nil)
}
