package kubernetes

import (
	"context"
	"encoding/base64"
	"slices"
	"strconv"
	"strings"

	corev1 "k8s.io/api/core/v1"
)

// The limits of a shown log: enough for the end of a stack trace.
const logLines, logBytes = 20, 16 << 10

// lastLines returns the end of a container's log, indented and without the values of the Secrets that the pod uses. It
// is empty where the log cannot be read.
func (c *cluster) lastLines(ctx context.Context, pod *corev1.Pod, container string, previous bool) string {
	text, err := c.core.Get().Namespace(pod.Namespace).Resource("pods").Name(pod.Name).SubResource("log").
		Param("container", container).
		Param("previous", strconv.FormatBool(previous)).
		Param("tailLines", strconv.Itoa(logLines)).
		Param("limitBytes", strconv.Itoa(logBytes)).
		DoRaw(ctx)
	written := strings.TrimSpace(string(text))
	if err != nil || written == "" {
		return ""
	}
	written = c.secretsOf(ctx, pod).clean(written)
	return "      " + strings.ReplaceAll(written, "\n", "\n      ")
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
