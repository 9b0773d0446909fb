package spec

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"github.com/djangostack/djangostack/components/sizes"
)

// Architecture is that of a processor.
type Architecture = sizes.Architecture

// The architectures of nodes.
const (
	AMD64 = sizes.AMD64
	ARM64 = sizes.ARM64
)

// spot is the capacity of nodes that the cloud can reclaim.
const spot = "spot"

// NodePool is a further group of nodes, or on AWS with mode auto a pool from which the cloud
// adds nodes.
type NodePool struct {
	// Name of the pool, which processes give in nodePool. Another name is another pool.
	Name string `json:"name" jsonschema:"pattern=^[a-z]([a-z0-9-]{0\\,18}[a-z0-9])?$"`
	// Processor architecture of the nodes, and so of the images of the processes in the pool.
	Architecture Architecture `json:"architecture,omitempty" jsonschema:"enum=amd64,enum=arm64" default:"cluster.architecture"`
	// Types of the instances, of one architecture and the preferred one first, for instance m7g.large; on Google Cloud one type of machine, for instance t2a-standard-4. None may be smaller than cpu and memory say.
	InstanceTypes []string `json:"instanceTypes,omitempty" jsonschema:"minItems=1,uniqueItems=true" default:"the smallest type with cpu and memory; on AWS with mode auto what fits the pods"`
	// vCPUs of one node; with mode nodes.
	CPU int `json:"cpu,omitempty" jsonschema:"enum=2,enum=4,enum=8,enum=16"`
	// Memory of one node; with mode nodes.
	Memory Quantity `json:"memory,omitempty"`
	// Lowest number of nodes. With 0 a node is added when a pod needs it; with mode nodes.
	Min int `json:"min,omitempty" jsonschema:"minimum=0,maximum=100"`
	// Highest number of nodes; with mode nodes.
	Max int `json:"max,omitempty" jsonschema:"minimum=1,maximum=1000"`
	// spot nodes are cheaper, but the cloud can reclaim them at any time.
	Capacity string `json:"capacity,omitempty" jsonschema:"enum=on-demand,enum=spot"`
	// Disk of one node; with mode nodes.
	Disk Quantity `json:"disk,omitempty"`
	// Labels of the nodes besides djangostack/pool, which is the name.
	Labels map[string]string `json:"labels,omitempty"`
	// Taints of the nodes besides djangostack/pool=NAME:NoSchedule, which keeps other pods away. The processes of the pool tolerate them all.
	Taints []Taint `json:"taints,omitempty"`
}

// Taint keeps pods that do not tolerate it away from nodes.
type Taint struct {
	// Key of the taint.
	Key string `json:"key" jsonschema:"minLength=1"`
	// Value of the taint.
	Value string `json:"value,omitempty" jsonschema:"minLength=1"`
	// NoSchedule: no pod comes; PreferNoSchedule: no pod comes that fits elsewhere; NoExecute: no pod stays.
	Effect string `json:"effect,omitempty" jsonschema:"enum=NoSchedule,enum=PreferNoSchedule,enum=NoExecute"`
}

const noSchedule = "NoSchedule"

// UnmarshalJSON fills in the defaults of a pool before decoding it.
func (p *NodePool) UnmarshalJSON(raw []byte) error {
	type plain NodePool
	pool := plain{CPU: 2, Memory: "8Gi", Max: 4, Capacity: "on-demand", Disk: "50Gi"}
	if err := json.Unmarshal(raw, &pool); err != nil {
		return fmt.Errorf("decoding a node pool: %w", err)
	}
	*p = NodePool(pool)
	return nil
}

// UnmarshalJSON fills in the default of a taint before decoding it.
func (t *Taint) UnmarshalJSON(raw []byte) error {
	type plain Taint
	taint := plain{Effect: noSchedule}
	if err := json.Unmarshal(raw, &taint); err != nil {
		return fmt.Errorf("decoding a taint: %w", err)
	}
	*t = Taint(taint)
	return nil
}

// The labels that say where pods run.
const (
	// PoolLabel holds the name of a node's pool. A taint of the same key and value keeps
	// other pods away.
	PoolLabel = "djangostack/pool"
	// architectureLabel is set by the kubelet.
	architectureLabel = "kubernetes.io/arch"
	// computeClass is read by Autopilot.
	computeClass = "cloud.google.com/compute-class"
)

// nodePool returns the pool of a name; nil for none.
func (e *Environment) nodePool(name string) *NodePool {
	for i, pool := range e.Cluster.NodePools {
		if pool.Name == name {
			return &e.Cluster.NodePools[i]
		}
	}
	return nil
}

// ArchitectureOf returns the architecture of a pool's nodes.
func (e *Environment) ArchitectureOf(pool NodePool) Architecture {
	if pool.Architecture != "" {
		return pool.Architecture
	}
	return e.Cluster.Architecture
}

// AllLabels returns the labels of the pool's nodes.
func (p NodePool) AllLabels() map[string]string {
	labels := map[string]string{PoolLabel: p.Name}
	maps.Copy(labels, p.Labels)
	return labels
}

// AllTaints returns the taints of the pool's nodes.
func (p NodePool) AllTaints() []Taint {
	return append([]Taint{{Key: PoolLabel, Value: p.Name, Effect: noSchedule}}, p.Taints...)
}

// PodsOfServices returns the labels of the nodes on which data services and commands run,
// where the program has a choice; nil for none. On Autopilot their images, which are for
// both architectures, stay on the general nodes, which have smaller pods.
func (e *Environment) PodsOfServices() map[string]string {
	if e.architectureOfServices() == AMD64 {
		return nil
	}
	return map[string]string{architectureLabel: string(ARM64)}
}

// architectureOfServices is the architecture on which data services in the cluster run.
func (e *Environment) architectureOfServices() Architecture {
	if !e.CreatesCluster() || e.createsAutopilot() {
		return AMD64
	}
	return e.Cluster.Architecture
}

// Selector returns the labels that the nodes of a process have: those that it asks for, that
// of its pool, and that of its architecture. GKE tolerates its taint of arm64 for pods that
// select it
// (https://cloud.google.com/kubernetes-engine/docs/how-to/prepare-arm-workloads-for-deployment),
// and Autopilot has such nodes, on which Persistent Disks are mounted, in a class
// (https://cloud.google.com/kubernetes-engine/docs/how-to/autopilot-arm-workloads).
func (e *Environment) Selector(p Pods) map[string]string {
	selector := map[string]string{}
	pool := e.nodePool(p.NodePool)
	switch {
	case pool != nil:
		selector[PoolLabel] = pool.Name
		selector[architectureLabel] = string(e.ArchitectureOf(*pool))
	case !e.CreatesCluster() || e.Cluster.Architecture == AMD64:
	case e.createsAutopilot():
		selector[architectureLabel], selector[computeClass] = string(ARM64), "Scale-Out"
	default:
		selector[architectureLabel] = string(ARM64)
	}
	maps.Copy(selector, p.NodeSelector)
	return selector
}

// TolerationsOf returns the tolerations of a process: those that it has, and those of the
// taints of its pool.
func (e *Environment) TolerationsOf(p Pods) []Toleration {
	pool := e.nodePool(p.NodePool)
	if pool == nil {
		return p.Tolerations
	}
	tolerations := slices.Clone(p.Tolerations)
	for _, taint := range pool.AllTaints() {
		tolerations = append(tolerations, Toleration{Key: taint.Key, Value: taint.Value, Effect: taint.Effect})
	}
	return tolerations
}
