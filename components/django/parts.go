package django

import (
	"github.com/djangostack/djangostack/components/labels"
	"github.com/djangostack/djangostack/components/names"
)

// The component labels of the pods, which are also parts of the names of the objects.
const (
	WebPart  = "web"
	BeatPart = labels.Beat
)

// WorkerPart is the component label of a set of workers.
func WorkerPart(name string) string { return "worker-" + name }

// ProcessPart is the component label of a custom process.
func ProcessPart(name string) string { return "process-" + name }

// CronPart is the component label of a command that runs on a schedule.
func CronPart(name string) string { return "cron-" + name }

// JobName returns the name of the Job of a step of a release.
func JobName(labels labels.Labels, part, image string) string {
	return labels.ObjectName(part, releaseOf(image))
}

// KEDAAutoscaler returns the name of the HorizontalPodAutoscaler that KEDA creates for a ScaledObject
// (https://keda.sh/docs/latest/reference/scaledobject-spec/#horizontalpodautoscalerconfig). A name that
// would be too long for a label, which KEDA's webhook refuses, ends with a hash.
func KEDAAutoscaler(scaledObject string) string {
	return names.Fit(names.MaxDNSLabel, "keda-hpa", scaledObject)
}
