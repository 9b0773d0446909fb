//go:build noclouds

package stacks

import (
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/djangostack/djangostack/stacks/spec"
)

// The tag noclouds leaves out the SDKs of AWS and Google Cloud, which take minutes to
// compile: a program for existing clusters only.

func deployAWS(_ *pulumi.Context, environment *spec.Environment) error {
	return noSupport(environment.Cloud)
}

func deployGCP(_ *pulumi.Context, environment *spec.Environment) error {
	return noSupport(environment.Cloud)
}

func noSupport(cloud spec.Cloud) error {
	return fmt.Errorf("this program was built with the tag noclouds, without cloud %s: "+
		"install the full program by \"go install github.com/djangostack/djangostack/cmd/djangostack@latest\", or build it without -tags noclouds", cloud)
}
