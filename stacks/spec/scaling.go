package spec

import "encoding/json"

// ScalingSignal says what the number of pods follows.
type ScalingSignal string

// ByCPU follows the CPU that the pods use, ByQueue the messages that wait.
const (
	ByCPU   ScalingSignal = "cpu"
	ByQueue ScalingSignal = "queue"
)

// Autoscaling lets the number of pods follow the load.
type Autoscaling struct {
	// cpu: a HorizontalPodAutoscaler follows the pods' CPU, which needs metrics-server in the cluster; queue: KEDA follows the messages that wait, which needs KEDA in the cluster, and only workers have queues.
	By ScalingSignal `json:"by,omitempty" jsonschema:"enum=cpu,enum=queue"`
	// Pods at least; 0 only by queue.
	Min int `json:"min,omitempty" jsonschema:"minimum=0,maximum=500"`
	// Pods at most.
	Max int `json:"max" jsonschema:"minimum=1,maximum=500"`
	// Percent of the reserved CPU that the pods use on average; by cpu.
	CPUPercent int `json:"cpuPercent,omitempty" jsonschema:"minimum=1,maximum=1000"`
	// Messages that may wait for each pod, in each of its queues; by queue.
	QueueLength int `json:"queueLength,omitempty" jsonschema:"minimum=1,maximum=1000000"`
	// Seconds that the load must have been higher before pods are added.
	UpWindowSeconds int `json:"upWindowSeconds,omitempty" jsonschema:"minimum=0,maximum=3600"`
	// Seconds that the load must have been lower before pods are taken away.
	DownWindowSeconds int `json:"downWindowSeconds,omitempty" jsonschema:"minimum=0,maximum=3600"`
	// Percent of the pods that are taken away in one minute at most.
	DownPercent int `json:"downPercent,omitempty" jsonschema:"minimum=1,maximum=100"`
}

// UnmarshalJSON fills in the defaults before reading it.
func (a *Autoscaling) UnmarshalJSON(raw []byte) error {
	type plain Autoscaling
	scaling := plain{By: ByCPU, Min: 2, CPUPercent: 70, QueueLength: 10, DownWindowSeconds: 300, DownPercent: 50}
	if err := json.Unmarshal(raw, &scaling); err != nil {
		return err
	}
	*a = Autoscaling(scaling)
	return nil
}

// most is the highest number of pods.
func (a *Autoscaling) most(replicas int) int {
	if a == nil {
		return replicas
	}
	return a.Max
}

// MostPods is the highest number of web pods, rollouts aside.
func (w *Web) MostPods() int { return w.Autoscaling.most(w.Replicas) }

// MostPods is the highest number of the worker's pods, rollouts aside.
func (w *Worker) MostPods() int { return w.Autoscaling.most(w.Replicas) }
