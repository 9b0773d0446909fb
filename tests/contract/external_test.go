package contract_test

import (
	"encoding/base64"
	"encoding/json"
	"maps"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/djangostack/djangostack/components/connection"
	"github.com/djangostack/djangostack/stacks/app"
	"github.com/djangostack/djangostack/stacks/render"
	"github.com/djangostack/djangostack/stacks/spec"
	"github.com/djangostack/djangostack/tests/environments"
	"github.com/djangostack/djangostack/tests/golden"
)

// plainly is a password that a URL has as it is.
const plainly = "0perat0r-made_it.~"

// vault are the entries of the Secret from which the servers' credentials come.
func vault() map[string]string {
	return map[string]string{"password": awkward, "encoded": connection.Escaped(awkward), "plain": plainly, "user": "Shop.rw"}
}

func entry(key string) map[string]any { return map[string]any{"name": "vault", "key": key} }

// server is a section of an external server.
func externalAt(host string, fields map[string]any) map[string]any {
	external := map[string]any{"host": host}
	maps.Copy(external, fields)
	return map[string]any{"kind": "external", "external": external}
}

// externalServers are environments with servers as teams have them.
func externalServers(t *testing.T) map[string]environments.Environment {
	t.Helper()
	// The credentials are in Secrets, and the password of the database has every special character.
	operators := environments.Small(spec.NoCloud)
	operators["database"] = externalAt("db.example.com", map[string]any{"passwordSecretKeyRef": entry("password"), "userSecretKeyRef": entry("user")})
	operators["database"].(map[string]any)["name"] = "Shop-Prod.eu"
	operators["cache"] = externalAt("cache.example.com", map[string]any{"user": "shop@cache", "number": 3, "passwordSecretKeyRef": entry("password"), "urlPasswordSecretKeyRef": entry("encoded"), "replicas": []any{"copy.example.com"}})
	operators["broker"] = externalAt("mq.example.com", map[string]any{"virtualHost": "shop/prod", "passwordSecretKeyRef": entry("plain"), "userSecretKeyRef": entry("user")})
	operators["broker"].(map[string]any)["engine"] = "rabbitmq"

	// The URL of the database has the encoded password.
	encoded := environments.Small(spec.NoCloud)
	encoded["database"] = externalAt("db.example.com", map[string]any{"passwordSecretKeyRef": entry("password"), "urlPasswordSecretKeyRef": entry("encoded")})
	encoded["database"].(map[string]any)["user"] = "postgres"
	encoded["database"].(map[string]any)["name"] = "postgres"
	encoded["cache"] = externalAt("redis.example.com", map[string]any{"auth": "off", "tls": "off"})
	encoded["broker"] = externalAt("redis.example.com", map[string]any{"number": 5, "passwordSecretKeyRef": entry("plain"), "userSecretKeyRef": entry("user"), "tls": "off"})

	// The configuration has the credentials.
	named := environments.Small(spec.NoCloud)
	named["database"] = externalAt("db.example.com", map[string]any{"password": awkward})
	named["database"].(map[string]any)["user"] = "Shop.rw@db-1"
	named["database"].(map[string]any)["name"] = "Shop-Prod.eu"
	named["cache"] = externalAt("cache.example.com", map[string]any{"user": "shop", "number": 3, "password": awkward})
	named["broker"] = externalAt("mq.example.com", map[string]any{"user": "shop@mq", "password": awkward, "tls": "off"})
	named["broker"].(map[string]any)["engine"] = "rabbitmq"
	return map[string]environments.Environment{"operators": operators, "encoded": encoded, "named": named}
}

// bound binds the parts of the connections that an environment has.
func bound(t *testing.T, name string, configuration environments.Environment) environments.Environment {
	t.Helper()
	for variable, path := range map[string]string{
		"PART_DB_USER": "database.user", "PART_DB_PASSWORD": "database.password", "PART_DB_NAME": "database.name",
		"PART_CACHE_HOST": "cache.host", "PART_CACHE_PORT": "cache.port", "PART_CACHE_NUMBER": "cache.number", "PART_CACHE_PLAINURL": "cache.plainURL",
		"PART_BROKER_HOST": "broker.host", "PART_BROKER_PORT": "broker.port", "PART_BROKER_USER": "broker.user", "PART_BROKER_PASSWORD": "broker.password", "PART_BROKER_URLPASSWORD": "broker.urlPassword",
	} {
		configuration = configuration.Set(t, "app.bindings."+variable+"="+path)
	}
	if name != "encoded" {
		configuration = configuration.Set(t, "app.bindings.PART_CACHE_USER=cache.user", "app.bindings.PART_CACHE_PASSWORD=cache.password", "app.bindings.PART_BROKER_VHOST=broker.virtualHost")
	} else {
		configuration = configuration.Set(t, "app.bindings.PART_BROKER_NUMBER=broker.number", "app.bindings.PART_DB_URLPASSWORD=database.urlPassword")
	}
	// A value that the app composes refers to one that the environment composes.
	return configuration.Set(t, "app.env.COMPOSED=$(CELERY_BROKER_URL)#x")
}

func TestTheVariablesOfExternalServersAreThoseThatTheLibrariesRead(t *testing.T) {
	found := map[string]map[string]string{}
	for name, configuration := range externalServers(t) {
		found[name] = started(t, rendered(t, bound(t, name, configuration), app.Platform{}))
		assert.Equal(t, found[name]["CELERY_BROKER_URL"]+"#x", found[name]["COMPOSED"], name)
	}
	pooled := externalServers(t)["operators"].Set(t, "database.pooler={kind: pgbouncer}")
	have, err := json.MarshalIndent(map[string]any{
		"password": awkward, "plain": plainly, "environments": found, "pooled": started(t, rendered(t, pooled, app.Platform{})), "pool": pool(t, pooled),
	}, "", "  ")
	require.NoError(t, err)
	golden.Equal(t, filepath.Join("testdata", "external.json"), string(have)+"\n")
}

func TestNothingHasACopyOfAStoredPassword(t *testing.T) {
	for _, object := range rendered(t, externalServers(t)["operators"], app.Platform{}) {
		raw, err := json.Marshal(object.Manifest)
		require.NoError(t, err)
		for _, key := range []string{"password", "plain", "encoded"} {
			assert.NotContains(t, string(raw), base64.StdEncoding.EncodeToString([]byte(vault()[key])), object.Name())
			assert.NotContains(t, string(raw), vault()[key], object.Name())
		}
	}
}

// pool returns PgBouncer's configuration, and the variables and the script of the container that writes its users.
func pool(t *testing.T, configuration environments.Environment) map[string]any {
	t.Helper()
	found := map[string]any{}
	for _, object := range rendered(t, configuration, app.Platform{}) {
		if !matches(object.URN, "blog-pgbouncer") {
			continue
		}
		switch object.Kind() {
		case "Secret":
			found["pgbouncer.ini"] = contents(t, object)["pgbouncer.ini"]
		case "Deployment":
			container := containers(object, "initContainers")[0]
			command, _ := container["command"].([]any)
			found["users"], found["environment"] = command[len(command)-1], expanded(t, container, nil)
		}
	}
	require.Len(t, found, 3)
	return found
}

func containers(object render.Object, list string) []map[string]any {
	var at any = object.Manifest
	for _, step := range []string{"spec", "template", "spec", list} {
		at = at.(map[string]any)[step]
	}
	var found []map[string]any
	for _, container := range at.([]any) {
		found = append(found, container.(map[string]any))
	}
	return found
}

// started returns the variables of a web container as the kubelet starts it.
func started(t *testing.T, objects []render.Object) map[string]string {
	t.Helper()
	before := map[string]string{}
	for _, object := range objects {
		if matches(object.URN, "blog-env") {
			maps.Copy(before, contents(t, object))
		}
	}
	for _, object := range objects {
		if object.Kind() == "Deployment" && matches(object.URN, "blog-web") {
			return expanded(t, containers(object, "containers")[0], before)
		}
	}
	t.Fatal("there is no web")
	return nil
}

var reference = regexp.MustCompile(`\$\$|\$\(([A-Za-z_][A-Za-z0-9_]*)\)`)

// expanded resolves the variables of a container from the entries of vault, in their order
// (https://kubernetes.io/docs/tasks/inject-data-application/define-interdependent-environment-variables/).
func expanded(t *testing.T, container map[string]any, before map[string]string) map[string]string {
	t.Helper()
	variables := maps.Clone(before)
	if variables == nil {
		variables = map[string]string{}
	}
	list, _ := container["env"].([]any)
	for _, each := range list {
		variable := each.(map[string]any)
		name := variable["name"].(string)
		from, _ := variable["valueFrom"].(map[string]any)
		if ref, is := from["secretKeyRef"].(map[string]any); is {
			require.Equal(t, "vault", ref["name"], name)
			value, has := vault()[ref["key"].(string)]
			require.True(t, has, name)
			variables[name] = value
			continue
		}
		text, _ := variable["value"].(string)
		variables[name] = reference.ReplaceAllStringFunc(text, func(found string) string {
			if found == "$$" {
				return "$"
			}
			if value, has := variables[found[2:len(found)-1]]; has {
				return value
			}
			return found
		})
	}
	return variables
}
