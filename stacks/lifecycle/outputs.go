package lifecycle

import (
	"context"

	"github.com/pulumi/pulumi/sdk/v3/go/auto"
)

// Output is one value that a stack exports.
type Output struct {
	Value any
	// Secret is true if the value must not be printed by default.
	Secret bool
}

// Masked returns the value, or "[secret]" for a secret one.
func (o Output) Masked() any {
	if o.Secret {
		return maskedSecret
	}
	return o.Value
}

// Outputs are the values that a stack exports, by name.
type Outputs map[string]Output

func (o Outputs) masked() map[string]any {
	if len(o) == 0 {
		return nil
	}
	masked := make(map[string]any, len(o))
	for name, output := range o {
		masked[name] = output.Masked()
	}
	return masked
}

// isInternal reports whether an output is only for the next operation.
func isInternal(output string) bool { return output == recordOutput || output == unprotectedOutput }

func outputsOf(raw auto.OutputMap) Outputs {
	outputs := make(Outputs, len(raw))
	for name, value := range raw {
		outputs[name] = Output{Value: value.Value, Secret: value.Secret}
	}
	return outputs
}

// Outputs reads what the last update exported. The error is a *NotFoundError if the stack does not exist.
func (s *Stack) Outputs(ctx context.Context) (Outputs, error) {
	stack, err := s.selectStack(ctx)
	if err != nil {
		return nil, err
	}
	raw, err := stack.Outputs(ctx)
	if err != nil {
		return nil, s.commandError(ctx, "reading the outputs of stack")
	}
	return outputsOf(raw), nil
}
