// Package environments builds the configurations that tests deploy. Small and Full return an environment of the sample
// app; Set changes single values, written as after --set.
package environments

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/stretchr/testify/require"

	"github.com/djangostack/djangostack/stacks/lifecycle/stackfile"
	"github.com/djangostack/djangostack/stacks/spec"
)

// Accounts, names and regions of every environment.
const (
	// Project is the Pulumi project, Stack the stack.
	Project = "djangostack"
	Stack   = "dev"
	// AccountID is AWS's own example account.
	AccountID = "123456789012"
	AWSRegion = "eu-central-1"
	// GCPProject is the project on Google Cloud.
	GCPProject     = "blog-staging"
	GCPRegion      = "europe-west1"
	BillingAccount = "012345-6789AB-CDEF01"
	// Zone is the DNS zone that exists before the environment, Host the app's name in it.
	Zone = "example.com"
	Host = "blog.example.com"
)

// Environment is the value of djangostack:environment in Pulumi.<stack>.yaml.
type Environment map[string]any

// Small returns a staging environment whose data services run in the cluster: web, one worker and beat.
func Small(cloud spec.Cloud) Environment {
	e := Environment{
		"cloud": string(cloud), "tier": string(spec.Staging), "owner": "web-team",
		"app": map[string]any{
			"name": "blog", "image": "registry.example.com/blog:1.0", "settingsModule": "blog.settings", "celeryApp": "blog", "url": "https://" + Host,
		},
		"workers": []any{map[string]any{"name": "default"}},
		"beat":    map[string]any{"enabled": true},
	}
	switch cloud {
	case spec.AWSCloud:
		e["aws"] = map[string]any{"region": AWSRegion, "accountId": AccountID, "admins": []any{"arn:aws:iam::" + AccountID + ":role/deployer"}}
	case spec.GCPCloud:
		e["gcp"] = map[string]any{"project": GCPProject, "region": GCPRegion, "billingAccount": BillingAccount, "admins": []any{"group:web@example.com"}}
	default:
		e["cluster"] = map[string]any{"context": "memory"}
		return e
	}
	e["dns"] = map[string]any{"zone": Zone}
	return e
}

// Full returns an environment whose data services the cloud manages, with buckets, a CDN and a budget.
func Full(cloud spec.Cloud, tier spec.Tier) Environment {
	e := Small(cloud)
	e["tier"] = string(tier)
	e["cluster"] = map[string]any{"endpoint": map[string]any{"allowedCIDRs": []any{"203.0.113.0/24"}}}
	for _, service := range []string{"database", "cache", "broker"} {
		e[service] = map[string]any{"kind": "managed"}
	}
	e["static"] = map[string]any{"store": "bucket", "cors": []any{map[string]any{"origins": []any{"https://" + Host}}}}
	e["media"] = map[string]any{"store": "bucket"}
	e["budget"] = map[string]any{"monthlyUSD": 500, "emails": []any{"ops@example.com"}}
	return e
}

// Set returns a copy with some values changed. A value is written path=value, as after --set. A path that no environment
// has fails the test, so that a test never passes on a configuration it did not change.
func (e Environment) Set(t testing.TB, values ...string) Environment {
	t.Helper()
	changed, err := e.Apply(values...)
	require.NoError(t, err)
	return changed
}

// Apply is Set that returns its error.
func (e Environment) Apply(values ...string) (Environment, error) {
	var overrides []stackfile.Override
	for _, value := range values {
		override, err := stackfile.ParseOverride(value)
		if err != nil {
			return nil, err
		}
		if err := known(override.Path); err != nil {
			return nil, err
		}
		overrides = append(overrides, override)
	}
	return e.With(overrides...)
}

// With returns a copy with some values changed.
func (e Environment) With(overrides ...stackfile.Override) (Environment, error) {
	file := stackfile.WithEnvironment(Project, e)
	if err := file.Apply(overrides); err != nil {
		return nil, err
	}
	raw, err := file.EnvironmentJSON(nil)
	if err != nil {
		return nil, err
	}
	var changed Environment
	if err := json.Unmarshal(raw, &changed); err != nil {
		return nil, fmt.Errorf("reading the changed environment: %w", err)
	}
	return changed, nil
}

// JSON returns the environment as the program reads it.
func (e Environment) JSON(t testing.TB) []byte {
	t.Helper()
	raw, err := json.Marshal(e)
	require.NoError(t, err)
	return raw
}

// Parse returns the checked environment.
func (e Environment) Parse(t testing.TB) *spec.Environment {
	t.Helper()
	checked, err := spec.Parse(e.JSON(t), Stack)
	require.NoError(t, err)
	return checked
}

// Config returns the stack's configuration, as Pulumi hands it to the program.
func (e Environment) Config(t testing.TB) map[string]string {
	t.Helper()
	return map[string]string{Project + ":" + spec.ConfigKey: string(e.JSON(t))}
}

// known returns an error for a path that an environment cannot have.
func known(path string) error {
	steps, err := resource.ParsePropertyPathStrict(path)
	if err != nil {
		return fmt.Errorf("reading the path %s: %w", path, err)
	}
	at := reflect.TypeFor[spec.Environment]()
	for _, step := range steps {
		next, has := below(at, step)
		if !has {
			return fmt.Errorf("no environment has %s: there is no %v", path, step)
		}
		at = next
	}
	return nil
}

// below returns the type of a field, of a map's values or of a list's elements.
func below(at reflect.Type, step any) (reflect.Type, bool) {
	for at.Kind() == reflect.Pointer {
		at = at.Elem()
	}
	name, isName := step.(string)
	switch at.Kind() {
	case reflect.Struct:
		for _, field := range reflect.VisibleFields(at) {
			tag, _, _ := strings.Cut(field.Tag.Get("json"), ",")
			if isName && tag == name {
				return field.Type, true
			}
		}
		return nil, false
	case reflect.Map:
		return at.Elem(), isName
	case reflect.Slice:
		return at.Elem(), !isName
	default:
		return nil, false
	}
}
