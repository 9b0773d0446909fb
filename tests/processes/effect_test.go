package processes_test

import (
	"encoding/json"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi/config"
	"github.com/stretchr/testify/require"

	"github.com/djangostack/djangostack/stacks/existing"
	"github.com/djangostack/djangostack/stacks/render"
	"github.com/djangostack/djangostack/stacks/spec"
	"github.com/djangostack/djangostack/stacks/spec/reference"
	"github.com/djangostack/djangostack/tests/environments"
)

// rendered are the objects of the environment by type and name in the program. The name
// of a ConfigMap or Secret follows its content, as the engine gives a replacement a new name.
func rendered(t *testing.T, environment environments.Environment, set string) map[string]map[string]any {
	t.Helper()
	if set != "" {
		environment = environment.Set(t, strings.Split(set, " --set ")...)
	}
	objects, err := render.Objects(render.Options{
		Program: onACluster, Project: "djangostack", Stack: "dev",
		Config: environment.Config(t),
	})
	require.NoError(t, err, set)
	found := map[string]map[string]any{}
	for _, object := range objects {
		name := object.URN[strings.LastIndex(object.URN, "::")+2:]
		found[object.Kind()+" "+strings.TrimPrefix(name, "blog-")] = plain(t, object.Manifest)
	}
	return found
}

// onACluster is the program for an environment on an existing cluster. It builds without the
// clouds' SDKs, and takes the plain passwords of some environments here.
func onACluster(ctx *pulumi.Context) error {
	environment, err := spec.Parse([]byte(config.New(ctx, "").Get(spec.ConfigKey)), ctx.Stack())
	if err != nil {
		return err
	}
	return existing.Deploy(ctx, environment)
}

// plain makes numbers of one kind of all.
func plain(t *testing.T, manifest map[string]any) map[string]any {
	t.Helper()
	raw, err := json.Marshal(manifest)
	require.NoError(t, err)
	var out map[string]any
	require.NoError(t, json.Unmarshal(raw, &out))
	return out
}

// between is what turns one environment into the other.
func between(before, after map[string]map[string]any) reference.Change {
	var e reference.Change
	for key, object := range after {
		if old, had := before[key]; !had {
			e.Creates = append(e.Creates, key)
		} else if !reflect.DeepEqual(old, object) {
			changed(&e, key, old, object)
		}
	}
	for key := range before {
		if _, has := after[key]; !has {
			e.Deletes = append(e.Deletes, key)
		}
	}
	sortAll(&e)
	return e
}

func sortAll(e *reference.Change) {
	for _, names := range [][]string{e.Restarts, e.RunsAgain, e.Creates, e.Updates, e.Replaces, e.Deletes} {
		slices.Sort(names)
	}
}

func changed(e *reference.Change, key string, before, after map[string]any) {
	kind, name, _ := strings.Cut(key, " ")
	if kind == "Deployment" && at(after, []string{"spec", "replicas"}) == nil {
		// A number that a scaler decides stays what it is.
		spec, _ := before["spec"].(map[string]any)
		before = map[string]any{"apiVersion": before["apiVersion"], "kind": before["kind"], "metadata": before["metadata"], "spec": without(spec, "replicas")}
		if reflect.DeepEqual(before, after) {
			return
		}
	}
	differs := func(path ...string) bool { return !reflect.DeepEqual(at(before, path), at(after, path)) }
	switch {
	case (kind == "Deployment" || kind == "StatefulSet") && differs("spec", "template"):
		e.Restarts = append(e.Restarts, name)
	case kind == "CronJob" && differs("spec", "jobTemplate"):
		e.Restarts = append(e.Restarts, name)
	case kind == "Job" && (differs("spec") || differs("metadata", "name")):
		e.RunsAgain = append(e.RunsAgain, name)
	case kind == "ConfigMap" || kind == "Secret" || kind == "PersistentVolumeClaim" && differs("spec", "storageClassName"):
		e.Replaces = append(e.Replaces, key)
	case kind == "Service" && differs("metadata", "name"):
		e.Replaces = append(e.Replaces, key)
	default:
		e.Updates = append(e.Updates, key)
	}
}

func without(object map[string]any, key string) map[string]any {
	rest := maps.Clone(object)
	delete(rest, key)
	return rest
}

func at(object any, path []string) any {
	for _, step := range path {
		node, _ := object.(map[string]any)
		object = node[step]
	}
	return object
}
