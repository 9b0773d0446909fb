package memory

import (
	"fmt"
	"net/netip"
	"strings"
	"time"

	"github.com/robfig/cron/v3"
	autoscalingv2 "k8s.io/api/autoscaling/v2"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	"k8s.io/apimachinery/pkg/util/validation"
	"k8s.io/apimachinery/pkg/util/validation/field"
)

// maxCronJobName leaves 11 characters for the suffix of its Jobs.
const maxCronJobName = 52

func validateJob(job *batchv1.JobSpec, at *field.Path) field.ErrorList {
	problems := validateTemplate(&job.Template, at, corev1.RestartPolicyNever, corev1.RestartPolicyOnFailure)
	if job.Template.Spec.RestartPolicy == "" {
		problems = append(problems, field.Required(at.Child("template", "spec", "restartPolicy"), "valid values: \"OnFailure\", \"Never\""))
	}
	for name, value := range map[string]*int32{
		"parallelism": job.Parallelism, "completions": job.Completions, "backoffLimit": job.BackoffLimit, "ttlSecondsAfterFinished": job.TTLSecondsAfterFinished,
	} {
		problems = append(problems, notNegative(at.Child(name), value)...)
	}
	return append(problems, notNegative(at.Child("activeDeadlineSeconds"), job.ActiveDeadlineSeconds)...)
}

func validateCronJob(job *batchv1.CronJob, at *field.Path) field.ErrorList {
	problems := validateJob(&job.Spec.JobTemplate.Spec, at.Child("jobTemplate", "spec"))
	if len(job.Name) > maxCronJobName {
		problems = append(problems, field.Invalid(field.NewPath("metadata", "name"), job.Name, fmt.Sprintf("must be no more than %d characters", maxCronJobName)))
	}
	switch _, err := cron.ParseStandard(job.Spec.Schedule); {
	case job.Spec.Schedule == "":
		problems = append(problems, field.Required(at.Child("schedule"), ""))
	case strings.Contains(job.Spec.Schedule, "TZ"):
		problems = append(problems, field.Invalid(at.Child("schedule"), job.Spec.Schedule, "cannot use TZ or CRON_TZ in schedule, use timeZone field instead"))
	case err != nil:
		problems = append(problems, field.Invalid(at.Child("schedule"), job.Spec.Schedule, err.Error()))
	}
	if zone := job.Spec.TimeZone; zone != nil {
		if _, err := time.LoadLocation(*zone); err != nil || *zone == "" || strings.EqualFold(*zone, "Local") {
			problems = append(problems, field.Invalid(at.Child("timeZone"), *zone, "unknown time zone"))
		}
	}
	problems = append(problems, oneOf(at.Child("concurrencyPolicy"), job.Spec.ConcurrencyPolicy,
		batchv1.AllowConcurrent, batchv1.ForbidConcurrent, batchv1.ReplaceConcurrent)...)
	return append(problems, notNegative(at.Child("startingDeadlineSeconds"), job.Spec.StartingDeadlineSeconds)...)
}

func validateService(service *corev1.Service, at *field.Path) field.ErrorList {
	problems := oneOf(at.Child("type"), service.Spec.Type,
		corev1.ServiceTypeClusterIP, corev1.ServiceTypeNodePort, corev1.ServiceTypeLoadBalancer, corev1.ServiceTypeExternalName)
	if len(service.Spec.Ports) == 0 && service.Spec.Type != corev1.ServiceTypeExternalName && service.Spec.ClusterIP != corev1.ClusterIPNone {
		problems = append(problems, field.Required(at.Child("ports"), ""))
	}
	names, numbers := map[string]bool{}, map[string]bool{}
	for i, port := range service.Spec.Ports {
		each := at.Child("ports").Index(i)
		if port.Name != "" || len(service.Spec.Ports) > 1 {
			problems = append(problems, named(each.Child("name"), names, port.Name, validation.IsDNS1123Label)...)
		}
		for _, reason := range validation.IsValidPortNum(int(port.Port)) {
			problems = append(problems, field.Invalid(each.Child("port"), port.Port, reason))
		}
		if port.TargetPort.StrVal != "" || port.TargetPort.IntVal != 0 {
			problems = append(problems, validateTargetPort(port.TargetPort, each.Child("targetPort"))...)
		}
		number := fmt.Sprintf("%s/%d", port.Protocol, port.Port)
		if numbers[number] {
			problems = append(problems, field.Duplicate(each, number))
		}
		numbers[number] = true
	}
	return problems
}

func validateConfigMap(m *corev1.ConfigMap) field.ErrorList {
	size := 0
	var problems field.ErrorList
	for key, value := range m.Data {
		size += len(value)
		problems = append(problems, validateKey("data", key)...)
	}
	for key, value := range m.BinaryData {
		size += len(value)
		problems = append(problems, validateKey("binaryData", key)...)
		if _, twice := m.Data[key]; twice {
			problems = append(problems, field.Invalid(field.NewPath("data").Key(key), key, "duplicate of key present in binaryData"))
		}
	}
	return append(problems, tooLong(size)...)
}

func validateSecret(s *corev1.Secret) field.ErrorList {
	size := 0
	var problems field.ErrorList
	for key, value := range s.Data {
		size += len(value)
		problems = append(problems, validateKey("data", key)...)
	}
	for _, key := range keysOf(s.Type) {
		if _, has := s.Data[key]; !has {
			if _, text := s.StringData[key]; !text {
				problems = append(problems, field.Required(field.NewPath("data").Key(key), ""))
			}
		}
	}
	return append(problems, tooLong(size)...)
}

// keysOf returns the keys that a type of Secret requires.
func keysOf(kind corev1.SecretType) []string {
	switch kind {
	case corev1.SecretTypeDockerConfigJson:
		return []string{corev1.DockerConfigJsonKey}
	case corev1.SecretTypeTLS:
		return []string{corev1.TLSCertKey, corev1.TLSPrivateKeyKey}
	}
	return nil
}

func validateKey(part, key string) field.ErrorList {
	var problems field.ErrorList
	for _, reason := range validation.IsConfigMapKey(key) {
		problems = append(problems, field.Invalid(field.NewPath(part).Key(key), key, reason))
	}
	return problems
}

func tooLong(size int) field.ErrorList {
	if size > corev1.MaxSecretSize {
		return field.ErrorList{field.TooLong(field.NewPath("data"), "", corev1.MaxSecretSize)}
	}
	return nil
}

func validateClaim(claim *corev1.PersistentVolumeClaimSpec, at *field.Path) field.ErrorList {
	var problems field.ErrorList
	if len(claim.AccessModes) == 0 {
		problems = append(problems, field.Required(at.Child("accessModes"), "at least 1 access mode is required"))
	}
	for i, mode := range claim.AccessModes {
		problems = append(problems, oneOf(at.Child("accessModes").Index(i), mode,
			corev1.ReadWriteOnce, corev1.ReadOnlyMany, corev1.ReadWriteMany, corev1.ReadWriteOncePod)...)
	}
	size, has := claim.Resources.Requests[corev1.ResourceStorage]
	switch {
	case !has:
		problems = append(problems, field.Required(at.Child("resources").Key("storage"), ""))
	case size.Sign() <= 0:
		problems = append(problems, field.Invalid(at.Child("resources").Key("storage"), size.String(), "must be greater than zero"))
	}
	return problems
}

func validateLimitRange(limits *corev1.LimitRange, at *field.Path) field.ErrorList {
	var problems field.ErrorList
	for i, item := range limits.Spec.Limits {
		each := at.Child("limits").Index(i)
		for name, request := range item.DefaultRequest {
			limit, limited := item.Default[name]
			if limited && request.Cmp(limit) > 0 {
				problems = append(problems, field.Invalid(each.Child("defaultRequest").Key(string(name)), request.String(),
					fmt.Sprintf("default request value %s is greater than default limit value %s", request.String(), limit.String())))
			}
			most, limited := item.Max[name]
			if limited && request.Cmp(most) > 0 {
				problems = append(problems, field.Invalid(each.Child("defaultRequest").Key(string(name)), request.String(),
					fmt.Sprintf("default request value %s is greater than max value %s", request.String(), most.String())))
			}
		}
	}
	return problems
}

func validateIngress(ingress *networkingv1.Ingress, at *field.Path) field.ErrorList {
	var problems field.ErrorList
	if len(ingress.Spec.Rules) == 0 && ingress.Spec.DefaultBackend == nil {
		problems = append(problems, field.Invalid(at, "", "either `defaultBackend` or `rules` must be specified"))
	}
	for i, rule := range ingress.Spec.Rules {
		each := at.Child("rules").Index(i)
		problems = append(problems, validateHost(rule.Host, each.Child("host"))...)
		if rule.HTTP == nil {
			continue
		}
		for j, path := range rule.HTTP.Paths {
			problems = append(problems, validateIngressPath(path, each.Child("http", "paths").Index(j))...)
		}
	}
	for i, tls := range ingress.Spec.TLS {
		for j, host := range tls.Hosts {
			problems = append(problems, validateHost(host, at.Child("tls").Index(i).Child("hosts").Index(j))...)
		}
	}
	return problems
}

func validateIngressPath(path networkingv1.HTTPIngressPath, at *field.Path) field.ErrorList {
	if path.PathType == nil {
		return field.ErrorList{field.Required(at.Child("pathType"), "pathType must be specified")}
	}
	problems := oneOf(at.Child("pathType"), *path.PathType,
		networkingv1.PathTypeExact, networkingv1.PathTypePrefix, networkingv1.PathTypeImplementationSpecific)
	if *path.PathType != networkingv1.PathTypeImplementationSpecific && !strings.HasPrefix(path.Path, "/") {
		problems = append(problems, field.Invalid(at.Child("path"), path.Path, "must be an absolute path"))
	}
	if service := path.Backend.Service; service != nil && (service.Port.Name == "") == (service.Port.Number == 0) {
		problems = append(problems, field.Required(at.Child("backend", "service", "port"), "one of port name or number is required"))
	}
	return problems
}

func validateHost(host string, at *field.Path) field.ErrorList {
	if host == "" {
		return nil
	}
	rule := validation.IsDNS1123Subdomain
	if strings.HasPrefix(host, "*") {
		rule = validation.IsWildcardDNS1123Subdomain
	}
	var problems field.ErrorList
	if _, err := netip.ParseAddr(host); err == nil {
		problems = append(problems, field.Invalid(at, host, "must be a DNS name, not an IP address"))
	}
	for _, reason := range rule(host) {
		problems = append(problems, field.Invalid(at, host, reason))
	}
	return problems
}

func validateNetworkPolicy(policy *networkingv1.NetworkPolicy, at *field.Path) field.ErrorList {
	var problems field.ErrorList
	rule := func(peers []networkingv1.NetworkPolicyPeer, ports []networkingv1.NetworkPolicyPort, at *field.Path, direction string) {
		for i, peer := range peers {
			problems = append(problems, validatePeer(peer, at.Child(direction).Index(i))...)
		}
		for i, port := range ports {
			problems = append(problems, validatePolicyPort(port, at.Child("ports").Index(i))...)
		}
	}
	for i, ingress := range policy.Spec.Ingress {
		rule(ingress.From, ingress.Ports, at.Child("ingress").Index(i), "from")
	}
	for i, egress := range policy.Spec.Egress {
		rule(egress.To, egress.Ports, at.Child("egress").Index(i), "to")
	}
	return problems
}

func validatePeer(peer networkingv1.NetworkPolicyPeer, at *field.Path) field.ErrorList {
	selects := peer.PodSelector != nil || peer.NamespaceSelector != nil
	if peer.IPBlock == nil {
		if !selects {
			return field.ErrorList{field.Required(at, "must specify a peer")}
		}
		return nil
	}
	var problems field.ErrorList
	if selects {
		problems = append(problems, field.Forbidden(at, "may not specify both ipBlock and another peer"))
	}
	block, err := netip.ParsePrefix(peer.IPBlock.CIDR)
	if err != nil {
		problems = append(problems, field.Invalid(at.Child("ipBlock", "cidr"), peer.IPBlock.CIDR, "must be a valid CIDR value"))
	}
	for i, except := range peer.IPBlock.Except {
		inner, wrong := netip.ParsePrefix(except)
		if wrong != nil || err == nil && (!block.Contains(inner.Addr()) || inner.Bits() <= block.Bits()) {
			problems = append(problems, field.Invalid(at.Child("ipBlock", "except").Index(i), except, "must be a strict subset of `cidr`"))
		}
	}
	return problems
}

func validatePolicyPort(port networkingv1.NetworkPolicyPort, at *field.Path) field.ErrorList {
	var problems field.ErrorList
	if port.Port != nil {
		problems = append(problems, validateTargetPort(*port.Port, at.Child("port"))...)
	}
	if port.EndPort != nil && (port.Port == nil || port.Port.IntVal == 0 || *port.EndPort < port.Port.IntVal) {
		problems = append(problems, field.Invalid(at.Child("endPort"), *port.EndPort, "must be greater than or equal to `port`"))
	}
	return problems
}

func validateAutoscaler(scaler *autoscalingv2.HorizontalPodAutoscaler, at *field.Path) field.ErrorList {
	var problems field.ErrorList
	if scaler.Spec.MaxReplicas < 1 {
		problems = append(problems, field.Invalid(at.Child("maxReplicas"), scaler.Spec.MaxReplicas, "must be greater than 0"))
	}
	if least := scaler.Spec.MinReplicas; least != nil {
		switch {
		case *least < 1:
			problems = append(problems, field.Invalid(at.Child("minReplicas"), *least, "must be greater than or equal to 1"))
		case *least > scaler.Spec.MaxReplicas:
			problems = append(problems, field.Invalid(at.Child("maxReplicas"), scaler.Spec.MaxReplicas, "must be greater than or equal to `minReplicas`"))
		}
	}
	return problems
}

func validateBinding(role rbacv1.RoleRef) field.ErrorList {
	if role.Name == "" {
		return field.ErrorList{field.Required(field.NewPath("roleRef", "name"), "")}
	}
	return nil
}
