package spec_test

import (
	"encoding/json"
	"reflect"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/djangostack/djangostack/stacks/spec"
)

// parseValues parses what an environment states.
func parseValues(t *testing.T, environment spec.Environment) *spec.Environment {
	t.Helper()
	values, err := environment.Values()
	require.NoError(t, err)
	raw, err := json.Marshal(values)
	require.NoError(t, err)
	parsed, err := spec.Parse(raw, "dev")
	require.NoError(t, err)
	return parsed
}

func TestAMinimalEnvironmentOfGoIsValid(t *testing.T) {
	parsed := parseValues(t, spec.Environment{
		Cloud: spec.NoCloud, Tier: spec.Staging,
		Cluster: spec.Cluster{Context: "kind-kind"},
		App:     spec.App{Name: "shop", Image: "registry.example.com/shop:1", SettingsModule: "shop.settings"},
	})
	assert.Equal(t, "shop-dev", parsed.Namespace.Name, "a default")
	assert.NotZero(t, parsed.Web.Replicas)
}

func TestAnEnvironmentOfGoStatesWhatItsFieldsHold(t *testing.T) {
	environment := spec.Environment{
		Cloud: spec.NoCloud, Tier: spec.Staging,
		Cluster:  spec.Cluster{Context: "kind-kind"},
		App:      spec.App{Name: "shop", Image: "registry.example.com/shop:1", SettingsModule: "shop.settings", CeleryApp: "shop", SecretEnv: map[string]string{"TOKEN": "a"}},
		Workers:  []spec.Worker{{Name: "default"}, {Name: "mail", Queues: []string{"mail"}}},
		Database: spec.Database{Kind: spec.External, External: &spec.ExternalDatabase{Host: "db.example.org", Credentials: spec.Credentials{Password: "b"}}},
	}
	parsed := parseValues(t, environment)
	assert.Equal(t, "db.example.org", parsed.Database.External.Host)
	assert.Equal(t, "b", parsed.Database.External.Password)
	assert.Equal(t, []string{"mail"}, parsed.Workers[1].Queues)
	assert.NotZero(t, parsed.Workers[0].Concurrency, "the default of a worker")
	assert.Equal(t, "a", parsed.App.SecretEnv["TOKEN"])
}

// Every field has a value, so nothing may be left out.
func TestValuesHaveEveryField(t *testing.T) {
	var environment spec.Environment
	fill(reflect.ValueOf(&environment).Elem())
	values, err := environment.Values()
	require.NoError(t, err)

	got, err := json.Marshal(values)
	require.NoError(t, err)
	want, err := json.Marshal(environment)
	require.NoError(t, err)
	assert.JSONEq(t, string(want), string(got))
}

// fill gives every exported field below a value that is not zero.
func fill(value reflect.Value) {
	switch value.Kind() {
	case reflect.Pointer:
		value.Set(reflect.New(value.Type().Elem()))
		fill(value.Elem())
	case reflect.Struct:
		for i := range value.NumField() {
			if value.Type().Field(i).IsExported() {
				fill(value.Field(i))
			}
		}
	case reflect.Slice:
		value.Set(reflect.MakeSlice(value.Type(), 1, 1))
		fill(value.Index(0))
	case reflect.Map:
		element := reflect.New(value.Type().Elem()).Elem()
		fill(element)
		value.Set(reflect.MakeMap(value.Type()))
		value.SetMapIndex(reflect.ValueOf("key"), element)
	case reflect.String:
		value.SetString("text")
	case reflect.Bool:
		value.SetBool(true)
	case reflect.Float64:
		value.SetFloat(1)
	default:
		value.SetInt(1)
	}
}

func TestAParsedEnvironmentIsNoInput(t *testing.T) {
	parsed := parseValues(t, spec.Environment{
		Cloud: spec.NoCloud, Tier: spec.Staging, Cluster: spec.Cluster{Context: "kind-kind"},
		App: spec.App{Name: "shop", Image: "registry.example.com/shop:1", SettingsModule: "shop.settings"},
	})
	_, err := parsed.Values()
	assert.ErrorContains(t, err, "has its defaults filled in")
}
