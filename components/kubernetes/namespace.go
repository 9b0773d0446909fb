// Package kubernetes holds what runs in the cluster besides the app: the namespace
// and the data services.
package kubernetes

import (
	"fmt"

	"github.com/djangostack/djangostack/components/arguments"

	corev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/core/v1"
	metav1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/meta/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/djangostack/djangostack/components/labels"
	"github.com/djangostack/djangostack/components/validate"
)

// NamespaceArgs says which namespace an environment stands in.
type NamespaceArgs struct {
	// Name of the namespace.
	Name string
	// Source is Create, or Existing for a namespace that the program must not change.
	Source arguments.Source
	// PodSecurity is the Pod Security level that a created namespace enforces:
	// restricted, baseline or privileged.
	PodSecurity string
	Labels      labels.Labels
}

// Namespace is the namespace that an environment stands in.
type Namespace struct {
	pulumi.ResourceState

	// Name of the namespace; what waits for it is made after it.
	Name pulumi.StringOutput
}

// NewNamespace makes a namespace, or passes on one that is given.
func NewNamespace(ctx *pulumi.Context, name string, args *NamespaceArgs, opts ...pulumi.ResourceOption) (*Namespace, error) {
	if err := validate.Check("Namespace",
		validate.Required("Name", args.Name != ""),
		validate.Required("PodSecurity", args.Source == arguments.Existing || args.PodSecurity != ""),
	); err != nil {
		return nil, err
	}
	if err := validate.OneOf("Namespace", "Source", args.Source, arguments.Create, arguments.Existing); err != nil {
		return nil, err
	}
	n := &Namespace{}
	if err := ctx.RegisterComponentResource("djangostack:kubernetes:Namespace", name, n, opts...); err != nil {
		return nil, fmt.Errorf("registering the namespace component: %w", err)
	}
	n.Name = pulumi.String(args.Name).ToStringOutput()
	if args.Source == arguments.Create {
		made, err := n.create(ctx, name, args)
		if err != nil {
			return nil, err
		}
		n.Name = made.Metadata.Name().Elem()
	}
	if err := ctx.RegisterResourceOutputs(n, pulumi.Map{"name": n.Name}); err != nil {
		return nil, fmt.Errorf("registering the namespace's outputs: %w", err)
	}
	return n, nil
}

func (n *Namespace) create(ctx *pulumi.Context, name string, args *NamespaceArgs) (*corev1.Namespace, error) {
	labels := args.Labels.For("namespace")
	for _, mode := range []string{"enforce", "warn"} {
		labels["pod-security.kubernetes.io/"+mode] = pulumi.String(args.PodSecurity)
	}
	made, err := corev1.NewNamespace(ctx, name+"-namespace", &corev1.NamespaceArgs{
		Metadata: metav1.ObjectMetaArgs{Name: pulumi.String(args.Name), Labels: labels},
	}, pulumi.Parent(n))
	if err != nil {
		return nil, fmt.Errorf("registering the namespace %s: %w", args.Name, err)
	}
	return made, nil
}
