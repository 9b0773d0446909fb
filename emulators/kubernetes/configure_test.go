package kubernetes

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"k8s.io/client-go/rest"
)

func kubeconfig(server, user string) string {
	return `{"apiVersion":"v1","kind":"Config","current-context":"here",
		"clusters":[{"name":"here","cluster":{"server":"` + server + `"}},{"name":"there","cluster":{"server":"https://there"}}],
		"contexts":[{"name":"here","context":{"cluster":"here","user":"me","namespace":"from-context"}},
			{"name":"there","context":{"cluster":"there","user":"me"}}],
		"users":[{"name":"me","user":{"token":"` + user + `"}}]}`
}

func TestWrongProviderArgumentsAreNamed(t *testing.T) {
	for name, test := range map[string]struct {
		arguments map[string]any
		says      string
	}{
		"unknown":           {map[string]any{"kubeConfig": "x"}, "there is no provider argument kubeConfig"},
		"rendering":         {map[string]any{"renderYamlToDirectory": "x"}, "does not support renderYamlToDirectory"},
		"client side":       {map[string]any{"enableServerSideApply": false}, "on the server side only"},
		"client side, text": {map[string]any{"enableServerSideApply": "false"}, "on the server side only"},
	} {
		t.Run(name, func(t *testing.T) {
			checked, err := offline(t).CheckConfig(t.Context(), &pulumirpc.CheckRequest{News: encode(t, mapped(test.arguments))})
			require.NoError(t, err)
			require.Len(t, checked.GetFailures(), 1)
			assert.Contains(t, checked.GetFailures()[0].GetReason(), test.says)
		})
	}
}

func TestRightProviderArgumentsPass(t *testing.T) {
	checked, err := offline(t).CheckConfig(t.Context(), &pulumirpc.CheckRequest{News: encode(t, mapped(map[string]any{
		"kubeconfig": "~/.kube/config", "context": "here", "clusterIdentifier": "one", "namespace": "n", "version": "4.27.0",
		"enableServerSideApply": "true", "enablePatchForce": "false", "deleteUnreachable": true, "kubeClientSettings": `{"qps":5}`,
	}))})
	require.NoError(t, err)
	assert.Empty(t, checked.GetFailures())
}

func TestArgumentsThatChangeTheCluster(t *testing.T) {
	here, moved, sameServer := kubeconfig("https://here", "a"), kubeconfig("https://elsewhere", "a"), kubeconfig("https://here", "b")
	for name, test := range map[string]struct {
		before, after map[string]any
		replaces      []string
	}{
		"nothing":            {map[string]any{"kubeconfig": here}, map[string]any{"kubeconfig": here}, nil},
		"another token":      {map[string]any{"kubeconfig": here}, map[string]any{"kubeconfig": sameServer}, nil},
		"another server":     {map[string]any{"kubeconfig": here}, map[string]any{"kubeconfig": moved}, []string{"kubeconfig"}},
		"another context":    {map[string]any{"kubeconfig": here}, map[string]any{"kubeconfig": here, "context": "there"}, []string{"context"}},
		"another cluster":    {map[string]any{"kubeconfig": here}, map[string]any{"kubeconfig": here, "cluster": "there"}, []string{"cluster"}},
		"a namespace":        {map[string]any{"kubeconfig": here}, map[string]any{"kubeconfig": here, "namespace": "n"}, nil},
		"same identifier":    {map[string]any{"kubeconfig": here, "clusterIdentifier": "1"}, map[string]any{"kubeconfig": moved, "clusterIdentifier": "1"}, nil},
		"another identifier": {map[string]any{"kubeconfig": here, "clusterIdentifier": "1"}, map[string]any{"kubeconfig": here, "clusterIdentifier": "2"}, []string{"clusterIdentifier"}},
		"a first identifier": {map[string]any{"kubeconfig": here}, map[string]any{"kubeconfig": here, "clusterIdentifier": "2"}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			response, err := offline(t).DiffConfig(t.Context(), &pulumirpc.DiffRequest{
				Olds: encode(t, mapped(test.before)), News: encode(t, mapped(test.after)),
			})
			require.NoError(t, err)
			assert.Equal(t, test.replaces, response.GetReplaces())
		})
	}
}

func TestAnUnknownKubeconfigReplacesUnlessTheClusterIsIdentified(t *testing.T) {
	before := resource.PropertyMap{"kubeconfig": resource.NewStringProperty(kubeconfig("https://here", "a"))}
	after := resource.PropertyMap{"kubeconfig": resource.MakeComputed(resource.NewStringProperty(""))}
	response, err := offline(t).DiffConfig(t.Context(), &pulumirpc.DiffRequest{Olds: encode(t, before), News: encode(t, after)})
	require.NoError(t, err)
	assert.Equal(t, []string{"kubeconfig"}, response.GetReplaces())

	before["clusterIdentifier"], after["clusterIdentifier"] = resource.NewStringProperty("1"), resource.NewStringProperty("1")
	response, err = offline(t).DiffConfig(t.Context(), &pulumirpc.DiffRequest{Olds: encode(t, before), News: encode(t, after)})
	require.NoError(t, err)
	assert.Empty(t, response.GetReplaces())
	assert.Equal(t, pulumirpc.DiffResponse_DIFF_SOME, response.GetChanges())
}

func TestArgumentsArriveAsTheyAreOrAsTexts(t *testing.T) {
	expected := &settings{deleteUnreachable: true, burst: 7, queriesPerSecond: 2.5, timeout: 30 * time.Second}
	s, err := parseSettings(mapped(map[string]any{
		"deleteUnreachable": "true", "enableSecretMutable": "false",
		"kubeClientSettings": `{"burst":"7","qps":2.5,"timeout":30}`,
	}))
	require.NoError(t, err)
	assert.Equal(t, expected, s)
	s, err = parseSettings(mapped(map[string]any{
		"deleteUnreachable": true, "enableSecretMutable": false,
		"kubeClientSettings": map[string]any{"burst": 7, "qps": 2.5, "timeout": 30},
	}))
	require.NoError(t, err)
	assert.Equal(t, expected, s)

	_, err = parseSettings(mapped(map[string]any{"kubeClientSettings": "fast"}))
	assert.ErrorContains(t, err, "kubeClientSettings")
}

func TestNamespaceComesFromTheArgumentThenFromTheContext(t *testing.T) {
	given := connect(t.Context(), &settings{kubeconfig: kubeconfig("http://127.0.0.1:1", ""), namespace: "given"}, nil)
	assert.Equal(t, "given", given.namespace)
	assert.ErrorContains(t, given.unreachable, "cannot be reached")
	assert.Equal(t, "from-context", connect(t.Context(), &settings{kubeconfig: kubeconfig("http://127.0.0.1:1", "")}, nil).namespace)
}

func TestConnectRedirectsBeforeAKubeconfigIsRead(t *testing.T) {
	t.Setenv("KUBECONFIG", filepath.Join(t.TempDir(), "missing"))
	var asked []Destination
	elsewhere := func(to Destination) (*rest.Config, bool, error) {
		asked = append(asked, to)
		return &rest.Config{Host: "http://127.0.0.1:1"}, true, nil
	}
	reached := connect(t.Context(), &settings{context: "production"}, elsewhere)
	assert.Equal(t, "default", reached.namespace)
	assert.ErrorContains(t, reached.unreachable, "127.0.0.1:1")
	reached = connect(t.Context(), &settings{kubeconfig: kubeconfig("https://eks.example", "")}, elsewhere)
	assert.Equal(t, "from-context", reached.namespace)
	assert.Equal(t, "production", asked[0].Context)
	assert.Equal(t, "https://eks.example", asked[1].Server)

	reached = connect(t.Context(), &settings{kubeconfig: "/missing/kubeconfig"}, elsewhere)
	assert.ErrorContains(t, reached.unreachable, "127.0.0.1:1", "a kubeconfig that is not there is no obstacle")

	nowhere := func(Destination) (*rest.Config, bool, error) { return nil, false, nil }
	reached = connect(t.Context(), &settings{context: "production"}, nowhere)
	assert.ErrorContains(t, reached.unreachable, "kubeconfig")
}

func TestKubeconfigByPathAndByContents(t *testing.T) {
	path := filepath.Join(t.TempDir(), "config")
	require.NoError(t, os.WriteFile(path, []byte(kubeconfig("https://here", "a")), 0o600))
	for _, given := range []string{path, kubeconfig("https://here", "a")} {
		config, err := parseKubeconfig(given)
		require.NoError(t, err)
		assert.Equal(t, "https://here", config.Clusters["here"].Server)
	}
	_, err := parseKubeconfig(path + ".missing")
	assert.ErrorContains(t, err, "no such file")
	_, err = parseKubeconfig("token: [hush")
	assert.NotContains(t, err.Error(), "hush")
}

func TestAnUnreachableClusterIsReported(t *testing.T) {
	state := encode(t, mapped(map[string]any{"apiVersion": "v1", "kind": "ConfigMap", "metadata": map[string]any{"name": "x"}}))
	p := offline(t)
	created, err := p.Create(t.Context(), &pulumirpc.CreateRequest{Urn: urn("core/v1:ConfigMap", "x"), Properties: state, Preview: true})
	require.NoError(t, err, "a preview does without")
	assert.Equal(t, state, created.GetProperties())
	_, err = p.Create(t.Context(), &pulumirpc.CreateRequest{Urn: urn("core/v1:ConfigMap", "x"), Properties: state})
	assert.ErrorContains(t, err, "no route to the cluster")
	_, err = p.Read(t.Context(), &pulumirpc.ReadRequest{Urn: urn("core/v1:ConfigMap", "x"), Id: "x", Properties: state})
	assert.ErrorContains(t, err, "PULUMI_K8S_DELETE_UNREACHABLE")
	_, err = p.Delete(t.Context(), &pulumirpc.DeleteRequest{Urn: urn("core/v1:ConfigMap", "x"), Id: "x", Properties: state})
	assert.ErrorContains(t, err, "PULUMI_K8S_DELETE_UNREACHABLE")

	p.settings.skipUpdateUnreachable = true
	read, err := p.Read(t.Context(), &pulumirpc.ReadRequest{Urn: urn("core/v1:ConfigMap", "x"), Id: "x", Properties: state})
	require.NoError(t, err)
	assert.Equal(t, "x", read.GetId())
	p.settings.deleteUnreachable = true
	read, err = p.Read(t.Context(), &pulumirpc.ReadRequest{Urn: urn("core/v1:ConfigMap", "x"), Id: "x", Properties: state})
	require.NoError(t, err)
	assert.Empty(t, read.GetId(), "dropped from the state")
	_, err = p.Delete(t.Context(), &pulumirpc.DeleteRequest{Urn: urn("core/v1:ConfigMap", "x"), Id: "x", Properties: state})
	require.NoError(t, err)
}
