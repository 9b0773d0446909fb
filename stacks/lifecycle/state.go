package lifecycle

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"
)

// deployment is the part of a stack's state that this package reads.
type deployment struct {
	Resources []stateResource `json:"resources"`
}

type stateResource struct {
	URN     string `json:"urn"`
	Type    string `json:"type"`
	Parent  string `json:"parent"`
	Protect bool   `json:"protect"`
	Delete  bool   `json:"delete"`
}

// pulumi runs a command on the stack in its workspace and returns stdout.
func (s *Stack) pulumi(ctx context.Context, doing string, args ...string) (string, error) {
	return s.pulumiIn(ctx, s.workdir.path, nil, doing, args...)
}

// pulumiIn runs a command on the stack in a directory and returns stdout.
func (s *Stack) pulumiIn(ctx context.Context, dir string, stdin io.Reader, doing string, args ...string) (string, error) {
	env := []string{"PULUMI_HOME=" + s.project.home}
	for name, value := range s.auto.GetEnvVars() {
		env = append(env, name+"="+value)
	}
	args = append(args, "--stack", s.name)
	stdout, _, _, err := s.command.Run(ctx, dir, stdin, nil, nil, env, args...)
	if err != nil {
		return "", s.commandError(ctx, doing)
	}
	return stdout, nil
}

// export reads the stack's state. Its secrets stay encrypted.
func (s *Stack) export(ctx context.Context) (apitype.UntypedDeployment, error) {
	var state apitype.UntypedDeployment
	text, err := s.pulumi(ctx, "reading the state of stack", "stack", "export")
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
	text, err := s.pulumi(ctx, "reading the state of stack", "stack", "export", "--show-secrets")
	return []byte(text), err
}

func (s *Stack) resources(ctx context.Context) ([]stateResource, error) {
	state, err := s.export(ctx)
	if err != nil || len(state.Deployment) == 0 {
		return nil, err
	}
	var parsed deployment
	if err := json.Unmarshal(state.Deployment, &parsed); err != nil {
		return nil, fmt.Errorf("reading the state of stack %s: %w", s.name, err)
	}
	return parsed.Resources, nil
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
	const pendingField = "pending_operations"
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
	_, err = s.pulumi(ctx, "writing the state of stack", "stack", "import", "--file", path)
	return err
}
