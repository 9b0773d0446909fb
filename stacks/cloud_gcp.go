//go:build !noclouds

package stacks

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/djangostack/djangostack/stacks/gcp"
	"github.com/djangostack/djangostack/stacks/spec"
)

func deployGCP(ctx *pulumi.Context, environment *spec.Environment) error {
	return gcp.Deploy(ctx, environment)
}
