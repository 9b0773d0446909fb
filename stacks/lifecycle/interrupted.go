package lifecycle

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"
)

const (
	pendingField   = "pending_operations"
	resourcesField = "resources"
	// creatingOperation is the type of an operation that had begun to create a resource
	// (https://www.pulumi.com/docs/iac/support/troubleshooting/common-issues/interrupted-updates/).
	creatingOperation = "creating"
	// autonamed marks a Kubernetes object whose name the provider generated
	// (https://www.pulumi.com/registry/packages/kubernetes/how-to-guides/managing-resources-with-server-side-apply/).
	autonamed = "pulumi.com/autonamed"
	// providerInputs is where Kubernetes providers keep the inputs of an object in its outputs.
	providerInputs = "__inputs"
)

// interruptedCreation is a pending operation of a state.
type interruptedCreation struct {
	Type     string                     `json:"type"`
	Resource map[string]json.RawMessage `json:"resource"`
}

// retireInterruptedCreations makes the next operation delete the Kubernetes objects of generated names that a killed
// run had begun to create. Their names are in the state, and no other object has them; the operation creates others. An
// object of a fixed name may belong to something else, so it stays.
func (s *Stack) retireInterruptedCreations(ctx context.Context) error {
	state, err := s.export(ctx)
	if err != nil || len(state.Deployment) == 0 {
		return err
	}
	retired, err := retireInterrupted(&state)
	if err != nil {
		return fmt.Errorf("reading the state of stack %s: %w", s.name, err)
	}
	if len(retired) == 0 {
		return nil
	}
	s.logInfo("deleting what a killed run had begun to create: " + strings.Join(retired, ", "))
	return s.importState(ctx, state)
}

// retireInterrupted moves the interrupted creations to the resources that wait for their deletion, and returns the IDs of
// the objects.
func retireInterrupted(state *apitype.UntypedDeployment) ([]string, error) {
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(state.Deployment, &fields); err != nil {
		return nil, err
	}
	var operations []json.RawMessage
	if raw, exists := fields[pendingField]; exists {
		if err := json.Unmarshal(raw, &operations); err != nil {
			return nil, err
		}
	}
	var resources, left []json.RawMessage
	var retired []string
	for _, operation := range operations {
		var interrupted interruptedCreation
		if err := json.Unmarshal(operation, &interrupted); err != nil {
			return nil, err
		}
		id, resource, err := interrupted.retire()
		if err != nil {
			return nil, err
		}
		if id == "" {
			left = append(left, operation)
			continue
		}
		retired = append(retired, id)
		resources = append(resources, resource)
	}
	if len(retired) == 0 {
		return nil, nil
	}
	var known []json.RawMessage
	if err := json.Unmarshal(fields[resourcesField], &known); err != nil {
		return nil, err
	}
	for field, list := range map[string][]json.RawMessage{resourcesField: append(known, resources...), pendingField: left} {
		encoded, err := json.Marshal(list)
		if err != nil {
			return nil, err
		}
		fields[field] = encoded
	}
	encoded, err := json.Marshal(fields)
	state.Deployment = encoded
	return retired, err
}

// retire returns the resource as one that waits for its deletion, and the ID of its object, which is "" for everything
// but an object of a generated name.
func (c interruptedCreation) retire() (id string, resource json.RawMessage, err error) {
	var of struct {
		Type   string `json:"type"`
		Inputs struct {
			Metadata struct {
				Name        string            `json:"name"`
				Namespace   string            `json:"namespace"`
				Annotations map[string]string `json:"annotations"`
			} `json:"metadata"`
		} `json:"inputs"`
	}
	encoded, err := json.Marshal(c.Resource)
	if err != nil {
		return "", nil, err
	}
	// The inputs of other providers may have another form.
	if err := json.Unmarshal(encoded, &of); err != nil || c.Type != creatingOperation || !strings.HasPrefix(of.Type, "kubernetes:") {
		return "", nil, nil
	}
	metadata := of.Inputs.Metadata
	if metadata.Annotations[autonamed] != "true" || metadata.Name == "" || metadata.Namespace == "" {
		return "", nil, nil
	}
	outputs := map[string]json.RawMessage{}
	if err := json.Unmarshal(c.Resource["inputs"], &outputs); err != nil {
		return "", nil, err
	}
	outputs[providerInputs] = c.Resource["inputs"]
	id = metadata.Namespace + "/" + metadata.Name
	resourceFields := maps.Clone(c.Resource)
	for field, value := range map[string]any{"id": id, "delete": true, "outputs": outputs} {
		if resourceFields[field], err = json.Marshal(value); err != nil {
			return "", nil, err
		}
	}
	resource, err = json.Marshal(resourceFields)
	return id, resource, err
}
