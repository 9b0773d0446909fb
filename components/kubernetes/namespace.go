// Package kubernetes holds what runs in the cluster besides the app: the namespace
// and the data services.
package kubernetes

import (
	"fmt"

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
	// Given means that the namespace is there already and is left as it is.
	Given bool
	// PodSecurity is the Pod Security level that a made namespace enforces:
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
		validate.Required{Field: "Name", Given: args.Name != ""},
		validate.Required{Field: "PodSecurity", Given: args.Given || args.PodSecurity != ""},
	); err != nil {
		return nil, err
	}
	n := &Namespace{}
	if err := ctx.RegisterComponentResource("djangostack:kubernetes:Namespace", name, n, opts...); err != nil {
		return nil, fmt.Errorf("registering the namespace component: %w", err)
	}
	n.Name = pulumi.String(args.Name).ToStringOutput()
	if !args.Given {
		made, err := n.make(ctx, name, args)
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

func (n *Namespace) make(ctx *pulumi.Context, name string, args *NamespaceArgs) (*corev1.Namespace, error) {
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
