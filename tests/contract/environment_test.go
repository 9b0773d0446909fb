// Package contract_test writes the environment variables that an app finds, for the Python libraries that read them:
// they run in the sample app's image.
package contract_test

import (
	"encoding/base64"
	"encoding/json"
	"maps"
	"path/filepath"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/require"

	"github.com/djangostack/djangostack/components/authority"
	"github.com/djangostack/djangostack/components/connection"
	"github.com/djangostack/djangostack/stacks/app"
	"github.com/djangostack/djangostack/stacks/render"
	"github.com/djangostack/djangostack/stacks/spec"
	"github.com/djangostack/djangostack/tests/environments"
	"github.com/djangostack/djangostack/tests/golden"
)

// awkward is a password with every character that has a meaning in a URL, a shell or an environment variable.
const awkward = `p@s:s/w?r#d%20&a=b;c,d$(PATH)"e' ü`

func inCluster(t *testing.T) environments.Environment {
	t.Helper()
	return environments.Small(spec.NoCloud).Set(t, "app.hosts=[www.example.com]", "app.env={DSN: \"$(DATABASE_URL)&x=$5\"}",
		"database={pooler: {kind: pgbouncer}}", "static={server: nginx}")
}

func external(t *testing.T) environments.Environment {
	t.Helper()
	e := environments.Small(spec.NoCloud).Set(t, "app.profiles=[django-app-prefix]")
	e["database"] = map[string]any{"kind": "external", "name": "shop", "user": "writer", "external": map[string]any{
		"host": "db.example.com", "port": 5433, "password": awkward, "sslMode": "verify-full",
	}}
	e["cache"] = map[string]any{"kind": "external", "external": map[string]any{
		"host": "cache.example.com", "port": 6380, "password": awkward, "replicas": []any{"copy.example.com"},
	}}
	e["broker"] = map[string]any{"kind": "external", "external": map[string]any{"host": "broker.example.com", "password": awkward}}
	return e
}

func managed(t *testing.T) environments.Environment {
	t.Helper()
	return environments.Small(spec.GCPCloud).Set(t, "database.kind=managed", "cache.kind=managed", "broker.kind=managed")
}

// platform is that of a cloud whose Redis has a private certificate authority.
func platform(t *testing.T) app.Platform {
	t.Helper()
	bundle, err := authority.Bundle(seed, 1)
	require.NoError(t, err)
	server := func(host string) *connection.Redis {
		return &connection.Redis{Host: pulumi.String(host), Port: 6378, Password: pulumi.String(awkward), TLS: true, CA: pulumi.String(bundle)}
	}
	return app.Platform{
		Database: &connection.Database{Host: pulumi.String("10.0.0.3"), Port: 5432, Name: "postgres", User: "postgres", Password: pulumi.String(awkward), SSLMode: "require"},
		Cache:    server("10.0.0.4"),
		Broker:   server("10.0.0.5"),
	}
}

// parts binds the parts of every connection that an environment has.
func parts(t *testing.T, configuration environments.Environment) environments.Environment {
	t.Helper()
	bound := "app.bindings={"
	for i, path := range []string{
		"database.urlPassword", "cache.host", "cache.port", "cache.user", "cache.password", "cache.urlPassword", "cache.number", "cache.tls",
		"broker.host", "broker.port", "broker.user", "broker.password", "broker.urlPassword", "broker.number", "broker.tls",
	} {
		if i > 0 {
			bound += ", "
		}
		bound += "PART_" + strings.ToUpper(strings.ReplaceAll(path, ".", "_")) + ": " + path
	}
	return configuration.Set(t, bound+"}")
}

func TestTheVariablesAreThoseThatTheLibrariesRead(t *testing.T) {
	found := map[string]map[string]string{}
	for name, configuration := range map[string]environments.Environment{"in-cluster": inCluster(t), "external": external(t), "managed": managed(t)} {
		configuration = parts(t, configuration)
		if name == "managed" {
			configuration = configuration.Set(t, "app.bindings.PART_CACHE_CAFILE=cache.caFile", "app.bindings.PART_BROKER_CAFILE=broker.caFile",
				"app.bindings.SSL_CERT_DIR=openssl.certDir")
		}
		configuration = configuration.Set(t, "app.bindings.PART_CACHE_PLAINURL=cache.plainURL")
		found[name] = environment(t, configuration, platform(t))
	}
	have, err := json.MarshalIndent(map[string]any{
		"password": awkward, "environments": found, "files": files(t, inCluster(t), "blog-pgbouncer", "blog-nginx", "blog-gunicorn"),
		"authorities": authorities(t), "server": server(t),
	}, "", "  ")
	require.NoError(t, err)
	golden.Equal(t, filepath.Join("testdata", "environments.json"), string(have)+"\n")
}

// seed is that of the authority of a Redis whose files the tests in the sample app's image use.
const seed = "Zk3vQ8xW1pLr7TnB5mYc9HsJd2GfA6Ue"

// authorities returns the files in which an app finds the certificates of private authorities, with those for OpenSSL.
func authorities(t *testing.T) map[string]string {
	t.Helper()
	found := map[string]string{}
	for _, object := range rendered(t, managed(t).Set(t, "app.bindings.SSL_CERT_DIR=openssl.certDir"), platform(t)) {
		if object.Kind() == "ConfigMap" && matches(object.URN, "blog-authorities") {
			maps.Copy(found, contents(t, object))
		}
	}
	// The certificates of two generations, and those for the cache and the broker.
	require.Len(t, found, 2+2)
	return found
}

// server returns the certificate and the key of a Redis on localhost.
func server(t *testing.T) map[string]string {
	t.Helper()
	pair, err := authority.Issue(seed, 1, "redis", []string{"localhost"})
	require.NoError(t, err)
	return map[string]string{"tls.crt": pair.Certificate, "tls.key": pair.Key}
}

// files returns the entries of the named ConfigMaps and Secrets, which configure the servers around the app.
func files(t *testing.T, configuration environments.Environment, names ...string) map[string]string {
	t.Helper()
	found := map[string]string{}
	for _, object := range rendered(t, configuration, platform(t)) {
		if object.Kind() != "ConfigMap" && object.Kind() != "Secret" {
			continue
		}
		for _, name := range names {
			if matches(object.URN, name) {
				maps.Copy(found, contents(t, object))
			}
		}
	}
	require.Len(t, found, 4)
	return found
}

// environment returns the variables of a worker as the kubelet passes them, without resolving references.
func environment(t *testing.T, configuration environments.Environment, at app.Platform) map[string]string {
	t.Helper()
	variables := map[string]string{}
	for _, object := range rendered(t, configuration, at) {
		if matches(object.URN, "blog-env") {
			maps.Copy(variables, contents(t, object))
		}
	}
	require.NotEmpty(t, variables)
	return variables
}

func rendered(t *testing.T, configuration environments.Environment, at app.Platform) []render.Object {
	t.Helper()
	checked := configuration.Parse(t)
	objects, err := render.Objects(render.Options{
		Project: "djangostack", Stack: "dev", ShowSecrets: true,
		Program: func(ctx *pulumi.Context) error {
			_, err := app.Deploy(ctx, checked, at)
			return err
		},
	})
	require.NoError(t, err)
	return objects
}

// contents returns the decoded entries of a ConfigMap or a Secret.
func contents(t *testing.T, object render.Object) map[string]string {
	t.Helper()
	found := entries(object.Manifest["stringData"])
	for name, value := range entries(object.Manifest["data"]) {
		if object.Kind() == "Secret" {
			decoded, err := base64.StdEncoding.DecodeString(value)
			require.NoError(t, err)
			value = string(decoded)
		}
		found[name] = value
	}
	return found
}

func matches(urn, name string) bool { return strings.HasSuffix(urn, "::"+name) }

func entries(data any) map[string]string {
	found := map[string]string{}
	object, _ := data.(map[string]any)
	for name, value := range object {
		found[name], _ = value.(string)
	}
	return found
}
