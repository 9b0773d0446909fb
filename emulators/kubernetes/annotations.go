package kubernetes

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// The annotations of the published provider that configure one object.
const (
	annotationAutonamed      = "pulumi.com/autonamed"
	annotationSkipAwait      = "pulumi.com/skipAwait"
	annotationTimeout        = "pulumi.com/timeoutSeconds"
	annotationWaitFor        = "pulumi.com/waitFor"
	annotationReplaceUnready = "pulumi.com/replaceUnready"
	annotationForce          = "pulumi.com/patchForce"
	annotationFieldManager   = "pulumi.com/patchFieldManager"
	annotationPropagation    = "pulumi.com/deletionPropagationPolicy"
)

func (o object) annotated(key string) bool { return o.annotation(key) == "true" }

// timeout returns how long to wait for an object: the resource option, else its annotation, else the default of its
// kind.
func (o object) timeout(customSeconds float64, otherwise time.Duration) time.Duration {
	if customSeconds > 0 {
		return time.Duration(customSeconds * float64(time.Second))
	}
	if seconds, err := strconv.Atoi(o.annotation(annotationTimeout)); err == nil && seconds > 0 {
		return time.Duration(seconds) * time.Second
	}
	return otherwise
}

func (o object) propagation() metav1.DeletionPropagation {
	switch strings.ToLower(o.annotation(annotationPropagation)) {
	case "orphan":
		return metav1.DeletePropagationOrphan
	case "background":
		return metav1.DeletePropagationBackground
	}
	return metav1.DeletePropagationForeground
}

// checkAnnotations returns the annotations whose value is invalid.
func (o object) checkAnnotations() []string {
	var wrong []string
	if text := o.annotation(annotationTimeout); text != "" {
		if seconds, err := strconv.Atoi(text); err != nil || seconds < 1 {
			wrong = append(wrong, fmt.Sprintf("annotation %s: %q is not a number of seconds", annotationTimeout, text))
		}
	}
	switch policy := o.annotation(annotationPropagation); strings.ToLower(policy) {
	case "", "foreground", "background", "orphan":
	default:
		wrong = append(wrong, fmt.Sprintf("annotation %s: %q is none of foreground, background, orphan",
			annotationPropagation, policy))
	}
	if expression := o.annotation(annotationWaitFor); expression != "" {
		if _, err := parseWaitFor(expression); err != nil {
			wrong = append(wrong, fmt.Sprintf("annotation %s: %v", annotationWaitFor, err))
		}
	}
	return wrong
}
