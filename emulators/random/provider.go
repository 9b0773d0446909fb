// Package random is a Pulumi provider that follows the published pulumi-random. Values are created once and kept in the
// state; a changed argument replaces them. It has RandomPassword, RandomString, RandomId and RandomBytes, and refuses
// every other resource.
package random

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/protobuf/types/known/emptypb"

	"github.com/djangostack/djangostack/emulators"
)

// Version is the published provider that this one follows.
const Version = "4.19.0"

type provider struct{ *emulators.Base }

// New returns the provider. It has no state and can serve any number of engines.
func New() pulumirpc.ResourceProviderServer {
	return &provider{Base: &emulators.Base{Package: "random", Version: Version}}
}

// kind is one type of resource: its arguments, its outputs, and which outputs are secret.
type kind struct {
	required string
	defaults resource.PropertyMap
	optional []resource.PropertyKey
	outputs  []resource.PropertyKey
	secrets  []resource.PropertyKey
	check    func(args resource.PropertyMap) []*pulumirpc.CheckFailure
	generate func(args resource.PropertyMap) (id string, outputs resource.PropertyMap, err error)
}

func kindOf(urn string) (kind, error) {
	token := resource.URN(urn).Type()
	found, known := kinds()[string(token)]
	if !known {
		return kind{}, fmt.Errorf("the built-in random provider does not know %s: "+
			"it makes RandomPassword, RandomString, RandomId and RandomBytes; "+
			"install the published plugin for the others (pulumi plugin install resource random v%s)", token, Version)
	}
	return found, nil
}

// withDefaults returns the arguments with the published defaults.
func (k kind) withDefaults(args resource.PropertyMap) resource.PropertyMap {
	all := maps.Clone(k.defaults)
	if all == nil {
		all = resource.PropertyMap{}
	}
	maps.Copy(all, args)
	if number, given := args["number"]; given && !args.HasValue("numeric") {
		all["numeric"] = number
	}
	if _, has := all["numeric"]; has {
		all["number"] = all["numeric"]
	}
	return all
}

func (p *provider) CheckConfig(_ context.Context, req *pulumirpc.CheckRequest) (*pulumirpc.CheckResponse, error) {
	return &pulumirpc.CheckResponse{Inputs: req.GetNews()}, nil
}

func (p *provider) DiffConfig(context.Context, *pulumirpc.DiffRequest) (*pulumirpc.DiffResponse, error) {
	return &pulumirpc.DiffResponse{Changes: pulumirpc.DiffResponse_DIFF_NONE}, nil
}

func (p *provider) Configure(context.Context, *pulumirpc.ConfigureRequest) (*pulumirpc.ConfigureResponse, error) {
	return &pulumirpc.ConfigureResponse{
		AcceptSecrets: true, SupportsPreview: true, SupportsAutonamingConfiguration: true,
	}, nil
}

func (p *provider) Check(_ context.Context, req *pulumirpc.CheckRequest) (*pulumirpc.CheckResponse, error) {
	k, err := kindOf(req.GetUrn())
	if err != nil {
		return nil, err
	}
	args, err := emulators.Decode("arguments", req.GetNews())
	if err != nil {
		return nil, err
	}
	inputs, err := emulators.Encode("arguments", args)
	if err != nil {
		return nil, err
	}
	return &pulumirpc.CheckResponse{Inputs: inputs, Failures: k.failures(args)}, nil
}

func (p *provider) Diff(_ context.Context, req *pulumirpc.DiffRequest) (*pulumirpc.DiffResponse, error) {
	k, err := kindOf(req.GetUrn())
	if err != nil {
		return nil, err
	}
	before, err := oldArguments(req)
	if err != nil {
		return nil, err
	}
	after, err := emulators.Decode("new arguments", req.GetNews())
	if err != nil {
		return nil, err
	}
	response := &pulumirpc.DiffResponse{Changes: pulumirpc.DiffResponse_DIFF_NONE, HasDetailedDiff: true}
	diff := k.withDefaults(plain(before)).Diff(k.withDefaults(plain(after)))
	if diff == nil {
		return response, nil
	}
	response.Changes = pulumirpc.DiffResponse_DIFF_SOME
	response.DetailedDiff = map[string]*pulumirpc.PropertyDiff{}
	for _, key := range diff.ChangedKeys() {
		response.Diffs = append(response.Diffs, string(key))
		response.Replaces = append(response.Replaces, string(key))
		response.DetailedDiff[string(key)] = &pulumirpc.PropertyDiff{
			Kind: pulumirpc.PropertyDiff_UPDATE_REPLACE, InputDiff: true,
		}
	}
	return response, nil
}

func oldArguments(req *pulumirpc.DiffRequest) (resource.PropertyMap, error) {
	if req.GetOldInputs() != nil {
		return emulators.Decode("old arguments", req.GetOldInputs())
	}
	return emulators.Decode("old state", req.GetOlds())
}

func (p *provider) Create(_ context.Context, req *pulumirpc.CreateRequest) (*pulumirpc.CreateResponse, error) {
	k, err := kindOf(req.GetUrn())
	if err != nil {
		return nil, err
	}
	args, err := emulators.Decode("arguments", req.GetProperties())
	if err != nil {
		return nil, err
	}
	state := k.withDefaults(args)
	if req.GetPreview() {
		for _, key := range k.outputs {
			state[key] = resource.MakeComputed(resource.NewStringProperty(""))
		}
		properties, err := emulators.Encode("planned state", state)
		return &pulumirpc.CreateResponse{Properties: properties}, err
	}
	id, outputs, err := k.generate(plain(state))
	if err != nil {
		return nil, fmt.Errorf("making a random value: %w", err)
	}
	maps.Copy(state, outputs)
	for _, key := range k.secrets {
		state[key] = resource.MakeSecret(state[key])
	}
	properties, err := emulators.Encode("state", state)
	return &pulumirpc.CreateResponse{Id: id, Properties: properties}, err
}

// Read returns the state, because nothing else has the value.
func (p *provider) Read(_ context.Context, req *pulumirpc.ReadRequest) (*pulumirpc.ReadResponse, error) {
	if len(req.GetProperties().GetFields()) == 0 {
		return nil, fmt.Errorf("the built-in random provider cannot import a value: make a new one, or install " +
			"the published plugin")
	}
	return &pulumirpc.ReadResponse{Id: req.GetId(), Properties: req.GetProperties(), Inputs: req.GetInputs()}, nil
}

// Update is never called: every change replaces, and creation cannot fail half-way.
func (p *provider) Update(_ context.Context, req *pulumirpc.UpdateRequest) (*pulumirpc.UpdateResponse, error) {
	return nil, fmt.Errorf("%s cannot be updated: every change replaces it", req.GetUrn())
}

func (p *provider) Delete(context.Context, *pulumirpc.DeleteRequest) (*emptypb.Empty, error) {
	return &emptypb.Empty{}, nil
}

func (k kind) failures(args resource.PropertyMap) []*pulumirpc.CheckFailure {
	var failures []*pulumirpc.CheckFailure
	fail := func(property resource.PropertyKey, format string, values ...any) {
		failures = append(failures, &pulumirpc.CheckFailure{
			Property: string(property), Reason: fmt.Sprintf(format, values...),
		})
	}
	for _, key := range slices.Sorted(maps.Keys(args)) {
		_, has := k.defaults[key]
		if !has && string(key) != k.required && key != "keepers" && !slices.Contains(k.optional, key) {
			fail(key, "there is no argument %s", key)
		}
	}
	count, given := args[resource.PropertyKey(k.required)]
	switch {
	case !given:
		fail(resource.PropertyKey(k.required), "%s is required", k.required)
	case count.ContainsUnknowns() || plainValue(count).IsComputed():
	case !plainValue(count).IsNumber() || plainValue(count).NumberValue() < 1:
		fail(resource.PropertyKey(k.required), "%s must be a number of at least 1", k.required)
	case len(failures) == 0 && k.check != nil && !args.ContainsUnknowns():
		failures = k.check(k.withDefaults(plain(args)))
	}
	return failures
}

// plain removes secret marks.
func plain(values resource.PropertyMap) resource.PropertyMap {
	stripped := make(resource.PropertyMap, len(values))
	for key, value := range values {
		stripped[key] = plainValue(value)
	}
	return stripped
}

func plainValue(value resource.PropertyValue) resource.PropertyValue {
	switch {
	case value.IsSecret():
		return plainValue(value.SecretValue().Element)
	case value.IsObject():
		return resource.NewObjectProperty(plain(value.ObjectValue()))
	default:
		return value
	}
}
