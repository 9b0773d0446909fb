// Package clusters holds what the Kubernetes clusters of every cloud have alike: how
// the program enters them, and the disks of their claims.
package clusters

import (
	"fmt"

	"github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// Kubeconfig is a configuration of one cluster that holds no secret: a command fetches
// a token when one is needed. The authority is the API server's, PEM in base64.
func Kubeconfig(cluster string, server, authority pulumi.StringInput, command pulumi.Map) pulumi.StringOutput {
	name := pulumi.String(cluster)
	return pulumi.JSONMarshal(pulumi.Map{
		"apiVersion": pulumi.String("v1"),
		"kind":       pulumi.String("Config"),
		"clusters": pulumi.Array{pulumi.Map{"name": name, "cluster": pulumi.Map{
			"server":                     server,
			"certificate-authority-data": authority,
		}}},
		"users":           pulumi.Array{pulumi.Map{"name": name, "user": pulumi.Map{"exec": command}}},
		"contexts":        pulumi.Array{pulumi.Map{"name": name, "context": pulumi.Map{"cluster": name, "user": name}}},
		"current-context": name,
	})
}

// NewProvider makes the one provider of a cluster's objects. Every object depends on
// its provider, and so waits for all that is ready by now.
func NewProvider(ctx *pulumi.Context, name, identifier string, kubeconfig pulumi.StringInput, ready []pulumi.Resource, parent pulumi.Resource) (*kubernetes.Provider, error) {
	provider, err := kubernetes.NewProvider(ctx, name+"-kubernetes", &kubernetes.ProviderArgs{
		Kubeconfig: kubeconfig.ToStringOutput().ToStringPtrOutput(),
		// Without it, a preview that does not know the kubeconfig replaces every object
		// (pulumi-eks issue 764).
		ClusterIdentifier: pulumi.String(identifier),
	}, pulumi.Parent(parent), pulumi.DependsOn(ready))
	if err != nil {
		return nil, fmt.Errorf("registering the Kubernetes provider of %s: %w", name, err)
	}
	return provider, nil
}
