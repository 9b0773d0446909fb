package existing

import (
	"fmt"

	"github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/djangostack/djangostack/components/clusters"
	"github.com/djangostack/djangostack/stacks/spec"
)

// newClusterProvider connects by a named context of the kubeconfig, never by the current
// one. The identifier is known at preview, so that a moved kubeconfig never replaces every
// object (pulumi-kubernetes issues 1148 and 4019).
func newClusterProvider(ctx *pulumi.Context, environment *spec.Environment, root pulumi.Resource) (*kubernetes.Provider, error) {
	args := clusters.ProviderArgs()
	args.Context = pulumi.String(environment.Cluster.Context)
	args.ClusterIdentifier = pulumi.String(environment.Cluster.Context)
	if environment.Cluster.Kubeconfig != "" {
		args.Kubeconfig = pulumi.String(environment.Cluster.Kubeconfig)
	}
	provider, err := kubernetes.NewProvider(ctx, environment.App.Name+"-cluster", args, pulumi.Parent(root))
	if err != nil {
		return nil, fmt.Errorf("registering the Kubernetes provider: %w", err)
	}
	return provider, nil
}
