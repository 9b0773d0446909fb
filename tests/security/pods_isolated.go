package security

import (
	"fmt"
	"slices"
)

const networkPolicy = "kubernetes:networking.k8s.io/v1:NetworkPolicy"

// isolated requires a NetworkPolicy that selects a pod and denies all ingress. Other policies add what is allowed.
type isolated struct{}

// Text describes such a policy.
func (isolated) Text() string {
	return "selected by a `NetworkPolicy` of its namespace whose `spec.policyTypes` holds Ingress and whose `spec.ingress` is not given"
}

func (isolated) problem(state State, i int) string {
	if !slices.ContainsFunc(state, closes(state[i])) {
		return fmt.Sprintf("%s can be reached by everyone: no NetworkPolicy denies ingress", state[i].Name)
	}
	return ""
}

func (isolated) broken(state State, i int) []State {
	spoiled := []argument{
		{"spec.ingress", Want{wrong: []any{[]any{map[string]any{}}}}},
		{"spec.policyTypes", Want{wrong: []any{[]any{"Egress"}, absent{}}}},
		{"spec.podSelector.matchLabels", Want{wrong: []any{map[string]any{"app": "another"}}}},
		{"metadata.namespace", Want{wrong: []any{"another", absent{}}}},
	}
	states := []State{state.without(closes(state[i]))}
	for _, a := range spoiled {
		for _, wrong := range a.want.wrong {
			other := state
			for j, r := range state {
				if closes(state[i])(r) {
					other = a.spoil(other, j, wrong)
				}
			}
			states = append(states, other)
		}
	}
	return states
}

// closes tells whether a policy selects a pod and denies all ingress.
func closes(pod Resource) func(Resource) bool {
	labels, _ := pod.Inputs["labels"].(map[string]any)
	return func(r Resource) bool {
		if r.Type != networkPolicy || first(r.Inputs, "metadata.namespace") != pod.Inputs["namespace"] {
			return false
		}
		selected, _ := first(r.Inputs, "spec.podSelector.matchLabels").(map[string]any)
		for key, value := range selected {
			if labels[key] != value {
				return false
			}
		}
		return holdsAll("Ingress").holds(first(r.Inputs, "spec.policyTypes")) && empty(first(r.Inputs, "spec.ingress"))
	}
}
