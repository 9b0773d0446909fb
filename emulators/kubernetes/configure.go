package kubernetes

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

// CheckConfig refuses arguments that are unknown or have no effect.
func (p *provider) CheckConfig(_ context.Context, req *pulumirpc.CheckRequest) (*pulumirpc.CheckResponse, error) {
	arguments, err := emulators.Decode("provider arguments", req.GetNews())
	if err != nil {
		return nil, err
	}
	return &pulumirpc.CheckResponse{Inputs: req.GetNews(), Failures: checkArguments(arguments)}, nil
}

func checkArguments(arguments resource.PropertyMap) []*pulumirpc.CheckFailure {
	var failures []*pulumirpc.CheckFailure
	fail := func(key resource.PropertyKey, reason string) {
		failures = append(failures, &pulumirpc.CheckFailure{Property: string(key), Reason: reason})
	}
	for _, key := range slices.Sorted(maps.Keys(arguments)) {
		switch {
		case slices.Contains(unsupported(), string(key)):
			fail(key, fmt.Sprintf("the built-in kubernetes provider does not support %s", key))
		case !slices.Contains(known(), string(key)):
			fail(key, fmt.Sprintf("there is no provider argument %s: there are %s", key, strings.Join(known(), ", ")))
		}
	}
	if apply := arguments["enableServerSideApply"]; isFalse(apply) {
		fail("enableServerSideApply", "the built-in kubernetes provider applies on the server side only: "+
			"leave enableServerSideApply out or set it to true")
	}
	return failures
}

func isFalse(value resource.PropertyValue) bool {
	return value.IsBool() && !value.BoolValue() || value.IsString() && value.StringValue() == "false"
}

// DiffConfig decides whether a change of the arguments leads to another cluster, which replaces all objects. With a
// clusterIdentifier before and after, only the identifier counts; otherwise the cluster in the kubeconfig does.
func (p *provider) DiffConfig(_ context.Context, req *pulumirpc.DiffRequest) (*pulumirpc.DiffResponse, error) {
	before, err := emulators.Decode("old provider arguments", req.GetOlds())
	if err != nil {
		return nil, err
	}
	after, err := emulators.Decode("new provider arguments", req.GetNews())
	if err != nil {
		return nil, err
	}
	before, after = withoutSecrets(before), withoutSecrets(after)
	diff := before.Diff(after)
	if diff == nil {
		return &pulumirpc.DiffResponse{Changes: pulumirpc.DiffResponse_DIFF_NONE}, nil
	}
	response := &pulumirpc.DiffResponse{Changes: pulumirpc.DiffResponse_DIFF_SOME}
	for _, key := range diff.ChangedKeys() {
		response.Diffs = append(response.Diffs, string(key))
	}
	response.Replaces, err = clusterChanges(before, after, diff)
	return response, err
}

func clusterChanges(before, after resource.PropertyMap, diff *resource.ObjectDiff) ([]string, error) {
	const identifier = "clusterIdentifier"
	if diff.Updated(identifier) {
		return []string{identifier}, nil
	}
	if diff.Same(identifier) && after.HasValue(identifier) {
		return nil, nil
	}
	var changed []string
	for _, key := range []resource.PropertyKey{"kubeconfig", "context", "cluster"} {
		if after[key].ContainsUnknowns() {
			return []string{string(key)}, nil
		}
		if diff.Changed(key) {
			changed = append(changed, string(key))
		}
	}
	if len(changed) == 0 {
		return nil, nil
	}
	same, err := sameCluster(before, after)
	if err != nil || same {
		return nil, err
	}
	return changed, nil
}

// Configure connects to the cluster. A cluster that does not answer is no error yet: a preview works without it, and
// every operation that needs it reports it.
func (p *provider) Configure(
	call context.Context, req *pulumirpc.ConfigureRequest,
) (*pulumirpc.ConfigureResponse, error) {
	ctx, done := p.during(call)
	defer done()
	arguments, err := emulators.Decode("provider arguments", req.GetArgs())
	if err != nil {
		return nil, err
	}
	parsed, err := parseSettings(arguments)
	if err != nil {
		return nil, err
	}
	cluster := connect(ctx, parsed, p.options.Connect)
	cluster.state = req.GetId()

	p.mu.Lock()
	defer p.mu.Unlock()
	p.settings, p.cluster = parsed, cluster
	return &pulumirpc.ConfigureResponse{
		AcceptSecrets: true, SupportsPreview: true, SupportsAutonamingConfiguration: true,
	}, nil
}

// configured returns the configuration of this connection, or an error for a call that came before it.
func (p *provider) configured() (*settings, *cluster, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.settings == nil {
		return nil, nil, fmt.Errorf("the built-in kubernetes provider was not configured on this connection; " +
			"run the command again")
	}
	return p.settings, p.cluster, nil
}

func withoutSecrets(values resource.PropertyMap) resource.PropertyMap {
	plain := make(resource.PropertyMap, len(values))
	for key, value := range values {
		for value.IsSecret() {
			value = value.SecretValue().Element
		}
		plain[key] = value
	}
	return plain
}
