package kubernetes

import (
	"fmt"
	"slices"

	appsv1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/apps/v1"
	corev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/core/v1"
	metav1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/meta/v1"
	networkingv1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/networking/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/djangostack/djangostack/components/labels"
	"github.com/djangostack/djangostack/components/pod"
)

// server is a data service that runs as one pod behind a Service of the same name, or as several
// pods that are separate servers.
type server struct {
	// component is the component label of the pods, a part of the Service's name, and the
	// suffix of every child's name.
	component string
	namespace pulumi.StringInput
	labels    labels.Labels
	user      int
	port      int
	grace     int
	container corev1.ContainerArgs
	volumes   []pod.Volume
	protect   bool
	// after are resources that must exist before anything of the server changes.
	after []pulumi.Resource
	// callers are labels of pods, in any namespace, that may connect besides the app's
	// pods.
	callers []map[string]string
	// upstream is the component of the server that this one connects to, on the same port; empty
	// for one that connects to nothing.
	upstream string
	// single says that one pod is the whole service.
	single bool
	// replicas is the number of pods, each a server with a separate Service; 0 for one.
	replicas int
	// spreads says that the pods are put on different nodes.
	spreads bool
	// wasParallel says that the StatefulSets of earlier releases have the policy Parallel, too.
	wasParallel bool
}

// register registers the StatefulSet, its Service, and the NetworkPolicy that admits only
// the app's pods and callers.
func (s server) register(ctx *pulumi.Context, name string, parent pulumi.Resource) (pulumi.Resource, error) {
	s.single = true
	service, err := s.service(ctx, name, parent)
	if err != nil {
		return nil, err
	}
	policy, err := s.policy(ctx, name, parent)
	if err != nil {
		return nil, err
	}
	s.container.SecurityContext = pod.ContainerSecurityContext()
	s.container.Ports = corev1.ContainerPortArray{corev1.ContainerPortArgs{
		Name:          pulumi.String(portName),
		ContainerPort: pulumi.Int(s.port),
	}}
	s.container.VolumeMounts = pod.Mounts(s.volumes)
	registered, err := appsv1.NewStatefulSet(ctx, name+"-"+s.component, &appsv1.StatefulSetArgs{
		Metadata: pod.WorkloadMetadata(s.metadata()),
		Spec: appsv1.StatefulSetSpecArgs{
			Replicas: pulumi.Int(max(1, s.replicas)),
			// With the default, OrderedReady, a pod that cannot start is never replaced by
			// one of a corrected template
			// (https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#forced-rollback).
			PodManagementPolicy: pulumi.String("Parallel"),
			ServiceName:         pulumi.String(s.labels.ObjectName(s.component)),
			Selector:            metav1.LabelSelectorArgs{MatchLabels: s.labels.Selector(s.component)},
			Template: corev1.PodTemplateSpecArgs{
				Metadata: metav1.ObjectMetaArgs{Labels: s.labels.For(s.component)},
				Spec: corev1.PodSpecArgs{
					AutomountServiceAccountToken:  pulumi.Bool(false),
					EnableServiceLinks:            pulumi.Bool(false),
					TerminationGracePeriodSeconds: pulumi.Int(s.grace),
					SecurityContext:               pod.SecurityContext(s.user),
					TopologySpreadConstraints:     s.spread(),
					Containers:                    corev1.ContainerArray{s.container},
					Volumes:                       pod.Volumes(s.volumes),
				},
			},
		},
	}, pulumi.Parent(parent), pulumi.DependsOn(slices.Concat(s.after, []pulumi.Resource{service, policy})), pulumi.Protect(s.protect),
		pulumi.IgnoreChanges(s.ignored()))
	if err != nil {
		return nil, fmt.Errorf("registering the StatefulSet of %s: %w", s.component, err)
	}
	return registered, nil
}

// ignored are the fields that keep their value. A StatefulSet of an earlier release keeps its policy: another one would
// replace it. What is ignored is not rendered either, so that a cluster takes the manifest of such a set.
func (s server) ignored() []string {
	if s.wasParallel {
		return nil
	}
	return []string{"spec.podManagementPolicy"}
}

const portName = "server"

func (s server) metadata() metav1.ObjectMetaArgs {
	return metav1.ObjectMetaArgs{
		Name:      pulumi.String(s.labels.ObjectName(s.component)),
		Namespace: s.namespace,
		Labels:    s.labels.For(s.component),
	}
}

func (s server) service(ctx *pulumi.Context, name string, parent pulumi.Resource) (*corev1.Service, error) {
	return s.serviceFor(ctx, name+"-"+s.component, s.labels.ObjectName(s.component), s.selector(0), parent)
}

// serviceFor registers a Service by the name of an object, for the pods of a selector.
func (s server) serviceFor(ctx *pulumi.Context, name, object string, selector pulumi.StringMap, parent pulumi.Resource) (*corev1.Service, error) {
	service, err := corev1.NewService(ctx, name, &corev1.ServiceArgs{
		Metadata: s.serviceMetadata(object),
		Spec: corev1.ServiceSpecArgs{
			Selector: selector,
			// A probe that times out on a busy node must not take the only server out of
			// its Service: there is no other server, and a slow answer beats none.
			PublishNotReadyAddresses: pulumi.Bool(s.single),
			Ports: corev1.ServicePortArray{corev1.ServicePortArgs{
				Name:       pulumi.String(portName),
				Port:       pulumi.Int(s.port),
				TargetPort: pulumi.String(portName),
			}},
		},
	}, pulumi.Parent(parent), pulumi.DependsOn(s.after))
	if err != nil {
		return nil, fmt.Errorf("registering the Service of %s: %w", s.component, err)
	}
	return service, nil
}

// serviceMetadata makes the provider not wait for endpoints, because the StatefulSet is
// created after its Service.
func (s server) serviceMetadata(object string) metav1.ObjectMetaArgs {
	metadata := s.metadata()
	metadata.Name = pulumi.String(object)
	metadata.Annotations = pulumi.StringMap{"pulumi.com/skipAwait": pulumi.String("true")}
	return metadata
}

// peers are the pods that may connect to the server.
func (s server) peers() networkingv1.NetworkPolicyPeerArray {
	peers := networkingv1.NetworkPolicyPeerArray{networkingv1.NetworkPolicyPeerArgs{
		PodSelector: metav1.LabelSelectorArgs{MatchLabels: s.labels.App()},
	}}
	for _, caller := range s.callers {
		peers = append(peers, networkingv1.NetworkPolicyPeerArgs{
			NamespaceSelector: metav1.LabelSelectorArgs{},
			PodSelector:       metav1.LabelSelectorArgs{MatchLabels: pulumi.ToStringMap(caller)},
		})
	}
	return peers
}

func (s server) policy(ctx *pulumi.Context, name string, parent pulumi.Resource) (*networkingv1.NetworkPolicy, error) {
	policy, err := networkingv1.NewNetworkPolicy(ctx, name+"-"+s.component, &networkingv1.NetworkPolicyArgs{
		Metadata: s.metadata(),
		Spec: networkingv1.NetworkPolicySpecArgs{
			PodSelector: metav1.LabelSelectorArgs{MatchLabels: s.labels.Selector(s.component)},
			PolicyTypes: s.policyTypes(),
			Egress:      s.egress(),
			Ingress: networkingv1.NetworkPolicyIngressRuleArray{networkingv1.NetworkPolicyIngressRuleArgs{
				From: s.peers(),
				Ports: networkingv1.NetworkPolicyPortArray{networkingv1.NetworkPolicyPortArgs{
					Port:     pulumi.Int(s.port),
					Protocol: pulumi.String("TCP"),
				}},
			}},
		},
	}, pulumi.Parent(parent), pulumi.DependsOn(s.after))
	if err != nil {
		return nil, fmt.Errorf("registering the NetworkPolicy of %s: %w", s.component, err)
	}
	return policy, nil
}

func (s server) policyTypes() pulumi.StringArray {
	if s.upstream == "" {
		return pulumi.ToStringArray([]string{"Ingress"})
	}
	return pulumi.ToStringArray([]string{"Ingress", "Egress"})
}

// egress allows the connection to the upstream; nil without one.
func (s server) egress() networkingv1.NetworkPolicyEgressRuleArrayInput {
	if s.upstream == "" {
		return nil
	}
	return networkingv1.NetworkPolicyEgressRuleArray{
		clusterDNS(),
		networkingv1.NetworkPolicyEgressRuleArgs{
			To: networkingv1.NetworkPolicyPeerArray{networkingv1.NetworkPolicyPeerArgs{
				PodSelector: metav1.LabelSelectorArgs{MatchLabels: s.labels.Selector(s.upstream)},
			}},
			Ports: ports([]int{s.port}, "TCP"),
		},
	}
}
