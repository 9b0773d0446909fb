package memory

import (
	"fmt"

	appsv1 "k8s.io/api/apps/v1"
	autoscalingv2 "k8s.io/api/autoscaling/v2"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	policyv1 "k8s.io/api/policy/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	schedulingv1 "k8s.io/api/scheduling/v1"
	storagev1 "k8s.io/api/storage/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/util/validation/field"
	"k8s.io/client-go/kubernetes/scheme"
)

// validate returns what the API server's validation refuses in an object of a built-in kind. The rules are those of
// k8s.io/kubernetes/pkg/apis/*/validation that programs meet. Those packages are not imported, because they need replace
// directives in go.mod, with which `go install` of this module fails; a test compares the verdicts with a real server's.
func validate(object *unstructured.Unstructured) field.ErrorList {
	typed, err := scheme.Scheme.New(object.GroupVersionKind())
	if err != nil {
		return nil
	}
	if err := runtime.DefaultUnstructuredConverter.FromUnstructured(object.Object, typed); err != nil {
		return field.ErrorList{field.Invalid(field.NewPath(""), object.GetKind(), err.Error())}
	}
	spec := field.NewPath("spec")
	switch o := typed.(type) {
	case *corev1.Pod:
		return validatePod(&o.Spec, spec)
	case *appsv1.Deployment:
		return append(validateTemplate(&o.Spec.Template, spec, corev1.RestartPolicyAlways), notNegative(spec.Child("replicas"), o.Spec.Replicas)...)
	case *appsv1.StatefulSet:
		problems := notNegative(spec.Child("replicas"), o.Spec.Replicas)
		// The controller adds a volume for each claim template.
		pods := o.Spec.Template.DeepCopy()
		for _, claim := range o.Spec.VolumeClaimTemplates {
			pods.Spec.Volumes = append(pods.Spec.Volumes, corev1.Volume{Name: claim.Name})
		}
		problems = append(problems, validateTemplate(pods, spec, corev1.RestartPolicyAlways)...)
		for i, claim := range o.Spec.VolumeClaimTemplates {
			problems = append(problems, validateClaim(&claim.Spec, spec.Child("volumeClaimTemplates").Index(i).Child("spec"))...)
		}
		return problems
	case *appsv1.DaemonSet:
		return validateTemplate(&o.Spec.Template, spec, corev1.RestartPolicyAlways)
	case *batchv1.Job:
		return validateJob(&o.Spec, spec)
	case *batchv1.CronJob:
		return validateCronJob(o, spec)
	case *corev1.Service:
		return validateService(o, spec)
	case *corev1.ConfigMap:
		return validateConfigMap(o)
	case *corev1.Secret:
		return validateSecret(o)
	case *corev1.PersistentVolumeClaim:
		return validateClaim(&o.Spec, spec)
	case *corev1.LimitRange:
		return validateLimitRange(o, spec)
	case *networkingv1.Ingress:
		return validateIngress(o, spec)
	case *networkingv1.NetworkPolicy:
		return validateNetworkPolicy(o, spec)
	case *autoscalingv2.HorizontalPodAutoscaler:
		return validateAutoscaler(o, spec)
	case *policyv1.PodDisruptionBudget:
		if o.Spec.MinAvailable != nil && o.Spec.MaxUnavailable != nil {
			return field.ErrorList{field.Invalid(spec, "", "minAvailable and maxUnavailable cannot be both set")}
		}
	case *rbacv1.RoleBinding:
		return validateBinding(o.RoleRef)
	case *rbacv1.ClusterRoleBinding:
		return validateBinding(o.RoleRef)
	case *schedulingv1.PriorityClass:
		if most := int32(1000000000); o.Value > most {
			return field.ErrorList{field.Forbidden(field.NewPath("value"), fmt.Sprintf("maximum allowed value of a user defined priority is %d", most))}
		}
	case *storagev1.StorageClass:
		if o.Provisioner == "" {
			return field.ErrorList{field.Required(field.NewPath("provisioner"), "")}
		}
	}
	return nil
}

func notNegative[T int32 | int64](at *field.Path, value *T) field.ErrorList {
	if value != nil && *value < 0 {
		return field.ErrorList{field.Invalid(at, *value, "must be greater than or equal to 0")}
	}
	return nil
}

// oneOf refuses a value that is neither empty nor allowed.
func oneOf[T ~string](at *field.Path, value T, allowed ...T) field.ErrorList {
	if value == "" {
		return nil
	}
	for _, each := range allowed {
		if value == each {
			return nil
		}
	}
	return field.ErrorList{field.NotSupported(at, value, allowed)}
}

// named returns problems of a list's names: each must follow a rule and be unique.
func named(at *field.Path, seen map[string]bool, name string, rule func(string) []string) field.ErrorList {
	if name == "" {
		return field.ErrorList{field.Required(at, "")}
	}
	var problems field.ErrorList
	for _, reason := range rule(name) {
		problems = append(problems, field.Invalid(at, name, reason))
	}
	if seen[name] {
		problems = append(problems, field.Duplicate(at, name))
	}
	seen[name] = true
	return problems
}
