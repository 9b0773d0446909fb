package kubernetes

import (
	"context"
	"fmt"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
)

// whyHeldBack names the pods of an earlier revision for which a StatefulSet waits before it replaces them. With the policy
// OrderedReady it waits until they are ready, which they may never be
// (https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#forced-rollback). With hopeless it names only
// those that never start.
func (c *cluster) whyHeldBack(ctx context.Context, live object, hopeless bool) []string {
	if live.kind().Kind != "StatefulSet" {
		return nil
	}
	current, err := c.read(ctx, live.kind(), live.namespace(), live.name())
	if err != nil || current.text("spec", "podManagementPolicy") == "Parallel" || current.text("spec", "updateStrategy", "type") == "OnDelete" {
		return nil
	}
	newest := current.text("status", "updateRevision")
	if generation, _ := current.at("metadata", "generation").(int64); newest == "" || statusCount(current, "observedGeneration") < generation {
		return nil
	}
	pods, err := c.list(ctx, core("Pod"), live.namespace(), metav1.ListOptions{LabelSelector: podSelector(live)})
	if err != nil {
		return nil
	}
	var reasons []string
	for _, found := range pods {
		var pod corev1.Pod
		if runtime.DefaultUnstructuredConverter.FromUnstructured(found, &pod) != nil || pod.DeletionTimestamp != nil ||
			pod.Labels[revisionHash] == newest || conditionOf(found, "Ready")["status"] == "True" || hopeless && !neverStart(&pod) {
			continue
		}
		reasons = append(reasons, fmt.Sprintf("pod %s is of an earlier revision and not ready, and the StatefulSet replaces it only then: delete it with `kubectl delete pod --namespace %s %s`",
			pod.Name, pod.Namespace, pod.Name))
		reasons = append(reasons, c.whyPod(ctx, found)...)
	}
	return reasons[:min(len(reasons), mostReasons)]
}
