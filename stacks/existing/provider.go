package existing

import (
	"fmt"

	"github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes"
	"github.com/pulumi/pulumi-random/sdk/v4/go/random"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/djangostack/djangostack/stacks/spec"
)

// newProviders makes the providers of the environment; the default ones are off,
// so that nothing is applied to a cluster that happens to be ambient.
func newProviders(ctx *pulumi.Context, e *spec.Environment, root pulumi.Resource) (pulumi.ResourceOption, error) {
	cluster, err := newCluster(ctx, e, root)
	if err != nil {
		return nil, err
	}
	passwords, err := random.NewProvider(ctx, e.App.Name+"-random", &random.ProviderArgs{}, pulumi.Parent(root))
	if err != nil {
		return nil, fmt.Errorf("registering the random provider: %w", err)
	}
	return pulumi.Providers(cluster, passwords), nil
}

// newCluster reaches the cluster by a named context, never by the current one.
// The identifier is known at preview, so that a moved kubeconfig never replaces
// every object (pulumi-kubernetes issues 1148 and 4019).
func newCluster(ctx *pulumi.Context, e *spec.Environment, root pulumi.Resource) (*kubernetes.Provider, error) {
	args := &kubernetes.ProviderArgs{
		Context:           pulumi.String(e.Cluster.Context),
		ClusterIdentifier: pulumi.String(e.Cluster.Context),
	}
	if e.Cluster.Kubeconfig != "" {
		args.Kubeconfig = pulumi.String(e.Cluster.Kubeconfig)
	}
	cluster, err := kubernetes.NewProvider(ctx, e.App.Name+"-cluster", args, pulumi.Parent(root))
	if err != nil {
		return nil, fmt.Errorf("registering the Kubernetes provider: %w", err)
	}
	return cluster, nil
}
