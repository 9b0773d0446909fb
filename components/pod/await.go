package pod

import (
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

const (
	// jobMargin is how much longer Pulumi waits for a Job than the Job may run, in seconds,
	// so that the cluster reports the cause of a failure first.
	jobMargin = 60
	// defaultTimeout is how long the provider waits for pods by default, in seconds
	// (https://www.pulumi.com/registry/packages/kubernetes/api-docs/apps/v1/deployment/).
	defaultTimeout = 600
)

// AwaitJob makes Pulumi wait for a Job that may run for timeout seconds. The default is ten
// minutes, after which the command would still run
// (https://www.pulumi.com/registry/packages/kubernetes/api-docs/batch/v1/job/).
func AwaitJob(timeout int) pulumi.ResourceOption {
	return pulumi.Timeouts(&pulumi.CustomTimeouts{Create: seconds(timeout + jobMargin)})
}

// AwaitStop makes Pulumi wait, when it deletes a workload, for pods that take up to grace
// seconds to stop.
func AwaitStop(grace int) pulumi.ResourceOption {
	return pulumi.Timeouts(&pulumi.CustomTimeouts{Delete: seconds(defaultTimeout + grace)})
}

// AwaitReplacement is AwaitStop for a workload that stops its old pods before it starts new
// ones, so that an update waits for the old pods too.
func AwaitReplacement(grace int) pulumi.ResourceOption {
	return pulumi.Timeouts(&pulumi.CustomTimeouts{Update: seconds(defaultTimeout + grace), Delete: seconds(defaultTimeout + grace)})
}

func seconds(n int) string { return fmt.Sprintf("%ds", n) }
