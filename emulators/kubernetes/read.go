package kubernetes

import (
	"context"
	"errors"
	"fmt"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/djangostack/djangostack/emulators"
)

// Read reads the live object: for a refresh, reduced to the fields that the program sets; for an import, with all
// fields except the server's own. An object that does not exist has no id.
func (p *provider) Read(call context.Context, req *pulumirpc.ReadRequest) (*pulumirpc.ReadResponse, error) {
	ctx, done := p.during(call)
	defer done()
	settings, cluster, err := p.configured()
	if err != nil {
		return nil, err
	}
	if cluster.unreachable != nil {
		return p.readUnreachable(settings, cluster, req)
	}
	s, before, err := p.readSubject(cluster, req)
	if err != nil {
		return nil, err
	}
	namespace, name, err := parseID(req.GetId())
	if err != nil {
		return nil, err
	}
	imported := len(s.inputs) == 0
	gvk, err := s.readKind(before)
	if err != nil {
		return nil, err
	}
	s.live, err = cluster.read(ctx, gvk, namespace, name)
	if apierrors.IsNotFound(err) || meta.IsNoMatchError(err) {
		return &pulumirpc.ReadResponse{}, nil
	}
	if err != nil {
		return nil, fmt.Errorf("reading %s %s: %s", gvk.Kind, req.GetId(), plainMessage(err))
	}
	if !imported && !ours(s.live, before, s.cluster.newFieldManager(s.urn, s.inputs, before)) {
		// The object of the state was deleted, and the one that has its name now belongs to something else.
		return &pulumirpc.ReadResponse{}, nil
	}
	if imported {
		return p.imported(s, before, req.GetId())
	}
	return p.refreshed(ctx, s, before, req.GetId())
}

func (p *provider) readSubject(cluster *cluster, req *pulumirpc.ReadRequest) (*subject, state, error) {
	given, inputs, err := decodeInputs(req.GetInputs())
	if err != nil {
		return nil, state{}, err
	}
	before, err := parseState(req.GetProperties())
	if err != nil {
		return nil, state{}, err
	}
	inputs = normalized(inputs)
	s := &subject{cluster: cluster, urn: req.GetUrn(), given: given, inputs: inputs, redact: newRedactor(given)}
	return s, before, nil
}

func (s *subject) readKind(before state) (gvk groupVersionKind, err error) {
	for _, known := range []object{s.inputs, before.live} {
		if gvk := known.kind(); !gvk.Empty() {
			return gvk, nil
		}
	}
	return kindOfURN(s.urn)
}

// refreshed updates the inputs to the live values, and reports an object that is not ready.
func (p *provider) refreshed(ctx context.Context, s *subject, before state, id string) (*pulumirpc.ReadResponse, error) {
	next := state{
		inputs: project(s.live, s.inputs), live: s.live,
		apiVersion: before.apiVersion, fieldManager: before.fieldManager,
	}
	properties, inputs, err := s.encodeRead(next)
	if err != nil {
		return nil, err
	}
	if !s.inputs.annotated(annotationSkipAwait) {
		wait, err := s.wait()
		if err != nil {
			return nil, errors.New(s.redact.clean(err.Error()))
		}
		if wait != nil {
			if failure := wait.once(ctx); failure != nil {
				return nil, partial(id, s.redact.cleanUnready(failure), properties, inputs)
			}
		}
	}
	return &pulumirpc.ReadResponse{Id: id, Properties: properties, Inputs: inputs}, nil
}

func (p *provider) imported(s *subject, before state, id string) (*pulumirpc.ReadResponse, error) {
	next := state{inputs: importable(s.live), live: s.live, apiVersion: s.live.text("apiVersion")}
	next.fieldManager = s.cluster.newFieldManager(s.urn, next.inputs, before)
	properties, inputs, err := s.encodeRead(next)
	if err != nil {
		return nil, err
	}
	return &pulumirpc.ReadResponse{Id: id, Properties: properties, Inputs: inputs}, nil
}

func (s *subject) encodeRead(next state) (properties, inputs *properties, err error) {
	if properties, err = next.encode(s.given); err != nil {
		return nil, nil, err
	}
	values := toProperties(next.inputs)
	markSecrets(values, s.given)
	inputs, err = emulators.Encode("inputs", values)
	return properties, inputs, err
}

// importable returns a live object without the fields that only a server writes.
func importable(live object) object {
	inputs := live.clone()
	inputs.dropReadOnly()
	unstructured.RemoveNestedField(inputs, "status")
	unstructured.RemoveNestedField(inputs, "metadata", "annotations", "deployment.kubernetes.io/revision")
	unstructured.RemoveNestedField(inputs, "metadata", "annotations", lastApplied)
	if metadata, ok := inputs.metadata(); ok {
		if annotations, ok := metadata["annotations"].(map[string]any); ok && len(annotations) == 0 {
			delete(metadata, "annotations")
		}
	}
	return inputs
}

func (p *provider) readUnreachable(
	settings *settings, cluster *cluster, req *pulumirpc.ReadRequest,
) (*pulumirpc.ReadResponse, error) {
	switch {
	case settings.deleteUnreachable:
		p.warn(req.GetUrn(), "the cluster cannot be reached and deleteUnreachable is set: dropped from the state")
		return &pulumirpc.ReadResponse{}, nil
	case settings.skipUpdateUnreachable:
		p.warn(req.GetUrn(), "the cluster cannot be reached and skipUpdateUnreachable is set: left as it was")
		return &pulumirpc.ReadResponse{Id: req.GetId(), Properties: req.GetProperties(), Inputs: req.GetInputs()}, nil
	}
	return nil, unreachableHint(cluster.unreachable)
}

func unreachableHint(err error) error {
	return fmt.Errorf("%w. If the cluster no longer exists, run again with PULUMI_K8S_DELETE_UNREACHABLE=true "+
		"in the environment to drop its objects from the state", err)
}
