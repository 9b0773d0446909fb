package processes_test

import (
	"encoding/json"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/djangostack/djangostack/stacks"
	"github.com/djangostack/djangostack/stacks/render"
)

// rendered are the objects of the environment by type and name in the program. The name
// of a ConfigMap or Secret follows its content, as an engine names a replacement anew.
func rendered(t *testing.T, set string) map[string]map[string]any {
	t.Helper()
	environment := base(t)
	if set != "" {
		environment = environment.Set(t, set)
	}
	objects, err := render.Objects(render.Options{
		Program: stacks.Program, Project: "djangostack", Stack: "dev",
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

// plain makes numbers of one kind of all.
func plain(t *testing.T, manifest map[string]any) map[string]any {
	t.Helper()
	raw, err := json.Marshal(manifest)
	require.NoError(t, err)
	var out map[string]any
	require.NoError(t, json.Unmarshal(raw, &out))
	return out
}

// effect is what a change does.
type effect struct {
	// restarts are the processes whose pods are replaced, again the commands and shells
	// that are run anew.
	restarts, again []string
	// otherwise is what is made, changed in place, replaced or deleted besides.
	otherwise []string
}

func (e effect) String() string {
	if len(e.restarts)+len(e.again)+len(e.otherwise) == 0 {
		return "– | – | nothing at all"
	}
	return words(e.restarts) + " | " + words(e.again) + " | " + words(e.otherwise)
}

func words(list []string) string {
	if len(list) == 0 {
		return "–"
	}
	return strings.Join(list, ", ")
}

// between is what turns one environment into the other.
func between(before, after map[string]map[string]any) effect {
	var e effect
	for key, object := range after {
		if old, had := before[key]; !had {
			e.otherwise = append(e.otherwise, "creates "+key)
		} else if !reflect.DeepEqual(old, object) {
			e.changed(key, old, object)
		}
	}
	for key := range before {
		if _, has := after[key]; !has {
			e.otherwise = append(e.otherwise, "deletes "+key)
		}
	}
	slices.Sort(e.restarts)
	slices.Sort(e.again)
	slices.Sort(e.otherwise)
	return e
}

func (e *effect) changed(key string, before, after map[string]any) {
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
		e.restarts = append(e.restarts, name)
	case kind == "CronJob" && differs("spec", "jobTemplate"):
		e.restarts = append(e.restarts, name)
	case kind == "Job" && (differs("spec") || differs("metadata", "name")):
		e.again = append(e.again, name)
	case kind == "ConfigMap" || kind == "Secret":
		e.otherwise = append(e.otherwise, "replaces "+key)
	default:
		e.otherwise = append(e.otherwise, "updates "+key)
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
