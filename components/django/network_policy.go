package django

import (
	"cmp"

	networkingv1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/networking/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// allowPorts admits everyone to the given ports of a component's pods, and to no other port:
// the addresses of load balancers and ingress controllers are not known. The first port is
// that of the process, or 0 for none.
func (r *Runtime) allowPorts(ctx *pulumi.Context, name, part string, port int, more []Port, parent pulumi.Resource) error {
	return r.allowPortsFrom(ctx, name, part, nil, port, more, parent)
}

// allowPortsFrom admits callers, or everyone without them, to the given ports.
func (r *Runtime) allowPortsFrom(ctx *pulumi.Context, name, part string, callers networkingv1.NetworkPolicyPeerArray, port int, more []Port, parent pulumi.Resource) error {
	var ports networkingv1.NetworkPolicyPortArray
	if port > 0 {
		ports = append(ports, policyPort(port, ""))
	}
	for _, another := range more {
		ports = append(ports, policyPort(another.Number, another.Protocol))
	}
	if len(ports) == 0 {
		return nil
	}
	_, err := networkingv1.NewNetworkPolicy(ctx, name+"-"+part, &networkingv1.NetworkPolicyArgs{
		Metadata: r.named(part),
		Spec: networkingv1.NetworkPolicySpecArgs{
			PodSelector: r.selector(part),
			PolicyTypes: pulumi.ToStringArray([]string{"Ingress"}),
			Ingress: networkingv1.NetworkPolicyIngressRuleArray{networkingv1.NetworkPolicyIngressRuleArgs{
				From:  callers,
				Ports: ports,
			}},
		},
	}, pulumi.Parent(parent))
	return wrap(err, "registering the NetworkPolicy of %s", part)
}

// policyPort is a port of a NetworkPolicy; an empty protocol is TCP.
func policyPort(number int, protocol string) networkingv1.NetworkPolicyPortArgs {
	return networkingv1.NetworkPolicyPortArgs{Port: pulumi.Int(number), Protocol: pulumi.String(cmp.Or(protocol, "TCP"))}
}
