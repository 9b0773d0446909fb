package django

import (
	"fmt"

	appsv1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/apps/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// ShellArgs describes the pod to open a shell in.
type ShellArgs struct {
	Runtime
	Pods Pods
}

// Shell is a pod with the app's image and environment that waits for kubectl
// exec.
type Shell struct {
	pulumi.ResourceState
}

const shellPart = "shell"

// NewShell registers the pod to open a shell in.
func NewShell(ctx *pulumi.Context, name string, args *ShellArgs, opts ...pulumi.ResourceOption) (*Shell, error) {
	if err := args.check("Shell"); err != nil {
		return nil, err
	}
	s := &Shell{}
	if err := ctx.RegisterComponentResource("djangostack:django:Shell", name+"-shell", s, opts...); err != nil {
		return nil, fmt.Errorf("registering the shell component: %w", err)
	}
	_, err := appsv1.NewDeployment(ctx, name+"-shell", &appsv1.DeploymentArgs{
		Metadata: args.metadata(name+"-shell", shellPart),
		Spec: appsv1.DeploymentSpecArgs{
			Replicas: pulumi.Int(1),
			Selector: args.selector(shellPart),
			Template: args.template(process{
				part: shellPart,
				// The first process of a pod ignores signals that it does not trap.
				command: []string{"sh", "-c", "trap 'exit 0' TERM INT; while :; do sleep 3600 & wait; done"},
				pods:    args.Pods,
				grace:   shutdownMargin,
			}),
		},
	}, pulumi.Parent(s))
	if err != nil {
		return nil, fmt.Errorf("registering the Deployment of shell: %w", err)
	}
	if err := ctx.RegisterResourceOutputs(s, pulumi.Map{}); err != nil {
		return nil, fmt.Errorf("registering the shell component's outputs: %w", err)
	}
	return s, nil
}
