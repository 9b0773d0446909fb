package kubernetes

import (
	"fmt"

	metav1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/meta/v1"
	networkingv1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/networking/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/djangostack/djangostack/components/component"
	"github.com/djangostack/djangostack/components/labels"
	"github.com/djangostack/djangostack/components/validate"
)

// IsolationArgs describes the pods that are isolated.
type IsolationArgs struct {
	Namespace pulumi.StringInput
	Labels    labels.Labels
}

// Isolation denies all ingress to the pods of the app that no other NetworkPolicy allows.
// It has an effect only if the cluster's network enforces NetworkPolicies.
type Isolation struct {
	pulumi.ResourceState
}

// NewIsolation registers the NetworkPolicy.
func NewIsolation(ctx *pulumi.Context, name string, args *IsolationArgs, opts ...pulumi.ResourceOption) (*Isolation, error) {
	i := &Isolation{}
	return component.New(ctx, "djangostack:kubernetes:Isolation", name+"-isolation", i, args.check, func() (pulumi.Map, error) {
		_, err := networkingv1.NewNetworkPolicy(ctx, name+"-isolation", &networkingv1.NetworkPolicyArgs{
			Metadata: metav1.ObjectMetaArgs{
				Name:      pulumi.String(args.Labels.ObjectName("isolation")),
				Namespace: args.Namespace,
				Labels:    args.Labels.For("isolation"),
			},
			Spec: networkingv1.NetworkPolicySpecArgs{
				PodSelector: metav1.LabelSelectorArgs{MatchLabels: args.Labels.App()},
				PolicyTypes: pulumi.ToStringArray([]string{"Ingress"}),
			},
		}, pulumi.Parent(i))
		if err != nil {
			return nil, fmt.Errorf("registering the NetworkPolicy of the isolation: %w", err)
		}
		return nil, nil
	}, opts...)
}

func (a *IsolationArgs) check() error {
	return validate.Check("Isolation",
		validate.Required("Namespace", a.Namespace != nil),
		validate.Required("Labels", a.Labels.Complete()),
	)
}
