package kubernetes

import (
	"cmp"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"k8s.io/client-go/tools/clientcmd"
	clientcmdapi "k8s.io/client-go/tools/clientcmd/api"
)

// parseKubeconfig parses a kubeconfig given by its path, in which ~ is the home directory, or by its contents.
func parseKubeconfig(pathOrContents string) (*clientcmdapi.Config, error) {
	path := pathOrContents
	if rest, ok := strings.CutPrefix(path, "~/"); ok {
		home, err := os.UserHomeDir()
		if err != nil {
			return nil, fmt.Errorf("finding the home directory of kubeconfig %s: %w", path, err)
		}
		path = filepath.Join(home, rest)
	}
	contents, err := os.ReadFile(path)
	switch {
	case err == nil:
	case looksLikePath(pathOrContents):
		return nil, fmt.Errorf("reading the kubeconfig: %w", err)
	default:
		contents = []byte(pathOrContents)
	}
	config, err := clientcmd.Load(contents)
	if err != nil {
		// The parser's error quotes its input, which may contain a token.
		return nil, fmt.Errorf("the kubeconfig is neither a readable file nor the YAML or JSON of one")
	}
	return config, nil
}

func looksLikePath(text string) bool {
	return !strings.ContainsAny(text, "\n{") && strings.ContainsAny(text, "/~") && !strings.Contains(text, ": ")
}

// clientConfig selects context, cluster and namespace from the given kubeconfig, or from the files that kubectl reads.
func clientConfig(s *settings) (clientcmd.ClientConfig, error) {
	overrides := &clientcmd.ConfigOverrides{
		Context:        clientcmdapi.Context{Cluster: s.clusterName, Namespace: s.namespace},
		CurrentContext: s.context,
	}
	if s.kubeconfig == "" {
		rules := clientcmd.NewDefaultClientConfigLoadingRules()
		return clientcmd.NewNonInteractiveDeferredLoadingClientConfig(rules, overrides), nil
	}
	config, err := parseKubeconfig(s.kubeconfig)
	if err != nil {
		return nil, err
	}
	return clientcmd.NewDefaultClientConfig(*config, overrides), nil
}

// destinationOf returns the cluster that the arguments name, and the namespace of objects that name none. It reads only
// a kubeconfig that the arguments give, and ignores one that cannot be read.
func destinationOf(s *settings) (Destination, string) {
	found, namespace := Destination{Context: s.context}, cmp.Or(s.namespace, "default")
	if s.kubeconfig == "" {
		return found, namespace
	}
	config, err := parseKubeconfig(s.kubeconfig)
	if err != nil {
		return found, namespace
	}
	found.Context = cmp.Or(s.context, config.CurrentContext)
	context := config.Contexts[found.Context]
	if context == nil {
		return found, namespace
	}
	if cluster := config.Clusters[cmp.Or(s.clusterName, context.Cluster)]; cluster != nil {
		found.Server = cluster.Server
	}
	return found, cmp.Or(s.namespace, context.Namespace, "default")
}

// sameCluster compares the clusters of two sets of provider arguments. Where either cannot be determined, they count as
// the same, as with the published provider.
func sameCluster(before, after resource.PropertyMap) (bool, error) {
	old, err := activeCluster(before)
	if err != nil {
		return false, err
	}
	new, err := activeCluster(after)
	if err != nil {
		return false, err
	}
	return old == nil || new == nil || reflect.DeepEqual(old, new), nil
}

func activeCluster(arguments resource.PropertyMap) (*clientcmdapi.Cluster, error) {
	text, err := kubeconfigText(arguments["kubeconfig"])
	if err != nil || text == "" {
		return nil, err
	}
	config, err := parseKubeconfig(text)
	if err != nil {
		return nil, err
	}
	name := config.CurrentContext
	if given := arguments["context"]; given.IsString() {
		name = given.StringValue()
	}
	context := config.Contexts[name]
	if context == nil {
		return nil, nil
	}
	if given := arguments["cluster"]; given.IsString() {
		return config.Clusters[given.StringValue()], nil
	}
	return config.Clusters[context.Cluster], nil
}

func kubeconfigText(value resource.PropertyValue) (string, error) {
	switch {
	case value.IsString():
		return value.StringValue(), nil
	case value.IsObject():
		contents, err := json.Marshal(value.ObjectValue().Mappable())
		return string(contents), err
	}
	return "", nil
}
