package kubernetes_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"

	"github.com/djangostack/djangostack/components/data"
	"github.com/djangostack/djangostack/components/kubernetes"
	"github.com/djangostack/djangostack/tests/mocks"
)

func searchArgs() *kubernetes.OpenSearchArgs {
	return &kubernetes.OpenSearchArgs{
		Namespace: pulumi.String("blog-dev"), Labels: testLabels(), Image: "docker.io/opensearchproject/opensearch:2", User: "blog",
		Memory: "2Gi", CPU: "100m", Size: "10Gi", StorageClass: "fast", TLS: true,
		Data: data.Held{Parts: []data.Part{data.Search}, Loss: "the index", Protected: true},
	}
}

func withSearch(args *kubernetes.OpenSearchArgs) pulumi.RunFunc {
	return func(ctx *pulumi.Context) error {
		authority, err := kubernetes.NewAuthority(ctx, "blog", &kubernetes.AuthorityArgs{Generation: 1})
		if err != nil {
			return err
		}
		args.Authority = authority
		_, err = kubernetes.NewOpenSearch(ctx, "blog", args)
		return err
	}
}

// settingsOf reads a file of an object as YAML.
func settingsOf(t *testing.T, r mocks.Resource, path string) map[string]any {
	t.Helper()
	settings := map[string]any{}
	require.NoError(t, yaml.Unmarshal([]byte(r.At(t, path).(string)), &settings))
	return settings
}

func TestOpenSearchIsOneNodeThatNeedsNothingOfItsMachine(t *testing.T) {
	ran := mocks.Run(t, mocks.Known, withSearch(searchArgs()))

	settings := settingsOf(t, ran.Find(t, "ConfigMap", "blog-opensearch"), `data["opensearch.yml"]`)
	assert.Equal(t, "single-node", settings["discovery.type"])
	assert.Equal(t, false, settings["node.store.allow_mmap"], "a restricted pod does not raise vm.max_map_count")
	assert.Equal(t, "0.0.0.0", settings["http.host"])
	assert.NotContains(t, settings, "network.host", "the transport listens on the loopback interface")
	set := ran.OfKind("StatefulSet")[0]
	assert.Equal(t, float64(1), set.At(t, "spec.replicas"))
	pod := set.At(t, "spec.template.spec").(map[string]any)
	assert.NotContains(t, pod, "initContainers")
	assert.Equal(t, float64(1000), set.At(t, "spec.template.spec.securityContext.runAsUser"))
	container := "spec.template.spec.containers[0]"
	assert.Equal(t, true, set.At(t, container+".securityContext.readOnlyRootFilesystem"))
	assert.Equal(t, float64(9200), set.At(t, container+".readinessProbe.tcpSocket.port"))
	var written []string
	for _, mount := range set.At(t, container+".volumeMounts").([]any) {
		if mount := mount.(map[string]any); mount["readOnly"] != true {
			written = append(written, mount["mountPath"].(string))
		}
	}
	assert.ElementsMatch(t, []string{"/usr/share/opensearch/data", "/usr/share/opensearch/logs", "/etc/opensearch", "/tmp"}, written, "all that the server writes to")
}

func TestHalfOfOpenSearchsMemoryIsItsHeap(t *testing.T) {
	ran := mocks.Run(t, mocks.Known, withSearch(searchArgs()))

	container := ran.OfKind("StatefulSet")[0].At(t, "spec.template.spec.containers[0]").(map[string]any)
	assert.Contains(t, options(container), "-Xms1024m -Xmx1024m")
	resources := container["resources"].(map[string]any)
	assert.Equal(t, "2Gi", resources["limits"].(map[string]any)["memory"])
	assert.Equal(t, "2Gi", resources["requests"].(map[string]any)["memory"])
}

func options(container map[string]any) any {
	for _, entry := range container["env"].([]any) {
		if variable := entry.(map[string]any); variable["name"] == "OPENSEARCH_JAVA_OPTS" {
			return variable["value"]
		}
	}
	return nil
}

func TestOpenSearchKnowsTheAppByAHashAndNobodyElse(t *testing.T) {
	ran := mocks.Run(t, mocks.Known, withSearch(searchArgs()))

	secret := ran.Find(t, "Secret", "blog-opensearch")
	assert.True(t, secret.Secret("stringData"))
	users := settingsOf(t, secret, `stringData["internal_users.yml"]`)
	delete(users, "_meta")
	require.Len(t, users, 1, "none of the demonstration's users")
	assert.Equal(t, "hash-of-blog-opensearch-password", users["blog"].(map[string]any)["hash"])
	mapping := settingsOf(t, secret, `stringData["roles_mapping.yml"]`)
	assert.Equal(t, []any{"blog"}, mapping["all_access"].(map[string]any)["users"])
	for _, file := range []string{"config", "roles", "action_groups", "tenants"} {
		meta := settingsOf(t, secret, `stringData["`+file+`.yml"]`)["_meta"].(map[string]any)
		assert.Equal(t, strings.ReplaceAll(file, "_", ""), meta["type"], "the security plugin starts with all of its files only")
	}
	login := secret.At(t, `stringData["config.yml"]`)
	assert.Contains(t, login, "anonymous_auth_enabled: false")
	for _, each := range ran.Resources {
		if each.Kind() == "Secret" || each.Kind() == "ConfigMap" || each.Kind() == "StatefulSet" {
			assert.NotContains(t, fmt.Sprint(each.Inputs.Mappable()), "generated-blog-opensearch-password", "the server needs the hash only")
		}
	}
}

func TestOpenSearchsCertificateIsForNodesAndForClients(t *testing.T) {
	for name, row := range map[string]struct {
		tls  bool
		http any
	}{"with TLS": {true, "tls/tls.crt"}, "without": {false, nil}} {
		t.Run(name, func(t *testing.T) {
			args := searchArgs()
			args.TLS = row.tls
			ran := mocks.Run(t, mocks.Known, withSearch(args))

			configuration := ran.Find(t, "ConfigMap", "blog-opensearch")
			settings := settingsOf(t, configuration, `data["opensearch.yml"]`)
			assert.Equal(t, row.tls, settings["plugins.security.ssl.http.enabled"])
			assert.Equal(t, row.http, settings["plugins.security.ssl.http.pemcert_filepath"])
			assert.Equal(t, "tls/tls.key", settings["plugins.security.ssl.transport.pemkey_filepath"], "the security plugin does not start without")
			assert.Contains(t, configuration.At(t, "data"), settings["plugins.security.ssl.transport.pemtrustedcas_filepath"])
			mounts := ran.OfKind("StatefulSet")[0].At(t, "spec.template.spec.containers[0].volumeMounts")
			assert.Contains(t, mounts, map[string]any{"mountPath": "/etc/opensearch/tls", "name": "tls", "readOnly": true}, "below the folder of the configuration, as the plugin asks")
		})
	}
}

func TestTheIndexIsUnderTheGuard(t *testing.T) {
	for _, outputs := range mocks.Both() {
		ran := mocks.Run(t, outputs, withSearch(searchArgs()))
		for _, kind := range []string{"PersistentVolumeClaim", "StatefulSet"} {
			found := ran.OfKind(kind)
			require.Len(t, found, 1, kind)
			assert.True(t, found[0].Protect, kind)
		}
		assert.True(t, ran.Find(t, "RandomPassword", "blog-opensearch-password").Protect, "the index holds its hash")
	}
	claim := mocks.Run(t, mocks.Known, withSearch(searchArgs())).OfKind("PersistentVolumeClaim")[0]
	assert.Equal(t, "fast", claim.At(t, "spec.storageClassName"))
}

func TestOnlyTheAppReachesOpenSearch(t *testing.T) {
	policy := mocks.Run(t, mocks.Known, withSearch(searchArgs())).OfKind("NetworkPolicy")[0]

	assert.Len(t, policy.At(t, "spec.ingress[0].from"), 1)
	assert.Equal(t, []any{map[string]any{"port": float64(9200), "protocol": "TCP"}}, policy.At(t, "spec.ingress[0].ports"))
}

func TestAWrongOpenSearchIsRefused(t *testing.T) {
	mocks.Refused(t, func(ctx *pulumi.Context) error {
		args := searchArgs()
		args.User, args.Memory, args.Size = "", "much", ""
		_, err := kubernetes.NewOpenSearch(ctx, "blog", args)
		return err
	}, "User", "much", "Size", "Authority")
}
