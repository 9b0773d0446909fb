package django

import (
	"fmt"

	appsv1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/apps/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/djangostack/djangostack/components/pod"
)

// Strategy says how a process replaces its pods.
type Strategy string

// Rolling, the default, starts new pods before old ones stop. Recreate stops the old ones first.
const (
	Rolling  Strategy = "rolling"
	Recreate Strategy = "recreate"
)

func (s Strategy) check(component string) error {
	if s == Rolling || s == Recreate || s == "" {
		return nil
	}
	return fmt.Errorf("%s: Strategy is %q; allowed are %q and %q", component, s, Rolling, Recreate)
}

func (s Strategy) args() appsv1.DeploymentStrategyArgs {
	if s == Recreate {
		return appsv1.DeploymentStrategyArgs{Type: pulumi.String("Recreate")}
	}
	return rolling()
}

// timeouts returns how long Pulumi waits for pods that take up to grace seconds to stop.
func (s Strategy) timeouts(grace int) pulumi.ResourceOption {
	if s == Recreate {
		return pod.AwaitReplacement(grace)
	}
	return pod.AwaitStop(grace)
}

// rolling never runs fewer pods than asked for.
func rolling() appsv1.DeploymentStrategyArgs {
	return appsv1.DeploymentStrategyArgs{
		Type: pulumi.String("RollingUpdate"),
		RollingUpdate: appsv1.RollingUpdateDeploymentArgs{
			MaxUnavailable: pulumi.Int(0),
			MaxSurge:       pulumi.String("25%"),
		},
	}
}
