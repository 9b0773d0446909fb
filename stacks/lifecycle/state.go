package lifecycle

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"

	"github.com/djangostack/djangostack/components/data"
)

// deployment is the part of a stack's state that this package reads.
type deployment struct {
	Resources         []stateResource       `json:"resources"`
	PendingOperations []interruptedCreation `json:"pending_operations"`
}

type stateResource struct {
	URN     string         `json:"urn"`
	ID      string         `json:"id"`
	Type    string         `json:"type"`
	Parent  string         `json:"parent"`
	Protect bool           `json:"protect"`
	Delete  bool           `json:"delete"`
	Inputs  map[string]any `json:"inputs"`
	Outputs map[string]any `json:"outputs"`
	// InitErrors are why the resource is not ready.
	InitErrors []string `json:"initErrors"`
}

// heldData is what a component says about the data that it holds.
type heldData struct {
	Parts    []string `json:"parts"`
	Loss     string   `json:"loss"`
	Settings []string `json:"settings"`
}

// heldIn reads the description of the data in the outputs of a component.
func heldIn(outputs map[string]any) (heldData, bool) {
	described, exists := outputs[data.OutputKey]
	if !exists {
		return heldData{}, false
	}
	var held heldData
	if err := convert(described, &held); err != nil {
		return heldData{}, false
	}
	return held, true
}

// stackState is the state of a stack, as far as this package reads it.
type stackState struct {
	resources []stateResource
	// parents are the URNs of the parents by the URNs of their children.
	parents map[string]string
	// exports are what the last update added to the outputs.
	exports exports
	// isInterrupted tells whether a killed run left operations unfinished.
	isInterrupted bool
}

func newStackState(resources []stateResource) stackState {
	state := stackState{resources: resources, parents: map[string]string{}}
	for _, resource := range resources {
		if resource.Parent != "" {
			state.parents[resource.URN] = resource.Parent
		}
		if resource.Type == stackType {
			state.exports = readExports(resource.Outputs)
		}
	}
	return state
}

// held returns what a resource itself says about the data that it holds.
func (s stackState) held(urn string) (heldData, bool) {
	for _, resource := range s.resources {
		if resource.URN == urn && !resource.Delete {
			return heldIn(resource.Outputs)
		}
	}
	return heldData{}, false
}

// isProtected reports whether a resource is protected, or was until an operation that did not complete.
func (s stackState) isProtected(resource stateResource) bool {
	return resource.Protect || slices.Contains(s.exports.unprotected, resource.URN)
}

// protected lists the protected resources.
func (s stackState) protected() []stateResource {
	var protected []stateResource
	for _, resource := range s.resources {
		if s.isProtected(resource) && !resource.Delete {
			protected = append(protected, resource)
		}
	}
	return protected
}

// pulumi runs a command on the stack in its workspace and returns stdout.
func (s *Stack) pulumi(ctx context.Context, doing string, args ...string) (string, error) {
	return s.pulumiIn(ctx, s.workdir.path, nil, doing, args...)
}

// pulumiIn runs a command on the stack in a directory and returns stdout.
func (s *Stack) pulumiIn(ctx context.Context, dir string, stdin io.Reader, doing string, args ...string) (string, error) {
	args = append(args, "--stack", s.name)
	stdout, _, _, err := s.command.Run(ctx, dir, stdin, nil, nil, s.environment(), args...)
	if err != nil {
		return "", s.commandError(ctx, doing)
	}
	return stdout, nil
}

// environment returns the variables of Pulumi's commands.
func (s *Stack) environment() []string {
	env := []string{"PULUMI_HOME=" + s.project.home}
	for name, value := range s.auto.GetEnvVars() {
		env = append(env, name+"="+value)
	}
	return env
}

// revealSecrets is the flag of Pulumi's commands that prints secrets in plain text.
const revealSecrets = "--show-secrets"

// export reads the stack's state. Its secrets stay encrypted, unless a flag reveals them.
func (s *Stack) export(ctx context.Context, flags ...string) (apitype.UntypedDeployment, error) {
	var state apitype.UntypedDeployment
	text, err := s.pulumi(ctx, "reading the state of stack", append([]string{"stack", "export"}, flags...)...)
	if err != nil {
		return state, err
	}
	if err := json.Unmarshal([]byte(text), &state); err != nil {
		return state, fmt.Errorf("reading the state of stack %s: %w", s.name, err)
	}
	return state, nil
}

// ExportRevealed returns the stack's state with its secrets in plain text, as `pulumi stack export
// --show-secrets` does. It is for stacks whose secrets have no value, such as a rehearsal's. Errors are those
// of Outputs.
func (s *Stack) ExportRevealed(ctx context.Context) ([]byte, error) {
	if _, err := s.selectStack(ctx); err != nil {
		return nil, err
	}
	text, err := s.pulumi(ctx, "reading the state of stack", "stack", "export", revealSecrets)
	return []byte(text), err
}

// readState reads the stack's state. A stack without an update has none. The record in it is secret.
func (s *Stack) readState(ctx context.Context) (stackState, error) {
	state, err := s.export(ctx, revealSecrets)
	if err != nil || len(state.Deployment) == 0 {
		return stackState{}, err
	}
	var parsed deployment
	if err := json.Unmarshal(state.Deployment, &parsed); err != nil {
		return stackState{}, fmt.Errorf("reading the state of stack %s: %w", s.name, err)
	}
	current := newStackState(parsed.Resources)
	current.isInterrupted = len(parsed.PendingOperations) > 0
	return current, nil
}

// removePendingOperations removes interrupted creations from the state. Pulumi keeps them until a person has
// checked them. After a successful update that is not necessary: the update has created or adopted every
// resource that they could refer to.
func (s *Stack) removePendingOperations(ctx context.Context) error {
	state, err := s.export(ctx)
	if err != nil {
		return err
	}
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(state.Deployment, &fields); err != nil {
		return fmt.Errorf("reading the state of stack %s: %w", s.name, err)
	}
	if _, exists := fields[pendingField]; !exists {
		return nil
	}
	delete(fields, pendingField)
	if state.Deployment, err = json.Marshal(fields); err != nil {
		return fmt.Errorf("writing the state of stack %s: %w", s.name, err)
	}
	return s.importState(ctx, state)
}

func (s *Stack) importState(ctx context.Context, state apitype.UntypedDeployment) error {
	raw, err := json.Marshal(state)
	if err != nil {
		return fmt.Errorf("writing the state of stack %s: %w", s.name, err)
	}
	path := filepath.Join(s.workdir.path, "state.json")
	if err := os.WriteFile(path, raw, 0o600); err != nil {
		return fmt.Errorf("writing the state of stack %s: %w", s.name, err)
	}
	defer func() { _ = os.Remove(path) }()
	return s.whenUnlocked(ctx, operationUpdate, func() error {
		_, err := s.pulumi(ctx, "writing the state of stack", "stack", "import", "--file", path)
		return err
	})
}
