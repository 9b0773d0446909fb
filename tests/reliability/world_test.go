package reliability_test

import (
	"cmp"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/djangostack/djangostack/emulators/cloud"
	"github.com/djangostack/djangostack/stacks/lifecycle"
	"github.com/djangostack/djangostack/tests/enginetest"
)

// world is what exists after a run: in the clouds' accounts, in the cluster and in the state.
type world struct {
	// things are what exists outside the state, by a name that is the same in every run, with their contents.
	things map[string]string
	// ids are the identifiers of the things.
	ids map[string]string
	// strangers are things that the program made and that the state does not know.
	strangers []string
	// unfinished is what the state has to finish: interrupted creations and resources to delete.
	unfinished []string
}

// stateOf is the part of a stack's state that these tests read.
type stateOf struct {
	Deployment struct {
		Resources []stored `json:"resources"`
		Pending   []struct {
			Resource stored `json:"resource"`
			Type     string `json:"type"`
		} `json:"pending_operations"`
	} `json:"deployment"`
}

type stored struct {
	URN     string         `json:"urn"`
	ID      string         `json:"id"`
	Type    string         `json:"type"`
	Custom  bool           `json:"custom"`
	Delete  bool           `json:"delete"`
	Outputs map[string]any `json:"outputs"`
}

// look returns what exists now.
func look(t *testing.T, e *enginetest.Environment) world {
	t.Helper()
	state := read(t, e)
	w := world{things: map[string]string{}, ids: map[string]string{}}
	known := map[string]bool{}
	for _, one := range state.Deployment.Resources {
		known[one.URN+"|"+one.ID] = true
		if one.Delete {
			w.unfinished = append(w.unfinished, "to delete: "+label(one.URN))
		}
	}
	for _, one := range state.Deployment.Pending {
		w.unfinished = append(w.unfinished, one.Type+": "+label(one.Resource.URN))
	}
	objects := slices.Concat(e.AWS.Left(), e.GCP.Left())
	naming := names(state, objects)
	for _, object := range objects {
		name := w.free(objectName(object, naming))
		delete(object.Values, "certificateAuthority")
		delete(object.Values, "certificateAuthorities")
		if object.Token == "gcp:sql/databaseInstance:DatabaseInstance" {
			// Cloud SQL counts the updates of the settings.
			for _, settings := range object.Values.Objects("settings") {
				delete(settings, "version")
			}
		}
		w.things[name] = naming.apply(text(t, object.Values))
		w.ids[name] = object.ID
		if object.URN != "" && object.KeptBecause == "" && !known[object.URN+"|"+object.ID] {
			w.strangers = append(w.strangers, name)
		}
	}
	for _, object := range e.Cluster.Objects() {
		name := w.free(naming.apply(strings.Join([]string{object.GetKind(), object.GetNamespace(), object.GetName()}, " ")))
		w.ids[name] = string(object.GetUID())
		w.things[name] = naming.apply(text(t, lasting(object)))
	}
	return w
}

// read returns the state, which is empty after a destroy.
func read(t *testing.T, e *enginetest.Environment) (state stateOf) {
	t.Helper()
	e.With(t, lifecycle.StackOptions{}, func(stack *lifecycle.Stack) {
		exported, err := stack.ExportRevealed(context.Background())
		var absent *lifecycle.NotFoundError
		if errors.As(err, &absent) {
			return
		}
		require.NoError(t, err)
		require.NoError(t, json.Unmarshal(exported, &state))
	})
	return state
}

// free returns the name, with a number if another thing has it.
func (w world) free(name string) string {
	for i := 2; ; i++ {
		if _, taken := w.things[name]; !taken {
			return name
		}
		name = fmt.Sprintf("%s (%d)", strings.TrimSuffix(name, fmt.Sprintf(" (%d)", i-1)), i)
	}
}

// differences returns how a world differs from another, identifiers and generated values aside.
func (w world) differences(other world) []string {
	var found []string
	for _, name := range slices.Sorted(maps.Keys(w.things)) {
		switch contents, there := other.things[name]; {
		case !there:
			found = append(found, "only now: "+name+" "+w.ids[name])
		case contents != w.things[name]:
			found = append(found, "differs: "+name+firstDifference(contents, w.things[name]))
		}
	}
	for _, name := range slices.Sorted(maps.Keys(other.things)) {
		if _, there := w.things[name]; !there {
			found = append(found, "missing: "+name)
		}
	}
	return found
}

func firstDifference(before, after string) string {
	at := 0
	for at < min(len(before), len(after)) && before[at] == after[at] {
		at++
	}
	from := max(0, at-60)
	cut := func(text string) string { return text[min(from, len(text)):min(at+60, len(text))] }
	return fmt.Sprintf("\n  %s\n  %s", cut(before), cut(after))
}

// naming replaces what a run generates by where it comes from.
type naming struct{ pairs []pair }

type pair struct{ generated, name string }

func (n naming) apply(text string) string {
	for _, one := range n.pairs {
		text = strings.ReplaceAll(text, one.generated, one.name)
	}
	return generated.ReplaceAllString(text, "~")
}

// generated matches what is generated beside identifiers: times, digests, the ends of names, tokens and certificates.
var generated = regexp.MustCompile(`[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|\d{4}-\d\d-\d\dT[\d:.]+Z?|[0-9a-f]{6,}|eyJ[A-Za-z0-9_=.-]+|-----BEGIN [^-]+-----.*?-----END [^-]+-----`)

// names collects the generated values of a run: identifiers of the clouds and results of the random provider.
func names(state stateOf, objects []cloud.Object) naming {
	var n naming
	add := func(value any, name string) {
		const least = 6
		if text, isText := value.(string); isText && len(text) >= least {
			n.pairs = append(n.pairs, pair{text, "<" + name + ">"})
		}
	}
	for _, one := range state.Deployment.Resources {
		if strings.HasPrefix(one.Type, "random:") {
			add(one.ID, label(one.URN))
			for output, value := range one.Outputs {
				add(plaintext(value), label(one.URN)+"."+output)
			}
		}
	}
	for _, object := range objects {
		if object.URN == "" {
			continue
		}
		add(object.ID, label(object.URN))
		for property, value := range object.Values {
			if property == "arn" || property == "name" {
				add(value, label(object.URN)+"."+property)
			}
		}
	}
	slices.SortFunc(n.pairs, func(a, b pair) int { return cmp.Or(len(b.generated)-len(a.generated), strings.Compare(a.name, b.name)) })
	return n
}

// plaintext returns the value of a revealed secret as it is.
func plaintext(value any) any {
	wrapped, is := value.(map[string]any)
	if !is {
		return value
	}
	var secret string
	if text, has := wrapped["plaintext"].(string); has && json.Unmarshal([]byte(text), &secret) == nil {
		return secret
	}
	return value
}

func objectName(object cloud.Object, n naming) string {
	if object.URN != "" {
		return object.Token + " " + label(object.URN)
	}
	return object.Token + " " + n.apply(object.ID)
}

// label returns the type and name of a resource.
func label(urn string) string {
	parts := strings.Split(urn, "::")
	kinds := strings.Split(parts[len(parts)-2], "$")
	return kinds[len(kinds)-1] + " " + parts[len(parts)-1]
}

// lasting returns an object without what the server writes again each time.
func lasting(object *unstructured.Unstructured) map[string]any {
	for _, field := range []string{"uid", "resourceVersion", "creationTimestamp", "managedFields", "generation"} {
		unstructured.RemoveNestedField(object.Object, "metadata", field)
	}
	if encoded, has, err := unstructured.NestedStringMap(object.Object, "data"); has && err == nil && object.GetKind() == "Secret" {
		for key, value := range encoded {
			// A value that is not encoded would differ from the other world's, which fails the test.
			plain, _ := base64.StdEncoding.DecodeString(value)
			encoded[key] = string(plain)
		}
		object.Object["data"] = encoded
	}
	unstructured.RemoveNestedField(object.Object, "status")
	unstructured.RemoveNestedField(object.Object, "spec", "clusterIP")
	unstructured.RemoveNestedField(object.Object, "spec", "clusterIPs")
	return object.Object
}

func text(t *testing.T, value any) string {
	t.Helper()
	encoded, err := json.Marshal(value)
	require.NoError(t, err)
	return string(encoded)
}
