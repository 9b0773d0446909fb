package kubernetes

import (
	"context"
	"encoding/base64"
	"slices"
	"strconv"
	"strings"

	corev1 "k8s.io/api/core/v1"
)

const (
	// logLines and logBytes limit a shown log: enough for the end of a stack trace.
	logLines, logBytes = 20, 16 << 10
	// maxLogBytes limits what the kubelet sends. The kubelet cuts the end, which has the error, so this is more than
	// logLines lines: containerd splits lines of more than 16 KiB
	// (max_container_log_line_size in https://github.com/containerd/containerd/blob/main/docs/cri/config.md).
	maxLogBytes = 1 << 20
)

// lastLines returns the end of a container's log, indented and without the values of the Secrets that the pod uses. It
// is empty where the log cannot be read.
func (c *cluster) lastLines(ctx context.Context, pod *corev1.Pod, container string, previous bool) string {
	text, err := c.core.Get().Namespace(pod.Namespace).Resource("pods").Name(pod.Name).SubResource("log").
		Param("container", container).
		Param("previous", strconv.FormatBool(previous)).
		Param("tailLines", strconv.Itoa(logLines)).
		Param("limitBytes", strconv.Itoa(maxLogBytes)).
		DoRaw(ctx)
	log := strings.TrimSpace(string(text))
	if err != nil || log == "" {
		return ""
	}
	// Before the cut, which could leave a part of a secret.
	log = lastBytes(c.secretsOf(ctx, pod).clean(log), logBytes)
	return "      " + strings.ReplaceAll(log, "\n", "\n      ")
}

// lastBytes returns at most limit bytes of the end of a text, from the start of a line or, within one long line, of a
// word.
func lastBytes(text string, limit int) string {
	if len(text) <= limit {
		return text
	}
	end := text[len(text)-limit:]
	if start := strings.IndexByte(end, '\n'); start >= 0 {
		return end[start+1:]
	}
	if start := strings.IndexByte(end, ' '); start >= 0 {
		return end[start+1:]
	}
	return strings.ToValidUTF8(end, "")
}

// secretsOf collects the values of the Secrets that a pod uses. It skips Secrets that it may not read.
func (c *cluster) secretsOf(ctx context.Context, pod *corev1.Pod) *redactor {
	r := &redactor{}
	for name := range secretNames(pod) {
		secret, err := c.read(ctx, core("Secret"), pod.Namespace, name)
		if err != nil {
			continue
		}
		for _, encoded := range textsOf(secret["data"]) {
			if value, err := base64.StdEncoding.DecodeString(encoded); err == nil {
				r.add(strings.TrimSpace(string(value)))
			}
		}
	}
	return r
}

func secretNames(pod *corev1.Pod) map[string]bool {
	names := map[string]bool{}
	for _, container := range slices.Concat(pod.Spec.InitContainers, pod.Spec.Containers) {
		for _, source := range container.EnvFrom {
			if source.SecretRef != nil {
				names[source.SecretRef.Name] = true
			}
		}
		for _, variable := range container.Env {
			if variable.ValueFrom != nil && variable.ValueFrom.SecretKeyRef != nil {
				names[variable.ValueFrom.SecretKeyRef.Name] = true
			}
		}
	}
	for _, volume := range pod.Spec.Volumes {
		if volume.Secret != nil {
			names[volume.Secret.SecretName] = true
		}
	}
	return names
}
