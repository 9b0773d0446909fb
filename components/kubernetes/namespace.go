// Package kubernetes holds what runs in the cluster besides the app: the namespace
// and the data services.
package kubernetes

import (
	"errors"
	"fmt"

	corev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/core/v1"
	metav1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/meta/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/djangostack/djangostack/components/arguments"
	"github.com/djangostack/djangostack/components/component"
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
	n := &Namespace{}
	return component.New(ctx, "djangostack:kubernetes:Namespace", name, n, args.check, func() (pulumi.Map, error) {
		n.Name = pulumi.String(args.Name).ToStringOutput()
		if args.Source == arguments.Create {
			made, err := n.create(ctx, name, args)
			if err != nil {
				return nil, err
			}
			n.Name = made.Metadata.Name().Elem()
		}
		return pulumi.Map{"name": n.Name}, nil
	}, opts...)
}

func (a *NamespaceArgs) check() error {
	return errors.Join(
		validate.Check("Namespace",
			validate.Required("Name", a.Name != ""),
			validate.Required("PodSecurity", a.Source == arguments.Existing || a.PodSecurity != ""),
		),
		validate.OneOf("Namespace", "Source", a.Source, arguments.Create, arguments.Existing),
	)
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
