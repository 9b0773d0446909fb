package kubernetes

import (
	"context"
	"fmt"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
)

// Update applies the new inputs to the live object and waits until it is ready. The server removes fields that the old
// inputs have and the new ones do not.
func (p *provider) Update(call context.Context, req *pulumirpc.UpdateRequest) (*pulumirpc.UpdateResponse, error) {
	ctx, done := p.during(call)
	defer done()
	_, cluster, err := p.configured()
	if err != nil {
		return nil, err
	}
	given, inputs, err := decodeInputs(req.GetNews())
	if err != nil {
		return nil, err
	}
	before, err := parseState(req.GetOlds())
	if err != nil {
		return nil, err
	}
	asGiven := &pulumirpc.UpdateResponse{Properties: req.GetNews()}
	if req.GetPreview() && (hasUnknown(inputs) || !cluster.knows(inputs.kind())) {
		return asGiven, nil
	}
	s := &subject{cluster: cluster, urn: req.GetUrn(), given: given, inputs: inputs, redact: newRedactor(given)}
	next := state{inputs: inputs.clone(), apiVersion: before.apiVersion}
	next.fieldManager = cluster.newFieldManager(s.urn, inputs, before)
	s.live, err = p.applyUpdate(ctx, s, before, next.fieldManager, req)
	switch {
	case err == nil:
	case req.GetPreview() && (apierrors.IsForbidden(err) || noDryRun(err)):
		return asGiven, nil
	default:
		return nil, s.failed("updating", err)
	}
	if req.GetPreview() {
		next.live = s.live
		properties, err := next.encode(given)
		return &pulumirpc.UpdateResponse{Properties: properties}, err
	}
	p.keep(s.live)
	properties, err := p.settle(ctx, s, next, req.GetId(), req.GetTimeout())
	if err != nil {
		return nil, err
	}
	return &pulumirpc.UpdateResponse{Properties: properties}, nil
}

func (p *provider) applyUpdate(
	ctx context.Context, s *subject, before state, fieldManager string, req *pulumirpc.UpdateRequest,
) (object, error) {
	preview := req.GetPreview()
	live, err := s.cluster.read(ctx, s.inputs.kind(), before.live.namespace(), before.live.name())
	if apierrors.IsNotFound(err) {
		return nil, fmt.Errorf("it no longer exists in the cluster; run a refresh, and the next update creates it again")
	}
	if err != nil {
		return nil, err
	}
	if !ours(live, before, fieldManager) {
		return nil, fmt.Errorf("it was deleted, and something else has made another object of its name%s; run a refresh to see what is missing",
			madeBy(live))
	}
	if isDefinition(s.inputs.kind()) {
		return s.cluster.replaceDefinition(ctx, s.inputs, fieldManager, preview)
	}
	if !preview {
		if err := s.cluster.takeOver(ctx, live, fieldManager); err != nil {
			return nil, err
		}
	}
	desired := s.inputs.clone()
	if err := keepIgnored(desired, live, req.GetIgnoreChanges(), fieldManager); err != nil {
		return nil, err
	}
	applied, err := s.cluster.apply(ctx, application{
		object: desired, fieldManager: fieldManager, dryRun: preview,
		// A preview changes nothing, so it cannot take over the fields of client-side managers.
		force: s.cluster.forced(s.inputs) || preview && hasClientSideManager(live),
	})
	if err != nil || preview || before.fieldManager == "" || before.fieldManager == fieldManager {
		return applied, err
	}
	return applied, s.cluster.letGo(ctx, applied, before.fieldManager)
}

// letGo gives up the fields of a field manager that is no longer used.
func (c *cluster) letGo(ctx context.Context, live object, fieldManager string) error {
	identity := object{
		"apiVersion": live["apiVersion"], "kind": live["kind"],
		"metadata": map[string]any{"name": live.name(), "namespace": live.namespace()},
	}
	_, err := c.apply(ctx, application{object: identity, fieldManager: fieldManager})
	return err
}
