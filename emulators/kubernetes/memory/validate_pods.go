package memory

import (
	"strings"

	corev1 "k8s.io/api/core/v1"
	metavalidation "k8s.io/apimachinery/pkg/apis/meta/v1/validation"
	"k8s.io/apimachinery/pkg/util/intstr"
	"k8s.io/apimachinery/pkg/util/validation"
	"k8s.io/apimachinery/pkg/util/validation/field"
)

// validateTemplate checks the pod template of a workload. Workloads that keep their pods running allow one restart policy.
func validateTemplate(template *corev1.PodTemplateSpec, spec *field.Path, restart ...corev1.RestartPolicy) field.ErrorList {
	at := spec.Child("template")
	problems := metavalidation.ValidateLabels(template.Labels, at.Child("metadata", "labels"))
	problems = append(problems, oneOf(at.Child("spec", "restartPolicy"), template.Spec.RestartPolicy, restart...)...)
	return append(problems, validatePod(&template.Spec, at.Child("spec"))...)
}

func validatePod(pod *corev1.PodSpec, at *field.Path) field.ErrorList {
	var problems field.ErrorList
	volumes := map[string]bool{}
	for i, volume := range pod.Volumes {
		each := at.Child("volumes").Index(i)
		problems = append(problems, named(each.Child("name"), volumes, volume.Name, validation.IsDNS1123Label)...)
		problems = append(problems, validateVolume(&volume, each)...)
	}
	if len(pod.Containers) == 0 {
		problems = append(problems, field.Required(at.Child("containers"), ""))
	}
	names := map[string]bool{}
	for i := range pod.InitContainers {
		problems = append(problems, validateContainer(&pod.InitContainers[i], volumes, names, pod, at.Child("initContainers").Index(i))...)
	}
	for i := range pod.Containers {
		problems = append(problems, validateContainer(&pod.Containers[i], volumes, names, pod, at.Child("containers").Index(i))...)
	}
	problems = append(problems, notNegative(at.Child("terminationGracePeriodSeconds"), pod.TerminationGracePeriodSeconds)...)
	problems = append(problems, metavalidation.ValidateLabels(pod.NodeSelector, at.Child("nodeSelector"))...)
	if pod.SecurityContext != nil {
		for name, id := range map[string]*int64{
			"runAsUser": pod.SecurityContext.RunAsUser, "runAsGroup": pod.SecurityContext.RunAsGroup, "fsGroup": pod.SecurityContext.FSGroup,
		} {
			problems = append(problems, notNegative(at.Child("securityContext", name), id)...)
		}
	}
	for i, spread := range pod.TopologySpreadConstraints {
		each := at.Child("topologySpreadConstraints").Index(i)
		if spread.MaxSkew <= 0 {
			problems = append(problems, field.Invalid(each.Child("maxSkew"), spread.MaxSkew, "must be greater than zero"))
		}
		if spread.TopologyKey == "" {
			problems = append(problems, field.Required(each.Child("topologyKey"), "can not be empty"))
		}
	}
	return append(problems, validateTolerations(pod.Tolerations, at.Child("tolerations"))...)
}

func validateTolerations(tolerations []corev1.Toleration, at *field.Path) field.ErrorList {
	var problems field.ErrorList
	for i, each := range tolerations {
		if each.Operator == corev1.TolerationOpExists && each.Value != "" {
			problems = append(problems, field.Invalid(at.Index(i).Child("operator"), each.Operator, "value must be empty when `operator` is 'Exists'"))
		}
		if each.Key == "" && each.Operator != corev1.TolerationOpExists {
			problems = append(problems, field.Invalid(at.Index(i).Child("operator"), each.Operator, "operator must be Exists when `key` is empty"))
		}
		if each.TolerationSeconds != nil && each.Effect != corev1.TaintEffectNoExecute {
			problems = append(problems, field.Invalid(at.Index(i).Child("effect"), each.Effect, "effect must be 'NoExecute' when `tolerationSeconds` is set"))
		}
	}
	return problems
}

func validateVolume(volume *corev1.Volume, at *field.Path) field.ErrorList {
	var problems field.ErrorList
	if volume.Secret != nil && volume.Secret.SecretName == "" {
		problems = append(problems, field.Required(at.Child("secret", "secretName"), ""))
	}
	if volume.ConfigMap != nil && volume.ConfigMap.Name == "" {
		problems = append(problems, field.Required(at.Child("configMap", "name"), ""))
	}
	if volume.PersistentVolumeClaim != nil && volume.PersistentVolumeClaim.ClaimName == "" {
		problems = append(problems, field.Required(at.Child("persistentVolumeClaim", "claimName"), ""))
	}
	if volume.EmptyDir != nil && volume.EmptyDir.SizeLimit != nil && volume.EmptyDir.SizeLimit.Sign() < 0 {
		problems = append(problems, field.Forbidden(at.Child("emptyDir", "sizeLimit"), "SizeLimit field must be a valid resource quantity"))
	}
	return problems
}

func validateContainer(c *corev1.Container, volumes, names map[string]bool, pod *corev1.PodSpec, at *field.Path) field.ErrorList {
	problems := named(at.Child("name"), names, c.Name, validation.IsDNS1123Label)
	switch {
	case c.Image == "":
		problems = append(problems, field.Required(at.Child("image"), ""))
	case strings.TrimSpace(c.Image) != c.Image:
		problems = append(problems, field.Invalid(at.Child("image"), c.Image, "must not have leading or trailing whitespace"))
	}
	problems = append(problems, oneOf(at.Child("imagePullPolicy"), c.ImagePullPolicy, corev1.PullAlways, corev1.PullIfNotPresent, corev1.PullNever)...)
	problems = append(problems, validatePorts(c.Ports, at.Child("ports"))...)
	problems = append(problems, validateEnv(c.Env, at.Child("env"))...)
	problems = append(problems, validateMounts(c.VolumeMounts, volumes, at.Child("volumeMounts"))...)
	problems = append(problems, validateResources(&c.Resources, at.Child("resources"))...)
	for name, probe := range map[string]*corev1.Probe{
		"livenessProbe": c.LivenessProbe, "readinessProbe": c.ReadinessProbe, "startupProbe": c.StartupProbe,
	} {
		problems = append(problems, validateProbe(probe, name != "readinessProbe", at.Child(name))...)
	}
	if hook := c.Lifecycle; hook != nil && hook.PreStop != nil && hook.PreStop.Sleep != nil {
		grace, seconds := int64(30), hook.PreStop.Sleep.Seconds
		if pod.TerminationGracePeriodSeconds != nil {
			grace = *pod.TerminationGracePeriodSeconds
		}
		if seconds < 0 || seconds > grace {
			problems = append(problems, field.Invalid(at.Child("lifecycle", "preStop", "sleep"), seconds,
				"must be greater than 0 and less than terminationGracePeriodSeconds"))
		}
	}
	return problems
}

func validatePorts(ports []corev1.ContainerPort, at *field.Path) field.ErrorList {
	var problems field.ErrorList
	seen := map[string]bool{}
	for i, port := range ports {
		each := at.Index(i)
		if port.Name != "" {
			problems = append(problems, named(each.Child("name"), seen, port.Name, validation.IsValidPortName)...)
		}
		for _, reason := range validation.IsValidPortNum(int(port.ContainerPort)) {
			problems = append(problems, field.Invalid(each.Child("containerPort"), port.ContainerPort, reason))
		}
		problems = append(problems, oneOf(each.Child("protocol"), port.Protocol, corev1.ProtocolTCP, corev1.ProtocolUDP, corev1.ProtocolSCTP)...)
	}
	return problems
}

func validateEnv(env []corev1.EnvVar, at *field.Path) field.ErrorList {
	var problems field.ErrorList
	for i, variable := range env {
		each := at.Index(i)
		if variable.Name == "" {
			problems = append(problems, field.Required(each.Child("name"), ""))
			continue
		}
		for _, reason := range validation.IsRelaxedEnvVarName(variable.Name) {
			problems = append(problems, field.Invalid(each.Child("name"), variable.Name, reason))
		}
		from := variable.ValueFrom
		if from == nil {
			continue
		}
		sources := 0
		for _, set := range []bool{from.FieldRef != nil, from.ResourceFieldRef != nil, from.SecretKeyRef != nil, from.ConfigMapKeyRef != nil, from.FileKeyRef != nil} {
			if set {
				sources++
			}
		}
		switch {
		case variable.Value != "":
			problems = append(problems, field.Invalid(each.Child("valueFrom"), "", "may not be specified when `value` is not empty"))
		case sources != 1:
			problems = append(problems, field.Invalid(each.Child("valueFrom"), "", "must specify exactly one source"))
		}
	}
	return problems
}

func validateMounts(mounts []corev1.VolumeMount, volumes map[string]bool, at *field.Path) field.ErrorList {
	var problems field.ErrorList
	paths := map[string]bool{}
	for i, mount := range mounts {
		each := at.Index(i)
		if !volumes[mount.Name] {
			problems = append(problems, field.NotFound(each.Child("name"), mount.Name))
		}
		if mount.MountPath == "" {
			problems = append(problems, field.Required(each.Child("mountPath"), ""))
		}
		if paths[mount.MountPath] {
			problems = append(problems, field.Invalid(each.Child("mountPath"), mount.MountPath, "must be unique"))
		}
		paths[mount.MountPath] = true
		if strings.HasPrefix(mount.SubPath, "/") || strings.Contains("/"+mount.SubPath+"/", "/../") {
			problems = append(problems, field.Invalid(each.Child("subPath"), mount.SubPath, "must be a relative path without '..'"))
		}
	}
	return problems
}

// validateResources refuses a request above its limit.
func validateResources(resources *corev1.ResourceRequirements, at *field.Path) field.ErrorList {
	var problems field.ErrorList
	for name, limit := range resources.Limits {
		if limit.Sign() < 0 {
			problems = append(problems, field.Invalid(at.Child("limits").Key(string(name)), limit.String(), "must be greater than or equal to 0"))
		}
	}
	for name, request := range resources.Requests {
		limit, limited := resources.Limits[name]
		switch {
		case request.Sign() < 0:
			problems = append(problems, field.Invalid(at.Child("requests").Key(string(name)), request.String(), "must be greater than or equal to 0"))
		case limited && request.Cmp(limit) > 0:
			problems = append(problems, field.Invalid(at.Child("requests"), request.String(), "must be less than or equal to "+string(name)+" limit of "+limit.String()))
		}
	}
	return problems
}

func validateProbe(probe *corev1.Probe, onceOnly bool, at *field.Path) field.ErrorList {
	if probe == nil {
		return nil
	}
	var problems field.ErrorList
	handlers := 0
	for _, set := range []bool{probe.Exec != nil, probe.HTTPGet != nil, probe.TCPSocket != nil, probe.GRPC != nil} {
		if set {
			handlers++
		}
	}
	switch {
	case handlers == 0:
		problems = append(problems, field.Required(at, "must specify a handler type"))
	case handlers > 1:
		problems = append(problems, field.Forbidden(at, "may not specify more than 1 handler type"))
	}
	if probe.HTTPGet != nil {
		problems = append(problems, validateTargetPort(probe.HTTPGet.Port, at.Child("httpGet", "port"))...)
	}
	if probe.TCPSocket != nil {
		problems = append(problems, validateTargetPort(probe.TCPSocket.Port, at.Child("tcpSocket", "port"))...)
	}
	if onceOnly && probe.SuccessThreshold > 1 {
		problems = append(problems, field.Invalid(at.Child("successThreshold"), probe.SuccessThreshold, "must be 1"))
	}
	for name, value := range map[string]int32{
		"initialDelaySeconds": probe.InitialDelaySeconds, "timeoutSeconds": probe.TimeoutSeconds, "periodSeconds": probe.PeriodSeconds,
		"failureThreshold": probe.FailureThreshold, "successThreshold": probe.SuccessThreshold,
	} {
		problems = append(problems, notNegative(at.Child(name), &value)...)
	}
	return problems
}

func validateTargetPort(port intstr.IntOrString, at *field.Path) field.ErrorList {
	reasons := validation.IsValidPortNum(port.IntValue())
	if port.Type == intstr.String {
		reasons = validation.IsValidPortName(port.StrVal)
	}
	var problems field.ErrorList
	for _, reason := range reasons {
		problems = append(problems, field.Invalid(at, port.String(), reason))
	}
	return problems
}
