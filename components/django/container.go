package django

import (
	"cmp"

	corev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/core/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/djangostack/djangostack/components/contract"
	"github.com/djangostack/djangostack/components/pod"
)

// Container is a container beside the container of a process.
type Container struct {
	Name string
	// Image is empty for the image of the process.
	Image string
	// Command and Args are empty for those of the image.
	Command, Args []string
	// AppEnvironment gives the container the variables and files of the app.
	AppEnvironment bool
	// Env, FromFields, FromSecrets and EnvFrom are variables of this container.
	Env         map[string]string
	FromFields  map[string]string
	FromSecrets map[string]SecretEntry
	EnvFrom     []EnvFrom
	// WorkingDir is the folder that the container starts in; empty for that of the image.
	WorkingDir string
	// Hooks of a sidecar.
	Hooks Hooks
	// Mounts are volumes of the process by name and path, besides /tmp.
	Mounts    []pod.Volume
	Resources pod.Resources
	// Security is what differs from the process.
	Security pod.Override
	// Probes of a sidecar, and the host of their requests.
	Probes    Probes
	ProbeHost string
}

// EnvFrom is a Secret or ConfigMap whose entries become variables. One of the two
// names is set.
type EnvFrom struct {
	Secret, ConfigMap string
	// Prefix of the variables' names.
	Prefix string
	// Optional lets the pods start without the object.
	Optional bool
}

// Port is a port of a process' pods.
type Port struct {
	Name   string
	Number int
	// Protocol is TCP or UDP; empty for TCP.
	Protocol string
	// ServicePort is the port of the Service that leads to it; 0 for none.
	ServicePort int
}

// servicePorts are the ports of the Service of a process: that of the process itself, and
// those of others that it leads to.
func servicePorts(port int, more []Port) corev1.ServicePortArray {
	ports := corev1.ServicePortArray{corev1.ServicePortArgs{Name: pulumi.String("http"), Port: pulumi.Int(port), TargetPort: pulumi.String("http")}}
	for _, other := range more {
		if other.ServicePort > 0 {
			args := corev1.ServicePortArgs{Name: pulumi.String(other.Name), Port: pulumi.Int(other.ServicePort), TargetPort: pulumi.String(other.Name)}
			if other.Protocol != "" {
				args.Protocol = pulumi.String(other.Protocol)
			}
			ports = append(ports, args)
		}
	}
	return ports
}

// beside adds the init containers and the sidecars of a process to its pod. A sidecar is an
// init container that restarts: it starts before the others, stops after the process, and
// lets a Job complete
// (https://kubernetes.io/docs/concepts/workloads/pods/sidecar-containers/).
func (r *Runtime) beside(spec *corev1.PodSpecArgs, p process) {
	var containers corev1.ContainerArray
	for _, sidecar := range p.pods.Sidecars {
		args := r.besideContainer(sidecar, p)
		args.RestartPolicy = pulumi.String("Always")
		setProbes(&args, sidecar.Probes.override(noProbes()), sidecar.ProbeHost)
		sidecar.Hooks.add(&args)
		containers = append(containers, args)
	}
	for _, before := range p.pods.InitContainers {
		containers = append(containers, r.besideContainer(before, p))
	}
	if existing, has := spec.InitContainers.(corev1.ContainerArray); has {
		containers = append(containers, existing...)
	}
	if len(containers) > 0 {
		spec.InitContainers = containers
	}
}

func (r *Runtime) besideContainer(c Container, p process) corev1.ContainerArgs {
	volumes := append([]pod.Volume{{Name: "tmp", Path: "/tmp"}}, c.Mounts...)
	args := corev1.ContainerArgs{}
	if c.AppEnvironment {
		volumes = append(r.Environment.volumes(), c.Mounts...)
		args = r.container(c.Name, nil, p.pods, volumes)
		own := process{component: p.component, direct: p.direct, pods: Pods{Env: c.Env, FromFields: c.FromFields, FromSecrets: c.FromSecrets}}
		args.Env = lastOfEachName(append(args.Env.(corev1.EnvVarArray), r.Environment.variables(own)...))
	} else {
		args.Env = r.Environment.Objects.separate(c)
	}
	args.Name = pulumi.String(c.Name)
	args.Image = pulumi.String(cmp.Or(c.Image, p.pods.Image, r.Image))
	args.ImagePullPolicy = pulumi.String(r.PullPolicy)
	args.Command, args.Args = words(c.Command), words(c.Args)
	args.WorkingDir = folder(c.WorkingDir)
	args.Resources = c.Resources.Requirements()
	args.SecurityContext = p.pods.Security.ContainerWith(c.Security)
	args.TerminationMessagePolicy = pulumi.String("FallbackToLogsOnError")
	args.VolumeMounts = pod.Mounts(volumes)
	if sources := r.Environment.Objects.envFrom(c.EnvFrom); len(sources) > 0 {
		existing, _ := args.EnvFrom.(corev1.EnvFromSourceArray)
		args.EnvFrom = append(existing, sources...)
	}
	return args
}

// separate returns the variables of a container that does not get the app's.
func (o Objects) separate(c Container) corev1.EnvVarArray {
	var out corev1.EnvVarArray
	for _, name := range sortedKeys(c.FromFields) {
		out = append(out, pod.EnvFromField(name, c.FromFields[name]))
	}
	for _, name := range sortedKeys(c.FromSecrets) {
		out = append(out, pod.EnvFromSecret(name, o.Secret(c.FromSecrets[name].Name), c.FromSecrets[name].Key))
	}
	// Runtime.check has refused cycles before anything was registered.
	names, _ := contract.Ordered(c.Env)
	for _, name := range names {
		out = append(out, pod.Env(name, pulumi.String(contract.Escaped(c.Env[name]))))
	}
	return out
}

func (o Objects) envFrom(sources []EnvFrom) corev1.EnvFromSourceArray {
	var out corev1.EnvFromSourceArray
	for _, source := range sources {
		args := corev1.EnvFromSourceArgs{}
		if source.Prefix != "" {
			args.Prefix = pulumi.String(source.Prefix)
		}
		var optional pulumi.BoolPtrInput
		if source.Optional {
			optional = pulumi.Bool(true)
		}
		if source.Secret != "" {
			args.SecretRef = corev1.SecretEnvSourceArgs{Name: o.Secret(source.Secret).ToStringPtrOutput(), Optional: optional}
		} else {
			args.ConfigMapRef = corev1.ConfigMapEnvSourceArgs{Name: o.ConfigMap(source.ConfigMap).ToStringPtrOutput(), Optional: optional}
		}
		out = append(out, args)
	}
	return out
}

// words returns a command, or nil for that of the image.
func words(command []string) pulumi.StringArrayInput {
	if len(command) == 0 {
		return nil
	}
	return pulumi.ToStringArray(command)
}

// folder returns a working directory, or nil for that of the image.
func folder(path string) pulumi.StringPtrInput {
	if path == "" {
		return nil
	}
	return pulumi.String(path)
}

// withPorts adds ports to those of a container.
func withPorts(ports corev1.ContainerPortArrayInput, more []Port) corev1.ContainerPortArrayInput {
	if len(more) == 0 {
		return ports
	}
	all, _ := ports.(corev1.ContainerPortArray)
	for _, port := range more {
		args := corev1.ContainerPortArgs{Name: pulumi.String(port.Name), ContainerPort: pulumi.Int(port.Number)}
		if port.Protocol != "" {
			args.Protocol = pulumi.String(port.Protocol)
		}
		all = append(all, args)
	}
	return all
}
