package app

import (
	"github.com/djangostack/djangostack/components/binding"
	"github.com/djangostack/djangostack/components/django"
	"github.com/djangostack/djangostack/stacks/spec"
)

// pods is what one process asks of its pods.
func pods(r spec.Resources, p spec.Pods) django.Pods {
	out := django.Pods{
		Resources:     resources(r),
		NodeSelector:  p.NodeSelector,
		PriorityClass: p.PriorityClass,
	}
	for _, toleration := range p.Tolerations {
		out.Tolerations = append(out.Tolerations, django.Toleration(toleration))
	}
	return out
}

// scaling is what the number of a process' pods follows; nil for a fixed number.
func scaling(wanted *spec.Autoscaling, broker *binding.Redis, queues []string) *django.Scaling {
	if wanted == nil {
		return nil
	}
	out := &django.Scaling{
		Min:         wanted.Min,
		Max:         wanted.Max,
		UpWindow:    wanted.UpWindowSeconds,
		DownWindow:  wanted.DownWindowSeconds,
		DownPercent: wanted.DownPercent,
	}
	if wanted.By == spec.ByQueue {
		out.Queue = &django.Queue{Redis: broker, Names: queues, Length: wanted.QueueLength}
		return out
	}
	out.CPUPercent = wanted.CPUPercent
	return out
}
