package reach_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/djangostack/djangostack/stacks/lifecycle/reach"
	"github.com/djangostack/djangostack/stacks/spec"
)

func existing(t *testing.T, server string) *spec.Environment {
	t.Helper()
	path := filepath.Join(t.TempDir(), "kubeconfig")
	text := fmt.Sprintf(`{apiVersion: v1, kind: Config,
clusters: [{name: c, cluster: {server: %q}}], users: [{name: u, user: {}}], contexts: [{name: shop, context: {cluster: c, user: u}}]}`, server)
	require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
	environment := &spec.Environment{}
	environment.Cluster.Source = spec.SourceExisting
	environment.Cluster.Context = "shop"
	environment.Cluster.Kubeconfig = path
	return environment
}

func TestReachableClusterIsAccepted(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write([]byte(`{"gitVersion": "v1.36.1"}`))
	}))
	defer server.Close()

	assert.NoError(t, reach.Environment(context.Background(), existing(t, server.URL)))
}

func TestUnreachableClusterIsNamed(t *testing.T) {
	server := httptest.NewServer(http.NotFoundHandler())
	url := server.URL
	server.Close()

	err := reach.Environment(context.Background(), existing(t, url))

	assert.ErrorContains(t, err, "the cluster of the context shop cannot be reached at "+url)
}

func TestMissingContextIsNamed(t *testing.T) {
	environment := existing(t, "http://127.0.0.1:1")
	environment.Cluster.Context = "shpo"

	err := reach.Environment(context.Background(), environment)

	assert.ErrorContains(t, err, environment.Cluster.Kubeconfig+" has no context shpo; it has shop")
}

func TestMissingKubeconfigIsNamed(t *testing.T) {
	environment := existing(t, "http://127.0.0.1:1")
	environment.Cluster.Kubeconfig += ".missing"

	err := reach.Environment(context.Background(), environment)

	assert.ErrorContains(t, err, environment.Cluster.Kubeconfig)
}

func TestClusterOfTheStackItselfIsNotAsked(t *testing.T) {
	environment := existing(t, "http://127.0.0.1:1")
	environment.Cluster.Source = spec.SourceCreate

	assert.NoError(t, reach.Environment(context.Background(), environment))
}
