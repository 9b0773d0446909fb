package gcp

import (
	"regexp"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/djangostack/djangostack/components/gcp/limits"
	"github.com/djangostack/djangostack/components/names"
)

const (
	// autonameLength is the length of the suffix that the provider appends to names: a
	// hyphen and seven digits.
	autonameLength = 8
)

// child is the name of a child of a component, cut so that the provider's suffix fits.
func child(parts ...string) string {
	return names.Fit(limits.MaxName-autonameLength, parts...)
}

var (
	// plainHost matches host names of which names.Fit makes different names: their only
	// separators are dots.
	plainHost = regexp.MustCompile(`^[a-z0-9]+(\.[a-z0-9]+)*$`)
	// plainMember matches administrators, and plainEmail addresses, with as many parts as
	// separators of each kind.
	plainMember = regexp.MustCompile(`^(user|group):[a-z0-9]+@[a-z0-9]+\.[a-z0-9]+$`)
	plainEmail  = regexp.MustCompile(`^[a-z0-9]+@[a-z0-9]+\.[a-z0-9]+$`)
)

// hostName returns the part of a resource name that identifies a host. No two hosts have the same.
func hostName(host string) string {
	return names.Distinct(limits.MaxName, plainHost, strings.Replace(host, "*", "any*", 1))
}

// after returns an output with dependencies. Its value is known as early as before, but
// resources that take it as an input are created after the given resources.
func after(ctx *pulumi.Context, value pulumi.StringInput, resources ...pulumi.Resource) pulumi.StringOutput {
	return pulumi.OutputWithDependencies(ctx.Context(), value.ToStringOutput(), resources...).(pulumi.StringOutput)
}
