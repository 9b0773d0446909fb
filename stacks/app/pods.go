package app

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/djangostack/djangostack/components/django"
	"github.com/djangostack/djangostack/components/pod"
	"github.com/djangostack/djangostack/stacks/spec"
)

// pods returns the pod settings of one process.
func pods(r spec.Resources, p spec.Pods) django.Pods {
	out := django.Pods{
		Resources:     resources(r),
		Env:           p.Env,
		Annotations:   p.Annotations,
		NodeSelector:  p.NodeSelector,
		PriorityClass: p.PriorityClassName,
	}
	for _, toleration := range p.Tolerations {
		out.Tolerations = append(out.Tolerations, django.Toleration{
			Key: toleration.Key, Value: toleration.Value, Effect: toleration.Effect, Seconds: toleration.TolerationSeconds,
		})
	}
	for _, wanted := range p.Volumes {
		out.Volumes = append(out.Volumes, volume(wanted))
	}
	return out
}

func volume(wanted spec.MountedVolume) pod.Volume {
	v := pod.Volume{Name: wanted.Name, Path: wanted.MountPath, ReadOnly: wanted.ReadOnly}
	switch wanted.Source {
	case spec.PersistentVolumeClaim:
		v.Claim = pulumi.String(wanted.From)
	case spec.SecretVolume:
		v.Secret = pulumi.String(wanted.From)
	case spec.ConfigMapVolume:
		v.ConfigMap = pulumi.String(wanted.From)
	case spec.EmptyDir:
		v.Limit = string(wanted.SizeLimit)
	}
	return v
}

func probes(wanted spec.Probes) django.Probes {
	return django.Probes{Startup: probe(wanted.Startup), Readiness: probe(wanted.Readiness), Liveness: probe(wanted.Liveness)}
}

func probe(wanted *spec.Probe) *django.Probe {
	if wanted == nil {
		return nil
	}
	return &django.Probe{
		By:      probeKind(wanted.Handler),
		Path:    wanted.Path,
		Port:    wanted.Port,
		Command: wanted.Command,
		Timing:  pod.Timing{Period: wanted.PeriodSeconds, Timeout: wanted.TimeoutSeconds, FailureThreshold: wanted.FailureThreshold},
	}
}

func probeKind(handler spec.ProbeHandler) django.ProbeKind {
	switch handler {
	case spec.HTTPGet:
		return django.ProbeHTTP
	case spec.TCPSocket:
		return django.ProbeTCP
	case spec.Exec:
		return django.ProbeCommand
	default:
		return django.ProbeKind(handler)
	}
}

// scaling returns how the number of a process' pods is scaled; nil for a fixed number.
func scaling(wanted *spec.Autoscaling, queue *django.Queue) *django.Scaling {
	if wanted == nil {
		return nil
	}
	out := &django.Scaling{
		Min:         wanted.MinReplicas,
		Max:         wanted.MaxReplicas,
		UpWindow:    wanted.ScaleUp.StabilizationWindowSeconds,
		DownWindow:  wanted.ScaleDown.StabilizationWindowSeconds,
		DownPercent: wanted.ScaleDown.Percent,
	}
	if wanted.By == spec.ByQueue {
		out.Queue = queue
		return out
	}
	out.CPUPercent = wanted.TargetCPUUtilizationPercentage
	return out
}

// messages returns the queues of a worker; nil unless its pods are scaled by them.
func (d dataServices) messages(worker spec.Worker) *django.Queue {
	if worker.Autoscaling == nil || worker.Autoscaling.By != spec.ByQueue {
		return nil
	}
	return &django.Queue{Redis: d.broker, AMQP: d.queue, Names: worker.Queues, Length: worker.Autoscaling.QueueLength}
}
