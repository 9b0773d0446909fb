package cloud

import (
	"context"
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"

	"github.com/djangostack/djangostack/emulators"
)

// Call is one call of a function.
type Call struct {
	// Values are the arguments.
	Values
	Scope   Scope
	account *Account
}

// Find returns the values of all objects of a type in the region whose property has the value. The property "" matches
// all.
func (c *Call) Find(token, property, value string) []Values {
	var found []Values
	for _, object := range c.account.sorted() {
		if object.Token == token && object.visible(c.Scope.Region) &&
			(property == "" || object.Values.Text(property) == value) {
			found = append(found, object.Values.Clone())
		}
	}
	return found
}

// Invoke calls a function of the catalog.
func (p *provider) Invoke(ctx context.Context, req *pulumirpc.InvokeRequest) (*pulumirpc.InvokeResponse, error) {
	function, known := p.catalog.Functions[req.GetTok()]
	facts, described := p.catalog.Schema.Functions[req.GetTok()]
	if !known || !described {
		return p.Base.Invoke(ctx, req)
	}
	arguments, err := emulators.Decode("arguments", req.GetArgs())
	if err != nil {
		return nil, err
	}
	scope, err := p.scope()
	if err != nil {
		return nil, err
	}
	validation := &Validation{Values: Plain(arguments)}
	p.catalog.Schema.typeCheck(validation, "", validation.Values, facts.Inputs)
	if len(validation.failures) > 0 {
		return &pulumirpc.InvokeResponse{Failures: validation.response(req.GetTok())}, nil
	}
	p.account.mu.Lock()
	found, err := function(&Call{Values: validation.Values, Scope: scope, account: p.account})
	p.account.mu.Unlock()
	if err != nil {
		return nil, fmt.Errorf("invoking %s: %w", req.GetTok(), err)
	}
	result := answer(facts, validation.Values, found)
	encoded, err := emulators.Encode("result", result)
	return &pulumirpc.InvokeResponse{Return: encoded}, err
}

// answer returns every property of the result: the found values, the arguments, and empty values for the rest.
func answer(facts Function, arguments, found Values) resource.PropertyMap {
	all := Values{}
	for name, kind := range facts.Outputs {
		plain, always := Required(kind)
		switch {
		case found[name] != nil:
			all[name] = found[name]
		case arguments[name] != nil:
			all[name] = arguments[name]
		case !always:
		case plain == "s":
			all[name] = ""
		case plain == "b":
			all[name] = false
		case plain == "i" || plain == "f":
			all[name] = 0.0
		}
	}
	return all.Properties()
}
