// Package kubernetes holds the components of an environment that run in the cluster beside
// the app: the namespace, PostgreSQL, PgBouncer, Redis, the import of a dump, the role of
// the app's database, and the default NetworkPolicy.
//
// The package imports the Kubernetes SDK and the packages of components without a cloud's
// SDK. It imports nothing of stacks.
package kubernetes

import (
	"errors"
	"fmt"

	corev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/core/v1"
	metav1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/meta/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/djangostack/djangostack/components/arguments"
	"github.com/djangostack/djangostack/components/component"
	"github.com/djangostack/djangostack/components/data"
	"github.com/djangostack/djangostack/components/labels"
	"github.com/djangostack/djangostack/components/random"
	"github.com/djangostack/djangostack/components/validate"
)

// NamespaceArgs describes the namespace of an environment.
type NamespaceArgs struct {
	// Name of the namespace.
	Name string
	// Source is Create, or Existing for a namespace that the program must not change.
	Source arguments.Source
	// PodSecurity is the Pod Security level that a created namespace enforces:
	// restricted, baseline or privileged.
	PodSecurity string
	Labels      labels.Labels
	// Data of the servers in the namespace.
	Data data.Held
}

// Namespace is the namespace of an environment.
type Namespace struct {
	pulumi.ResourceState

	// Name of the namespace. Resources that take it as an input are created after the
	// namespace.
	Name pulumi.StringOutput
}

// NewNamespace registers a namespace, or returns the name of one that exists.
func NewNamespace(ctx *pulumi.Context, name string, args *NamespaceArgs, opts ...pulumi.ResourceOption) (*Namespace, error) {
	n := &Namespace{}
	return component.New(ctx, "djangostack:kubernetes:Namespace", name, n, args.check, func() (pulumi.Map, error) {
		values, err := random.NewImmutable(ctx, name+"-namespace", args.Data, n)
		if err != nil {
			return nil, err
		}
		n.Name = pulumi.String(args.Name).ToStringOutput()
		if args.Source == arguments.Create {
			namespace, err := n.create(ctx, name, args, values)
			if err != nil {
				return nil, err
			}
			n.Name = namespace.Metadata.Name().Elem()
		}
		return component.DataOr(args.Data, pulumi.Map{"name": n.Name}), nil
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

func (n *Namespace) create(ctx *pulumi.Context, name string, args *NamespaceArgs, after []pulumi.Resource) (*corev1.Namespace, error) {
	labels := args.Labels.For("namespace")
	for _, mode := range []string{"enforce", "warn"} {
		labels["pod-security.kubernetes.io/"+mode] = pulumi.String(args.PodSecurity)
	}
	namespace, err := corev1.NewNamespace(ctx, name+"-namespace", &corev1.NamespaceArgs{
		Metadata: metav1.ObjectMetaArgs{Name: pulumi.String(args.Name), Labels: labels},
	}, pulumi.Parent(n), component.Protect(args.Data), pulumi.DependsOn(after))
	if err != nil {
		return nil, fmt.Errorf("registering the namespace %s: %w", args.Name, err)
	}
	return namespace, nil
}
