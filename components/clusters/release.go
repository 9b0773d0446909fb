package clusters

import (
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// releaseType is the type token of a Helm release. The SDK's package for it imports all
// other packages, which take ten minutes to build.
const releaseType = "kubernetes:helm.sh/v3:Release"

// Release is a Helm release.
type Release struct {
	pulumi.CustomResourceState
}

// NewRelease registers a Helm release with the inputs of
// https://www.pulumi.com/registry/packages/kubernetes/api-docs/helm/v3/release/.
func NewRelease(ctx *pulumi.Context, name string, inputs pulumi.Map, opts ...pulumi.ResourceOption) (*Release, error) {
	release := &Release{}
	if err := ctx.RegisterResource(releaseType, name, inputs, release, opts...); err != nil {
		return nil, fmt.Errorf("registering the Helm release %s: %w", name, err)
	}
	return release, nil
}
