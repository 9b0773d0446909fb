package django

import (
	"slices"

	corev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/core/v1"
	policyv1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/policy/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/djangostack/djangostack/components/pod"
)

// Pods are the settings of the pods of one process.
type Pods struct {
	Resources pod.Resources
	// Image of the process; empty for that of the Runtime.
	Image string
	// Security is the user of the pods and what their containers may do.
	Security pod.Security
	// Env are variables of this process only.
	Env map[string]string
	// FromFields are variables of this process with the value of a field of the pod.
	FromFields map[string]string
	// FromSecrets are variables of this process from existing Secrets, and EnvFrom objects
	// whose entries all become variables.
	FromSecrets map[string]SecretEntry
	EnvFrom     []EnvFrom
	// WorkingDir is the folder that the process starts in; empty for that of the image.
	WorkingDir string
	// Hooks are commands around the life of the process.
	Hooks Hooks
	// Hostname of the pods; empty for their name.
	Hostname string
	// Labels of the pods, besides those of the Runtime.
	Labels map[string]string
	// Annotations of the pods.
	Annotations map[string]string
	// Volumes in addition to those of the process.
	Volumes []pod.Volume
	// Ports that others may connect to, besides the port of the process.
	Ports []Port
	// InitContainers run to their end before the process starts. Sidecars start before them
	// and stop after the process.
	InitContainers, Sidecars []Container
	// ServiceAccount is the name of an existing account; empty for that of the Runtime.
	ServiceAccount string
	// Token gives the pods a token for the Kubernetes API.
	Token bool
	// NodeSelector are labels that a node must have.
	NodeSelector map[string]string
	// Tolerations of node taints.
	Tolerations []Toleration
	// Affinity says which nodes the pods run on, and near which other pods.
	Affinity pod.Affinity
	// HostAliases are names of hosts with their addresses.
	HostAliases []HostAlias
	// PriorityClass is the name of a PriorityClass of the cluster; empty for the default.
	PriorityClass string
	// RuntimeClass is the name of a RuntimeClass of the cluster; empty for the node's own runtime.
	RuntimeClass string
	// Devices are how many of a kind the container gets, by the names of extended resources.
	Devices map[string]int
}

// Hooks are commands that the kubelet runs in a container right after its start and before
// SIGTERM; empty for none.
type Hooks struct {
	PostStart, PreStop []string
}

// add adds the hooks to those that the container has.
func (h Hooks) add(c *corev1.ContainerArgs) {
	if len(h.PostStart) == 0 && len(h.PreStop) == 0 {
		return
	}
	lifecycle, _ := c.Lifecycle.(corev1.LifecycleArgs)
	if len(h.PostStart) > 0 {
		lifecycle.PostStart = corev1.LifecycleHandlerArgs{Exec: corev1.ExecActionArgs{Command: pulumi.ToStringArray(h.PostStart)}}
	}
	if len(h.PreStop) > 0 {
		lifecycle.PreStop = corev1.LifecycleHandlerArgs{Exec: corev1.ExecActionArgs{Command: pulumi.ToStringArray(h.PreStop)}}
	}
	c.Lifecycle = lifecycle
}

// HostAlias is an address with its names.
type HostAlias struct {
	IP    string
	Names []string
}

// Toleration lets pods run on tainted nodes. An empty field matches any value. Seconds are
// tolerationSeconds; 0 for no limit.
type Toleration struct {
	Key, Value, Effect string
	Seconds            int
}

// hostAliases are the lines of /etc/hosts; nil for none.
func (p Pods) hostAliases() corev1.HostAliasArray {
	var aliases corev1.HostAliasArray
	for _, alias := range p.HostAliases {
		aliases = append(aliases, corev1.HostAliasArgs{Ip: pulumi.String(alias.IP), Hostnames: pulumi.ToStringArray(alias.Names)})
	}
	return aliases
}

// schedule applies the node selector, the classes and the tolerations.
func (p Pods) schedule(spec *corev1.PodSpecArgs) {
	if len(p.NodeSelector) > 0 {
		spec.NodeSelector = pulumi.ToStringMap(p.NodeSelector)
	}
	if p.PriorityClass != "" {
		spec.PriorityClassName = pulumi.String(p.PriorityClass)
	}
	if p.RuntimeClass != "" {
		spec.RuntimeClassName = pulumi.String(p.RuntimeClass)
	}
	if len(p.Tolerations) == 0 {
		return
	}
	tolerations := corev1.TolerationArray{}
	for _, toleration := range p.Tolerations {
		tolerations = append(tolerations, toleration.args())
	}
	spec.Tolerations = tolerations
}

func (t Toleration) args() corev1.TolerationArgs {
	args := corev1.TolerationArgs{Operator: pulumi.String("Exists")}
	if t.Key != "" {
		args.Key = pulumi.String(t.Key)
	}
	if t.Value != "" {
		args.Operator, args.Value = pulumi.String("Equal"), pulumi.String(t.Value)
	}
	if t.Effect != "" {
		args.Effect = pulumi.String(t.Effect)
	}
	if t.Seconds > 0 {
		args.TolerationSeconds = pulumi.Int(t.Seconds)
	}
	return args
}

// spread distributes the pods of a component over zones and nodes, so that the loss of one
// affects few of them. Pods that cannot be distributed start anyway.
func (r *Runtime) spread(part string) corev1.TopologySpreadConstraintArray {
	constraints := corev1.TopologySpreadConstraintArray{}
	for _, key := range []string{"topology.kubernetes.io/zone", "kubernetes.io/hostname"} {
		constraints = append(constraints, corev1.TopologySpreadConstraintArgs{
			TopologyKey:       pulumi.String(key),
			MaxSkew:           pulumi.Int(1),
			WhenUnsatisfiable: pulumi.String("ScheduleAnyway"),
			LabelSelector:     r.selector(part),
			// Pods of the previous version do not count.
			MatchLabelKeys: pulumi.ToStringArray([]string{"pod-template-hash"}),
		})
	}
	return constraints
}

// evicted returns how many pods a disruption budget counts on. Pods that a volume binds to one
// node have none: a drain would evict one, whose successor waits for the others to leave the
// node as well, and the budget would keep them there.
func evicted(most int, volumes ...[]pod.Volume) int {
	if pod.OnOneNode(slices.Concat(volumes...)) {
		return 1
	}
	return most
}

// disruptionBudget lets a drain evict one pod of a component at a time. A single pod has no
// budget, because it must leave its node anyway.
func (r *Runtime) disruptionBudget(ctx *pulumi.Context, name, part string, most int, parent pulumi.Resource) error {
	if most < 2 {
		return nil
	}
	_, err := policyv1.NewPodDisruptionBudget(ctx, name+"-"+part, &policyv1.PodDisruptionBudgetArgs{
		Metadata: r.named(part),
		Spec: policyv1.PodDisruptionBudgetSpecArgs{
			MaxUnavailable: pulumi.Int(1),
			Selector:       r.selector(part),
			// A pod that never becomes ready must not block the drain of a node.
			UnhealthyPodEvictionPolicy: pulumi.String("AlwaysAllow"),
		},
	}, pulumi.Parent(parent))
	return wrap(err, "registering the disruption budget of %s", part)
}
