package kubernetes

import (
	"context"
	"fmt"
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/protobuf/types/known/emptypb"
	"google.golang.org/protobuf/types/known/structpb"

	"github.com/djangostack/djangostack/emulators"
)

// releaseType is the type of a Helm chart that is installed as one resource.
const releaseType = "kubernetes:helm.sh/v3:Release"

// recorder records releases of Helm charts in the state. It fetches, renders and runs nothing of a chart. Of the charts
// that it knows, it creates and deletes the definitions of kinds. The provider handles everything else.
type recorder struct {
	*provider
}

func (r *recorder) records(urn string) bool {
	return string(resource.URN(urn).Type()) == releaseType
}

// releaseInputs are the arguments of the published provider
// (https://www.pulumi.com/registry/packages/kubernetes/api-docs/helm/v3/release/).
func releaseInputs() []resource.PropertyKey {
	return []resource.PropertyKey{
		"allowNullValues", "atomic", "chart", "cleanupOnFail", "compat", "createNamespace", "dependencyUpdate", "description", "devel",
		"disableCRDHooks", "disableOpenapiValidation", "disableWebhooks", "forceUpdate", "keyring", "lint", "manifest", "maxHistory",
		"name", "namespace", "postrender", "recreatePods", "renderSubchartNotes", "replace", "repositoryOpts", "resetValues",
		"resourceNames", "reuseValues", "skipAwait", "skipCrds", "timeout", "valueYamlFiles", "values", "verify", "version", "waitForJobs",
	}
}

// Check requires a chart, a name and a namespace, and refuses unknown arguments.
func (r *recorder) Check(ctx context.Context, req *pulumirpc.CheckRequest) (*pulumirpc.CheckResponse, error) {
	if !r.records(req.GetUrn()) {
		return r.provider.Check(ctx, req)
	}
	inputs, err := emulators.Decode("inputs", req.GetNews())
	if err != nil {
		return nil, err
	}
	var failures []*pulumirpc.CheckFailure
	for _, key := range inputs.StableKeys() {
		if !slices.Contains(releaseInputs(), key) {
			failures = append(failures, &pulumirpc.CheckFailure{Property: string(key), Reason: "a release has no such argument"})
		}
	}
	for _, key := range []resource.PropertyKey{"chart", "name", "namespace"} {
		if !inputs.HasValue(key) {
			failures = append(failures, &pulumirpc.CheckFailure{Property: string(key), Reason: "is required of a release that is recorded"})
		}
	}
	return &pulumirpc.CheckResponse{Inputs: req.GetNews(), Failures: failures}, nil
}

// Create records a release as deployed, and warns that it is not.
func (r *recorder) Create(ctx context.Context, req *pulumirpc.CreateRequest) (*pulumirpc.CreateResponse, error) {
	if !r.records(req.GetUrn()) {
		return r.provider.Create(ctx, req)
	}
	inputs, err := emulators.Decode("inputs", req.GetProperties())
	if err != nil {
		return nil, err
	}
	state, err := recorded(inputs, req.GetPreview())
	if err != nil {
		return nil, err
	}
	if req.GetPreview() {
		return &pulumirpc.CreateResponse{Properties: state}, nil
	}
	chart := text(inputs, "chart")
	if len(definedBy(chart)) == 0 {
		r.warn(req.GetUrn(), fmt.Sprintf("the chart %s is only recorded here: nothing that it installs is rehearsed", chart))
	} else {
		r.warn(req.GetUrn(), fmt.Sprintf("of the chart %s only the definitions of its kinds are installed here: no controller runs", chart))
	}
	if err := r.define(ctx, chart); err != nil {
		return nil, err
	}
	return &pulumirpc.CreateResponse{Id: text(inputs, "namespace") + "/" + text(inputs, "name"), Properties: state}, nil
}

// Diff replaces a release whose name or namespace changed, and updates it for every other change.
func (r *recorder) Diff(ctx context.Context, req *pulumirpc.DiffRequest) (*pulumirpc.DiffResponse, error) {
	if !r.records(req.GetUrn()) {
		return r.provider.Diff(ctx, req)
	}
	before, err := emulators.Decode("old inputs", req.GetOldInputs())
	if err != nil {
		return nil, err
	}
	after, err := emulators.Decode("inputs", req.GetNews())
	if err != nil {
		return nil, err
	}
	response := &pulumirpc.DiffResponse{Changes: pulumirpc.DiffResponse_DIFF_NONE}
	diff := before.Diff(after)
	if diff == nil {
		return response, nil
	}
	response.Changes = pulumirpc.DiffResponse_DIFF_SOME
	for _, key := range diff.ChangedKeys() {
		response.Diffs = append(response.Diffs, string(key))
		if key == "name" || key == "namespace" {
			response.Replaces = append(response.Replaces, string(key))
		}
	}
	return response, nil
}

// Update records the release again.
func (r *recorder) Update(ctx context.Context, req *pulumirpc.UpdateRequest) (*pulumirpc.UpdateResponse, error) {
	if !r.records(req.GetUrn()) {
		return r.provider.Update(ctx, req)
	}
	inputs, err := emulators.Decode("inputs", req.GetNews())
	if err != nil {
		return nil, err
	}
	state, err := recorded(inputs, req.GetPreview())
	return &pulumirpc.UpdateResponse{Properties: state}, err
}

// Read returns the recorded release.
func (r *recorder) Read(ctx context.Context, req *pulumirpc.ReadRequest) (*pulumirpc.ReadResponse, error) {
	if !r.records(req.GetUrn()) {
		return r.provider.Read(ctx, req)
	}
	if len(req.GetInputs().GetFields()) == 0 {
		return nil, fmt.Errorf("importing %s: releases are recorded here, and none is there before", req.GetId())
	}
	return &pulumirpc.ReadResponse{Id: req.GetId(), Properties: req.GetProperties(), Inputs: req.GetInputs()}, nil
}

// Delete deletes the definitions of the chart's kinds, and refuses it while there are objects of them. Helm itself keeps
// the definitions; here an object that is created without its chart must be noticed.
func (r *recorder) Delete(ctx context.Context, req *pulumirpc.DeleteRequest) (*emptypb.Empty, error) {
	if !r.records(req.GetUrn()) {
		return r.provider.Delete(ctx, req)
	}
	inputs, err := emulators.Decode("properties", req.GetProperties())
	if err != nil {
		return nil, err
	}
	return &emptypb.Empty{}, r.withdraw(ctx, text(inputs, "chart"))
}

// recorded returns the state of a release: its arguments, and the status of a deployed one.
func recorded(inputs resource.PropertyMap, preview bool) (*structpb.Struct, error) {
	state := inputs.Copy()
	state["status"] = resource.NewProperty(resource.PropertyMap{
		"name": inputs["name"], "namespace": inputs["namespace"], "version": inputs["version"],
		"revision": resource.NewProperty(1.0), "status": resource.NewProperty("deployed"),
	})
	if preview {
		state["status"] = resource.MakeComputed(resource.NewProperty(""))
	}
	return emulators.Encode("state", state)
}

func text(values resource.PropertyMap, key resource.PropertyKey) string {
	if value := values[key]; value.IsString() {
		return value.StringValue()
	}
	return ""
}
