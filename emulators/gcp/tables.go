package gcp

import (
	"slices"

	"github.com/djangostack/djangostack/emulators/cloud"
)

// Short names for the types in the tables.
type (
	kind  = cloud.Kind
	kinds = map[string]*cloud.Kind
	vals  = cloud.Values
	code  = cloud.Code
	ref   = cloud.Reference
	rules = []cloud.Rule
)

func tables(options Options) []kinds {
	return []kinds{
		networks(), routers(), firewalls(), addresses(), forwarding(), balancing(), proxies(),
		clusters(options.Cluster), nodePools(),
		services(), projectAccess(), serviceAccounts(), keys(),
		databases(), caches(), buckets(), zones(), certificates(options.Undelegated),
		registries(), secrets(), budgets(), alertPolicies(),
	}
}

// complete adds to a table what all types of Google Cloud have in common.
func complete(kind *cloud.Kind, short string, facts cloud.Resource) {
	for i := range kind.References {
		kind.References[i].To = Token(kind.References[i].To)
	}
	kind.Global = true
	if kind.Equivalent == nil {
		kind.Equivalent = sameThing
	}
	name, has := facts.Inputs["name"]
	if _, required := cloud.Required(name); has && !required && kind.Name == nil {
		kind.Name = autoname(short)
	}
	for _, place := range []string{"name", "project", "region", "location"} {
		if _, has := facts.Inputs[place]; has && !slices.Contains(kind.ReplaceOn, place) {
			kind.ReplaceOn = append(kind.ReplaceOn, place)
		}
	}
	if labels := labelsOf(short, facts); labels != "" {
		kind.Rules = append(kind.Rules, labelRule(labels))
	}
	kind.Apply = allowed(apiOf(short), kind.Apply)
}

// labelsOf returns the property with a type's labels, or "". The labels of a notification channel are something else.
func labelsOf(short string, facts cloud.Resource) string {
	_, labelled := facts.Outputs["effectiveLabels"]
	switch {
	case labelled:
		return "labels"
	case short == "container/cluster":
		return "resourceLabels"
	case short == "sql/databaseInstance":
		return "settings.userLabels"
	}
	return ""
}

// autoname returns the bridge's automatic name. The bridge knows the limit of few types and leaves the others to the
// API.
func autoname(short string) *cloud.Name {
	known := []string{
		"compute/network", "compute/router", "compute/routerNat", "compute/subnetwork", "compute/targetHttpProxy",
		"compute/targetHttpsProxy", "compute/uRLMap", "storage/bucket",
	}
	if slices.Contains(known, short) {
		return &cloud.Name{Property: "name", Max: 63, Separator: "-", Lower: true}
	}
	return &cloud.Name{Property: "name", Max: 255, Separator: "-"}
}

// refersTo returns a property that names another resource by its link, id or name.
func refersTo(path, to string) ref {
	return ref{Path: path, To: to, By: []string{"id", "selfLink", "name"}}
}

// holds returns such a property that blocks the other's deletion.
func holds(path, to string) ref {
	reference := refersTo(path, to)
	reference.BlocksDelete = true
	return reference
}

// list returns a list of texts.
func list(texts ...string) []any {
	all := make([]any, len(texts))
	for i, text := range texts {
		all[i] = text
	}
	return all
}

// then returns a function that calls both in order.
func then(first, second func(*cloud.Operation) error) func(*cloud.Operation) error {
	return func(m *cloud.Operation) error {
		if first != nil {
			if err := first(m); err != nil {
				return err
			}
		}
		if second == nil {
			return nil
		}
		return second(m)
	}
}
