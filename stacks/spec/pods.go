package spec

import (
	"encoding/json"
	"fmt"
)

// Pods holds what every process may set on its pods.
type Pods struct {
	// The image of this process instead of app.image, for instance a frontend's. It gets the app's environment too.
	Image ImageName `json:"image,omitempty" default:"app.image"`
	SecurityContext
	// Plain environment variables of this process only. They override those of app.env, and a change restarts no other process. $(NAME) and $(process:NAME.url) are replaced as in app.env.
	Env map[string]string `json:"env,omitempty"`
	// Environment variables of this process only, with the value of a field of the pod, for instance status.hostIP for an agent on the node.
	FieldRefs map[string]string `json:"fieldRefs,omitempty"`
	// Environment variables of this process only, with values from existing Secrets of the namespace.
	SecretKeyRefs map[string]SecretKeyRef `json:"secretKeyRefs,omitempty"`
	// Existing Secrets and ConfigMaps whose entries all become environment variables of this process.
	EnvFrom []EnvFrom `json:"envFrom,omitempty"`
	// Folder that the process starts in.
	WorkingDir string `json:"workingDir,omitempty" jsonschema:"pattern=^/[A-Za-z0-9._/-]+$" default:"that of the image"`
	// A command in the container right after its start, beside the process. The container restarts if it fails.
	PostStartCommand []string `json:"postStartCommand,omitempty" jsonschema:"minItems=1,minLength=1"`
	// A command in the container before SIGTERM, within the time until SIGKILL; for a process without a port, because one with a port waits until proxies have removed it.
	PreStopCommand []string `json:"preStopCommand,omitempty" jsonschema:"minItems=1,minLength=1"`
	// Host name of the pods, for a server that keeps it with its data, as RabbitMQ does.
	Hostname string `json:"hostname,omitempty" jsonschema:"pattern=^[a-z0-9]([a-z0-9-]{0\\,61}[a-z0-9])?$" default:"the name of the pod"`
	// Labels of the pods besides those of the environment, for instance for a service mesh.
	Labels map[string]string `json:"labels,omitempty"`
	// Annotations of the pods, for instance for a service mesh.
	Annotations map[string]string `json:"annotations,omitempty"`
	// Volumes besides /tmp.
	Volumes []MountedVolume `json:"volumes,omitempty"`
	// Ports besides the process' own that other pods may connect to, for instance of metrics.
	Ports []Port `json:"ports,omitempty"`
	// Containers that run to their end, one after the other, before the process starts.
	InitContainers []Container `json:"initContainers,omitempty"`
	// Containers that start before the process, run beside it and stop after it.
	Sidecars []Container `json:"sidecars,omitempty"`
	// Name of an existing service account that the pods run as. It replaces the one with rights on the cloud's buckets.
	ServiceAccountName string `json:"serviceAccountName,omitempty" jsonschema:"pattern=^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$,maxLength=253" default:"the environment's account on a cloud, the namespace's default account elsewhere"`
	// Whether the pods get a token for the Kubernetes API.
	AutomountServiceAccountToken bool `json:"automountServiceAccountToken,omitempty"`
	// Name of one of cluster.nodePools, on whose nodes the pods run.
	NodePool string `json:"nodePool,omitempty" jsonschema:"pattern=^[a-z]([a-z0-9-]{0\\,18}[a-z0-9])?$" default:"cluster.nodes, or the nodes that the cloud adds"`
	// Labels that a node must have.
	NodeSelector map[string]string `json:"nodeSelector,omitempty"`
	// Node taints that the pods tolerate.
	Tolerations []Toleration `json:"tolerations,omitempty"`
	// Which nodes the pods run on, by labels of the nodes.
	NodeAffinity []NodeAffinityTerm `json:"nodeAffinity,omitempty"`
	// Which pods the pods run near to, by labels of those pods.
	PodAffinity []PodAffinityTerm `json:"podAffinity,omitempty"`
	// Which pods the pods keep away from, by labels of those pods.
	PodAntiAffinity []PodAffinityTerm `json:"podAntiAffinity,omitempty"`
	// Names of hosts with their addresses, for names that the cluster's DNS does not have.
	HostAliases []HostAlias `json:"hostAliases,omitempty"`
	// Name of an existing PriorityClass, which decides which pods are scheduled first when the cluster is full.
	PriorityClassName string `json:"priorityClassName,omitempty" jsonschema:"pattern=^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$,maxLength=253" default:"the cluster's default class"`
	// Name of an existing RuntimeClass, which decides how the containers are run, for instance gvisor.
	RuntimeClassName string `json:"runtimeClassName,omitempty" jsonschema:"pattern=^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$,maxLength=253" default:"the container runtime of the node"`
	// How many devices of a kind the process' container gets, for instance nvidia.com/gpu: 1. A plugin on the nodes offers them; nodeSelector and tolerations lead the pods to such nodes.
	ExtendedResources map[string]int `json:"extendedResources,omitempty"`
}

// HostAlias is a line of the pods' /etc/hosts.
type HostAlias struct {
	// Address, IPv4 or IPv6.
	IP string `json:"ip" jsonschema:"minLength=1"`
	// Names of hosts that have the address.
	Hostnames []string `json:"hostnames" jsonschema:"minItems=1,minLength=1,uniqueItems=true"`
}

// Toleration lets pods run on nodes with a matching taint.
type Toleration struct {
	// Key of the taint; matches every key when left out.
	Key string `json:"key,omitempty" jsonschema:"minLength=1"`
	// Value of the taint; matches every value when left out.
	Value string `json:"value,omitempty" jsonschema:"minLength=1"`
	// Effect of the taint; matches every effect when left out.
	Effect string `json:"effect,omitempty" jsonschema:"enum=NoSchedule,enum=PreferNoSchedule,enum=NoExecute"`
	// Seconds that a pod stays on a node after the node is tainted NoExecute; without limit when left out.
	TolerationSeconds int `json:"tolerationSeconds,omitempty" jsonschema:"minimum=1,maximum=86400"`
}

// VolumeSource says where the files of a volume come from, in the words of the Kubernetes
// API.
type VolumeSource string

// An EmptyDir is deleted with its pod. An EnvironmentVolume is one of the environment's
// volumes. A Secret or ConfigMap is one of the environment's, or exists in the namespace
// already, as a claim does. A CSIVolume is made for each pod by a driver of the cluster.
const (
	EmptyDir              VolumeSource = "emptyDir"
	EnvironmentVolume     VolumeSource = "volume"
	PersistentVolumeClaim VolumeSource = "persistentVolumeClaim"
	SecretVolume          VolumeSource = "secret"
	ConfigMapVolume       VolumeSource = "configMap"
	CSIVolume             VolumeSource = "csi"
)

// VolumeMedium is where an empty volume is kept, in the words of the Kubernetes API.
type VolumeMedium string

// MemoryMedium is a file system in memory; without it the volume is on the node's disk.
const MemoryMedium VolumeMedium = "Memory"

// sharedMemory is the folder of POSIX shared memory, of which a container has 64Mi
// (https://github.com/containerd/containerd/blob/main/pkg/oci/mounts.go).
const sharedMemory = "/dev/shm"

// MountedVolume is a volume in the pods of a process.
type MountedVolume struct {
	// Name of the volume in its pod.
	Name string `json:"name" jsonschema:"pattern=^[a-z]([a-z0-9-]{0\\,38}[a-z0-9])?$"`
	// Path of the volume in the process' container. Without it only the init containers and sidecars that name the volume have it.
	MountPath string `json:"mountPath,omitempty" jsonschema:"pattern=^/[A-Za-z0-9._/-]+$"`
	// Folder or file of the volume that is mounted instead of all of it.
	SubPath string `json:"subPath,omitempty" jsonschema:"pattern=^[A-Za-z0-9._-][A-Za-z0-9._/-]*$"`
	// emptyDir: deleted with the pod; volume: one of volumes; secret, configMap: one of secrets or configMaps, or an existing object of the namespace; persistentVolumeClaim: an existing claim that pods of any node can mount. Declare any other claim in volumes. csi: made for each pod by driver, for instance files from a secret manager.
	Source VolumeSource `json:"source,omitempty" jsonschema:"enum=emptyDir,enum=volume,enum=persistentVolumeClaim,enum=secret,enum=configMap,enum=csi"`
	// Name of the volume, claim, Secret or ConfigMap; with source csi of a Secret that the driver reads, if it needs one.
	From string `json:"from,omitempty" jsonschema:"pattern=^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$"`
	// Name of the CSI driver, which the cluster has, for instance secrets-store.csi.k8s.io; with source csi.
	Driver string `json:"driver,omitempty" jsonschema:"pattern=^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$,maxLength=63"`
	// What the driver is told about the volume, for instance secretProviderClass; with source csi.
	VolumeAttributes map[string]string `json:"volumeAttributes,omitempty"`
	// Size at which the pod is evicted; with source emptyDir.
	SizeLimit Quantity `json:"sizeLimit,omitempty" default:"no limit"`
	// Memory: the volume is in memory, and counts towards the memory limits of the containers that write to it; with source emptyDir and sizeLimit. Only such a volume may be at /dev/shm, for instance for a browser.
	Medium VolumeMedium `json:"medium,omitempty" jsonschema:"enum=Memory" default:"the node's disk"`
	// Permissions of the files, in octal notation; with source secret or configMap.
	DefaultMode string `json:"defaultMode,omitempty" jsonschema:"pattern=^0?[0-7]{3}$" default:"0440 with source secret, 0444 with source configMap"`
	// Whether the process may only read. Files of a Secret or ConfigMap are always read-only.
	ReadOnly bool `json:"readOnly,omitempty" default:"true with source secret or configMap, otherwise false"`
}

// objectVolume reports whether the volume shows a Secret or a ConfigMap.
func (v *MountedVolume) objectVolume() bool {
	return v.Source == SecretVolume || v.Source == ConfigMapVolume
}

// UnmarshalJSON fills in the defaults of a volume before decoding it.
func (v *MountedVolume) UnmarshalJSON(raw []byte) error {
	type plain MountedVolume
	volume := plain{Source: EmptyDir}
	if err := json.Unmarshal(raw, &volume); err != nil {
		return fmt.Errorf("decoding a volume: %w", err)
	}
	*v = MountedVolume(volume)
	var stated struct {
		ReadOnly *bool `json:"readOnly"`
	}
	if err := json.Unmarshal(raw, &stated); err != nil {
		return fmt.Errorf("decoding a volume's readOnly: %w", err)
	}
	v.ReadOnly = v.objectVolume()
	if stated.ReadOnly != nil {
		v.ReadOnly = *stated.ReadOnly
	}
	return nil
}
