package spec

import (
	"encoding/json"
	"fmt"
	"strings"

	"k8s.io/apimachinery/pkg/api/resource"
)

// Quota is what all pods and claims of the namespace may have together. Each field that is
// stated is a limit of a ResourceQuota
// (https://kubernetes.io/docs/concepts/policy/resource-quotas/). An environment that asks for
// more, with its rollouts and its commands, is refused.
type Quota struct {
	// CPU that all containers request together (requests.cpu).
	CPU Quantity `json:"cpu,omitempty"`
	// Memory that all containers request together (requests.memory).
	Memory Quantity `json:"memory,omitempty"`
	// CPU limits of all containers together (limits.cpu). Every container then needs a CPU limit.
	CPULimit Quantity `json:"cpuLimit,omitempty"`
	// Memory limits of all containers together (limits.memory). Every container then needs a memory limit.
	MemoryLimit Quantity `json:"memoryLimit,omitempty"`
	// Number of pods.
	Pods int `json:"pods,omitempty" jsonschema:"minimum=1,maximum=100000"`
	// Number of claims of volumes.
	PersistentVolumeClaims int `json:"persistentVolumeClaims,omitempty" jsonschema:"minimum=1,maximum=100000"`
	// Size of all claims together (requests.storage).
	Storage Quantity `json:"storage,omitempty"`
}

// LimitRange is what containers get that state nothing themselves
// (https://kubernetes.io/docs/concepts/policy/limit-range/). Those of the environment state
// all but a CPU limit; others in the namespace may not, and a quota refuses a pod without what it
// counts.
type LimitRange struct {
	// CPU request of a container that states none.
	CPU Quantity `json:"cpu,omitempty"`
	// Memory request of a container that states none.
	Memory Quantity `json:"memory,omitempty"`
	// CPU limit of a container that states none; none when left out. Containers of the environment get it as well.
	CPULimit Quantity `json:"cpuLimit,omitempty"`
	// Memory limit of a container that states none.
	MemoryLimit Quantity `json:"memoryLimit,omitempty"`
}

// UnmarshalJSON fills in the defaults before decoding.
func (l *LimitRange) UnmarshalJSON(raw []byte) error {
	type plain LimitRange
	limits := plain(defaultLimitRange())
	if err := json.Unmarshal(raw, &limits); err != nil {
		return fmt.Errorf("decoding namespace.limitRange: %w", err)
	}
	*l = LimitRange(limits)
	return nil
}

// defaultLimitRange is enough for a small command, such as kubectl debug.
func defaultLimitRange() LimitRange {
	return LimitRange{CPU: "50m", Memory: "64Mi", MemoryLimit: "256Mi"}
}

// deriveLimitRange gives a namespace with a quota defaults for containers of others. In a
// namespace that the stack does not create, they would hold for the pods of others who did not
// ask for them.
func (e *Environment) deriveLimitRange() {
	if e.Namespace.Quota != nil && e.Namespace.LimitRange == nil && e.CreatesNamespace() {
		limits := defaultLimitRange()
		e.Namespace.LimitRange = &limits
	}
}

func (e *Environment) checkLimitRange(problems *Problems) {
	const at = "namespace.limitRange"
	limits := e.Namespace.LimitRange
	if limits == nil {
		return
	}
	notAbove(problems, at+".cpu", limits.CPU, limits.CPULimit, "cpuLimit")
	notAbove(problems, at+".memory", limits.Memory, limits.MemoryLimit, "memoryLimit")
	for _, group := range e.podGroups() {
		for _, container := range append(group.containers, group.before...) {
			// The API server refuses a container whose request is above the limit that it gets.
			if limits.CPULimit != "" && container.CPULimit == "" && isOver(container.CPU, limits.CPULimit) {
				problems.add(at+".cpuLimit", string(limits.CPULimit), "is below the request of %s, which is %s and has no CPU limit: raise it, or set one there", group.path, container.CPU)
			}
			if container.MemoryLimit == NoLimit {
				problems.add(at+".memoryLimit", string(limits.MemoryLimit), "would be the limit of %s, whose memoryLimit is none: set one there", group.path)
			}
		}
	}
}

// checkQuota reports a quota that the environment does not fit into.
func (e *Environment) checkQuota(problems *Problems) {
	quota := e.Namespace.Quota
	if quota == nil {
		return
	}
	if *quota == (Quota{}) {
		problems.add("namespace.quota", nil, "limits nothing: set at least one of cpu, memory, cpuLimit, memoryLimit, pods, persistentVolumeClaims and storage")
	}
	groups, claims := e.podGroups(), e.claimGroups()
	for _, amount := range []struct {
		field string
		most  Quantity
		of    func(Resources) Quantity
	}{
		{"cpu", quota.CPU, func(r Resources) Quantity { return r.CPU }},
		{"memory", quota.Memory, func(r Resources) Quantity { return r.Memory }},
		{"cpuLimit", quota.CPULimit, func(r Resources) Quantity { return e.cpuLimitOf(r) }},
		{"memoryLimit", quota.MemoryLimit, func(r Resources) Quantity { return r.MemoryLimit }},
	} {
		if amount.most == "" {
			continue
		}
		if without := withoutAmount(groups, amount.of); len(without) > 0 {
			problems.add("namespace.quota."+amount.field, string(amount.most), "needs a limit in every container, because the API server refuses pods without what a quota counts; without one: %s", strings.Join(without, ", "))
			continue
		}
		checkSum(problems, amount.field, amount.most, groups, amount.of)
	}
	if most := quota.Pods; most > 0 {
		one := func(Resources) Quantity { return "1" }
		checkSum(problems, "pods", Quantity(fmt.Sprint(most)), alone(groups), one)
	}
	if most := quota.PersistentVolumeClaims; most > 0 && len(claims) > most {
		problems.add("namespace.quota.persistentVolumeClaims", most, "is less than the %d that the environment has: %s", len(claims), paths(claims))
	}
	if quota.Storage != "" {
		checkSum(problems, "storage", quota.Storage, claims, func(r Resources) Quantity { return r.EphemeralStorage })
	}
}

// cpuLimitOf is the limit that a container has, or gets from the limit range.
func (e *Environment) cpuLimitOf(r Resources) Quantity {
	if r.CPULimit == "" && e.Namespace.LimitRange != nil {
		return e.Namespace.LimitRange.CPULimit
	}
	return r.CPULimit
}

// checkSum reports a limit that is below what all pods have together.
func checkSum(problems *Problems, field string, most Quantity, groups []podGroup, of func(Resources) Quantity) {
	sum := sumOf(groups, of)
	if limit, err := resource.ParseQuantity(string(most)); err != nil || limit.Cmp(sum) >= 0 {
		return
	}
	var parts []string
	for _, group := range groups {
		each := group.each(of)
		if each.IsZero() {
			continue
		}
		if group.pods == 1 {
			parts = append(parts, fmt.Sprintf("%s %s", group.path, each.String()))
			continue
		}
		parts = append(parts, fmt.Sprintf("%s %d × %s", group.path, group.pods, each.String()))
	}
	problems.add("namespace.quota."+field, string(most), "is less than the %s that the environment asks for at most = %s; old pods count beside new ones in a rollout. Raise it, or ask for less", sum.String(), strings.Join(parts, " + "))
}

// withoutAmount lists the groups with a container that states no amount.
func withoutAmount(groups []podGroup, of func(Resources) Quantity) []string {
	var without []string
	for _, group := range groups {
		for _, container := range group.containers {
			if amount := of(container); amount == "" || amount == NoLimit {
				without = append(without, group.path)
				break
			}
		}
	}
	return without
}
