package pod

import (
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

const (
	// jobMargin is how much longer Pulumi waits for a Job than it may take, in seconds:
	// the cluster says first what went wrong.
	jobMargin = 60
	// patience is how long Pulumi's provider waits for pods where nothing else is said,
	// in seconds (https://www.pulumi.com/registry/packages/kubernetes/api-docs/apps/v1/deployment/).
	defaultTimeout = 600
)

// AwaitJob lets Pulumi wait for a Job that may take timeout seconds. By itself it gives up
// after ten minutes, with the command still running
// (https://www.pulumi.com/registry/packages/kubernetes/api-docs/batch/v1/job/).
func AwaitJob(timeout int) pulumi.ResourceOption {
	return pulumi.Timeouts(&pulumi.CustomTimeouts{Create: seconds(timeout + jobMargin)})
}

// AwaitStop lets Pulumi wait, when it deletes what owns pods, for those that end their
// work first, grace seconds at most.
func AwaitStop(grace int) pulumi.ResourceOption {
	return pulumi.Timeouts(&pulumi.CustomTimeouts{Delete: seconds(defaultTimeout + grace)})
}

// AwaitReplacement is AwaitStop for pods that have stopped before new ones start: an
// update waits for the old ones, too.
func AwaitReplacement(grace int) pulumi.ResourceOption {
	return pulumi.Timeouts(&pulumi.CustomTimeouts{Update: seconds(defaultTimeout + grace), Delete: seconds(defaultTimeout + grace)})
}

func seconds(n int) string { return fmt.Sprintf("%ds", n) }
