package spec_test

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"sigs.k8s.io/yaml"

	"github.com/djangostack/djangostack/stacks/spec"
)

// canary replaces a secret.
const canary = "hunter2canary"

// secretForms are the wrong and right forms in which a secret is written by mistake.
func secretForms() map[string]any {
	return map[string]any{
		"text":           canary,
		"URL":            "postgres://blog:" + canary + "@db.example.com:5432/blog",
		"URL with slash": "redis://:" + canary + "/x@cache:6379/0",
		"key of a URL":   "https://" + canary + "@o1.ingest.sentry.io/1",
		"query":          "amqps://mq.example.com/?password=" + canary,
		"DSN":            "host=db.example.com password=" + canary + " dbname=blog",
		"without scheme": "blog:" + canary + "@db.example.com:5432",
		"object":         map[string]any{"value": canary},
		"nested object":  map[string]any{"a": map[string]any{"b": canary}},
		"list":           []any{canary},
		"nested list":    []any{map[string]any{"value": canary}},
		"name":           map[string]any{"postgres://blog:" + canary + "@db/blog": nil},
		"long text":      strings.Repeat(canary, 200),
	}
}

// wrongPlaces are the paths at which secrets are written: those of secrets, all above them,
// and all beside them.
func wrongPlaces() []string {
	var places []string
	for _, secret := range spec.SecretPaths() {
		places = append(places, secret)
		if secret == "app.secretEnv" {
			places = append(places, secret+".TOKEN", "app", "app.env", "app.bindings", "app.secretKeyRefs", "app.secretKeyRefs.TOKEN")
			continue
		}
		section := strings.TrimSuffix(strings.TrimSuffix(secret, ".password"), ".secretAccessKey")
		for _, beside := range []string{"host", "port", "sslMode", "tls", "replicas", "user", "url", "name", "endpoint", "region", "accessKeyID"} {
			places = append(places, section+"."+beside)
		}
		places = append(places, section, strings.TrimSuffix(section, ".external"))
	}
	return append(append(places, ""), further...)
}

// further are places without a secret near them. A bare word there is shown.
var further = []string{"app.url", "static.url", "web.command", "web.args", "app.procfile", "monitoring", "release.superuser"}

func TestNoMessagePrintsASecretOfAnyForm(t *testing.T) {
	require.Len(t, spec.SecretPaths(), 7)
	for _, base := range []string{minimal, onGCP} {
		for _, place := range wrongPlaces() {
			for name, form := range secretForms() {
				if slices.Contains(further, place) && (name == "text" || name == "long text") {
					continue
				}
				var document any
				require.NoError(t, yaml.Unmarshal([]byte(base), &document))
				if place == "" {
					document = form
				} else {
					put(document.(map[string]any), place, form)
				}
				raw, err := json.Marshal(document)
				require.NoError(t, err)
				_, err = spec.Check(spec.Input{JSON: raw, Stack: "dev"})
				if err == nil {
					continue
				}
				assert.NotContains(t, err.Error(), canary, "%s at %s", name, place)
				out, marshalErr := json.Marshal(err)
				require.NoError(t, marshalErr)
				assert.NotContains(t, string(out), canary, "%s at %s as JSON", name, place)
			}
		}
	}
}

func TestNoMessagePrintsANumberInThePlaceOfSecrets(t *testing.T) {
	for _, place := range []string{"secrets", "app.secretEnv", "app.secretEnv.TOKEN", "database.external.password"} {
		raw, err := yaml.YAMLToJSON([]byte(changed(t, minimal, place, 4953127)))
		require.NoError(t, err)
		_, err = spec.Check(spec.Input{JSON: raw, Stack: "dev"})
		require.Error(t, err, place)
		assert.NotContains(t, err.Error(), "4953127", place)
	}
}

func TestEachSecretIsCheckedForItself(t *testing.T) {
	text := changed(t, minimal, "app.secretEnv", map[string]any{"A": "x", "B": "y"})
	text = changed(t, text, "cache", map[string]any{"kind": "external", "external": map[string]any{"host": "cache", "password": "z"}})
	text = changed(t, text, "web.replica", 3)
	raw, err := yaml.YAMLToJSON([]byte(text))
	require.NoError(t, err)

	_, err = spec.Check(spec.Input{JSON: raw, Stack: "dev", Encrypted: func(path string) bool { return path == "app.secretEnv.B" }})
	assert.ErrorContains(t, err, "3 mistakes")
	assert.ErrorContains(t, err, "app.secretEnv.A: must be encrypted: djangostack config secret -s STACK app.secretEnv.A")
	assert.ErrorContains(t, err, "cache.external.password: must be encrypted")
	assert.ErrorContains(t, err, "web.replica: unknown field; did you mean replicas?")
}

func TestAStandInFitsEveryField(t *testing.T) {
	for _, path := range fields() {
		var document map[string]any
		require.NoError(t, yaml.Unmarshal([]byte(minimal), &document))
		put(document, path, spec.Substitute(path))
		raw, err := json.Marshal(document)
		require.NoError(t, err)
		_, err = spec.Check(spec.Input{JSON: raw, Stack: "dev"})
		if err != nil {
			found := regexp.MustCompile(`\n  ` + regexp.QuoteMeta(written(path)) + `: .*must (match|be one of|have at least)`).FindString(err.Error())
			assert.Empty(t, found, "the substitute of %s does not fit", path)
		}
	}
}

func written(path string) string { return strings.ReplaceAll(path, ".0", "[0]") }
