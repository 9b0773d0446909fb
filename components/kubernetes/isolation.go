package kubernetes

import (
	"fmt"
	"net/netip"

	metav1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/meta/v1"
	networkingv1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/networking/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/djangostack/djangostack/components/cidr"
	"github.com/djangostack/djangostack/components/component"
	"github.com/djangostack/djangostack/components/labels"
	"github.com/djangostack/djangostack/components/validate"
)

// IsolationArgs describes the pods that are isolated.
type IsolationArgs struct {
	Namespace pulumi.StringInput
	Labels    labels.Labels
	// Egress is what the pods may connect to besides DNS and each other.
	Egress []EgressRule
	// Servers are the components whose pods connect to nothing, such as a database, or only to
	// what a separate NetworkPolicy allows.
	Servers []string
}

// EgressRule is a set of addresses and ports.
type EgressRule struct {
	// CIDRs are address ranges, IPv4 or IPv6. A range never includes the link-local
	// addresses, where the clouds answer for credentials, unless it lies within them.
	CIDRs []string
	// Pods allows the pods of every namespace too: some networks count none as an address
	// (https://docs.cilium.io/en/stable/security/policy/language/#ip-cidr-based).
	Pods bool
	// Ports are TCP ports; nil for every port of the pods.
	Ports []int
}

// Isolation denies the pods of the app every connection, in and out, that no other
// NetworkPolicy allows, and allows what they connect to. It has an effect only if the
// cluster's network enforces NetworkPolicies.
type Isolation struct {
	pulumi.ResourceState
}

// NewIsolation registers the NetworkPolicies.
func NewIsolation(ctx *pulumi.Context, name string, args *IsolationArgs, opts ...pulumi.ResourceOption) (*Isolation, error) {
	i := &Isolation{}
	return component.New(ctx, "djangostack:kubernetes:Isolation", name+"-isolation", i, args.check, func() (pulumi.Map, error) {
		if err := args.policy(ctx, name+"-isolation", "isolation", networkingv1.NetworkPolicySpecArgs{
			PodSelector: metav1.LabelSelectorArgs{MatchLabels: args.Labels.App()},
			PolicyTypes: pulumi.ToStringArray([]string{"Ingress", "Egress"}),
		}, i); err != nil {
			return nil, err
		}
		rules, err := args.rules()
		if err != nil {
			return nil, err
		}
		return nil, args.policy(ctx, name+"-egress", "egress", networkingv1.NetworkPolicySpecArgs{
			PodSelector: args.clients(),
			PolicyTypes: pulumi.ToStringArray([]string{"Egress"}),
			Egress:      rules,
		}, i)
	}, opts...)
}

func (a *IsolationArgs) check() error {
	return validate.Check("Isolation",
		validate.Required("Namespace", a.Namespace != nil),
		validate.Required("Labels", a.Labels.Complete()),
	)
}

func (a *IsolationArgs) policy(ctx *pulumi.Context, name, part string, spec networkingv1.NetworkPolicySpecArgs, parent pulumi.Resource) error {
	_, err := networkingv1.NewNetworkPolicy(ctx, name, &networkingv1.NetworkPolicyArgs{
		Metadata: metav1.ObjectMetaArgs{Name: pulumi.String(a.Labels.ObjectName(part)), Namespace: a.Namespace, Labels: a.Labels.For(part)},
		Spec:     spec,
	}, pulumi.Parent(parent))
	if err != nil {
		return fmt.Errorf("registering the NetworkPolicy %s: %w", name, err)
	}
	return nil
}

// clients selects the pods that connect to something.
func (a *IsolationArgs) clients() metav1.LabelSelectorArgs {
	selector := metav1.LabelSelectorArgs{MatchLabels: a.Labels.App()}
	if len(a.Servers) > 0 {
		selector.MatchExpressions = metav1.LabelSelectorRequirementArray{metav1.LabelSelectorRequirementArgs{
			Key:      pulumi.String(labels.ComponentLabel),
			Operator: pulumi.String("NotIn"),
			Values:   pulumi.ToStringArray(a.Servers),
		}}
	}
	return selector
}

func (a *IsolationArgs) rules() (networkingv1.NetworkPolicyEgressRuleArray, error) {
	rules := networkingv1.NetworkPolicyEgressRuleArray{
		clusterDNS(),
		networkingv1.NetworkPolicyEgressRuleArgs{To: networkingv1.NetworkPolicyPeerArray{
			networkingv1.NetworkPolicyPeerArgs{PodSelector: metav1.LabelSelectorArgs{MatchLabels: a.Labels.App()}},
		}},
	}
	more, err := egressRules(a.Egress)
	return append(rules, more...), err
}

func egressRules(wanted []EgressRule) (networkingv1.NetworkPolicyEgressRuleArray, error) {
	rules := networkingv1.NetworkPolicyEgressRuleArray{}
	for _, rule := range wanted {
		peers := networkingv1.NetworkPolicyPeerArray{}
		for _, text := range rule.CIDRs {
			block, err := ipBlock(text)
			if err != nil {
				return nil, err
			}
			peers = append(peers, networkingv1.NetworkPolicyPeerArgs{IpBlock: block})
		}
		if rule.Pods {
			peers = append(peers, networkingv1.NetworkPolicyPeerArgs{NamespaceSelector: metav1.LabelSelectorArgs{}})
		}
		allowed := networkingv1.NetworkPolicyEgressRuleArgs{To: peers}
		if len(rule.Ports) > 0 {
			allowed.Ports = ports(rule.Ports, "TCP")
		}
		rules = append(rules, allowed)
	}
	return rules, nil
}

// clusterDNS allows DNS to every address, because that of the cluster's differs: a Service, a
// cache on the node, the cloud's resolver, a server that is no pod.
func clusterDNS() networkingv1.NetworkPolicyEgressRuleArgs {
	return networkingv1.NetworkPolicyEgressRuleArgs{Ports: ports([]int{53}, "UDP", "TCP")}
}

// ipBlock returns a range without the link-local addresses in it.
func ipBlock(text string) (networkingv1.IPBlockArgs, error) {
	prefix, err := netip.ParsePrefix(text)
	if err != nil {
		return networkingv1.IPBlockArgs{}, fmt.Errorf("Isolation: Egress: %q is not an address range: %w", text, err)
	}
	block := networkingv1.IPBlockArgs{Cidr: pulumi.String(text)}
	var except []string
	for _, reserved := range cidr.LinkLocal() {
		if prefix.Overlaps(reserved) && prefix.Bits() < reserved.Bits() {
			except = append(except, reserved.String())
		}
	}
	if len(except) > 0 {
		block.Except = pulumi.ToStringArray(except)
	}
	return block, nil
}

func ports(numbers []int, protocols ...string) networkingv1.NetworkPolicyPortArray {
	out := networkingv1.NetworkPolicyPortArray{}
	for _, number := range numbers {
		for _, protocol := range protocols {
			out = append(out, networkingv1.NetworkPolicyPortArgs{Port: pulumi.Int(number), Protocol: pulumi.String(protocol)})
		}
	}
	return out
}
