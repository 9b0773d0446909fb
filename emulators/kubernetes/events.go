package kubernetes

import (
	"context"
	"fmt"
	"slices"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/fields"
	"k8s.io/apimachinery/pkg/runtime"
)

// warningsOf returns the warning events of one object, newest first and each once.
func (c *cluster) warningsOf(ctx context.Context, namespace, name, uid string) []string {
	selector := fields.Set{"involvedObject.name": name, "type": corev1.EventTypeWarning}
	if uid != "" {
		selector["involvedObject.uid"] = uid
	}
	found, err := c.list(ctx, core("Event"), namespace, metav1.ListOptions{FieldSelector: selector.String()})
	if err != nil {
		return nil
	}
	var events []corev1.Event
	for _, entry := range found {
		var event corev1.Event
		if runtime.DefaultUnstructuredConverter.FromUnstructured(entry, &event) == nil {
			events = append(events, event)
		}
	}
	slices.SortStableFunc(events, func(a, b corev1.Event) int { return lastSeen(b).Compare(lastSeen(a).Time) })
	var warnings []string
	for _, event := range events {
		warning := fmt.Sprintf("%s: %s", event.Reason, event.Message)
		if !slices.Contains(warnings, warning) && len(warnings) < mostReasons {
			warnings = append(warnings, warning)
		}
	}
	return warnings
}

func lastSeen(event corev1.Event) metav1.Time {
	switch {
	case event.Series != nil:
		return metav1.Time(event.Series.LastObservedTime)
	case !event.LastTimestamp.IsZero():
		return event.LastTimestamp
	}
	return metav1.Time(event.EventTime)
}
