// Package reach asks whether what an environment needs answers, before anything is made. It imports the Kubernetes
// client and no cloud SDK: an account is noticed by the preview that precedes a first update.
package reach

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"k8s.io/client-go/discovery"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
	"k8s.io/client-go/tools/clientcmd/api"

	"github.com/djangostack/djangostack/stacks/spec"
)

// timeout is how long a cluster's API server may take to answer.
const timeout = 10 * time.Second

// Environment asks for what the environment takes as existing: the cluster, and the objects in it that the environment
// uses and does not create. Those that are missing are a *spec.MissingObjectsError, and hosts and paths that others
// in the cluster claim are a *spec.TakenRoutesError. Volumes that cannot grow are a *spec.FixedClaimsError. It is for lifecycle.ProjectOptions.Preflight. A cluster
// of this or another stack is not asked: its kubeconfig is known only while Pulumi runs. Only the command that signs in to it is looked for.
func Environment(ctx context.Context, environment *spec.Environment) error {
	if environment.Cluster.Source != spec.SourceExisting {
		return SignIn(environment)
	}
	if _, err := ClusterVersion(ctx, environment.Cluster); err != nil {
		return err
	}
	config, err := Config(environment.Cluster)
	if err != nil {
		return err
	}
	config.Timeout = timeout
	return errors.Join(missing(ctx, config, environment), growth(ctx, config, environment), takenRoutes(ctx, config, environment))
}

// Config reads how to connect to an existing cluster from its kubeconfig. If the kubeconfig has no such context, the
// error names those that it has.
func Config(cluster spec.Cluster) (*rest.Config, error) {
	rules := clientcmd.NewDefaultClientConfigLoadingRules()
	rules.ExplicitPath = cluster.Kubeconfig
	kubeconfig, err := rules.Load()
	if err != nil {
		return nil, fmt.Errorf("reading the kubeconfig for the context %s: %w", cluster.Context, err)
	}
	if _, found := kubeconfig.Contexts[cluster.Context]; cluster.Context != "" && !found {
		return nil, fmt.Errorf("the kubeconfig %s has no context %s; %s",
			strings.Join(rules.GetLoadingPrecedence(), string(filepath.ListSeparator)), cluster.Context, contexts(kubeconfig))
	}
	config, err := clientcmd.NewNonInteractiveDeferredLoadingClientConfig(
		rules, &clientcmd.ConfigOverrides{CurrentContext: cluster.Context}).ClientConfig()
	if err != nil {
		return nil, fmt.Errorf("reading the kubeconfig for the context %s: %w", cluster.Context, err)
	}
	return config, nil
}

// contexts says which contexts a kubeconfig has.
func contexts(kubeconfig *api.Config) string {
	if len(kubeconfig.Contexts) == 0 {
		return "it has no contexts, or does not exist"
	}
	return "it has " + strings.Join(slices.Sorted(maps.Keys(kubeconfig.Contexts)), ", ")
}

// ClusterVersion asks the API server of an existing cluster for the version of Kubernetes.
func ClusterVersion(ctx context.Context, cluster spec.Cluster) (string, error) {
	config, err := Config(cluster)
	if err != nil {
		return "", err
	}
	config.Timeout = timeout
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
