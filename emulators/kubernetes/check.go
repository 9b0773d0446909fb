package kubernetes

import (
	"context"
	"fmt"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/protobuf/types/known/structpb"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/djangostack/djangostack/emulators"
)

// Check fills in the kind, name and namespace of an object. The API server checks the fields, in a dry run of Create or
// Update.
func (p *provider) Check(_ context.Context, req *pulumirpc.CheckRequest) (*pulumirpc.CheckResponse, error) {
	settings, cluster, err := p.configured()
	if err != nil {
		return nil, err
	}
	if cluster.unreachable != nil && settings.skipUpdateUnreachable && len(req.GetOlds().GetFields()) > 0 {
		p.warn(req.GetUrn(), "the cluster cannot be reached and skipUpdateUnreachable is set: left as it is")
		return &pulumirpc.CheckResponse{Inputs: req.GetOlds()}, nil
	}
	gvk, err := kindOfURN(req.GetUrn())
	if err != nil {
		return nil, err
	}
	given, err := emulators.Decode("inputs", req.GetNews())
	if err != nil {
		return nil, err
	}
	inputs, err := toObject(given)
	if err != nil {
		return nil, fmt.Errorf("reading the inputs: %w", err)
	}
	before, err := decodeObject("old inputs", req.GetOlds())
	if err != nil {
		return nil, err
	}
	if err := refusePatchAndList(gvk, inputs); err != nil {
		return nil, err
	}
	failures := setKind(inputs, gvk)
	inputs = normalized(inputs)
	if err := name(req, inputs, before); err != nil {
		return nil, err
	}
	cluster.setNamespace(inputs, gvk)
	p.remember(req.GetUrn(), before)
	for _, reason := range inputs.checkAnnotations() {
		failures = append(failures, &pulumirpc.CheckFailure{Property: "metadata", Reason: reason})
	}
	checked := toProperties(inputs)
	markSecrets(checked, given)
	encoded, err := emulators.Encode("inputs", checked)
	if err != nil {
		return nil, err
	}
	return &pulumirpc.CheckResponse{Inputs: encoded, Failures: failures}, nil
}

// setKind sets the kind that the resource's type implies, and refuses inputs with another one.
func setKind(inputs object, gvk schema.GroupVersionKind) []*pulumirpc.CheckFailure {
	apiVersion, kind := gvk.ToAPIVersionAndKind()
	var failures []*pulumirpc.CheckFailure
	expect := func(property, expected string) {
		if inputs[property] == nil {
			inputs[property] = expected
		}
		if inputs[property] != expected {
			failures = append(failures, &pulumirpc.CheckFailure{
				Property: property,
				Reason:   fmt.Sprintf("%s is %v, but the resource's type says %s", property, inputs[property], expected),
			})
		}
	}
	expect("apiVersion", apiVersion)
	expect("kind", kind)
	return failures
}

func (c *cluster) setNamespace(inputs object, gvk schema.GroupVersionKind) {
	metadata, known := inputs.metadata()
	if known && metadata["namespace"] == nil && c.namespace != "" && c.namespaced(gvk) {
		metadata["namespace"] = c.namespace
	}
}

func (p *provider) warn(urn, message string) { p.Host().Warn(p.lifetime, urn, message) }

func decodeObject(what string, properties *structpb.Struct) (object, error) {
	values, err := emulators.Decode(what, properties)
	if err != nil {
		return nil, err
	}
	return toObject(values)
}
