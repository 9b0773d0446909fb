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
		if neverStart(&pod) {
			hopeless = append(hopeless, found)
		}
	}
	return append(c.whyPods(ctx, hopeless), c.whyHeldBack(ctx, live, true)...)
}

// neverStart reports whether one of a pod's containers never starts.
func neverStart(pod *corev1.Pod) bool {
	statuses := slices.Concat(pod.Status.InitContainerStatuses, pod.Status.ContainerStatuses)
	return slices.ContainsFunc(statuses, func(status corev1.ContainerStatus) bool { return neverStarts(pod, status) })
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
// run. On a volume it may appear later, and a tool of the node may still be installed.
func lacksProgram(pod *corev1.Pod, container, message string) bool {
	named := regexp.MustCompile(`exec: "([^"]+)"|executable file .([^\s"]+). not found`).FindStringSubmatch(message)
	if named == nil || !containsAny(message, "not found", "no such file or directory", "permission denied", "is a directory") {
		return false
	}
	program, asked := named[1]+named[2], containerOf(pod, container)
	if isOfNode(program, asked.Command) {
		return false
	}
	return !slices.ContainsFunc(asked.VolumeMounts, func(mount corev1.VolumeMount) bool {
		if strings.HasPrefix(program, "/") {
			return strings.HasPrefix(program, strings.TrimSuffix(mount.MountPath, "/")+"/")
		}
		return isFilled(pod, mount.Name, container)
	})
}

// isOfNode reports whether a program is one of the node, such as a runtime or the hook of a driver, and not the container's.
// The command of an image is not known.
func isOfNode(program string, command []string) bool {
	if len(command) > 0 {
		return command[0] != program
	}
	return containsAny(program, "runc", "crun", "runsc", "kata", "containerd", "nvidia", "hook")
}

func containerOf(pod *corev1.Pod, name string) corev1.Container {
	for _, one := range slices.Concat(pod.Spec.InitContainers, pod.Spec.Containers) {
		if one.Name == name {
			return one
		}
	}
	return corev1.Container{}
}

// isFilled reports whether something may still write a program to a volume: whatever has the volume outside of the pod,
// or a container that runs beside the one that lacks it. Init containers have ended before.
func isFilled(pod *corev1.Pod, volume, beside string) bool {
	for _, v := range pod.Spec.Volumes {
		if v.Name == volume && (v.PersistentVolumeClaim != nil || v.Ephemeral != nil || v.CSI != nil || v.NFS != nil || v.HostPath != nil) {
			return true
		}
	}
	return slices.ContainsFunc(slices.Concat(pod.Spec.InitContainers, pod.Spec.Containers), func(one corev1.Container) bool {
		ends := one.RestartPolicy == nil && slices.ContainsFunc(pod.Spec.InitContainers, func(first corev1.Container) bool { return first.Name == one.Name })
		return one.Name != beside && !ends && slices.ContainsFunc(one.VolumeMounts, func(mount corev1.VolumeMount) bool { return mount.Name == volume && !mount.ReadOnly })
	})
}
