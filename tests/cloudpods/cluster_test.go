package cloudpods_test

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"

	"github.com/djangostack/djangostack/emulators/kubernetes"
	"github.com/djangostack/djangostack/tests/e2e"
	"github.com/djangostack/djangostack/tests/environments"
)

// cluster is a cluster on this machine, with a client. The emulators return its address as that of the clouds'
// clusters.
type cluster struct {
	*e2e.Cluster

	config *rest.Config
	client dynamic.Interface
}

// Every test deploys the same environment.
const (
	namespace = "blog-dev"
	service   = "blog-web"
	host      = environments.Host
)

func newCluster(t *testing.T) *cluster {
	t.Helper()
	c := &cluster{Cluster: e2e.StartCluster(t, namespace+"/"+service, "blog-orange", "postgres", "redis")}
	var err error
	c.config, err = clientcmd.BuildConfigFromFlags("", c.Kubeconfig())
	require.NoError(t, err)
	c.client, err = dynamic.NewForConfig(c.config)
	require.NoError(t, err)
	return c
}

func (c *cluster) apply(t *testing.T, manifest string) {
	t.Helper()
	c.Local(t, []byte(manifest), "kubectl", "apply", "--filename", "-")
}

// get reads the objects of a kind. An empty namespace means all.
func (c *cluster) get(t *testing.T, in, kind string, into any) {
	t.Helper()
	arguments := []string{"kubectl", "get", kind, "--output", "json"}
	if in == "" {
		arguments = append(arguments, "--all-namespaces")
	} else {
		arguments = append(arguments, "--namespace", in)
	}
	require.NoError(t, json.Unmarshal([]byte(c.Local(t, nil, arguments...)), into))
}

// reached returns the connection for a Kubernetes provider, and an error for a provider of another API server.
func (c *cluster) reached(destination kubernetes.Destination) (*rest.Config, bool, error) {
	if destination.Server != c.config.Host {
		return nil, false, fmt.Errorf("no cluster of this test answers at %q", destination.Server)
	}
	return c.config, true, nil
}

// names returns the objects of the kinds that an environment could leave behind.
func (c *cluster) names(t *testing.T) []string {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	var names []string
	for _, resource := range []schema.GroupVersionResource{
		{Version: "v1", Resource: "namespaces"}, {Version: "v1", Resource: "persistentvolumes"},
		{Version: "v1", Resource: "persistentvolumeclaims"}, {Version: "v1", Resource: "configmaps"},
		{Version: "v1", Resource: "secrets"}, {Version: "v1", Resource: "pods"},
		{Group: "storage.k8s.io", Version: "v1", Resource: "storageclasses"},
		{Group: "rbac.authorization.k8s.io", Version: "v1", Resource: "clusterrolebindings"},
	} {
		found, err := c.client.Resource(resource).List(ctx, listAll())
		require.NoError(t, err)
		for _, one := range found.Items {
			names = append(names, strings.Join([]string{one.GetKind(), one.GetNamespace(), one.GetName()}, " "))
		}
	}
	return names
}
