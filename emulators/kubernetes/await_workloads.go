package kubernetes

import (
	"context"
	"fmt"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/runtime"
)

// waitForWorkload waits until every pod of the newest revision exists and is ready.
func (s *subject) waitForWorkload() *wait {
	w := s.waitOn(limitWorkload, func(live object) (look, error) {
		seen, err := computed(live)
		if err == nil && !seen.ready && seen.failed == "" {
			seen.waiting = countPods(live)
		}
		return seen, err
	})
	s.explainByPods(w)
	return w
}

func (s *subject) explainByPods(w *wait) {
	selector := podSelector(s.live)
	w.hopeless = func(ctx context.Context) []string { return s.cluster.whyHopeless(ctx, s.live) }
	w.targets = append(w.targets, target{kind: core("Pod"), namespace: s.live.namespace(), label: selector})
	w.why = func(ctx context.Context) []string {
		pods, err := s.cluster.podsOfTemplate(ctx, s.live)
		if err != nil {
			return nil
		}
		reasons := append(s.cluster.whyPods(ctx, pods), s.cluster.whyHeldBack(ctx, s.live, false)...)
		if len(reasons) == 0 {
			reasons = s.cluster.whyNoPods(ctx, s.live)
		}
		return reasons
	}
}

// podSelector returns the selector of a workload's pods as a query. Without a selector, the query matches nothing.
func podSelector(live object) string {
	written, _ := live.at("spec", "selector").(map[string]any)
	if live.kind().Kind == "ReplicationController" {
		written = map[string]any{"matchLabels": written}
	}
	var parsed metav1.LabelSelector
	if runtime.DefaultUnstructuredConverter.FromUnstructured(written, &parsed) != nil {
		return labels.Nothing().String()
	}
	selector, err := metav1.LabelSelectorAsSelector(&parsed)
	if err != nil {
		return labels.Nothing().String()
	}
	return selector.String()
}

// countPods describes the progress of a rollout, for each kind of workload.
func countPods(live object) string {
	if generation, _ := live.at("metadata", "generation").(int64); statusCount(live, "observedGeneration") < generation {
		return "the change is not seen by its controller yet"
	}
	if live.kind().Kind == "DaemonSet" {
		return rollout(statusCount(live, "desiredNumberScheduled"),
			statusCount(live, "updatedNumberScheduled"), statusCount(live, "numberAvailable"), 0)
	}
	wanted, set := live.at("spec", "replicas").(int64)
	if !set {
		wanted = 1
	}
	ready := statusCount(live, "availableReplicas")
	if live.kind().Kind == "StatefulSet" {
		ready = statusCount(live, "readyReplicas")
	}
	return rollout(wanted, statusCount(live, "updatedReplicas"), ready, statusCount(live, "replicas")-wanted)
}

func rollout(wanted, updated, ready, surplus int64) string {
	switch {
	case updated < wanted:
		return fmt.Sprintf("%d of %d pods updated", updated, wanted)
	case surplus > 0:
		// The ready pods include the old ones, so their number says nothing about the new ones.
		return fmt.Sprintf("%d of %d pods updated, %d old to go", updated, wanted, surplus)
	case ready < wanted:
		return fmt.Sprintf("%d of %d pods ready", ready, wanted)
	}
	return fmt.Sprintf("%d of %d pods ready, its controller is not done", ready, wanted)
}

func statusCount(live object, field string) int64 {
	count, _ := live.at("status", field).(int64)
	return count
}

// waitForPod waits until a pod is ready, or has succeeded.
func (s *subject) waitForPod() *wait {
	namespace, name := s.live.namespace(), s.live.name()
	w := s.waitOn(limitPod, func(live object) (look, error) {
		switch phase := live.text("status", "phase"); {
		case phase == "Succeeded", conditionOf(live, "Ready")["status"] == "True":
			return look{ready: true}, nil
		case phase == "Failed":
			return look{failed: "the pod failed"}, nil
		default:
			return look{waiting: "the pod is " + orUnknown(phase) + " and not ready"}, nil
		}
	})
	w.why = func(ctx context.Context) []string {
		live, err := s.cluster.read(ctx, core("Pod"), namespace, name)
		if err != nil {
			return nil
		}
		return s.cluster.whyPod(ctx, live)
	}
	return w
}

// conditionOf returns the condition of a type in the object's status, or nil.
func conditionOf(live object, conditionType string) map[string]any {
	conditions, _ := live.at("status", "conditions").([]any)
	for _, entry := range conditions {
		if condition, ok := entry.(map[string]any); ok && condition["type"] == conditionType {
			return condition
		}
	}
	return nil
}
