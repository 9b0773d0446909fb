package kubernetes

import (
	"context"
	"reflect"
	"slices"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

// Labels by which pods say of which template they are.
const (
	replicaSetHash = "pod-template-hash"
	revisionHash   = "controller-revision-hash"
	// generationOfPod is such a label for a DaemonSet, which has its value in the annotation.
	generationOfPod = "pod-template-generation"
	generationOfSet = "deprecated.daemonset.template.generation"
)

// podsOfTemplate returns the pods of a workload's present template. At the start of a rollout there are none, and those of
// the former template may be in the very state that the rollout repairs. Where ReplicaSets may not be listed, it returns
// the pods of the newest template.
func (c *cluster) podsOfTemplate(ctx context.Context, live object) ([]object, error) {
	pods, err := c.list(ctx, core("Pod"), live.namespace(), metav1.ListOptions{LabelSelector: podSelector(live)})
	if err != nil {
		return nil, err
	}
	switch live.kind().Kind {
	case "Deployment":
		hash, err := c.hashOfTemplate(ctx, live)
		if err != nil {
			// Rights to list ReplicaSets are no condition for a wait.
			return ofNewestTemplate(pods), nil
		}
		return labelled(pods, replicaSetHash, hash), nil
	case "StatefulSet":
		current, err := c.read(ctx, live.kind(), live.namespace(), live.name())
		if err != nil {
			return nil, err
		}
		if generation, _ := current.at("metadata", "generation").(int64); statusCount(current, "observedGeneration") < generation {
			return nil, nil
		}
		return labelled(pods, revisionHash, current.text("status", "updateRevision")), nil
	case "DaemonSet":
		current, err := c.read(ctx, live.kind(), live.namespace(), live.name())
		if err != nil {
			return nil, err
		}
		return labelled(pods, generationOfPod, current.text("metadata", "annotations", generationOfSet)), nil
	}
	return pods, nil
}

// labelled returns the objects that have a label with this value, which is not empty.
func labelled(objects []object, label, value string) []object {
	return slices.DeleteFunc(objects, func(o object) bool { return value == "" || o.text("metadata", "labels", label) != value })
}

// hashOfTemplate returns the label of the pods of a Deployment's present template, or "" before its controller has
// created their ReplicaSet. The Deployment's status is no sign: with Recreate, its controller observes a change before
// that.
func (c *cluster) hashOfTemplate(ctx context.Context, live object) (string, error) {
	deployment, err := c.read(ctx, live.kind(), live.namespace(), live.name())
	if err != nil {
		return "", err
	}
	sets, err := c.list(ctx, schema.GroupVersionKind{Group: "apps", Version: "v1", Kind: "ReplicaSet"}, live.namespace(),
		metav1.ListOptions{LabelSelector: podSelector(live)})
	if err != nil {
		return "", err
	}
	for _, set := range sets {
		if isOwnedBy(set, deployment) && reflect.DeepEqual(template(set), template(deployment)) {
			return set.text("metadata", "labels", replicaSetHash), nil
		}
	}
	return "", nil
}

func isOwnedBy(o, owner object) bool {
	references, _ := o.at("metadata", "ownerReferences").([]any)
	return slices.ContainsFunc(references, func(entry any) bool {
		reference, _ := entry.(map[string]any)
		return reference["uid"] == owner.text("metadata", "uid")
	})
}

// template returns a workload's template without the label that its controller adds.
func template(o object) map[string]any {
	written, _ := o.at("spec", "template").(map[string]any)
	copied := object(runtime.DeepCopyJSON(written))
	if labels, has := copied.at("metadata", "labels").(map[string]any); has {
		delete(labels, replicaSetHash)
	}
	if metadata, has := copied["metadata"].(map[string]any); has {
		delete(metadata, "creationTimestamp")
	}
	return copied
}
