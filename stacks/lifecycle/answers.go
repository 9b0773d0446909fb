package lifecycle

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/auto"
)

// workspaceAPI is the workspace that the Automation API works on. After each operation the Automation API starts Pulumi
// three times: for the outputs, for the outputs with their secrets, and for a summary that nothing here reads. Each
// start takes an eighth of a CPU-second, as much as a small update itself.
type workspaceAPI struct {
	auto.Workspace
	stack *Stack
}

// PulumiCommand implements auto.Workspace.
func (w workspaceAPI) PulumiCommand() auto.PulumiCommand { return withoutSummary{w.stack.command} }

// StackOutputs implements auto.Workspace. It has not the outputs that only an operation reads, and decrypts the others
// only if one of them is a secret.
func (w workspaceAPI) StackOutputs(ctx context.Context, _ string) (auto.OutputMap, error) {
	masked, err := w.stack.readOutputs(ctx)
	if err != nil {
		return nil, err
	}
	outputs, hasSecrets := make(auto.OutputMap, len(masked)), false
	for name, raw := range masked {
		if isInternal(name) {
			continue
		}
		isSecret := strings.Contains(string(raw), maskedSecret)
		hasSecrets = hasSecrets || isSecret
		outputs[name] = auto.OutputValue{Secret: isSecret}
	}
	values := masked
	if hasSecrets {
		if values, err = w.stack.readOutputs(ctx, revealSecrets); err != nil {
			return nil, err
		}
	}
	for name, output := range outputs {
		if err := json.Unmarshal(values[name], &output.Value); err != nil {
			return nil, fmt.Errorf("reading the output %s of stack %s: %w", name, w.stack.name, err)
		}
		outputs[name] = output
	}
	return outputs, nil
}

// readOutputs reads the stack's outputs as JSON. A secret is masked unless a flag reveals it.
func (s *Stack) readOutputs(ctx context.Context, flags ...string) (map[string]json.RawMessage, error) {
	const doing = "reading the outputs of stack"
	text, err := s.pulumi(ctx, doing, append([]string{"stack", "output", "--json"}, flags...)...)
	if err != nil {
		return nil, err
	}
	var outputs map[string]json.RawMessage
	if err := json.Unmarshal([]byte(text), &outputs); err != nil {
		return nil, fmt.Errorf("%s %s: %w", doing, s.name, err)
	}
	return outputs, nil
}

// withoutSummary answers the Automation API's question for a summary of the last operation without a process.
type withoutSummary struct{ *command }

// Run implements auto.PulumiCommand.
func (c withoutSummary) Run(ctx context.Context, workdir string, stdin io.Reader, stdouts, stderrs []io.Writer, env []string, args ...string) (string, string, int, error) {
	if len(args) > 1 && args[0] == "stack" && args[1] == "history" {
		return "[]", "", 0, nil
	}
	return c.command.Run(ctx, workdir, stdin, stdouts, stderrs, env, args...)
}
