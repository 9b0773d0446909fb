package kubernetes

import (
	"fmt"
	"strconv"

	corev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/core/v1"
	metav1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/meta/v1"
	policyv1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/policy/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// podNameLabel has the name of the pod on each pod of a StatefulSet
// (https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#pod-name-label).
const podNameLabel = "statefulset.kubernetes.io/pod-name"

// selector selects the pods of the Service of one server: all pods, or that of the index if the
// pods are separate servers.
func (s server) selector(index int) pulumi.StringMap {
	selector := s.labels.Selector(s.component)
	if s.replicas > 1 {
		selector[podNameLabel] = pulumi.String(s.labels.ObjectName(s.component) + "-" + strconv.Itoa(index))
	}
	return selector
}

// serviceOfPod registers the Service of one further server, and returns its name. Clients find
// a server by an address that stays when its pod does not: without a pod behind it, a connection
// is refused at once.
func (s server) serviceOfPod(ctx *pulumi.Context, name string, index int, parent pulumi.Resource) (string, error) {
	number := strconv.Itoa(index)
	host := s.labels.ObjectName(s.component, number)
	_, err := s.serviceFor(ctx, name+"-"+s.component+"-"+number, host, s.selector(index), parent)
	return host, err
}

// spread is the topology of servers that may become several; nil for others. One has it too, so
// that it is not restarted when others come.
func (s server) spread() corev1.TopologySpreadConstraintArrayInput {
	if !s.spreads {
		return nil
	}
	return s.topologySpread()
}

// topologySpread puts the pods on different nodes if there are several. Pods that differ in the
// values of labels are counted apart.
func (s server) topologySpread(matchLabelKeys ...string) corev1.TopologySpreadConstraintArray {
	constraint := corev1.TopologySpreadConstraintArgs{
		TopologyKey:       pulumi.String("kubernetes.io/hostname"),
		MaxSkew:           pulumi.Int(1),
		WhenUnsatisfiable: pulumi.String("ScheduleAnyway"),
		LabelSelector:     metav1.LabelSelectorArgs{MatchLabels: s.labels.Selector(s.component)},
	}
	if len(matchLabelKeys) > 0 {
		constraint.MatchLabelKeys = pulumi.ToStringArray(matchLabelKeys)
	}
	return corev1.TopologySpreadConstraintArray{constraint}
}

// budget lets a drain of nodes end one of several pods at a time.
func (s server) budget(ctx *pulumi.Context, name string, replicas int, parent pulumi.Resource) error {
	if replicas < 2 {
		return nil
	}
	_, err := policyv1.NewPodDisruptionBudget(ctx, name+"-"+s.component, &policyv1.PodDisruptionBudgetArgs{
		Metadata: s.metadata(),
		Spec: policyv1.PodDisruptionBudgetSpecArgs{
			MaxUnavailable:             pulumi.Int(1),
			Selector:                   metav1.LabelSelectorArgs{MatchLabels: s.labels.Selector(s.component)},
			UnhealthyPodEvictionPolicy: pulumi.String("AlwaysAllow"),
		},
	}, pulumi.Parent(parent))
	if err != nil {
		return fmt.Errorf("registering the disruption budget of %s: %w", s.component, err)
	}
	return nil
}
