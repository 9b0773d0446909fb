package component

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/djangostack/djangostack/components/data"
)

// Protect is the option of every resource that the data is lost with.
func Protect(held data.Held) pulumi.ResourceOption { return pulumi.Protect(held.Protected) }

// DataOr returns what a component registers as its outputs: the description of the data that
// it holds, under data.OutputKey, or the outputs if it holds none. The description is alone,
// because the engine takes all outputs at once, when the last of them is known. A server and
// its volume may exist long before that, and an update may fail or be killed in between: the
// state must say by then what is lost with them.
func DataOr(held data.Held, outputs pulumi.Map) pulumi.Map {
	if held.None() {
		return outputs
	}
	var parts pulumi.StringArray
	for _, part := range held.Parts {
		parts = append(parts, pulumi.String(string(part)))
	}
	return pulumi.Map{data.OutputKey: pulumi.Map{
		"parts":    parts,
		"loss":     pulumi.String(held.Loss),
		"settings": pulumi.ToStringArray(held.Settings),
	}}
}
