package app

import (
	"maps"

	"github.com/djangostack/djangostack/components/django"
	"github.com/djangostack/djangostack/components/pod"
	"github.com/djangostack/djangostack/stacks/spec"
)

// pods returns the pod settings of one process.
func (w wiring) pods(r spec.Resources, p spec.Pods) django.Pods {
	out := django.Pods{
		Resources:      resources(r),
		Image:          string(p.Image),
		Security:       security(w.environment.SecurityOf(p)),
		Env:            w.environment.WithAddresses(p.Env),
		FromFields:     p.FieldRefs,
		FromSecrets:    secretEntries(p.SecretKeyRefs),
		EnvFrom:        envFrom(p.EnvFrom),
		WorkingDir:     p.WorkingDir,
		Hooks:          w.hooks(p.PostStartCommand, p.PreStopCommand),
		Hostname:       p.Hostname,
		Labels:         p.Labels,
		Annotations:    p.Annotations,
		InitContainers: w.containers(p.InitContainers, p.Volumes),
		Sidecars:       w.containers(p.Sidecars, p.Volumes),
		ServiceAccount: p.ServiceAccountName,
		Token:          p.AutomountServiceAccountToken,
		NodeSelector:   w.environment.Selector(p),
		PriorityClass:  p.PriorityClassName,
		RuntimeClass:   p.RuntimeClassName,
		Devices:        p.ExtendedResources,
	}
	for _, alias := range p.HostAliases {
		out.HostAliases = append(out.HostAliases, django.HostAlias{IP: alias.IP, Names: alias.Hostnames})
	}
	for _, toleration := range w.environment.TolerationsOf(p) {
		out.Tolerations = append(out.Tolerations, django.Toleration{
			Key: toleration.Key, Value: toleration.Value, Effect: toleration.Effect, Seconds: toleration.TolerationSeconds,
		})
	}
	out.Volumes = w.volumes(p.Volumes)
	out.Affinity = affinity(p)
	for _, port := range p.Ports {
		out.Ports = append(out.Ports, django.Port{Name: port.Name, Number: port.ContainerPort, Protocol: protocol(port), ServicePort: port.ServicePort})
		out.Security.LowPorts = out.Security.LowPorts || pod.IsLowPort(port.ContainerPort)
	}
	return out
}

// protocol is empty for TCP, the API's default.
func protocol(port spec.Port) string {
	if port.Protocol == spec.TCP {
		return ""
	}
	return string(port.Protocol)
}

func (w wiring) hooks(postStart, preStop []string) django.Hooks {
	return django.Hooks{PostStart: w.words(postStart), PreStop: w.words(preStop)}
}

// words returns a command, or its arguments, with the addresses of the processes that it names.
func (w wiring) words(command []string) []string {
	return w.environment.WithAddressesInWords(command)
}

// listeningOn returns the pod settings of a process that listens on a port; 0 for none.
func listeningOn(port int, pods django.Pods) django.Pods {
	pods.Security.LowPorts = pods.Security.LowPorts || pod.IsLowPort(port)
	return pods
}

func security(wanted spec.SecurityContext) pod.Security {
	return pod.Security{
		User:         wanted.RunAsUser,
		Group:        wanted.RunAsGroup,
		FSGroup:      wanted.FSGroup,
		Groups:       wanted.SupplementalGroups,
		Capabilities: wanted.Capabilities,
		Escalation:   *wanted.AllowPrivilegeEscalation,
		WritableRoot: !*wanted.ReadOnlyRootFilesystem,
	}
}

func secretEntries(refs map[string]spec.SecretKeyRef) map[string]django.SecretEntry {
	entries := map[string]django.SecretEntry{}
	for name, entry := range refs {
		entries[name] = django.SecretEntry{Name: entry.Name, Key: entry.Key}
	}
	return entries
}

func envFrom(wanted []spec.EnvFrom) []django.EnvFrom {
	var out []django.EnvFrom
	for _, source := range wanted {
		out = append(out, django.EnvFrom{Secret: source.Secret, ConfigMap: source.ConfigMap, Prefix: source.Prefix, Optional: source.Optional})
	}
	return out
}

func (w wiring) containers(wanted []spec.Container, volumes []spec.MountedVolume) []django.Container {
	var out []django.Container
	for _, each := range wanted {
		container := django.Container{
			Name:           each.Name,
			Image:          string(each.Image),
			Command:        w.words(each.Command),
			Args:           w.words(each.Args),
			AppEnvironment: each.AppEnvironment,
			Env:            w.environment.WithAddresses(each.Env),
			FromFields:     each.FieldRefs,
			FromSecrets:    secretEntries(each.SecretKeyRefs),
			EnvFrom:        envFrom(each.EnvFrom),
			WorkingDir:     each.WorkingDir,
			Hooks:          w.hooks(each.PostStartCommand, each.PreStopCommand),
			Resources:      resources(each.Resources),
			Security: pod.Override{
				User: each.RunAsUser, Group: each.RunAsGroup, ReadOnlyRoot: each.ReadOnlyRootFilesystem,
				Escalation: each.AllowPrivilegeEscalation, Capabilities: each.Capabilities,
			},
			Probes:    w.probes(each.Probes),
			ProbeHost: w.environment.ProbeHost(),
		}
		for _, mount := range each.VolumeMounts {
			container.Mounts = append(container.Mounts, pod.Volume{Name: spec.PodVolume(mount.Name), Of: sharedWith(volumes, mount.Name), Path: mount.MountPath, SubPath: mount.SubPath, ReadOnly: mount.ReadOnly})
		}
		out = append(out, container)
	}
	return out
}

// safeToEvict lets the autoscaler of a cluster remove a pod's node, or not
// (https://cloud.google.com/kubernetes-engine/docs/how-to/extended-duration-pods).
const safeToEvict = "cluster-autoscaler.kubernetes.io/safe-to-evict"

// keptPods are the pods of a process that may take so many seconds to end. The node of one that
// needs longer than the autoscaler waits is kept until the pod has ended.
func (w wiring) keptPods(r spec.Resources, p spec.Pods, grace int) django.Pods {
	out := w.pods(r, p)
	if _, stated := p.Annotations[safeToEvict]; stated || !w.environment.LongShutdown(grace) {
		return out
	}
	out.Annotations = maps.Clone(p.Annotations)
	if out.Annotations == nil {
		out.Annotations = map[string]string{}
	}
	out.Annotations[safeToEvict] = "false"
	return out
}

func (w wiring) probes(wanted spec.Probes) django.Probes {
	return django.Probes{Startup: w.probe(wanted.Startup), Readiness: w.probe(wanted.Readiness), Liveness: w.probe(wanted.Liveness)}
}

func (w wiring) probe(wanted *spec.Probe) *django.Probe {
	if wanted == nil {
		return nil
	}
	return &django.Probe{
		By:      probeKind(wanted.Handler),
		Path:    wanted.Path,
		Scheme:  wanted.Scheme,
		Port:    wanted.Port,
		Command: w.words(wanted.Command),
		Timing: pod.Timing{
			InitialDelay: wanted.InitialDelaySeconds, Period: wanted.PeriodSeconds,
			Timeout: wanted.TimeoutSeconds, FailureThreshold: wanted.FailureThreshold,
		},
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
	if wanted.By == spec.ByQuery {
		return out
	}
	if wanted.By == spec.ByCPU {
		out.CPUPercent = wanted.TargetCPUUtilizationPercentage
	}
	out.MemoryPercent = wanted.TargetMemoryUtilizationPercentage
	return out
}

// workerScaling returns how the number of a worker's pods is scaled; nil for a fixed number.
func (d dataServices) workerScaling(worker spec.Worker) *django.Scaling {
	out := scaling(worker.Autoscaling, d.messages(worker))
	if worker.ScaledBy() == spec.ByRows {
		out.Queue, out.Rows = nil, d.rows(worker)
	}
	return out
}

// messages returns the queues of a worker; nil unless its pods are scaled by them.
func (d dataServices) messages(worker spec.Worker) *django.Queue {
	if worker.ScaledBy() != spec.ByMessages {
		return nil
	}
	return &django.Queue{Redis: d.broker, AMQP: d.queue, Names: worker.Queues, Celery: worker.Kind == spec.CeleryWorker, Length: worker.Autoscaling.QueueLength}
}

// rows returns the tasks in the database that a worker is scaled by. They are counted on the
// server itself, because a pooler in transaction mode keeps no prepared statements.
func (d dataServices) rows(worker spec.Worker) *django.Rows {
	database := d.database
	if d.direct != nil {
		database = *d.direct
	}
	query := worker.Autoscaling.Query
	if query == "" {
		query = django.TasksQuery(worker.Queues)
	}
	return &django.Rows{Database: database, Query: query, Length: worker.Autoscaling.QueueLength}
}
