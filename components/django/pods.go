package django

import (
	corev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/core/v1"
	policyv1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/policy/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/djangostack/djangostack/components/pod"
)

// Pods is what one process asks of its pods beyond what all processes share.
type Pods struct {
	Resources pod.Resources
	// Env are plain variables of this process alone.
	Env map[string]string
	// Annotations of the pods.
	Annotations map[string]string
	// Volumes besides those that the process has anyway.
	Volumes []pod.Volume
	// NodeSelector are labels that a node must have.
	NodeSelector map[string]string
	// Tolerations are taints of nodes that the pods put up with.
	Tolerations []Toleration
	// PriorityClass is the name of a class that the cluster has; empty for its default.
	PriorityClass string
}

// Toleration lets pods run on nodes that keep others away. An empty field stands for
// any; no seconds stand for ever.
type Toleration struct {
	Key, Value, Effect string
	Seconds            int
}

// place puts the pods where the process wants them.
func (p Pods) schedule(spec *corev1.PodSpecArgs) {
	if len(p.NodeSelector) > 0 {
		spec.NodeSelector = pulumi.ToStringMap(p.NodeSelector)
	}
	if p.PriorityClass != "" {
		spec.PriorityClassName = pulumi.String(p.PriorityClass)
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

// spread keeps the pods of a part apart: the loss of a zone or a node takes as few of
// them as can be. Where that is impossible they run all the same.
func (r *Runtime) spread(part string) corev1.TopologySpreadConstraintArray {
	constraints := corev1.TopologySpreadConstraintArray{}
	for _, key := range []string{"topology.kubernetes.io/zone", "kubernetes.io/hostname"} {
		constraints = append(constraints, corev1.TopologySpreadConstraintArgs{
			TopologyKey:       pulumi.String(key),
			MaxSkew:           pulumi.Int(1),
			WhenUnsatisfiable: pulumi.String("ScheduleAnyway"),
			LabelSelector:     r.selector(part),
			// Pods of the version that is leaving do not count.
			MatchLabelKeys: pulumi.ToStringArray([]string{"pod-template-hash"}),
		})
	}
	return constraints
}

// disruptionBudget lets a drain take one pod of a part at a time. A single pod has
// none, since it has to go with its node anyway.
func (r *Runtime) disruptionBudget(ctx *pulumi.Context, name, part string, most int, parent pulumi.Resource) error {
	if most < 2 {
		return nil
	}
	_, err := policyv1.NewPodDisruptionBudget(ctx, name+"-"+part, &policyv1.PodDisruptionBudgetArgs{
		Metadata: r.metadata(name+"-"+part, part),
		Spec: policyv1.PodDisruptionBudgetSpecArgs{
			MaxUnavailable: pulumi.Int(1),
			Selector:       r.selector(part),
			// A pod that never gets ready must not hold a node for ever.
			UnhealthyPodEvictionPolicy: pulumi.String("AlwaysAllow"),
		},
	}, pulumi.Parent(parent))
	return wrap(err, "registering the disruption budget of %s", part)
}
