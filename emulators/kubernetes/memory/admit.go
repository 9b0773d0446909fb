package memory

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	quantity "k8s.io/apimachinery/pkg/api/resource"
	"k8s.io/apimachinery/pkg/api/validate/content"
	"k8s.io/apimachinery/pkg/api/validation"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	metavalidation "k8s.io/apimachinery/pkg/apis/meta/v1/validation"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/util/validation/field"
)

// admit refuses what every API server refuses.
func (c *Cluster) admit(made call, live, next *unstructured.Unstructured) error {
	if made.namespaced {
		home := c.objects[address{resource: namespaces(), name: made.namespace}]
		if home == nil {
			return apierrors.NewNotFound(schema.GroupResource{Resource: "namespaces"}, made.namespace)
		}
		if live == nil && home.GetDeletionTimestamp() != nil {
			return apierrors.NewForbidden(schema.GroupResource{Group: made.Group, Resource: made.plural}, made.name,
				fmt.Errorf("unable to create new content in namespace %s because it is being terminated", made.namespace))
		}
	}
	problems := checkMetadata(made.kind, next)
	problems = append(problems, checkSelector(next)...)
	problems = append(problems, validate(next)...)
	if live != nil {
		problems = append(problems, unchanged(made.seen(live), next)...)
	}
	if len(problems) > 0 {
		// Some were found in the random order of a map.
		slices.SortStableFunc(problems, func(a, b *field.Error) int {
			return cmp.Or(cmp.Compare(a.Field, b.Field), cmp.Compare(a.Detail, b.Detail))
		})
		return apierrors.NewInvalid(made.GroupKind(), made.name, problems)
	}
	if live != nil && c.cannotExpand(live, next) {
		return apierrors.NewForbidden(schema.GroupResource{Group: made.Group, Resource: made.plural}, made.name,
			errors.New("only dynamically provisioned pvc can be resized and the storageclass that provisions the pvc must support resize"))
	}
	return nil
}

// cannotExpand reports whether a claim is to grow on a class that does not expand volumes
// (https://kubernetes.io/docs/reference/access-authn-authz/admission-controllers/#persistentvolumeclaimresize). A class
// that is not in the cluster is taken for one that does: most tests describe none.
func (c *Cluster) cannotExpand(live, next *unstructured.Unstructured) bool {
	if next.GetKind() != "PersistentVolumeClaim" {
		return false
	}
	class := c.objects[address{resource: resource{"storage.k8s.io", "storageclasses"}, name: text(live, "spec.storageClassName")}]
	if class == nil {
		return false
	}
	before, err := requestedStorage(live)
	if err != nil {
		return false
	}
	after, err := requestedStorage(next)
	expands, _, _ := unstructured.NestedBool(class.Object, "allowVolumeExpansion")
	return err == nil && after.Cmp(before) > 0 && !expands
}

func requestedStorage(claim *unstructured.Unstructured) (quantity.Quantity, error) {
	text, _, _ := unstructured.NestedString(claim.Object, "spec", "resources", "requests", "storage")
	return quantity.ParseQuantity(text)
}

func checkMetadata(k kind, object *unstructured.Unstructured) field.ErrorList {
	at := field.NewPath("metadata")
	problems := metavalidation.ValidateLabels(object.GetLabels(), at.Child("labels"))
	problems = append(problems, validation.ValidateAnnotations(object.GetAnnotations(), at.Child("annotations"))...)
	for _, reason := range nameRule(k)(object.GetName(), false) {
		problems = append(problems, field.Invalid(at.Child("name"), object.GetName(), reason))
	}
	return problems
}

// pathSegment accepts what may be one part of a URL's path.
func pathSegment(name string, prefix bool) []string {
	if prefix {
		return content.IsPathSegmentPrefix(name)
	}
	return content.IsPathSegmentName(name)
}

// nameRule returns the validation of a kind's names.
func nameRule(k kind) validation.ValidateNameFunc {
	switch k.Group + "/" + k.Kind {
	case "/Service":
		return validation.NameIsDNS1035Label
	case "/Namespace":
		return validation.NameIsDNSLabel
	case "rbac.authorization.k8s.io/Role", "rbac.authorization.k8s.io/RoleBinding",
		"rbac.authorization.k8s.io/ClusterRole", "rbac.authorization.k8s.io/ClusterRoleBinding":
		return pathSegment
	}
	return validation.NameIsDNSSubdomain
}

// checkSelector checks that a workload's selector matches the labels of its pods.
func checkSelector(object *unstructured.Unstructured) field.ErrorList {
	switch object.GroupVersionKind().GroupKind().String() {
	case "Deployment.apps", "StatefulSet.apps", "DaemonSet.apps":
	default:
		return nil
	}
	at := field.NewPath("spec", "selector")
	written, _, _ := unstructured.NestedMap(object.Object, "spec", "selector")
	if len(written) == 0 {
		return field.ErrorList{field.Required(at, "")}
	}
	var parsed metav1.LabelSelector
	if err := runtime.DefaultUnstructuredConverter.FromUnstructured(written, &parsed); err != nil {
		return field.ErrorList{field.Invalid(at, written, err.Error())}
	}
	selector, err := metav1.LabelSelectorAsSelector(&parsed)
	if err != nil {
		return field.ErrorList{field.Invalid(at, written, err.Error())}
	}
	given, _, _ := unstructured.NestedStringMap(object.Object, "spec", "template", "metadata", "labels")
	if !selector.Matches(labels.Set(given)) {
		return field.ErrorList{field.Invalid(field.NewPath("spec", "template", "metadata", "labels"), given, "`selector` does not match template `labels`")}
	}
	return nil
}

// fixed returns the immutable fields of each kind, by the API's documentation and validation. "spec -a -b" is all of
// spec except a and b.
func fixed(k schema.GroupKind) []string {
	switch k.String() {
	case "Deployment.apps", "DaemonSet.apps":
		return []string{"spec.selector"}
	case "StatefulSet.apps":
		return []string{"spec -minReadySeconds -ordinals -persistentVolumeClaimRetentionPolicy -replicas -revisionHistoryLimit -template -updateStrategy"}
	case "Job.batch":
		return []string{"spec.selector", "spec.template", "spec.completions", "spec.completionMode"}
	case "PersistentVolumeClaim":
		return []string{"spec -resources -volumeAttributesClassName -volumeName"}
	case "Service":
		return []string{"spec.clusterIP"}
	case "Secret":
		return []string{"type"}
	case "RoleBinding.rbac.authorization.k8s.io", "ClusterRoleBinding.rbac.authorization.k8s.io":
		return []string{"roleRef"}
	case "StorageClass.storage.k8s.io":
		return []string{"provisioner", "parameters", "reclaimPolicy", "volumeBindingMode"}
	case "IngressClass.networking.k8s.io":
		return []string{"spec.controller"}
	case "PriorityClass.scheduling.k8s.io":
		return []string{"value", "preemptionPolicy"}
	}
	return nil
}

// unchanged returns the changes of immutable fields.
func unchanged(live, next *unstructured.Unstructured) field.ErrorList {
	rules := fixed(next.GroupVersionKind().GroupKind())
	if immutable, _, _ := unstructured.NestedBool(live.Object, "immutable"); immutable {
		rules = append(rules, "data", "binaryData", "stringData", "immutable")
	}
	var problems field.ErrorList
	for _, rule := range rules {
		words := strings.Fields(rule)
		before, after := without(live, words), without(next, words)
		if !sameValue(before, after) {
			problems = append(problems, field.Invalid(field.NewPath(words[0]), "", "field is immutable"+exceptions(words)))
		}
	}
	return append(problems, shrunk(live, next)...)
}

// shrunk refuses a claim that asks for less than before (ValidatePersistentVolumeClaimUpdate of Kubernetes).
func shrunk(live, next *unstructured.Unstructured) field.ErrorList {
	if next.GetKind() != "PersistentVolumeClaim" {
		return nil
	}
	before, err := requestedStorage(live)
	if err != nil {
		return nil
	}
	after, err := requestedStorage(next)
	if err != nil || after.Cmp(before) >= 0 {
		return nil
	}
	return field.ErrorList{field.Forbidden(field.NewPath("spec", "resources", "requests", "storage"), "field can not be less than status.capacity")}
}

func exceptions(words []string) string {
	if len(words) == 1 {
		return ""
	}
	return ", all but " + strings.ReplaceAll(strings.Join(words[1:], ", "), "-", "")
}

// without returns a field without the exceptions of a rule of fixed.
func without(object *unstructured.Unstructured, rule []string) any {
	value, _, _ := unstructured.NestedFieldCopy(object.Object, splitPath(rule[0])...)
	fields, isObject := value.(map[string]any)
	for _, exception := range rule[1:] {
		if isObject {
			delete(fields, strings.TrimPrefix(exception, "-"))
		}
	}
	return value
}
