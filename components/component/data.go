package component

import (
	"maps"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/djangostack/djangostack/components/data"
)

// Protect is the option of every resource that the data is lost with.
func Protect(held data.Held) pulumi.ResourceOption { return pulumi.Protect(held.Protected) }

// WithData returns the outputs of a component with the description of the data that it
// holds, under data.OutputKey.
func WithData(held data.Held, outputs pulumi.Map) pulumi.Map {
	if held.None() {
		return outputs
	}
	described := pulumi.Map{}
	maps.Copy(described, outputs)
	var parts pulumi.StringArray
	for _, part := range held.Parts {
		parts = append(parts, pulumi.String(string(part)))
	}
	described[data.OutputKey] = pulumi.Map{
		"parts":    parts,
		"loss":     pulumi.String(held.Loss),
		"settings": pulumi.ToStringArray(held.Settings),
	}
	return described
}
