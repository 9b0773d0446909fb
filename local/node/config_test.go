package node

import (
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	proxyconfig "k8s.io/kube-proxy/config/v1alpha1"
	kubeletconfig "k8s.io/kubelet/config/v1beta1"
	"sigs.k8s.io/yaml"

	"github.com/djangostack/djangostack/local/cluster"
)

func TestConfigurationFilesAreValid(t *testing.T) {
	dir := t.TempDir()
	values := currentSettings("djangostack-local-test")
	require.NoError(t, writeConfig(dir, values))
	read := func(name string) []byte {
		content, err := os.ReadFile(filepath.Join(dir, name))
		require.NoError(t, err)
		return content
	}

	var kubelet kubeletconfig.KubeletConfiguration
	require.NoError(t, yaml.UnmarshalStrict(read("kubelet.yaml"), &kubelet))
	assert.Equal(t, "/djangostack-local-test", kubelet.CgroupRoot)
	assert.Equal(t, []string{cluster.DNSService}, kubelet.ClusterDNS)
	var proxy proxyconfig.KubeProxyConfiguration
	require.NoError(t, yaml.UnmarshalStrict(read("kube-proxy.yaml"), &proxy))
	assert.Equal(t, cluster.PodRange, proxy.ClusterCIDR)
	assert.Contains(t, string(read("containerd.toml")), `sandbox_image = "`+cluster.PauseImage+`"`)
	var network map[string]any
	require.NoError(t, json.Unmarshal(read("cni/10-pods.conflist"), &network))

	require.NoError(t, filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		content, err := os.ReadFile(path)
		assert.NotContains(t, string(content), "<no value>", path)
		assert.NotContains(t, string(content), "{{.", path)
		return err
	}))
}

func TestManifestsAreValid(t *testing.T) {
	content, err := manifests([]byte("authority"))
	require.NoError(t, err)
	assert.NotContains(t, string(content), "<no value>")
	names := map[string]bool{}
	for _, document := range strings.Split(string(content), "\n---\n") {
		var object struct {
			Kind     string
			Metadata struct{ Name string }
		}
		require.NoError(t, yaml.Unmarshal([]byte(document), &object))
		names[object.Kind+"/"+object.Metadata.Name] = true
	}
	for _, wanted := range []string{"StorageClass/standard", "Service/kube-dns", "APIService/v1beta1.metrics.k8s.io", "ClusterRole/djangostack:coredns"} {
		assert.Contains(t, names, wanted)
	}
}

func TestPauseImageIsReproducibleAndRunsWithoutRoot(t *testing.T) {
	program := filepath.Join(t.TempDir(), "pause")
	require.NoError(t, os.WriteFile(program, []byte("a program"), 0o755))
	image, err := pauseImage(program)
	require.NoError(t, err)
	config, err := image.ConfigFile()
	require.NoError(t, err)
	assert.Equal(t, []string{"/pause"}, config.Config.Entrypoint)
	assert.Equal(t, "linux", config.OS)
	assert.NotEqual(t, "", config.Config.User, "pods that refuse root must be able to start")
	again, err := pauseImage(program)
	require.NoError(t, err)
	first, err := image.Digest()
	require.NoError(t, err)
	second, err := again.Digest()
	require.NoError(t, err)
	assert.Equal(t, first, second)
}
