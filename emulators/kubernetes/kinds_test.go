package kubernetes

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/discovery"
	"k8s.io/client-go/tools/clientcmd"

	"github.com/djangostack/djangostack/tests/testenv"
)

func TestScopesOfTheBuiltInKindsAreThoseOfACluster(t *testing.T) {
	kubeconfig := testenv.NeedsKubeconfig(t)
	config, err := clientcmd.BuildConfigFromFlags("", kubeconfig)
	require.NoError(t, err)
	client, err := discovery.NewDiscoveryClientForConfig(config)
	require.NoError(t, err)
	_, lists, err := client.ServerGroupsAndResources()
	require.NoError(t, err)
	known := 0
	for _, list := range lists {
		for _, resource := range list.APIResources {
			// What cannot be created and deleted, such as a review or a subresource, is nothing that a program keeps.
			if strings.Contains(resource.Name, "/") || !slices.Contains(resource.Verbs, "create") || !slices.Contains(resource.Verbs, "delete") {
				continue
			}
			gvk := schema.FromAPIVersionAndKind(list.GroupVersion, resource.Kind)
			assert.Equal(t, !resource.Namespaced, clusterScoped(gvk), "%s", gvk)
			known++
		}
	}
	assert.Greater(t, known, 50)
}
