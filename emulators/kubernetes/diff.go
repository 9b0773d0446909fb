package kubernetes

import (
	"context"
	"fmt"
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"

	"github.com/djangostack/djangostack/emulators"
)

// Diff compares the new inputs with the old ones, which a refresh updates to the live values.
func (p *provider) Diff(call context.Context, req *pulumirpc.DiffRequest) (*pulumirpc.DiffResponse, error) {
	ctx, done := p.during(call)
	defer done()
	settings, cluster, err := p.configured()
	if err != nil {
		return nil, err
	}
	before, after, err := diffSides(req)
	if err != nil {
		return nil, err
	}
	cluster.alignNamespaces(before.inputs, after)
	changes, err := withoutIgnored(changesBetween(before.inputs, after), req.GetIgnoreChanges())
	if err != nil {
		return nil, err
	}
	response := describe(changes, settings.replacePaths(after))
	if p.unready(ctx, req.GetUrn(), cluster, after, before.live) {
		response.Changes = pulumirpc.DiffResponse_DIFF_SOME
		response.Replaces = append(response.Replaces, `metadata.annotations["`+annotationReplaceUnready+`"]`)
	}
	response.DeleteBeforeReplace = len(response.Replaces) > 0 && keepsPlace(after, before.live)
	return response, nil
}

func diffSides(req *pulumirpc.DiffRequest) (state, object, error) {
	before, err := parseState(req.GetOlds())
	if err != nil {
		return state{}, nil, err
	}
	if req.GetOldInputs() != nil {
		if before.inputs, err = decodeObject("old inputs", req.GetOldInputs()); err != nil {
			return state{}, nil, err
		}
	}
	after, err := decodeObject("new inputs", req.GetNews())
	if err != nil {
		return state{}, nil, err
	}
	before.inputs, after = normalized(before.inputs), normalized(after)
	// An object with an automatic name keeps it.
	if metadata, known := before.inputs.metadata(); known && after.name() != "" && before.live.name() != "" {
		metadata["name"] = before.live.name()
	}
	return before, after, nil
}

// alignNamespaces sets the namespace that an object without one gets, on both sides, so that naming it is no change.
func (c *cluster) alignNamespaces(before, after object) {
	namespaced := c.namespaced(after.kind())
	for _, side := range []object{before, after} {
		metadata, known := side.metadata()
		switch {
		case !known:
		case !namespaced:
			delete(metadata, "namespace")
		case metadata["namespace"] == nil || metadata["namespace"] == "":
			metadata["namespace"] = "default"
		}
	}
}

func withoutIgnored(changes []change, ignored []string) ([]change, error) {
	for _, text := range ignored {
		path, err := resource.ParsePropertyPath(text)
		if err != nil {
			return nil, fmt.Errorf("reading ignoreChanges %q: %w", text, err)
		}
		changes = slices.DeleteFunc(changes, func(c change) bool { return path.Contains(resource.PropertyPath(c.path)) })
	}
	return changes, nil
}

func describe(changes []change, replacing [][]string) *pulumirpc.DiffResponse {
	response := &pulumirpc.DiffResponse{
		Changes:         pulumirpc.DiffResponse_DIFF_NONE,
		HasDetailedDiff: true,
		DetailedDiff:    map[string]*pulumirpc.PropertyDiff{},
	}
	for _, c := range changes {
		response.Changes = pulumirpc.DiffResponse_DIFF_SOME
		replaces := c.replacedBy(replacing)
		response.DetailedDiff[c.String()] = &pulumirpc.PropertyDiff{Kind: c.sort(replaces), InputDiff: true}
		if replaces {
			response.Replaces = append(response.Replaces, c.String())
		}
		if root := fmt.Sprint(c.path[0]); !slices.Contains(response.Diffs, root) {
			response.Diffs = append(response.Diffs, root)
		}
	}
	return response
}

func (c change) sort(replaces bool) pulumirpc.PropertyDiff_Kind {
	return emulators.DiffKind(c.before == nil, c.after == nil, replaces)
}

// keepsPlace tells whether the new object has the name and namespace of the old one, so that the old one must be
// deleted first.
func keepsPlace(after, live object) bool {
	return after.name() != "" && !after.annotated(annotationAutonamed) &&
		after.name() == live.name() && (after.namespace() == live.namespace() ||
		after.namespace() == "default" && live.namespace() == "")
}

// unready tells whether to replace a Job that asks for it because it did not complete.
func (p *provider) unready(ctx context.Context, urn string, cluster *cluster, inputs, live object) bool {
	if !inputs.annotated(annotationReplaceUnready) {
		return false
	}
	if cluster.unreachable != nil {
		p.warn(urn, "the cluster cannot be reached, so "+annotationReplaceUnready+" was not looked at")
		return false
	}
	if !isJob(inputs.kind()) {
		p.warn(urn, annotationReplaceUnready+" has an effect on Jobs only")
		return false
	}
	job, err := cluster.read(ctx, live.kind(), live.namespace(), live.name())
	if err != nil {
		return false
	}
	return !jobComplete(job)
}
