package spec

import (
	"encoding/json"
	"fmt"
)

// Container is a container beside the container of a process.
type Container struct {
	// Name of the container in its pod.
	Name string `json:"name" jsonschema:"pattern=^[a-z]([a-z0-9-]{0\\,38}[a-z0-9])?$"`
	// Image of the container.
	Image ImageName `json:"image,omitempty" default:"the image of the process"`
	// The command as a list of words.
	Command []string `json:"command,omitempty" jsonschema:"minItems=1,minLength=1" default:"the image's entry point"`
	// Arguments after the command.
	Args []string `json:"args,omitempty" jsonschema:"minItems=1,minLength=1"`
	// Whether the container gets the app's environment: its variables and files.
	AppEnvironment bool `json:"appEnvironment,omitempty"`
	// Plain environment variables of this container only. $(NAME) and $(process:NAME.url) are replaced as in app.env.
	Env map[string]string `json:"env,omitempty"`
	// Environment variables with the value of a field of the pod, for instance metadata.name.
	FieldRefs map[string]string `json:"fieldRefs,omitempty"`
	// Environment variables with values from existing Secrets of the namespace.
	SecretKeyRefs map[string]SecretKeyRef `json:"secretKeyRefs,omitempty"`
	// Existing Secrets and ConfigMaps whose entries all become environment variables.
	EnvFrom []EnvFrom `json:"envFrom,omitempty"`
	// Folder that the container starts in.
	WorkingDir string `json:"workingDir,omitempty" jsonschema:"pattern=^/[A-Za-z0-9._/-]+$" default:"that of the image"`
	// A command in a sidecar right after its start. The sidecar restarts if it fails.
	PostStartCommand []string `json:"postStartCommand,omitempty" jsonschema:"minItems=1,minLength=1"`
	// A command in a sidecar before SIGTERM, which it gets after the process has stopped.
	PreStopCommand []string `json:"preStopCommand,omitempty" jsonschema:"minItems=1,minLength=1"`
	// The volumes of the process that the container mounts, besides /tmp.
	VolumeMounts []VolumeMount `json:"volumeMounts,omitempty"`
	// Resources of the container.
	Resources Resources `json:"resources,omitempty"`
	// User ID of the container. 0 is root, which namespace.podSecurity restricted refuses.
	RunAsUser *int `json:"runAsUser,omitempty" jsonschema:"minimum=0,maximum=2147483647" default:"as in the process"`
	// Group ID of the container.
	RunAsGroup *int `json:"runAsGroup,omitempty" jsonschema:"minimum=0,maximum=2147483647" default:"as in the process"`
	// Names of Linux capabilities that the container has besides.
	Capabilities []string `json:"capabilities,omitempty" jsonschema:"minLength=1,uniqueItems=true" default:"as in the process"`
	// Whether a program may get more rights than the one that starts it, as sudo does.
	AllowPrivilegeEscalation *bool `json:"allowPrivilegeEscalation,omitempty" default:"as in the process"`
	// Whether only /tmp and the volumes are writable for the container.
	ReadOnlyRootFilesystem *bool `json:"readOnlyRootFilesystem,omitempty" default:"as in the process"`
	// The probes of a sidecar; an init container has none.
	Probes Probes `json:"probes,omitempty" default:"none"`
}

// UnmarshalJSON fills in the defaults of a container before decoding it.
func (c *Container) UnmarshalJSON(raw []byte) error {
	type plain Container
	container := plain{Resources: Resources{CPU: "10m", Memory: "64Mi", MemoryLimit: "256Mi", EphemeralStorage: "100Mi"}}
	if err := json.Unmarshal(raw, &container); err != nil {
		return fmt.Errorf("decoding a container: %w", err)
	}
	*c = Container(container)
	return nil
}

// VolumeMount is where a container beside a process sees a volume of that process.
type VolumeMount struct {
	// Name of one of the process' volumes.
	Name string `json:"name" jsonschema:"minLength=1"`
	// Path of the volume in the container.
	MountPath string `json:"mountPath" jsonschema:"pattern=^/[A-Za-z0-9._/-]+$"`
	// Folder or file of the volume that is mounted instead of all of it.
	SubPath string `json:"subPath,omitempty" jsonschema:"pattern=^[A-Za-z0-9._-][A-Za-z0-9._/-]*$"`
	// Whether the container may only read.
	ReadOnly bool `json:"readOnly,omitempty"`
}

// EnvFrom is an existing Secret or ConfigMap whose entries become environment variables.
type EnvFrom struct {
	// Name of the Secret; or set configMap.
	Secret string `json:"secret,omitempty" jsonschema:"pattern=^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$"`
	// Name of the ConfigMap; or set secret.
	ConfigMap string `json:"configMap,omitempty" jsonschema:"pattern=^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$"`
	// Text before the name of every variable.
	Prefix string `json:"prefix,omitempty" jsonschema:"pattern=^[A-Za-z_][A-Za-z0-9_]*$"`
	// Whether the pods start without the object too.
	Optional bool `json:"optional,omitempty"`
}

// Protocol is that of a port, in the words of the Kubernetes API.
type Protocol string

// The protocols of a port.
const (
	TCP Protocol = "TCP"
	UDP Protocol = "UDP"
)

// Port is a port of a process' pods.
type Port struct {
	// Name of the port.
	Name string `json:"name" jsonschema:"pattern=^[a-z]([a-z0-9-]{0\\,13}[a-z0-9])?$"`
	// The container's port.
	ContainerPort int `json:"containerPort" jsonschema:"minimum=1,maximum=65535"`
	// Protocol of the port. A number may be a port of both.
	Protocol Protocol `json:"protocol,omitempty" jsonschema:"enum=TCP,enum=UDP" default:"TCP"`
	// Port of the Service that leads to it; for web and for a process with a port.
	ServicePort int `json:"servicePort,omitempty" jsonschema:"minimum=1,maximum=65535" default:"none: the Service does not lead to it"`
}

// UnmarshalJSON fills in the protocol of a port before decoding it.
func (p *Port) UnmarshalJSON(raw []byte) error {
	type plain Port
	port := plain{Protocol: TCP}
	if err := json.Unmarshal(raw, &port); err != nil {
		return fmt.Errorf("decoding a port: %w", err)
	}
	*p = Port(port)
	return nil
}
