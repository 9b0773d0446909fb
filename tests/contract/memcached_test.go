package contract_test

import (
	"path/filepath"
	"strings"
	"testing"

	"encoding/json"

	"github.com/stretchr/testify/require"
	"k8s.io/apimachinery/pkg/api/resource"

	"github.com/djangostack/djangostack/stacks/app"
	"github.com/djangostack/djangostack/stacks/spec"
	"github.com/djangostack/djangostack/tests/environments"
	"github.com/djangostack/djangostack/tests/golden"
)

// memcached is an environment whose cache has a number of Memcached servers.
func memcached(t *testing.T, servers string) environments.Environment {
	t.Helper()
	return environments.Small(spec.NoCloud).Set(t, "cache.engine=memcached", "cache.servers="+servers, "app.profiles=[django-app-prefix]",
		"app.bindings={PART_CACHE_PLAINURL: cache.plainURL, PART_CACHE_TLS: cache.tls}")
}

// memcachedServer is the container of the Memcached servers: its arguments, and its limit of memory in bytes.
type memcachedServer struct {
	Args        []string `json:"args"`
	MemoryLimit int64    `json:"memoryLimit"`
}

func TestTheMemcachedVariablesAreThoseThatTheLibrariesRead(t *testing.T) {
	one := memcached(t, "1").Set(t, "app.bindings.PART_CACHE_HOST=cache.host", "app.bindings.PART_CACHE_PORT=cache.port")
	have, err := json.MarshalIndent(map[string]any{
		"environments": map[string]any{"one": cacheVariables(t, one), "several": cacheVariables(t, memcached(t, "3"))},
		"server":       containerOf(t, one),
	}, "", "  ")
	require.NoError(t, err)
	golden.Equal(t, filepath.Join("testdata", "memcached.json"), string(have)+"\n")
}

// cacheVariables are the variables of the cache, and all that name a Redis.
func cacheVariables(t *testing.T, configuration environments.Environment) map[string]string {
	t.Helper()
	found := map[string]string{}
	for name, value := range environment(t, configuration, app.Platform{}) {
		if strings.Contains(name, "CACHE") || strings.Contains(name, "REDIS") {
			found[name] = value
		}
	}
	return found
}

func containerOf(t *testing.T, configuration environments.Environment) memcachedServer {
	t.Helper()
	for _, object := range rendered(t, configuration, app.Platform{}) {
		if object.Kind() != "StatefulSet" || !matches(object.URN, "blog-memcached") {
			continue
		}
		text, err := json.Marshal(object.Manifest)
		require.NoError(t, err)
		var set struct {
			Spec struct {
				Template struct {
					Spec struct {
						Containers []struct {
							Args      []string `json:"args"`
							Resources struct {
								Limits map[string]string `json:"limits"`
							} `json:"resources"`
						} `json:"containers"`
					} `json:"spec"`
				} `json:"template"`
			} `json:"spec"`
		}
		require.NoError(t, json.Unmarshal(text, &set))
		require.Len(t, set.Spec.Template.Spec.Containers, 1)
		container := set.Spec.Template.Spec.Containers[0]
		limit, err := resource.ParseQuantity(container.Resources.Limits["memory"])
		require.NoError(t, err)
		return memcachedServer{Args: container.Args, MemoryLimit: limit.Value()}
	}
	require.Fail(t, "there is no Memcached")
	return memcachedServer{}
}
