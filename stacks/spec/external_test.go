package spec_test

import (
	"maps"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/djangostack/djangostack/stacks/spec"
)

// external parses an environment with the given sections.
func external(t *testing.T, sections map[string]any) *spec.Environment {
	t.Helper()
	text := minimal
	for path, value := range sections {
		text = changed(t, text, path, value)
	}
	environment, err := parse(t, text)
	require.NoError(t, err)
	return environment
}

func TestNamesOfExistingServersAreTheirs(t *testing.T) {
	for name, user := range map[string]string{"postgres": "postgres", "Shop-Prod.eu": "Shop.rw-1", "2024": "shop@server-1", "template_shop": "0x"} {
		environment := external(t, map[string]any{"database": named(name, user)})
		assert.Equal(t, name, environment.Database.Name)
		assert.Equal(t, user, environment.Database.User)
	}
}

func TestAnExternalBrokerHasThePortOfItsEngine(t *testing.T) {
	for _, row := range []struct {
		section map[string]any
		port    int
	}{
		{at("password", "x"), 6379},
		{at("password", "x", "port", 6390), 6390},
		{rabbit("user", "shop", "password", "x"), 5671},
		{rabbit("user", "shop", "password", "x", "tls", "off"), 5672},
		{rabbit("user", "shop", "password", "x", "port", 15671), 15671},
	} {
		assert.Equal(t, row.port, external(t, map[string]any{"broker": row.section}).Broker.External.Port, row.section)
	}
}

func TestResultsStayInTheOneDatabaseThatIsNamed(t *testing.T) {
	for _, row := range []struct {
		section map[string]any
		results int
	}{
		{at("password", "x"), 1},
		{at("password", "x", "number", 5), 5},
		{at("password", "x", "number", 5, "resultNumber", 6), 6},
		{at("password", "x", "resultNumber", 0), 0},
	} {
		assert.Equal(t, row.results, external(t, map[string]any{"broker": row.section}).ResultNumber(), row.section)
	}
	assert.Equal(t, 1, external(t, nil).ResultNumber())
}

func TestTwoDatabasesOfOneServerAreACacheAndABroker(t *testing.T) {
	external(t, map[string]any{"cache": at("password", "x", "number", 2), "broker": at("password", "x")})
	external(t, map[string]any{"cache": at("password", "x"), "broker": at("password", "x", "port", 6380)})
}

func TestATaskMayTakeAsLongAsItsServerWaits(t *testing.T) {
	worker := map[string]any{"app.celeryApp": "shop", "workers": list(object("name", "a", "longestTaskSeconds", 7200))}
	patient := map[string]any{"broker": rabbit("user", "shop", "password", "x", "consumerTimeoutSeconds", 7200)}
	maps.Copy(patient, worker)
	external(t, patient)
}

// forms returns the forms of the entries that the environment expects in the Secret db, by key.
func forms(environment *spec.Environment) map[string]spec.EntryForm {
	found := map[string]spec.EntryForm{}
	for _, object := range environment.Expected() {
		if object.Name != "db" {
			continue
		}
		for _, key := range object.Keys {
			found[key] = spec.AnyForm
		}
		for _, form := range object.Forms {
			found[form.Key] = form.Form
		}
	}
	return found
}

func TestEntriesOfSecretsHaveTheFormThatURLsNeed(t *testing.T) {
	stored := at("passwordSecretKeyRef", ref("db", "password"))
	encoded := at("passwordSecretKeyRef", ref("db", "password"), "urlPasswordSecretKeyRef", ref("db", "encoded"), "userSecretKeyRef", ref("db", "user"))
	user := at("passwordSecretKeyRef", ref("db", "password"), "userSecretKeyRef", ref("db", "user"))
	without := list("CACHE_URL", "REDIS_URL", "CACHE_LOCATION")
	for name, row := range map[string]struct {
		sections map[string]any
		want     map[string]spec.EntryForm
	}{
		"libpq reads the password":       {map[string]any{"database": user}, map[string]spec.EntryForm{"password": spec.AnyForm, "user": spec.AnyForm}},
		"the URL has it, encoded":        {map[string]any{"database": encoded}, map[string]spec.EntryForm{"password": spec.AnyForm, "encoded": spec.EncodedForm, "user": spec.UnreservedForm}},
		"a cache":                        {map[string]any{"cache": stored}, map[string]spec.EntryForm{"password": spec.UnreservedForm}},
		"a cache with an encoded entry":  {map[string]any{"cache": encoded}, map[string]spec.EntryForm{"password": spec.AnyForm, "encoded": spec.EncodedForm, "user": spec.UnreservedForm}},
		"an app that reads no URL":       {map[string]any{"cache": stored, "app.unset": without}, map[string]spec.EntryForm{"password": spec.AnyForm}},
		"an app that binds one":          {map[string]any{"cache": stored, "app.unset": without, "app.bindings": object("REDIS", "cache.plainURL")}, map[string]spec.EntryForm{"password": spec.UnreservedForm}},
		"an app that binds the password": {map[string]any{"cache": stored, "app.unset": without, "app.bindings": object("REDIS", "cache.password")}, map[string]spec.EntryForm{"password": spec.AnyForm}},
		"a URL from the Secret":          {map[string]any{"broker": stored, "app.secretKeyRefs": object("CELERY_BROKER_URL", ref("db", "uri")), "app.unset": list("CELERY_RESULT_BACKEND")}, map[string]spec.EntryForm{"password": spec.AnyForm, "uri": spec.AnyForm}},
		"results of a RabbitMQ":          {map[string]any{"broker": rabbit("user", "shop", "passwordSecretKeyRef", ref("db", "password")), "app.unset": list("CELERY_BROKER_URL")}, map[string]spec.EntryForm{"password": spec.AnyForm}},
		"one entry of two services":      {map[string]any{"cache": stored, "database": stored}, map[string]spec.EntryForm{"password": spec.UnreservedForm}},
	} {
		assert.Equal(t, row.want, forms(external(t, row.sections)), name)
	}
}

func TestFormsOfEntries(t *testing.T) {
	for _, row := range []struct {
		form  spec.EntryForm
		value string
		has   bool
	}{
		{spec.UnreservedForm, "aZ0-._~", true},
		{spec.UnreservedForm, "a%2F", false},
		{spec.UnreservedForm, "a/b", false},
		{spec.UnreservedForm, "a\n", false},
		{spec.UnreservedForm, "", false},
		{spec.EncodedForm, "a%2Fb", true},
		{spec.EncodedForm, "a%2", false},
		{spec.EncodedForm, "a+b", false},
		{spec.EncodedForm, "a%2F\n", false},
		{spec.AnyForm, "a/b\n", true},
		{spec.AnyForm, "", false},
	} {
		assert.Equal(t, row.has, row.form.Has(row.value), "%s: %q", row.form, row.value)
	}
}
