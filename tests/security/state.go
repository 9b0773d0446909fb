package security

import (
	"encoding/json"
	"fmt"
	"maps"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"
	resources "github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

// Pods and Containers are types that no cloud has: the pods that the workloads of an environment describe, and their
// containers with the init containers.
const (
	Pods       = "pod"
	Containers = "container"
)

// State has the resources of an environment.
type State []Resource

// Resource is one resource of an environment.
type Resource struct {
	Type string
	Name string
	// Handles are the identifiers by which other resources refer to it: its id, its ARN.
	Handles []string
	// Inputs are its arguments, with decrypted secrets.
	Inputs map[string]any
}

// FromExport parses a state as pulumi stack export --show-secrets writes it.
func FromExport(text []byte) (State, error) {
	var whole apitype.UntypedDeployment
	if err := json.Unmarshal(text, &whole); err != nil {
		return nil, fmt.Errorf("reading an exported state: %w", err)
	}
	var deployment apitype.DeploymentV3
	if err := json.Unmarshal(whole.Deployment, &deployment); err != nil {
		return nil, fmt.Errorf("reading the resources of an exported state: %w", err)
	}
	var state State
	for _, each := range deployment.Resources {
		if !each.Custom {
			continue
		}
		handles := []string{string(each.ID)}
		for _, output := range []string{"arn", "name", "selfLink"} {
			if handle, ok := each.Outputs[output].(string); ok {
				handles = append(handles, handle)
			}
		}
		inputs, _ := opened(each.Inputs).(map[string]any)
		inputs = Protected(inputs, each.Protect)
		state = append(state, Resource{Type: string(each.Type), Name: each.URN.Name(), Handles: handles, Inputs: inputs})
	}
	return state.WithPods(), nil
}

// Protected adds Pulumi's protection of a resource to its arguments.
func Protected(inputs map[string]any, protect bool) map[string]any {
	with := maps.Clone(inputs)
	if with == nil {
		with = map[string]any{}
	}
	with[protection] = protect
	return with
}

// protection is the key that Protected adds.
const protection = "pulumi:protect"

// opened removes secret marks.
func opened(value any) any {
	switch value := value.(type) {
	case map[string]any:
		if value[resources.SigKey] == resources.SecretSig {
			var plain any
			text, _ := value["plaintext"].(string)
			if json.Unmarshal([]byte(text), &plain) != nil {
				return nil
			}
			return opened(plain)
		}
		out := map[string]any{}
		for key, element := range value {
			if key != "__defaults" {
				out[key] = opened(element)
			}
		}
		return out
	case []any:
		out := make([]any, len(value))
		for i, element := range value {
			out[i] = opened(element)
		}
		return out
	default:
		return value
	}
}

// WithPods adds the pods and containers that the workloads describe.
func (s State) WithPods() State {
	whole := append(State{}, s...)
	for _, r := range s {
		if !strings.HasPrefix(r.Type, "kubernetes:apps/") && !strings.HasPrefix(r.Type, "kubernetes:batch/") {
			continue
		}
		spec, ok := first(r.Inputs, "spec.template.spec", "spec.jobTemplate.spec.template.spec").(map[string]any)
		if !ok {
			continue
		}
		pod := maps.Clone(spec)
		pod["namespace"] = first(r.Inputs, "metadata.namespace")
		pod["labels"] = first(r.Inputs, "spec.template.metadata.labels", "spec.jobTemplate.spec.template.metadata.labels")
		whole = append(whole, Resource{Type: Pods, Name: r.Name, Inputs: pod})
		for _, list := range []string{"initContainers", "containers"} {
			some, _ := spec[list].([]any)
			for _, each := range some {
				if container, ok := each.(map[string]any); ok {
					whole = append(whole, Resource{Type: Containers, Name: fmt.Sprintf("%s/%v", r.Name, container["name"]), Inputs: container})
				}
			}
		}
	}
	return whole
}

// first returns the value at the first path that has one.
func first(inputs map[string]any, paths ...string) any {
	for _, path := range paths {
		if found := valuesAt(inputs, path); len(found) > 0 && found[0] != nil {
			return found[0]
		}
	}
	return nil
}

// with returns the state with one resource's arguments replaced.
func (s State) with(i int, inputs map[string]any) State {
	changed := append(State{}, s...)
	changed[i].Inputs = inputs
	return changed
}

// without returns the state without the resources that a function selects.
func (s State) without(gone func(Resource) bool) State {
	var rest State
	for _, r := range s {
		if !gone(r) {
			rest = append(rest, r)
		}
	}
	return rest
}
