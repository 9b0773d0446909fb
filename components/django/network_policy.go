package django

import (
	networkingv1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/networking/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// allowPort admits everyone to one port of a component's pods, and to no other port: the
// addresses of load balancers and ingress controllers are not known.
func (r *Runtime) allowPort(ctx *pulumi.Context, name, part string, port int, parent pulumi.Resource) error {
	_, err := networkingv1.NewNetworkPolicy(ctx, name+"-"+part, &networkingv1.NetworkPolicyArgs{
		Metadata: r.named(part),
		Spec: networkingv1.NetworkPolicySpecArgs{
			PodSelector: r.selector(part),
			PolicyTypes: pulumi.ToStringArray([]string{"Ingress"}),
			Ingress: networkingv1.NetworkPolicyIngressRuleArray{networkingv1.NetworkPolicyIngressRuleArgs{
				Ports: networkingv1.NetworkPolicyPortArray{networkingv1.NetworkPolicyPortArgs{
					Port:     pulumi.Int(port),
					Protocol: pulumi.String("TCP"),
				}},
			}},
		},
	}, pulumi.Parent(parent))
	return wrap(err, "registering the NetworkPolicy of %s", part)
}
