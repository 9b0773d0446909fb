package spec_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/djangostack/djangostack/stacks/spec"
)

// wrong is one mistake: the value set at a path of a good configuration, and
// the line that answers it.
type wrong struct {
	name  string
	base  string
	path  string
	value any
	want  string
}

// text is the configuration with the mistake; without a path the value is several of
// them by path.
func (w wrong) text(t *testing.T) string {
	t.Helper()
	if w.path != "" {
		return changed(t, w.base, w.path, w.value)
	}
	text := w.base
	for path, value := range w.value.(map[string]any) {
		text = changed(t, text, path, value)
	}
	return text
}

func list(values ...any) []any { return values }

func object(pairs ...any) map[string]any {
	out := map[string]any{}
	for i := 0; i < len(pairs); i += 2 {
		out[pairs[i].(string)] = pairs[i+1]
	}
	return out
}

func TestOneConfigurationDescribesBothClouds(t *testing.T) {
	both := changed(t, onAWS, "gcp", map[string]any{"project": "blog-production", "region": "europe-west1"})
	for _, cloud := range []spec.Cloud{spec.AWSCloud, spec.GCPCloud} {
		environment, err := parse(t, changed(t, both, "cloud", string(cloud)))
		require.NoError(t, err)
		assert.Equal(t, cloud, environment.Cloud)
	}
}

func TestEveryMistakeIsReported(t *testing.T) {
	all := slices.Concat(
		appMistakes(), podMistakes(), rightsMistakes(), releaseMistakes(), contractMistakes(), processMistakes(), serviceMistakes(), moveMistakes(), externalMistakes(), memcachedMistakes(),
		cloudMistakes(), googleMistakes(), validMistakes(), routeMistakes(), ownServerMistakes(), volumeMistakes(), objectMistakes(),
		freedomMistakes(), workerKindMistakes(), serverMistakes(), generateMistakes(), addressMistakes(), anyHostMistakes(), manifestMistakes(), mediaMistakes(), issuerMistakes(), searchMistakes(), parameterMistakes(), lateMistakes(), nodePoolMistakes(),
	)
	for _, mistake := range all {
		t.Run(mistake.name, func(t *testing.T) {
			_, err := parse(t, mistake.base)
			require.NoError(t, err, "the configuration without the mistake is good")

			_, err = parse(t, mistake.text(t))
			var problems spec.Problems
			require.True(t, errors.As(err, &problems), "got %v", err)
			assert.ErrorContains(t, err, mistake.want)
			for _, problem := range problems {
				assert.NotContains(t, problem.Allowed, "^", "a regular expression is no message")
			}
		})
	}
}

func TestAllMistakesAreReportedAtOnce(t *testing.T) {
	text := changed(t, minimal, "cloud", "azure")
	text = changed(t, text, "web.replicas", "three")
	text = changed(t, text, "shap", "staging")
	_, err := parse(t, text)

	var problems spec.Problems
	require.True(t, errors.As(err, &problems))
	assert.Len(t, problems, 3)

	text = changed(t, minimal, "workers", []any{map[string]any{"name": "a"}})
	text = changed(t, text, "database.name", "postgres")
	text = changed(t, text, "app.image", "blog")
	_, err = parse(t, text)
	require.True(t, errors.As(err, &problems))
	assert.Len(t, problems, 3)
}

func TestAMistypedFieldHidesNoOtherMistake(t *testing.T) {
	text := changed(t, production, "web.replica", 5)
	text = changed(t, text, "web.port", "http")
	text = changed(t, text, "database.name", "postgres")
	_, err := parse(t, text)

	var problems spec.Problems
	require.True(t, errors.As(err, &problems))
	var paths []string
	for _, problem := range problems {
		paths = append(paths, problem.Path)
	}
	assert.Equal(t, []string{"database.name", "web.port", "web.replica"}, paths)
}

func TestAMistypedFieldCausesNoSecondMistake(t *testing.T) {
	for path, value := range map[string]any{
		"database.kind":        "manged",
		"app.url":              "blog.example.com",
		"app.name":             "Blog",
		"workers":              []any{map[string]any{"name": "Default"}},
		"broker.kind":          1,
		"cluster":              "production",
		"app.celeryapp":        "blog",
		"web.replicas":         "many",
		"static.url":           7,
		"database.maxconnects": 5,
	} {
		_, err := parse(t, changed(t, production, path, value))
		var problems spec.Problems
		require.True(t, errors.As(err, &problems), path)
		assert.Len(t, problems, 1, "%s: %v", path, err)
	}
}

func TestATooLargeConfigurationIsRefused(t *testing.T) {
	_, err := spec.Parse([]byte(strings.Repeat(" ", 4<<20)+"{}"), "dev")
	assert.ErrorContains(t, err, "environment: may have at most 4194304 bytes, has 4194306")
}

func TestTextAfterTheConfigurationIsRefused(t *testing.T) {
	_, err := spec.Parse([]byte(`{"cloud": "none"} {"cloud": "aws"}`), "dev")
	assert.ErrorContains(t, err, "environment: has text after its end")
}

func TestASecretValueIsNeverShown(t *testing.T) {
	text := changed(t, minimal, "app.secretEnv.TOKEN", 4242424242)
	text = changed(t, text, "database", map[string]any{"kind": "external", "external": map[string]any{"host": "db", "password": 31337313}})
	_, err := parse(t, text)

	require.Error(t, err)
	assert.NotContains(t, err.Error(), "4242424242")
	assert.NotContains(t, err.Error(), "31337313")
	assert.ErrorContains(t, err, "app.secretEnv.TOKEN: [secret]")
}

func TestAnEmptyConfigurationSaysWhatToSet(t *testing.T) {
	for _, raw := range []string{"", "  ", "not json", "[]", `"text"`, "null"} {
		_, err := spec.Parse([]byte(raw), "dev")
		var problems spec.Problems
		assert.True(t, errors.As(err, &problems), "%q: %v", raw, err)
	}
}
