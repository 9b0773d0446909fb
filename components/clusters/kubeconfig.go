// Package clusters holds what the Kubernetes clusters of all clouds have in common: the
// kubeconfig, the provider of the objects in the cluster, and the default StorageClass.
//
// The package imports the Kubernetes SDK and no cloud's SDK.
package clusters

import (
	"fmt"

	"github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// Kubeconfig returns the kubeconfig of one cluster. It holds no secret: the client runs the
// command, an exec credential plugin, when it needs a token. The authority is the
// certificate of the API server, PEM in base64.
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

// ProviderArgs returns the arguments that the Kubernetes provider has with every cluster.
// Each has an environment variable, PULUMI_K8S_…, which would otherwise decide on the
// machine that runs the update whether objects and fields of somebody else are taken over.
// PULUMI_K8S_DELETE_UNREACHABLE stays the user's: it forgets the objects of a cluster that
// no longer exists.
func ProviderArgs() *kubernetes.ProviderArgs {
	return &kubernetes.ProviderArgs{
		EnableServerSideApply:  pulumi.Bool(true),
		UpsertExistingObjects:  pulumi.Bool(false),
		EnablePatchForce:       pulumi.Bool(false),
		SkipUpdateUnreachable:  pulumi.Bool(false),
		EnableConfigMapMutable: pulumi.Bool(false),
		EnableSecretMutable:    pulumi.Bool(false),
	}
}

// NewProvider registers the provider of the objects in a cluster. The provider depends on
// ready, and so every object waits for these resources.
func NewProvider(ctx *pulumi.Context, name, identifier string, kubeconfig pulumi.StringInput, ready []pulumi.Resource, parent pulumi.Resource) (*kubernetes.Provider, error) {
	args := ProviderArgs()
	args.Kubeconfig = kubeconfig.ToStringOutput().ToStringPtrOutput()
	// Without an identifier, a preview that does not know the kubeconfig plans to
	// replace every object (pulumi-eks issue 764).
	args.ClusterIdentifier = pulumi.String(identifier)
	provider, err := kubernetes.NewProvider(ctx, name+"-kubernetes", args, pulumi.Parent(parent), pulumi.DependsOn(ready))
	if err != nil {
		return nil, fmt.Errorf("registering the Kubernetes provider of %s: %w", name, err)
	}
	return provider, nil
}
