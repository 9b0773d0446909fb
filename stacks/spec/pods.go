package spec

import "encoding/json"

// Pods is what any process may say of its pods.
type Pods struct {
	// Plain environment variables of this process alone, which go before those of app.env; a change restarts nothing else.
	Env map[string]string `json:"env,omitempty"`
	// Annotations of the pods, for instance of a service mesh.
	Annotations map[string]string `json:"annotations,omitempty"`
	// Folders besides /tmp; everything else is read-only.
	Volumes []MountedVolume `json:"volumes,omitempty"`
	// Labels that a node must have.
	NodeSelector map[string]string `json:"nodeSelector,omitempty"`
	// Taints of nodes that the pods put up with.
	Tolerations []Toleration `json:"tolerations,omitempty"`
	// Name of a PriorityClass that the cluster has: who goes first when there is no room.
	PriorityClass string `json:"priorityClass,omitempty" jsonschema:"pattern=^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$,maxLength=253" default:"the cluster's default class"`
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
	TolerationSeconds int `json:"tolerationSeconds,omitempty" jsonschema:"minimum=1,maximum=86400"`
}

// VolumeSource says where the files of a volume come from.
type VolumeSource string

// The sources: empty and gone with the pod, a claim that keeps its files, a Secret or
// a ConfigMap whose entries are files.
const (
	FromNothing   VolumeSource = "empty"
	FromClaim     VolumeSource = "claim"
	FromSecret    VolumeSource = "secret"
	FromConfigMap VolumeSource = "configMap"
)

// MountedVolume is a folder of a process' pods.
type MountedVolume struct {
	// Name of the volume in its pod.
	Name string `json:"name" jsonschema:"pattern=^[a-z]([a-z0-9-]{0\\,38}[a-z0-9])?$"`
	// Where the process sees it.
	Path string `json:"path" jsonschema:"pattern=^/[A-Za-z0-9._/-]+$"`
	// empty: gone with the pod; claim, secret, configMap: one that the namespace has.
	Source VolumeSource `json:"source,omitempty" jsonschema:"enum=empty,enum=claim,enum=secret,enum=configMap"`
	// Name of the claim, Secret or ConfigMap.
	From string `json:"from,omitempty" jsonschema:"pattern=^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$"`
	// Size that an empty volume may grow to; the pod is evicted above it.
	Size Quantity `json:"size,omitempty" default:"no limit"`
	// Whether the process may write. A Secret and a ConfigMap are read-only.
	Access VolumeAccess `json:"access,omitempty" jsonschema:"enum=read-only,enum=read-write" default:"read-write for empty and claim, read-only for secret and configMap"`
}

// VolumeAccess says whether a process may write to a volume.
type VolumeAccess string

// The two kinds of access.
const (
	ReadOnly  VolumeAccess = "read-only"
	ReadWrite VolumeAccess = "read-write"
)

// UnmarshalJSON fills in a volume's defaults before reading it.
func (v *MountedVolume) UnmarshalJSON(raw []byte) error {
	type plain MountedVolume
	volume := plain{Source: FromNothing}
	if err := json.Unmarshal(raw, &volume); err != nil {
		return err
	}
	if volume.Access == "" {
		volume.Access = ReadWrite
		if volume.Source == FromSecret || volume.Source == FromConfigMap {
			volume.Access = ReadOnly
		}
	}
	*v = MountedVolume(volume)
	return nil
}
