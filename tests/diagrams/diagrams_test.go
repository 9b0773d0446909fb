package diagrams_test

import (
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"sigs.k8s.io/yaml"

	"github.com/djangostack/djangostack/stacks"
	"github.com/djangostack/djangostack/tests/diagrams"
	"github.com/djangostack/djangostack/tests/golden"
	"github.com/djangostack/djangostack/tests/mocks"
)

// shipped runs a configuration of the repository on a cloud.
func shipped(t *testing.T, tier, cloud string) mocks.Program {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "..", "Pulumi."+tier+".yaml"))
	require.NoError(t, err)
	var file struct {
		Config map[string]map[string]any `json:"config"`
	}
	require.NoError(t, yaml.Unmarshal(text, &file))
	environment := file.Config["djangostack:environment"]
	environment["cloud"] = cloud
	raw, err := json.Marshal(environment)
	require.NoError(t, err)
	ran, err := mocks.Try(mocks.Known, map[string]string{"djangostack:environment": string(raw)}, stacks.Program)
	require.NoError(t, err)
	return ran
}

func programs(t *testing.T) map[string]map[string]mocks.Program {
	t.Helper()
	all := map[string]map[string]mocks.Program{}
	for _, tier := range []string{"staging", "production"} {
		all[tier] = map[string]mocks.Program{}
		for _, cloud := range []string{"aws", "gcp"} {
			all[tier][cloud] = shipped(t, tier, cloud)
		}
	}
	return all
}

func TestThePageShowsWhatTheProgramRegisters(t *testing.T) {
	page := diagrams.Page("blog", programs(t))
	golden.Equal(t, filepath.Join("..", "..", "docs", "diagrams.md"), page)
}

// names returns the names of the environment variables of the app's processes, by the kind of object that holds them.
func names(t *testing.T, ran mocks.Program) map[string][]string {
	t.Helper()
	found := map[string][]string{}
	for kind, field := range map[string]string{"ConfigMap": "data", "Secret": "stringData"} {
		values, is := ran.Find(t, kind, "blog-env").At(t, field).(map[string]any)
		require.True(t, is, kind)
		found[kind] = slices.DeleteFunc(slices.Sorted(maps.Keys(values)), func(name string) bool {
			return slices.Contains(ofOneCloud(), name)
		})
	}
	return found
}

// ofOneCloud are the variables that apps expect on one cloud only: the names of its buckets, and the authority of
// Memorystore, which is private.
func ofOneCloud() []string {
	return []string{"AWS_S3_REGION_NAME", "AWS_STORAGE_BUCKET_NAME", "GS_BUCKET_NAME", "CELERY_BROKER_CA_FILE"}
}

func TestTheAppFindsTheSameNamesOnEveryCloud(t *testing.T) {
	for tier, clouds := range programs(t) {
		onAWS, onGCP := names(t, clouds["aws"]), names(t, clouds["gcp"])
		assert.Equal(t, onAWS, onGCP, tier)
		assert.Greater(t, len(onAWS["Secret"]), 5, tier)
	}
}

// The clouds differ only in their own settings of the processes.
func TestTheAppRunsTheSameProcessesOnEveryCloud(t *testing.T) {
	for tier, clouds := range programs(t) {
		for _, kind := range []string{"Deployment", "Job", "PodDisruptionBudget", "StatefulSet"} {
			var onAWS, onGCP []string
			for _, r := range clouds["aws"].OfKind(kind) {
				onAWS = append(onAWS, r.Name)
			}
			for _, r := range clouds["gcp"].OfKind(kind) {
				onGCP = append(onGCP, r.Name)
			}
			assert.ElementsMatch(t, onAWS, onGCP, "%s: %s", tier, kind)
		}
	}
}
