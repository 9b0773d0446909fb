package spec

import (
	"fmt"

	"k8s.io/apimachinery/pkg/util/validation"
)

// NodeAffinityTerm is a condition on the labels of a node.
type NodeAffinityTerm struct {
	// Key of the label.
	Key string `json:"key" jsonschema:"minLength=1"`
	// In, NotIn: the label has one of values, or none of them; Exists, DoesNotExist: the node has the label, or not; Gt, Lt: the label is a number above or below the one value.
	Operator string `json:"operator,omitempty" jsonschema:"enum=In,enum=NotIn,enum=Exists,enum=DoesNotExist,enum=Gt,enum=Lt" default:"In with values, otherwise Exists"`
	// Values of the label.
	Values []string `json:"values,omitempty" jsonschema:"minItems=1,uniqueItems=true"`
	// How much nodes that meet the condition are preferred. Without it the condition is required.
	Weight int `json:"weight,omitempty" jsonschema:"minimum=1,maximum=100" default:"the condition is required"`
}

// Condition returns the operator.
func (t NodeAffinityTerm) Condition() string {
	switch {
	case t.Operator != "":
		return t.Operator
	case len(t.Values) > 0:
		return "In"
	default:
		return "Exists"
	}
}

// PodAffinityTerm is a condition on the pods of the namespace that run near by.
type PodAffinityTerm struct {
	// Labels of the pods, for instance app.kubernetes.io/component: worker-mail.
	Labels map[string]string `json:"labels"`
	// The label of nodes that says what near is: kubernetes.io/hostname is the same node, topology.kubernetes.io/zone the same zone.
	TopologyKey string `json:"topologyKey,omitempty" jsonschema:"minLength=1" default:"kubernetes.io/hostname"`
	// How much such places are preferred. Without it the condition is required.
	Weight int `json:"weight,omitempty" jsonschema:"minimum=1,maximum=100" default:"the condition is required"`
}

// Near returns the label of nodes that says what near is.
func (t PodAffinityTerm) Near() string {
	if t.TopologyKey == "" {
		return "kubernetes.io/hostname"
	}
	return t.TopologyKey
}

// checkAffinity reports conditions that the API server refuses.
func (e *Environment) checkAffinity(problems *Problems) {
	for _, process := range e.podsByPath() {
		for i, term := range process.pods.NodeAffinity {
			term.check(problems, indexed(process.path+".nodeAffinity", i))
		}
		for field, terms := range map[string][]PodAffinityTerm{"podAffinity": process.pods.PodAffinity, "podAntiAffinity": process.pods.PodAntiAffinity} {
			for i, term := range terms {
				at := indexed(fmt.Sprintf("%s.%s", process.path, field), i)
				if len(term.Labels) == 0 {
					problems.add(at+".labels", nil, "is required, for instance app.kubernetes.io/component: worker-mail")
				}
				checkLabels(problems, at+".labels", term.Labels)
				if len(validation.IsQualifiedName(term.Near())) > 0 {
					problems.add(at+".topologyKey", term.TopologyKey, "is not a label's key, for instance kubernetes.io/hostname")
				}
			}
		}
	}
}

func (t NodeAffinityTerm) check(problems *Problems, at string) {
	if len(validation.IsQualifiedName(t.Key)) > 0 {
		problems.add(at+".key", t.Key, "is not a label's key, for instance topology.kubernetes.io/zone")
	}
	switch condition := t.Condition(); condition {
	case "In", "NotIn":
		if len(t.Values) == 0 {
			problems.add(at+".values", nil, "is required with %s.operator %s", at, condition)
		}
	case "Exists", "DoesNotExist":
		if len(t.Values) > 0 {
			problems.add(at+".values", nil, "is not allowed with %s.operator %s", at, condition)
		}
	default:
		if len(t.Values) != 1 || !isNumber(t.Values[0]) {
			problems.add(at+".values", nil, "must be one whole number with %s.operator %s", at, condition)
		}
	}
	for i, value := range t.Values {
		if len(validation.IsValidLabelValue(value)) > 0 {
			problems.add(indexed(at+".values", i), value, "is not a label's value: letters, digits, dots, hyphens and underscores, at most %d", validation.LabelValueMaxLength)
		}
	}
}
