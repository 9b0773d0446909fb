package spec

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"

	autoscalingv1 "k8s.io/api/autoscaling/v1"
	autoscalingv2 "k8s.io/api/autoscaling/v2"
	coordinationv1 "k8s.io/api/coordination/v1"
	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	networkingv1 "k8s.io/api/networking/v1"
	policyv1 "k8s.io/api/policy/v1"
	rbacv1 "k8s.io/api/rbac/v1"
)

// builtInVersions are the versions of the groups of builtInKinds that a supported Kubernetes serves
// (https://kubernetes.io/docs/reference/using-api/deprecation-guide/).
func builtInVersions() map[string][]string {
	v1 := []string{"v1"}
	return map[string][]string{
		"": v1, "policy": v1, "autoscaling": {"v2", "v1"}, "networking.k8s.io": v1, "rbac.authorization.k8s.io": v1, "discovery.k8s.io": v1, "coordination.k8s.io": v1,
	}
}

func groupVersions(group string, versions []string) string {
	var all []string
	for _, version := range versions {
		all = append(all, strings.TrimPrefix(group+"/"+version, "/"))
	}
	return strings.Join(all, " or ")
}

// emptyObject returns an empty object of a kind of Kubernetes itself; nil for others.
func emptyObject(version, kind string) any {
	switch version + " " + kind {
	case "v1 ServiceAccount":
		return &corev1.ServiceAccount{}
	case "v1 Service":
		return &corev1.Service{}
	case "v1 Endpoints":
		return &corev1.Endpoints{} //nolint:deprecated // clusters still have the kind
	case "v1 LimitRange":
		return &corev1.LimitRange{}
	case "v1 ResourceQuota":
		return &corev1.ResourceQuota{}
	case "v1 PodTemplate":
		return &corev1.PodTemplate{}
	case "policy/v1 PodDisruptionBudget":
		return &policyv1.PodDisruptionBudget{}
	case "autoscaling/v1 HorizontalPodAutoscaler":
		return &autoscalingv1.HorizontalPodAutoscaler{}
	case "autoscaling/v2 HorizontalPodAutoscaler":
		return &autoscalingv2.HorizontalPodAutoscaler{}
	case "networking.k8s.io/v1 Ingress":
		return &networkingv1.Ingress{}
	case "networking.k8s.io/v1 NetworkPolicy":
		return &networkingv1.NetworkPolicy{}
	case "rbac.authorization.k8s.io/v1 Role":
		return &rbacv1.Role{}
	case "rbac.authorization.k8s.io/v1 RoleBinding":
		return &rbacv1.RoleBinding{}
	case "discovery.k8s.io/v1 EndpointSlice":
		return &discoveryv1.EndpointSlice{}
	case "coordination.k8s.io/v1 Lease":
		return &coordinationv1.Lease{}
	default:
		return nil
	}
}

// checkFields reports a field that a kind of Kubernetes itself does not have, and a value of another type. The API server
// refuses both when objects are applied.
func (m Manifest) checkFields(problems *Problems, where string) {
	object := emptyObject(m.text("apiVersion"), m.Kind().Kind)
	if object == nil {
		return
	}
	text, err := json.Marshal(m.Fields)
	if err != nil {
		return // it was decoded from JSON
	}
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	err = decoder.Decode(object)
	var other *json.UnmarshalTypeError
	switch {
	case err == nil:
	case errors.As(err, &other):
		problems.add(m.Path, nil, "%shas a %s at %s, which is %s there", where, other.Value, other.Field, typeInWords(other.Type.Kind().String()))
	case strings.Contains(err.Error(), "unknown field"):
		_, name, _ := strings.Cut(err.Error(), "unknown field ")
		problems.add(m.Path, nil, "%shas a field %s, which a %s does not have", where, maskedStep(strings.Trim(name, `"`)), m.Kind().Kind)
	default:
		problems.add(m.Path, nil, "%shas a value that a %s cannot have there", where, m.Kind().Kind)
	}
}

// typeInWords names a kind of Go's types for people who write YAML.
func typeInWords(kind string) string {
	switch {
	case strings.HasPrefix(kind, "int"):
		return "a whole number"
	case kind == "slice":
		return "a list"
	case kind == "struct", kind == "map":
		return "an object"
	case kind == "bool":
		return "true or false"
	default:
		return "a " + kind
	}
}
