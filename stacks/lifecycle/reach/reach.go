// Package reach asks whether what an environment needs answers, before anything is made. It imports the Kubernetes
// client and no cloud SDK: an account is noticed by the preview that precedes a first update.
package reach

import (
	"context"
	"errors"
	"fmt"
	"time"

	"k8s.io/client-go/discovery"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"

	"github.com/djangostack/djangostack/stacks/spec"
)

// timeout is how long a cluster's API server may take to answer.
const timeout = 10 * time.Second

// Environment asks for what the environment takes as existing: the cluster, and the objects in it that the environment
// uses and does not create. Those that are missing are a *spec.MissingObjectsError. It is for lifecycle.ProjectOptions.Preflight. A cluster
// of this or another stack is not asked: its kubeconfig is known only while Pulumi runs.
func Environment(ctx context.Context, environment *spec.Environment) error {
	if environment.Cluster.Source != spec.SourceExisting {
		return nil
	}
	if _, err := ClusterVersion(ctx, environment.Cluster); err != nil {
		return err
	}
	config, err := configOf(environment.Cluster)
	if err != nil {
		return err
	}
	return missing(ctx, config, environment)
}

// configOf reads the kubeconfig of an existing cluster.
func configOf(cluster spec.Cluster) (*rest.Config, error) {
	rules := clientcmd.NewDefaultClientConfigLoadingRules()
	rules.ExplicitPath = cluster.Kubeconfig
	config, err := clientcmd.NewNonInteractiveDeferredLoadingClientConfig(
		rules, &clientcmd.ConfigOverrides{CurrentContext: cluster.Context}).ClientConfig()
	if err != nil {
		return nil, fmt.Errorf("reading the kubeconfig for the context %s: %w", cluster.Context, err)
	}
	config.Timeout = timeout
	return config, nil
}

// ClusterVersion asks the API server of an existing cluster for the version of Kubernetes.
func ClusterVersion(ctx context.Context, cluster spec.Cluster) (string, error) {
	config, err := configOf(cluster)
	if err != nil {
		return "", err
	}
	client, err := discovery.NewDiscoveryClientForConfig(config)
	if err != nil {
		return "", fmt.Errorf("connecting to the cluster of the context %s at %s: %w", cluster.Context, config.Host, err)
	}
	version, err := askVersion(ctx, client)
	if err != nil {
		return "", fmt.Errorf("the cluster of the context %s cannot be reached at %s: %w", cluster.Context, config.Host, err)
	}
	return version, nil
}

// askVersion ends with the context. The client's call has no context.
func askVersion(ctx context.Context, client *discovery.DiscoveryClient) (string, error) {
	type answer struct {
		version string
		err     error
	}
	answers := make(chan answer, 1)
	go func() {
		info, err := client.ServerVersion()
		if err == nil && info == nil {
			err = errors.New("the answer has no version")
		}
		if err != nil {
			answers <- answer{err: err}
			return
		}
		answers <- answer{version: info.GitVersion}
	}()
	select {
	case got := <-answers:
		return got.version, got.err
	case <-ctx.Done():
		return "", ctx.Err()
	}
}
