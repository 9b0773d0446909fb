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
	"github.com/djangostack/djangostack/tests/security"
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
		"database.backups={store: none}":          "database.backups.store",
		"search.kind=none":                        "search.kind",
		"search.volume.storageClassName=faster":   "search.volume.storageClassName",
		"volumes=[]":                              "volumes",
		"volumes[0].name=uploads":                 "volumes[0].name",
		"volumes[0].storageClassName=faster":      "volumes[0].storageClassName",
		"secrets=[]":                              "secrets",
		"secrets[0].name=others":                  "secrets[0].name",
		"secrets[0].generate.TOKEN.length=64":     "secrets[0].generate.TOKEN.length",
		"secrets[0].generate.TOKEN.generation=2":  "secrets[0].generate.TOKEN.generation",
		"secrets[0].generate.JWT.bits=3072":       "secrets[0].generate.JWT.bits",
	}
}

func guardedEnvironment(t *testing.T) environments.Environment {
	t.Helper()
	return environments.Small(spec.NoCloud).Set(t, "protection=protected", "database.image=postgres:17", "database.volume.size=2Gi", "database.backups={store: volume}", "search.kind=in-cluster", "volumes=[{name: media, size: 2Gi}]", "secrets=[{name: keys, generate: {TOKEN: {}, JWT: {kind: rsaPrivateKey, bits: 2048}}}]")
}

func TestEveryChangeThatLosesRowsIsRefusedWithItsCauseAndWorksWithItsWord(t *testing.T) {
	e := enginetest.NewEnvironment(t, guardedEnvironment(t), onACluster)
	e.Up(t)
	before := e.Stored(t)
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
			assert.Equal(t, before, e.Stored(t), "a refused plan changes nothing")
			for _, resource := range refused.Resources {
				// The values that a volume was created with are known by its name, whatever its place in the list.
				assert.Equal(t, path, strings.NewReplacer("[name=media]", "[0]", "[name=keys]", "[0]").Replace(causes(resource)), "%s: %v", resource.Name, resource.Causes)
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
		e := enginetest.NewEnvironment(t, guardedEnvironment(t).Set(t, "protection="+protection, "database.backups={store: none}"), onACluster)
		e.Up(t)
		before := e.Stored(t)
		for _, set := range []string{"volumes[0].size=1Gi", "database.volume.size=1Gi"} {
			change, err := stackfile.ParseOverride(set)
			require.NoError(t, err)
			var refused spec.Problems
			e.With(t, lifecycle.StackOptions{Overrides: []stackfile.Override{change}}, func(stack *lifecycle.Stack) {
				_, err := stack.Up(context.Background())
				require.ErrorAs(t, err, &refused, set)
			})
			assert.Equal(t, before, e.Stored(t), "a refused plan changes nothing")
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

// generatedValues returns the entries of the Secret keys by their keys.
func generatedValues(t *testing.T, e *enginetest.Environment) map[string]string {
	t.Helper()
	state, err := security.FromExport(e.Export(t))
	require.NoError(t, err)
	values := map[string]string{}
	for _, r := range state {
		if r.Name != "blog-secret-keys" {
			continue
		}
		for _, field := range []string{"stringData", "data"} {
			entries, _ := r.Inputs[field].(map[string]any)
			for key, value := range entries {
				values[key] = value.(string)
			}
		}
	}
	return values
}

// A key that an update generated again would leave what it encrypted unreadable.
func TestAGeneratedValueStaysUntilItIsGivenUp(t *testing.T) {
	e := enginetest.NewEnvironment(t, guardedEnvironment(t), onACluster)
	e.Up(t)
	before := generatedValues(t, e)
	require.Len(t, before, 2)
	update := func(sets ...string) {
		var changes []stackfile.Override
		for _, set := range sets {
			change, err := stackfile.ParseOverride(set)
			require.NoError(t, err)
			changes = append(changes, change)
		}
		e.With(t, lifecycle.StackOptions{Overrides: changes}, func(stack *lifecycle.Stack) {
			_, err := stack.Up(context.Background())
			require.NoError(t, err)
		})
	}
	update("app.image=registry.example.com/blog:2.0", "secrets[0].generate.MORE={}")
	after := generatedValues(t, e)
	require.Len(t, after, 3)
	for name, value := range before {
		assert.Equal(t, value, after[name], "%s after an update and beside a further value", name)
	}
	update("allowDataLoss=[secrets]", "secrets[0].generate.TOKEN.generation=2")
	last := generatedValues(t, e)
	assert.NotEqual(t, before["TOKEN"], last["TOKEN"], "what allowDataLoss gives up")
	assert.Equal(t, before["JWT"], last["JWT"], "this one was not given up")
}
