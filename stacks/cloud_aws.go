//go:build !noclouds

package stacks

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/djangostack/djangostack/stacks/aws"
	"github.com/djangostack/djangostack/stacks/spec"
)

func deployAWS(ctx *pulumi.Context, environment *spec.Environment) error {
	return aws.Deploy(ctx, environment)
}
