package contract_test

import (
	"encoding/json"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/djangostack/djangostack/stacks/spec"
	"github.com/djangostack/djangostack/tests/environments"
	"github.com/djangostack/djangostack/tests/golden"
)

// The servers in the cluster start with these arguments; a real PostgreSQL runs with them in local/image.
func TestTheServersAreSizedByTheirMemory(t *testing.T) {
	found := map[string]postgres{}
	for name, set := range map[string]string{
		"staging":    "database={kind: in-cluster}",
		"production": "database={volume: {size: 20Gi}, resources: {cpu: 500m, memory: 1Gi, memoryLimit: 2Gi}}",
		"chosen":     "database={resources: {memory: 512Mi}, parameters: {work_mem: 16MB, jit: \"off\"}}",
	} {
		found[name] = startOf(t, environments.Small(spec.NoCloud).Set(t, set))
	}
	have, err := json.MarshalIndent(found, "", "  ")
	require.NoError(t, err)
	golden.Equal(t, filepath.Join("testdata", "postgres.json"), string(have)+"\n")
}

// postgres is how a server of PostgreSQL starts.
type postgres struct {
	Args         []string `json:"args"`
	MemoryLimit  string   `json:"memoryLimit"`
	SharedMemory string   `json:"sharedMemory"`
}

// startOf returns how the server of an environment starts.
func startOf(t *testing.T, configuration environments.Environment) postgres {
	t.Helper()
	var pod struct {
		Spec struct {
			Template struct {
				Spec struct {
					Containers []struct {
						Args      []string
						Resources struct{ Limits map[string]string }
					}
					Volumes []struct {
						EmptyDir struct{ Medium, SizeLimit string }
					}
				}
			}
		}
	}
	for _, object := range rendered(t, configuration, platform(t)) {
		if object.Kind() != "StatefulSet" || !matches(object.URN, "blog-postgres") {
			continue
		}
		raw, err := json.Marshal(object.Manifest)
		require.NoError(t, err)
		require.NoError(t, json.Unmarshal(raw, &pod))
	}
	require.Len(t, pod.Spec.Template.Spec.Containers, 1)
	found := postgres{Args: pod.Spec.Template.Spec.Containers[0].Args, MemoryLimit: pod.Spec.Template.Spec.Containers[0].Resources.Limits["memory"]}
	for _, volume := range pod.Spec.Template.Spec.Volumes {
		if volume.EmptyDir.Medium == "Memory" {
			found.SharedMemory = volume.EmptyDir.SizeLimit
		}
	}
	return found
}
