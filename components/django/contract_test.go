package django_test

import (
	"maps"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/djangostack/djangostack/components/contract"
	"github.com/djangostack/djangostack/components/django"
	"github.com/djangostack/djangostack/tests/mocks"
)

// contractVariables returns the variables of a process web that gets every value of the
// contract, each of which names its path.
func contractVariables(t *testing.T, args django.SettingsArgs) map[string]string {
	t.Helper()
	args.Namespace, args.Values = pulumi.String("blog"), django.Values{}
	for _, path := range contract.Paths() {
		args.Values[contract.Path(path)] = pulumi.String(path)
	}
	ran := mocks.Run(t, mocks.Known, func(ctx *pulumi.Context) error {
		settings, err := django.NewSettings(ctx, "blog", &args)
		if err != nil {
			return err
		}
		web := webArgs()
		web.Environment = settings.Environment
		_, err = django.NewWeb(ctx, "blog", web)
		return err
	})
	variables := environmentOf(t, ran.Find(t, "Deployment", "blog-web"))
	for kind, field := range map[string]string{"ConfigMap": "data", "Secret": "stringData"} {
		entries, _ := ran.Find(t, kind, "blog-env").At(t, field).(map[string]any)
		for name, value := range entries {
			variables[name], _ = value.(string)
		}
	}
	// The migrations' URL stays in the Secret, under a key that is no variable.
	hidden := append(contract.PodVariables(), "direct-database-url")
	maps.DeleteFunc(variables, func(name, _ string) bool { return slices.Contains(hidden, name) })
	return variables
}

// Every variable of the contract, under every profile and on both clouds, is renamed, bound to
// another value, and left out.
func TestEveryVariableOfTheContractIsTheAppsToDecide(t *testing.T) {
	paths := contract.Paths()
	for _, profiles := range [][]string{nil, contract.Profiles()} {
		for _, cloud := range []string{"aws", "gcp"} {
			given := contractVariables(t, django.SettingsArgs{Profiles: profiles, Cloud: cloud})
			require.NotEmpty(t, given)
			renamed, rebound, without := map[string]contract.Path{}, map[string]contract.Path{}, []string{}
			for name, path := range given {
				renamed["MY_"+name] = contract.Path(path)
				rebound[name] = contract.Path(paths[(slices.Index(paths, path)+1)%len(paths)])
				without = append(without, name)
			}
			for name, path := range given {
				assert.True(t, slices.Contains(paths, path), "%s holds %s", name, path)
			}
			have := contractVariables(t, django.SettingsArgs{Profiles: profiles, Cloud: cloud, Bindings: renamed, Unset: without})
			assert.Len(t, have, len(renamed))
			for name, path := range renamed {
				assert.Equal(t, string(path), have[name], name)
			}
			have = contractVariables(t, django.SettingsArgs{Profiles: profiles, Cloud: cloud, Bindings: rebound})
			assert.Len(t, have, len(rebound))
			for name, path := range rebound {
				assert.Equal(t, string(path), have[name], name)
			}
			assert.Empty(t, contractVariables(t, django.SettingsArgs{Profiles: profiles, Cloud: cloud, Unset: without}))
		}
	}
}

func TestABucketHasTheNamesOfItsCloudOnly(t *testing.T) {
	profiles := []string{contract.ProfileCookiecutter}
	for cloud, want := range map[string][]string{
		"aws":  {"AWS_STORAGE_BUCKET_NAME", "DJANGO_AWS_STORAGE_BUCKET_NAME", "MEDIA_BUCKET_NAME"},
		"gcp":  {"DJANGO_GCP_STORAGE_BUCKET_NAME", "GS_BUCKET_NAME", "MEDIA_BUCKET_NAME"},
		"none": {"MEDIA_BUCKET_NAME"},
	} {
		var names []string
		for name, path := range contractVariables(t, django.SettingsArgs{Profiles: profiles, Cloud: cloud}) {
			if path == string(contract.MediaBucket) {
				names = append(names, name)
			}
		}
		assert.ElementsMatch(t, want, names, cloud)
	}
}

func TestAQueueThatReadsTheURLOfTheCacheGetsTheBroker(t *testing.T) {
	assert.Equal(t, "cache.redisURL", contractVariables(t, django.SettingsArgs{})["REDIS_URL"])
	have := contractVariables(t, django.SettingsArgs{Profiles: []string{contract.ProfileRedisQueue}})
	assert.Equal(t, "broker.url", have["REDIS_URL"])
	assert.Equal(t, "cache.url", have["CACHE_URL"])
}
