package cli

import (
	"context"
	"fmt"
	"time"

	"k8s.io/client-go/discovery"
	"k8s.io/client-go/tools/clientcmd"

	"github.com/djangostack/djangostack/stacks/spec"
)

// reachWithin is how long a cluster may take to say its version.
const reachWithin = 5 * time.Second

// reach asks a cluster for its version.
func reach(ctx context.Context, cluster spec.Cluster) (string, error) {
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
	config.Timeout = reachWithin
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
