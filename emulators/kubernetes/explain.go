package kubernetes

import (
	"context"
	"fmt"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
)

// mostReasons limits the output for a rollout of fifty pods that all fail.
const mostReasons = 3

// list returns the objects that a query selects.
func (c *cluster) list(
	ctx context.Context, gvk groupVersionKind, namespace string, options metav1.ListOptions,
) ([]object, error) {
	client, err := c.resource(gvk, namespace)
	if err != nil {
		return nil, err
	}
	found, err := client.List(ctx, options)
	if err != nil {
		return nil, err
	}
	objects := make([]object, len(found.Items))
	for i := range found.Items {
		objects[i] = found.Items[i].Object
	}
	return objects, nil
}

// whyNotReady returns what keeps the selected pods from being ready, the most useful reasons first.
func (c *cluster) whyNotReady(ctx context.Context, namespace, selector string) []string {
	pods, err := c.list(ctx, core("Pod"), namespace, metav1.ListOptions{LabelSelector: selector})
	if err != nil {
		return nil
	}
	return c.whyPods(ctx, ofNewestTemplate(pods))
}

func (c *cluster) whyPods(ctx context.Context, pods []object) []string {
	var reasons, seen []string
	for _, pod := range pods {
		if pod.at("metadata", "deletionTimestamp") != nil || conditionOf(pod, "Ready")["status"] == "True" ||
			pod.text("status", "phase") == "Succeeded" {
			continue
		}
		for _, reason := range c.whyPod(ctx, pod) {
			// Replicas mostly fail for the same reason, so one of them is enough.
			alike := strings.ReplaceAll(reason, pod.name(), "")
			if !slices.Contains(seen, alike) {
				seen, reasons = append(seen, alike), append(reasons, reason)
			}
		}
	}
	// Reasons with a log are the most useful to a reader, and «is starting» is the least.
	slices.SortStableFunc(reasons, func(a, b string) int { return strings.Count(b, "\n") - strings.Count(a, "\n") })
	return reasons[:min(len(reasons), mostReasons)]
}

// ofNewestTemplate drops the pods of a Deployment's earlier templates, which are being replaced.
func ofNewestTemplate(pods []object) []object {
	const hash = "pod-template-hash"
	if len(pods) == 0 {
		return nil
	}
	newest := slices.MaxFunc(pods, olderFirst).text("metadata", "labels", hash)
	return slices.DeleteFunc(pods, func(pod object) bool { return pod.text("metadata", "labels", hash) != newest })
}

func olderFirst(a, b object) int {
	return strings.Compare(a.text("metadata", "creationTimestamp"), b.text("metadata", "creationTimestamp"))
}

// whyEnded returns why the newest failed pod of a Job ended.
func (c *cluster) whyEnded(ctx context.Context, namespace, selector string) []string {
	pods, err := c.list(ctx, core("Pod"), namespace, metav1.ListOptions{LabelSelector: selector})
	if err != nil {
		return nil
	}
	pods = slices.DeleteFunc(pods, func(pod object) bool { return pod.text("status", "phase") != "Failed" })
	if len(pods) == 0 {
		return nil
	}
	return c.whyPod(ctx, slices.MaxFunc(pods, olderFirst))
}

// whyNoPods returns why a controller could not create pods: a quota, a policy, a missing service account.
func (c *cluster) whyNoPods(ctx context.Context, live object) []string {
	current, err := c.read(ctx, live.kind(), live.namespace(), live.name())
	if err != nil {
		return nil
	}
	if failure := conditionOf(current, "ReplicaFailure"); failure["status"] == "True" {
		return []string{"no pod can be created: " + fmt.Sprint(failure["message"])}
	}
	return c.warningsOf(ctx, live.namespace(), live.name(), live.text("metadata", "uid"))
}

// whyPod returns what keeps one pod from being ready.
func (c *cluster) whyPod(ctx context.Context, live object) []string {
	var pod corev1.Pod
	if err := runtime.DefaultUnstructuredConverter.FromUnstructured(live, &pod); err != nil {
		return nil
	}
	for _, condition := range pod.Status.Conditions {
		if condition.Type == corev1.PodScheduled && condition.Status == corev1.ConditionFalse {
			return []string{fmt.Sprintf("pod %s cannot be scheduled: %s", pod.Name, condition.Message)}
		}
	}
	var reasons []string
	for _, status := range slices.Concat(pod.Status.InitContainerStatuses, pod.Status.ContainerStatuses) {
		if reason := c.whyContainer(ctx, &pod, status); reason != "" {
			reasons = append(reasons, reason)
		}
	}
	if len(reasons) == 0 && pod.Status.Message != "" {
		reasons = append(reasons, fmt.Sprintf("pod %s: %s", pod.Name, pod.Status.Message))
	}
	if len(reasons) > 0 {
		return reasons
	}
	// Volumes, sandboxes and probes report only through events.
	for _, warning := range c.warningsOf(ctx, pod.Namespace, pod.Name, string(pod.UID)) {
		reasons = append(reasons, fmt.Sprintf("pod %s: %s", pod.Name, warning))
	}
	return reasons
}

func (c *cluster) whyContainer(ctx context.Context, pod *corev1.Pod, status corev1.ContainerStatus) string {
	where := fmt.Sprintf("pod %s, container %s", pod.Name, status.Name)
	switch {
	case status.State.Terminated != nil && status.State.Terminated.ExitCode != 0:
		return c.whyExited(ctx, pod, status.Name, where, status.State.Terminated, false)
	case status.State.Waiting == nil:
		return ""
	}
	waiting := status.State.Waiting
	switch waiting.Reason {
	case "ErrImagePull", "ImagePullBackOff", "InvalidImageName", "ErrImageNeverPull", "ImageInspectError":
		return fmt.Sprintf("%s: the image %s cannot be pulled: %s", where, status.Image, messageOf(waiting))
	case "CrashLoopBackOff":
		if hook := c.whyHook(ctx, pod, status.Name); hook != "" {
			return where + ": " + hook
		}
		if ended := status.LastTerminationState.Terminated; ended != nil {
			return c.whyExited(ctx, pod, status.Name, where+" crashes again and again", ended, true)
		}
		return where + " crashes again and again"
	case "ContainerCreating", "PodInitializing", "":
		return ""
	}
	return fmt.Sprintf("%s: %s", where, messageOf(waiting))
}

// whyHook returns the event of a postStart hook that fails. The kubelet ends the container then, and the exit code of a
// program that was killed says nothing.
func (c *cluster) whyHook(ctx context.Context, pod *corev1.Pod, container string) string {
	if asked := containerOf(pod, container); asked.Lifecycle == nil || asked.Lifecycle.PostStart == nil {
		return ""
	}
	for _, warning := range c.warningsOf(ctx, pod.Namespace, pod.Name, string(pod.UID)) {
		if strings.HasPrefix(warning, "FailedPostStartHook: ") {
			return warning
		}
	}
	return ""
}

func messageOf(waiting *corev1.ContainerStateWaiting) string {
	if waiting.Message == "" {
		return waiting.Reason
	}
	return waiting.Reason + ": " + waiting.Message
}

// whyExited returns the exit code of a container and the last lines of its log.
func (c *cluster) whyExited(
	ctx context.Context, pod *corev1.Pod, container, where string, ended *corev1.ContainerStateTerminated, previous bool,
) string {
	reason := fmt.Sprintf("%s: exit code %d", where, ended.ExitCode)
	if ended.Reason != "" && ended.Reason != "Error" {
		reason += " (" + ended.Reason + ")"
	}
	if ended.Message != "" {
		reason += ": " + ended.Message
	}
	if neverRan(ended) {
		return reason
	}
	if lines := c.lastLines(ctx, pod, container, previous); lines != "" {
		reason += logHeading + "\n" + lines
	}
	return reason
}

// logHeading is the end of the first line of a reason that has log lines below it.
const logHeading = ", its last lines:"

// oneLine shortens a reason to one line: the first, and the last line of the log, which names the error.
func oneLine(reason string) string {
	first, log, _ := strings.Cut(reason, "\n")
	first, hasLog := strings.CutSuffix(first, logHeading)
	if !hasLog {
		return first
	}
	return first + ": " + strings.TrimSpace(log[strings.LastIndexByte(log, '\n')+1:])
}
