package pod

import (
	metav1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/meta/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// WorkloadMetadata returns the metadata of a workload or its autoscaler, without separate annotations, so that a
// release sets every field that the program sets. Without it a release stops with a conflict of field managers after an
// autoscaler that was removed since, `kubectl scale` or `kubectl edit` has changed one. An object that something else
// created is refused as before
// (https://www.pulumi.com/registry/packages/kubernetes/how-to-guides/managing-resources-with-server-side-apply/).
func WorkloadMetadata(metadata metav1.ObjectMetaArgs) metav1.ObjectMetaArgs {
	metadata.Annotations = pulumi.StringMap{"pulumi.com/patchForce": pulumi.String("true")}
	return metadata
}
