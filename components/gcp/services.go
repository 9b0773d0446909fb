package gcp

import "github.com/pulumi/pulumi/sdk/v3/go/pulumi"

// ServicesArgs names the APIs that a project needs.
type ServicesArgs struct {
	Project string
	// APIs are names such as container.googleapis.com.
	APIs []string
}

// Services are the APIs that a project has turned on. They stay on when the services
// go: others in the project may need them.
type Services struct {
	pulumi.ResourceState

	// Enabled is what everything else in the project waits for.
	Enabled []pulumi.Resource
}
