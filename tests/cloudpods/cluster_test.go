package cloudpods_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
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
)

// cluster is a real Kubernetes of the tests' own, for which the clusters of the
// clouds stand.
type cluster struct {
	program string
	state   string
	// address on this machine leads to the web Service of the environment.
	address string
	config  *rest.Config
	client  dynamic.Interface
}

// The environment of every place is the same one.
const (
	namespace = "blog-dev"
	service   = "blog-web"
	host      = "blog.example.com"
)

func newCluster(t *testing.T) *cluster {
	t.Helper()
	tools := e2e.NewTools(t)
	at := "127.0.0.1:" + e2e.FreePort(t)
	c := &cluster{program: filepath.Join(tools.Bin, "djangostack-local"), state: t.TempDir(), address: "http://" + at}
	t.Cleanup(func() { c.run(t, nil, "down") })
	began := time.Now()
	c.run(t, nil, "up", "--publish", at+"="+namespace+"/"+service+":80")
	images := []string{"load-image"}
	for _, name := range []string{"blog-orange", "postgres", "redis"} {
		images = append(images, filepath.Join(tools.Images, name+".tar"))
	}
	c.run(t, nil, images...)
	t.Logf("the cluster is up with its images: %s", time.Since(began).Round(time.Second))
	var err error
	c.config, err = clientcmd.BuildConfigFromFlags("", filepath.Join(c.state, "cluster", "kubeconfig"))
	require.NoError(t, err)
	c.client, err = dynamic.NewForConfig(c.config)
	require.NoError(t, err)
	return c
}

// run runs the local cluster's command with some input and returns what it printed.
func (c *cluster) run(t *testing.T, input []byte, arguments ...string) []byte {
	t.Helper()
	command := exec.Command(c.program, append([]string{"--state", c.state}, arguments...)...)
	command.Env = append(os.Environ(), "KUBECONFIG=")
	var stderr bytes.Buffer
	command.Stdin, command.Stderr = bytes.NewReader(input), &stderr
	out, err := command.Output()
	require.NoError(t, err, "%s:\n%s", strings.Join(arguments, " "), stderr.String())
	return out
}

func (c *cluster) kubectl(t *testing.T, in string, arguments ...string) string {
	t.Helper()
	return string(c.run(t, nil, append([]string{"kubectl", "--namespace", in}, arguments...)...))
}

func (c *cluster) apply(t *testing.T, manifest string) {
	t.Helper()
	c.run(t, []byte(manifest), "kubectl", "apply", "--filename", "-")
}

// get reads objects of a kind, of all namespaces where none is named.
func (c *cluster) get(t *testing.T, in, kind string, into any) {
	t.Helper()
	arguments := []string{"kubectl", "get", kind, "--output", "json"}
	if in == "" {
		arguments = append(arguments, "--all-namespaces")
	} else {
		arguments = append(arguments, "--namespace", in)
	}
	require.NoError(t, json.Unmarshal(c.run(t, nil, arguments...), into))
}

// reached leads the Kubernetes providers of a program here; those that lead to
// another API than the cloud's cluster says fail.
func (c *cluster) reached(destination kubernetes.Destination) (*rest.Config, bool, error) {
	if destination.Server != c.config.Host {
		return nil, false, fmt.Errorf("no cluster of this test answers at %q", destination.Server)
	}
	return c.config, true, nil
}

// names are the objects of the kinds that an environment could leave behind.
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
