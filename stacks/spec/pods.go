package spec

// Pods is what any process may say of its pods.
type Pods struct {
	// Labels that a node must have.
	NodeSelector map[string]string `json:"nodeSelector,omitempty"`
	// Taints of nodes that the pods put up with.
	Tolerations []Toleration `json:"tolerations,omitempty"`
	// Name of a PriorityClass that the cluster has: who goes first when there is no room. Default: the cluster's default class.
	PriorityClass string `json:"priorityClass,omitempty" jsonschema:"pattern=^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$,maxLength=253"`
}

// Toleration lets pods run on nodes that keep others away.
type Toleration struct {
	// Key of the taint; every taint when left out.
	Key string `json:"key,omitempty" jsonschema:"minLength=1"`
	// Value of the taint; any value when left out.
	Value string `json:"value,omitempty" jsonschema:"minLength=1"`
	// Effect of the taint; any effect when left out.
	Effect string `json:"effect,omitempty" jsonschema:"enum=NoSchedule,enum=PreferNoSchedule,enum=NoExecute"`
	// Seconds that a pod stays on a node which is tainted NoExecute; for ever when left out.
	Seconds int `json:"seconds,omitempty" jsonschema:"minimum=1,maximum=86400"`
}
