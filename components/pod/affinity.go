package pod

import (
	"slices"

	corev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/core/v1"
	metav1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/meta/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// Affinity says where pods run.
type Affinity struct {
	Nodes []NodeTerm
	// Near are pods that the pods run near to, and Apart pods that they keep away from.
	Near, Apart []PodTerm
}

// NodeTerm is a condition on the labels of a node. Weight is how much such nodes are
// preferred, from 1 to 100; 0 for a condition that is required.
type NodeTerm struct {
	Key, Operator string
	Values        []string
	Weight        int
}

// PodTerm is a condition on the pods of the namespace that run in one topology, such as a
// node. Weight is that of a NodeTerm.
type PodTerm struct {
	Labels   pulumi.StringMap
	Topology string
	Weight   int
}

// Args returns the affinity as the API takes it; nil if there are no conditions.
func (a Affinity) Args() corev1.AffinityPtrInput {
	if len(a.Nodes)+len(a.Near)+len(a.Apart) == 0 {
		return nil
	}
	args := corev1.AffinityArgs{}
	if len(a.Nodes) > 0 {
		args.NodeAffinity = nodeAffinity(a.Nodes)
	}
	if required, preferred := podTerms(a.Near); len(a.Near) > 0 {
		args.PodAffinity = corev1.PodAffinityArgs{
			RequiredDuringSchedulingIgnoredDuringExecution:  required,
			PreferredDuringSchedulingIgnoredDuringExecution: preferred,
		}
	}
	if required, preferred := podTerms(a.Apart); len(a.Apart) > 0 {
		args.PodAntiAffinity = corev1.PodAntiAffinityArgs{
			RequiredDuringSchedulingIgnoredDuringExecution:  required,
			PreferredDuringSchedulingIgnoredDuringExecution: preferred,
		}
	}
	return args
}

// nodeAffinity joins the required conditions by and: the terms of a selector are
// alternatives, the expressions of one term are not.
func nodeAffinity(terms []NodeTerm) corev1.NodeAffinityArgs {
	var required corev1.NodeSelectorRequirementArray
	var preferred corev1.PreferredSchedulingTermArray
	for _, term := range terms {
		expression := corev1.NodeSelectorRequirementArgs{Key: pulumi.String(term.Key), Operator: pulumi.String(term.Operator)}
		if len(term.Values) > 0 {
			expression.Values = pulumi.ToStringArray(term.Values)
		}
		if term.Weight == 0 {
			required = append(required, expression)
			continue
		}
		preferred = append(preferred, corev1.PreferredSchedulingTermArgs{
			Weight:     pulumi.Int(term.Weight),
			Preference: corev1.NodeSelectorTermArgs{MatchExpressions: corev1.NodeSelectorRequirementArray{expression}},
		})
	}
	args := corev1.NodeAffinityArgs{}
	if len(required) > 0 {
		args.RequiredDuringSchedulingIgnoredDuringExecution = corev1.NodeSelectorArgs{
			NodeSelectorTerms: corev1.NodeSelectorTermArray{corev1.NodeSelectorTermArgs{MatchExpressions: required}},
		}
	}
	if len(preferred) > 0 {
		args.PreferredDuringSchedulingIgnoredDuringExecution = preferred
	}
	return args
}

// podTerms returns lists without a value where there are no terms: the API server drops an
// empty list.
func podTerms(terms []PodTerm) (corev1.PodAffinityTermArrayInput, corev1.WeightedPodAffinityTermArrayInput) {
	var required corev1.PodAffinityTermArray
	var preferred corev1.WeightedPodAffinityTermArray
	for _, term := range terms {
		args := corev1.PodAffinityTermArgs{
			TopologyKey:   pulumi.String(term.Topology),
			LabelSelector: metav1.LabelSelectorArgs{MatchLabels: term.Labels},
		}
		if term.Weight == 0 {
			required = append(required, args)
			continue
		}
		preferred = append(preferred, corev1.WeightedPodAffinityTermArgs{Weight: pulumi.Int(term.Weight), PodAffinityTerm: args})
	}
	var requiredInput corev1.PodAffinityTermArrayInput
	if len(required) > 0 {
		requiredInput = required
	}
	var preferredInput corev1.WeightedPodAffinityTermArrayInput
	if len(preferred) > 0 {
		preferredInput = preferred
	}
	return requiredInput, preferredInput
}

// nodeTopology is the label that each node has with another value.
const nodeTopology = "kubernetes.io/hostname"

// shareLabel begins the keys of the labels of pods that mount a volume of one node.
const shareLabel = "djangostack/volume-"

// OnOneNode reports whether one of the volumes is mounted by the pods of one node.
func OnOneNode(volumes []Volume) bool {
	return slices.ContainsFunc(volumes, func(v Volume) bool { return v.OneNode != "" })
}

// Together returns the labels of a pod with such volumes, and the conditions that put it on
// the node of the other pods that mount them. owner selects the pods of the environment, since
// another one in the namespace may have a volume of the same name. The first pod meets the
// conditions by itself, so it may run on any node: a pod whose labels match its own required
// affinity does not wait for another
// (https://kubernetes.io/docs/concepts/scheduling-eviction/assign-pod-node/).
func Together(volumes []Volume, owner pulumi.StringMap) (labels pulumi.StringMap, near []PodTerm) {
	labels = pulumi.StringMap{}
	for _, volume := range volumes {
		key := shareLabel + volume.OneNode
		if _, known := labels[key]; known || volume.OneNode == "" {
			continue
		}
		labels[key] = pulumi.String("mounted")
		selector := pulumi.StringMap{key: pulumi.String("mounted")}
		for name, value := range owner {
			selector[name] = value
		}
		near = append(near, PodTerm{Labels: selector, Topology: nodeTopology})
	}
	return labels, near
}
