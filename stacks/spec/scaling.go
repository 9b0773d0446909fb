package spec

import (
	"encoding/json"
	"fmt"
)

// ScalingSignal is the measurement that the number of pods follows.
type ScalingSignal string

// ByCPU and ByMemory follow the use of the pods, ByQueue the number of waiting messages or tasks,
// and ByQuery the number that a statement returns.
const (
	ByCPU    ScalingSignal = "cpu"
	ByMemory ScalingSignal = "memory"
	ByQueue  ScalingSignal = "queue"
	ByQuery  ScalingSignal = "query"
)

// Autoscaling lets the number of pods follow the load.
type Autoscaling struct {
	// cpu, memory: a HorizontalPodAutoscaler follows what the pods use and needs metrics-server in the cluster; queue: KEDA follows the number of waiting messages, or with kind django-tasks of tasks in the database, and must be in the cluster, see cluster.charts; query: KEDA follows the number that query returns. queue and query are for workers only.
	By ScalingSignal `json:"by,omitempty" jsonschema:"enum=cpu,enum=memory,enum=queue,enum=query"`
	// SQL statement that returns the number of waiting tasks in the database, for queues with separate tables; with by query.
	Query string `json:"query,omitempty" jsonschema:"minLength=1"`
	// Lowest number of pods; 0 is allowed with by queue or query only.
	MinReplicas int `json:"minReplicas,omitempty" jsonschema:"minimum=0,maximum=500"`
	// Highest number of pods.
	MaxReplicas int `json:"maxReplicas" jsonschema:"minimum=1,maximum=500"`
	// Average CPU use of the pods in percent of their CPU requests; with by cpu.
	TargetCPUUtilizationPercentage int `json:"targetCPUUtilizationPercentage,omitempty" jsonschema:"minimum=1,maximum=1000"`
	// Average memory use of the pods in percent of their memory requests; with by memory, or with by cpu to follow both: then the signal that asks for more pods counts.
	TargetMemoryUtilizationPercentage int `json:"targetMemoryUtilizationPercentage,omitempty" jsonschema:"minimum=1,maximum=1000" default:"80 with by memory, otherwise none"`
	// Waiting messages for each pod, in each of its queues, or tasks for each pod; with by queue or query.
	QueueLength int `json:"queueLength,omitempty" jsonschema:"minimum=1,maximum=1000000"`
	// How pods are added.
	ScaleUp ScaleUp `json:"scaleUp,omitempty"`
	// How pods are removed.
	ScaleDown ScaleDown `json:"scaleDown,omitempty"`
}

// ScaleUp is how pods are added.
type ScaleUp struct {
	// Seconds that the load must stay higher before pods are added.
	StabilizationWindowSeconds int `json:"stabilizationWindowSeconds,omitempty" jsonschema:"minimum=0,maximum=3600"`
}

// ScaleDown is how pods are removed.
type ScaleDown struct {
	// Seconds that the load must stay lower before pods are removed.
	StabilizationWindowSeconds int `json:"stabilizationWindowSeconds,omitempty" jsonschema:"minimum=0,maximum=3600"`
	// Highest share of the pods that is removed in one minute, in percent.
	Percent int `json:"percent,omitempty" jsonschema:"minimum=1,maximum=100"`
}

// defaultMemoryPercent leaves memory for a new pod to start before the others reach their limits.
const defaultMemoryPercent = 80

// UnmarshalJSON fills in the defaults before decoding.
func (a *Autoscaling) UnmarshalJSON(raw []byte) error {
	type plain Autoscaling
	scaling := plain{
		By: ByCPU, MinReplicas: 2, TargetCPUUtilizationPercentage: 70, QueueLength: 10,
		ScaleDown: ScaleDown{StabilizationWindowSeconds: 300, Percent: 50},
	}
	if err := json.Unmarshal(raw, &scaling); err != nil {
		return fmt.Errorf("decoding autoscaling: %w", err)
	}
	if scaling.By == ByMemory && scaling.TargetMemoryUtilizationPercentage == 0 {
		scaling.TargetMemoryUtilizationPercentage = defaultMemoryPercent
	}
	*a = Autoscaling(scaling)
	return nil
}

// most returns the highest number of pods.
func (a *Autoscaling) most(replicas int) int {
	if a == nil {
		return replicas
	}
	return a.MaxReplicas
}

// MostPods returns the highest number of web pods outside a rollout.
func (w *Web) MostPods() int { return w.Autoscaling.most(w.Replicas) }

// MostPods returns the highest number of the worker's pods outside a rollout.
func (w *Worker) MostPods() int { return w.Autoscaling.most(w.Replicas) }
