package cli

import (
	"context"
	"fmt"
	"time"

	"k8s.io/client-go/discovery"
	"k8s.io/client-go/tools/clientcmd"

	"github.com/djangostack/djangostack/stacks/spec"
)

// clusterTimeout is how long doctor waits for the cluster's API server.
const clusterTimeout = 5 * time.Second

// clusterVersion asks the API server of a cluster for its version.
func clusterVersion(ctx context.Context, cluster spec.Cluster) (string, error) {
	if err := ctx.Err(); err != nil {
		return "", err
	}
	rules := clientcmd.NewDefaultClientConfigLoadingRules()
	rules.ExplicitPath = cluster.Kubeconfig
	config, err := clientcmd.NewNonInteractiveDeferredLoadingClientConfig(
		rules, &clientcmd.ConfigOverrides{CurrentContext: cluster.Context}).ClientConfig()
	if err != nil {
		return "", fmt.Errorf("reading the kubeconfig: %w", err)
	}
	config.Timeout = clusterTimeout
	client, err := discovery.NewDiscoveryClientForConfig(config)
	if err != nil {
		return "", fmt.Errorf("connecting to %s: %w", config.Host, err)
	}
	version, err := client.ServerVersion()
	if err != nil {
		return "", fmt.Errorf("asking %s for its version: %w", config.Host, err)
	}
	return version.GitVersion, nil
}
