package processes_test

import (
	"context"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/djangostack/djangostack/stacks/lifecycle"
	"github.com/djangostack/djangostack/stacks/lifecycle/stackfile"
	"github.com/djangostack/djangostack/stacks/spec"
	"github.com/djangostack/djangostack/tests/enginetest"
	"github.com/djangostack/djangostack/tests/environments"
)

// losing are changes that lose the rows or files of a protected environment, and the value that the refusal must
// name.
func losing() map[string]string {
	return map[string]string{
		"namespace.source=existing":               "namespace.source",
		"namespace.name=other":                    "namespace.name",
		"database.name=shop":                      "database.name",
		"database.image=postgres:18":              "database.image",
		"database.volume.storageClassName=faster": "database.volume.storageClassName",
		"volumes=[]":                              "volumes",
		"volumes[0].name=uploads":                 "volumes[0].name",
		"volumes[0].storageClassName=faster":      "volumes[0].storageClassName",
	}
}

func guardedEnvironment(t *testing.T) environments.Environment {
	t.Helper()
	return environments.Small(spec.NoCloud).Set(t, "protection=protected", "database.image=postgres:17", "database.volume.size=2Gi", "volumes=[{name: media, size: 2Gi}]")
}

func TestEveryChangeThatLosesRowsIsRefusedWithItsCauseAndWorksWithItsWord(t *testing.T) {
	e := enginetest.NewEnvironment(t, guardedEnvironment(t), onACluster)
	e.Up(t)
	before := string(e.Export(t))
	for set, path := range losing() {
		t.Run(set, func(t *testing.T) {
			change, err := stackfile.ParseOverride(set)
			require.NoError(t, err)
			var refused *lifecycle.RefusedError
			e.With(t, lifecycle.StackOptions{Overrides: []stackfile.Override{change}}, func(stack *lifecycle.Stack) {
				_, err := stack.Up(context.Background())
				require.ErrorAs(t, err, &refused)
			})
			t.Log(refused)
			assert.Equal(t, before, string(e.Export(t)), "a refused plan changes nothing")
			for _, resource := range refused.Resources {
				// The values that a volume was created with are known by its name, whatever its place in the list.
				assert.Equal(t, path, strings.ReplaceAll(causes(resource), "[name=media]", "[0]"), "%s: %v", resource.Name, resource.Causes)
				assert.NotEmpty(t, resource.Loss, resource.Name)
			}
			word, err := stackfile.ParseOverride(refused.Allow())
			require.NoError(t, err)
			_, err = e.Preview(t, change, word)
			require.NoError(t, err, "the word of the refusal")
		})
	}
}

func causes(resource lifecycle.Protected) string {
	if len(resource.Causes) != 1 {
		return ""
	}
	return resource.Causes[0].Path
}

// The API server refuses a smaller claim in the middle of an update, whether it is protected or not.
func TestAVolumeGrowsAndDoesNotGetSmaller(t *testing.T) {
	for _, protection := range []string{"protected", "disposable"} {
		e := enginetest.NewEnvironment(t, guardedEnvironment(t).Set(t, "protection="+protection), onACluster)
		e.Up(t)
		before := string(e.Export(t))
		for _, set := range []string{"volumes[0].size=1Gi", "database.volume.size=1Gi"} {
			change, err := stackfile.ParseOverride(set)
			require.NoError(t, err)
			var refused spec.Problems
			e.With(t, lifecycle.StackOptions{Overrides: []stackfile.Override{change}}, func(stack *lifecycle.Stack) {
				_, err := stack.Up(context.Background())
				require.ErrorAs(t, err, &refused, set)
			})
			assert.Equal(t, before, string(e.Export(t)), "a refused plan changes nothing")
			require.Len(t, refused, 1)
			path, _, _ := strings.Cut(set, "=")
			assert.Equal(t, path, refused[0].Path)
			assert.Contains(t, refused[0].Allowed, "a disk can grow but not shrink")
		}
		change, err := stackfile.ParseOverride("volumes[0].size=3Gi")
		require.NoError(t, err)
		_, err = e.Preview(t, change)
		require.NoError(t, err)
	}
}
