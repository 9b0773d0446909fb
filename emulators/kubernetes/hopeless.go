package kubernetes

import (
	"context"
	"regexp"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/runtime"
)

// whyHopeless returns the reasons for which pods of a workload's present template never start, whatever anybody waits for.
// A missing Secret is none of them: a controller may create it.
func (c *cluster) whyHopeless(ctx context.Context, live object) []string {
	pods, err := c.podsOfTemplate(ctx, live)
	if err != nil {
		return nil
	}
	var hopeless []object
	for _, found := range pods {
		var pod corev1.Pod
		if runtime.DefaultUnstructuredConverter.FromUnstructured(found, &pod) != nil || pod.DeletionTimestamp != nil {
			continue
		}
		statuses := slices.Concat(pod.Status.InitContainerStatuses, pod.Status.ContainerStatuses)
		if slices.ContainsFunc(statuses, func(status corev1.ContainerStatus) bool { return neverStarts(&pod, status) }) {
			hopeless = append(hopeless, found)
		}
	}
	return c.whyPods(ctx, hopeless)
}

// neverRan reports whether the runtime could not start a container's program, so that it wrote no log. Docker has another
// word for it.
func neverRan(ended *corev1.ContainerStateTerminated) bool {
	return ended.Reason == "StartError" || ended.Reason == "ContainerCannotRun"
}

// neverStarts reports whether a container of this image, command and user can never run. The reasons are the kubelet's
// (https://github.com/kubernetes/kubernetes/blob/v1.37.2/pkg/kubelet/kuberuntime/kuberuntime_container.go), their
// messages are its own and those of containerd, CRI-O and runc.
func neverStarts(pod *corev1.Pod, status corev1.ContainerStatus) bool {
	if waiting := status.State.Waiting; waiting != nil {
		switch waiting.Reason {
		case "InvalidImageName":
			return true
		case "CreateContainerConfigError":
			return containsAny(waiting.Message, "runAsNonRoot", "runAsUser breaks non-root policy")
		case "CreateContainerError":
			return containsAny(waiting.Message, "no command specified", "unable to find user", "no matching entries in passwd file") ||
				lacksProgram(pod, status.Name, waiting.Message)
		}
	}
	ended := status.LastTerminationState.Terminated
	if ended == nil {
		ended = status.State.Terminated
	}
	// The first start may have met a node in trouble.
	return ended != nil && neverRan(ended) && status.RestartCount > 0 && lacksProgram(pod, status.Name, ended.Message)
}

func containsAny(text string, parts ...string) bool {
	return slices.ContainsFunc(parts, func(part string) bool { return strings.Contains(text, part) })
}

// lacksProgram reports whether a message says that the image has no program of the command's name, or none that may be
// run. On a volume it may appear later.
func lacksProgram(pod *corev1.Pod, container, message string) bool {
	named := regexp.MustCompile(`exec: "([^"]+)"|executable file .([^\s"]+). not found`).FindStringSubmatch(message)
	if named == nil || !containsAny(message, "not found", "no such file or directory", "permission denied", "is a directory") {
		return false
	}
	program := named[1] + named[2]
	return !slices.ContainsFunc(mountsOf(pod, container), func(mount corev1.VolumeMount) bool {
		if strings.HasPrefix(program, "/") {
			return strings.HasPrefix(program, strings.TrimSuffix(mount.MountPath, "/")+"/")
		}
		return isClaim(pod, mount.Name)
	})
}

func mountsOf(pod *corev1.Pod, container string) []corev1.VolumeMount {
	for _, one := range slices.Concat(pod.Spec.InitContainers, pod.Spec.Containers) {
		if one.Name == container {
			return one.VolumeMounts
		}
	}
	return nil
}

func isClaim(pod *corev1.Pod, volume string) bool {
	return slices.ContainsFunc(pod.Spec.Volumes, func(v corev1.Volume) bool {
		return v.Name == volume && v.PersistentVolumeClaim != nil
	})
}
