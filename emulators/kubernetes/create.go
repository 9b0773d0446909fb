package kubernetes

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/djangostack/djangostack/emulators"
)

// Create applies an object and waits until it is ready. It refuses an existing object, unless an interrupted run of the
// same resource made it or the program asks to take it over.
func (p *provider) Create(call context.Context, req *pulumirpc.CreateRequest) (*pulumirpc.CreateResponse, error) {
	ctx, done := p.during(call)
	defer done()
	_, cluster, err := p.configured()
	if err != nil {
		return nil, err
	}
	given, inputs, err := decodeInputs(req.GetProperties())
	if err != nil {
		return nil, err
	}
	s := &subject{cluster: cluster, urn: req.GetUrn(), given: given, inputs: inputs, redact: newRedactor(given)}
	if req.GetPreview() {
		return p.previewCreate(ctx, s, req)
	}
	next := state{inputs: inputs, apiVersion: inputs.text("apiVersion"), fieldManager: cluster.newFieldManager(s.urn, inputs, state{})}
	if err := p.clearTheWay(ctx, s, next.fieldManager, req.GetTimeout()); err != nil {
		return nil, err
	}
	request := application{object: inputs, fieldManager: next.fieldManager, force: cluster.forced(inputs)}
	s.live, err = cluster.applyPatiently(ctx, request, func(err error) {
		p.Host().Status(ctx, s.urn, s.redact.clean("trying again: "+plainMessage(err)))
	})
	if err != nil {
		return nil, s.failed("creating", err)
	}
	p.keep(s.live)
	id := id(s.live.namespace(), s.live.name())
	properties, err := p.settle(ctx, s, next, id, req.GetTimeout())
	if err != nil {
		return nil, err
	}
	return &pulumirpc.CreateResponse{Id: id, Properties: properties}, nil
}

// previewCreate asks the server for the resulting object. Where the server cannot answer yet, the plan is the inputs.
func (p *provider) previewCreate(
	ctx context.Context, s *subject, req *pulumirpc.CreateRequest,
) (*pulumirpc.CreateResponse, error) {
	asGiven := &pulumirpc.CreateResponse{Properties: req.GetProperties()}
	if hasUnknown(s.inputs) || !s.cluster.knows(s.inputs.kind()) {
		return asGiven, nil
	}
	fieldManager := s.cluster.newFieldManager(s.urn, s.inputs, state{})
	if err := p.checkTaken(ctx, s, fieldManager); err != nil {
		return nil, err
	}
	// Forced, because the existing object may be the one that will be replaced.
	planned, err := s.cluster.apply(ctx, application{
		object: s.inputs, fieldManager: fieldManager, dryRun: true, force: true,
	})
	if err != nil {
		if s.cannotJudge(ctx, err) {
			return asGiven, nil
		}
		return nil, s.failed("previewing", err)
	}
	dropInvented(planned)
	next := state{inputs: s.inputs, live: planned, apiVersion: s.inputs.text("apiVersion"), fieldManager: fieldManager}
	properties, err := next.encode(s.given)
	return &pulumirpc.CreateResponse{Properties: properties}, err
}

// dropInvented removes the values that a dry run invents for an object that does not exist yet.
func dropInvented(planned object) {
	planned.dropReadOnly()
	unstructured.RemoveNestedField(planned, "status")
}

// cannotJudge tells whether a dry run failed for a reason that will not exist during the update: a missing namespace,
// missing permissions, or the old object.
func (s *subject) cannotJudge(ctx context.Context, err error) bool {
	if apierrors.IsForbidden(err) || apierrors.IsNotFound(err) || apierrors.IsAlreadyExists(err) || noDryRun(err) {
		return true
	}
	if !apierrors.IsInvalid(err) {
		return false
	}
	_, err = s.cluster.read(ctx, s.inputs.kind(), s.inputs.namespace(), s.inputs.name())
	return err == nil
}

func noDryRun(err error) bool {
	return apierrors.IsBadRequest(err) && strings.Contains(err.Error(), "does not support dry run")
}

func decodeInputs(properties *properties) (resource.PropertyMap, object, error) {
	given, err := emulators.Decode("inputs", properties)
	if err != nil {
		return nil, nil, err
	}
	inputs, err := toObject(given)
	if err != nil {
		return nil, nil, fmt.Errorf("reading the inputs: %w", err)
	}
	return given, inputs, nil
}

// read gets one live object.
func (c *cluster) read(ctx context.Context, gvk schema.GroupVersionKind, namespace, name string) (object, error) {
	client, err := c.resource(gvk, namespace)
	if err != nil {
		return nil, err
	}
	live, err := client.Get(ctx, name, metav1.GetOptions{})
	if err != nil {
		return nil, err
	}
	return live.Object, nil
}

// failed returns an error about the whole operation, without the object's secrets.
func (s *subject) failed(what string, err error) error {
	return errors.New(s.redact.clean(explain(what, s.inputs, err).Error()))
}
