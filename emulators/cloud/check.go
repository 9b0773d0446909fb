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

// Check adds names and defaults to the inputs as the published bridge does, and checks them against the SDK's types and
// the table's rules.
func (p *provider) Check(_ context.Context, req *pulumirpc.CheckRequest) (*pulumirpc.CheckResponse, error) {
	kind, facts, err := p.kind(req.GetUrn())
	if err != nil {
		return nil, err
	}
	inputs, err := emulators.Decode("arguments", req.GetNews())
	if err != nil {
		return nil, err
	}
	before, err := emulators.Decode("old arguments", req.GetOlds())
	if err != nil {
		return nil, err
	}
	named, err := kind.name(req, inputs, before)
	if err != nil {
		return nil, err
	}
	validation := &Validation{Values: Plain(inputs), hidden: hidden(inputs, facts)}
	p.catalog.Schema.typeCheck(validation, "", validation.Values, facts.Inputs)
	inputs = fillIn(inputs, "", kind.defaultsFor(inputs), named)
	if len(validation.failures) == 0 {
		validation.Values = Plain(inputs)
		for _, rule := range kind.Rules {
			rule(validation)
		}
	}
	encoded, err := emulators.Encode("arguments", inputs)
	if err != nil {
		return nil, err
	}
	return &pulumirpc.CheckResponse{Inputs: encoded, Failures: validation.response(resource.URN(req.GetUrn()).Name())}, nil
}

// hidden returns the inputs that are secret, because they are marked or because the SDK says so.
func hidden(inputs resource.PropertyMap, facts Resource) []string {
	names := slices.Clone(facts.Secrets)
	for key, value := range inputs {
		if value.ContainsSecrets() {
			names = append(names, string(key))
		}
	}
	return names
}

func (j *Validation) response(of string) []*pulumirpc.CheckFailure {
	var failures []*pulumirpc.CheckFailure
	for _, one := range j.failures {
		// The engine prints the value of a property that a failure names, even if it is secret.
		failures = append(failures, &pulumirpc.CheckFailure{
			Reason: fmt.Sprintf("%s. Examine values at '%s.%s'.", one.reason, of, one.path),
		})
	}
	return failures
}

// defaultsFor returns the defaults that apply with these inputs.
func (k *Kind) defaultsFor(inputs resource.PropertyMap) Values {
	if len(k.DefaultsUnless) == 0 {
		return k.Defaults
	}
	defaults := maps.Clone(k.Defaults)
	for path, other := range k.DefaultsUnless {
		if isSet(inputs, other) {
			delete(defaults, path)
		}
	}
	return defaults
}

// fillIn adds defaults to every object that they apply to, and notes them as the bridge does.
func fillIn(object resource.PropertyMap, at string, defaults Values, named string) resource.PropertyMap {
	filled := resource.PropertyMap{}
	var added []string
	if named != "" {
		added = append(added, named)
	}
	for key, value := range object {
		if key != defaultsKey {
			filled[key] = fillInValue(value, join(at, string(key)), defaults)
		}
	}
	for path, value := range defaults {
		name, here := within(path, at)
		if here && !isSet(filled, name) {
			filled[resource.PropertyKey(name)] = property(clone(value))
			added = append(added, name)
		}
	}
	slices.Sort(added)
	note := make([]resource.PropertyValue, len(added))
	for i, name := range added {
		note[i] = resource.NewStringProperty(name)
	}
	filled[defaultsKey] = resource.NewArrayProperty(note)
	return filled
}

func fillInValue(value resource.PropertyValue, at string, defaults Values) resource.PropertyValue {
	switch {
	case value.IsSecret():
		return resource.MakeSecret(fillInValue(value.SecretValue().Element, at, defaults))
	case value.IsOutput() && value.OutputValue().Known:
		output := value.OutputValue()
		output.Element = fillInValue(output.Element, at, defaults)
		return resource.NewOutputProperty(output)
	case value.IsArray():
		list := make([]resource.PropertyValue, len(value.ArrayValue()))
		for i, element := range value.ArrayValue() {
			list[i] = fillInValue(element, at, defaults)
		}
		return resource.NewArrayProperty(list)
	case value.IsObject():
		return resource.NewObjectProperty(fillIn(value.ObjectValue(), at, defaults, ""))
	}
	return value
}

// within returns the name of a property directly inside another, and whether the path is one.
func within(path, at string) (string, bool) {
	if at != "" {
		inside, ok := strings.CutPrefix(path, at+".")
		if !ok {
			return "", false
		}
		path = inside
	}
	return path, !strings.Contains(path, ".")
}

// kind returns the table and the SDK's facts of a type.
func (p *provider) kind(urn string) (*Kind, Resource, error) {
	token := string(resource.URN(urn).Type())
	kind, known := p.catalog.Kinds[token]
	facts, described := p.catalog.Schema.Resources[token]
	if !known || !described {
		return nil, Resource{}, fmt.Errorf("the built-in %s provider does not know %s: it knows %d types "+
			"(install the published plugin for the others: pulumi plugin install resource %s v%s)",
			p.catalog.Package, token, len(p.catalog.Kinds), p.catalog.Package, p.catalog.Version)
	}
	return kind, facts, nil
}

// Types returns the tokens of all types, sorted.
func (c *Catalog) Types() []string { return slices.Sorted(maps.Keys(c.Kinds)) }
