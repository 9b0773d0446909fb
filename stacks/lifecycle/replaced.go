package lifecycle

import (
	"context"
	"encoding/json"
	"maps"
	"reflect"
	"slices"
	"strings"
)

// restoreRounds is how often a plan is made to find what is to be restored: a resource whose inputs come from a
// restored one is found in the next round. Chains of the environments are shorter.
const restoreRounds = 8

// replacing is the end of the kinds of property changes that force a replacement.
const replacing = "-replace"

// hasReplaced reports whether an earlier run ended between the creation of a replacement and the deletion of the
// resource that it replaces.
func (s stackState) hasReplaced() bool {
	present := map[string]bool{}
	for _, resource := range s.resources {
		present[resource.URN] = present[resource.URN] || !resource.Delete
	}
	return slices.ContainsFunc(s.resources, func(r stateResource) bool { return r.Delete && present[r.URN] })
}

// restoreReplaced makes resources that wait for their deletion those of the stack again, if that is what the program
// wants: a change that an earlier run did not finish is taken back. Otherwise the update would create what exists. It is
// their replacements that wait for their deletion then. It returns whether the state has
// changed.
func (s *Stack) restoreReplaced(ctx context.Context) (bool, error) {
	restored := false
	tried := map[string]bool{}
	for range restoreRounds {
		state, err := s.readState(ctx)
		if err != nil {
			return restored, err
		}
		if !state.hasReplaced() {
			return restored, nil
		}
		plan, err := s.quietPlan(ctx)
		if err != nil {
			return restored, err
		}
		wanted := state.wantedAgain(plan.plan, tried)
		if len(wanted) == 0 {
			return restored, nil
		}
		s.logInfo("a replacement that an earlier run did not finish is taken back: " + namesOfURNs(wanted))
		err = s.editResources(ctx, func(resources []map[string]json.RawMessage) (bool, error) {
			return exchange(resources, wanted), nil
		})
		if err != nil {
			return restored, err
		}
		restored = true
	}
	return restored, nil
}

// namesOfURNs lists the names of the resources, which are the keys.
func namesOfURNs(ids map[string]string) string {
	names := make([]string, 0, len(ids))
	for urn := range ids {
		names = append(names, nameOf(urn))
	}
	slices.Sort(names)
	return strings.Join(names, ", ")
}

// wantedAgain returns the resources that wait for their deletion and that the plan would create again, as IDs by URN. It
// leaves out those that were tried, and marks the others as tried.
func (s stackState) wantedAgain(plan []Event, tried map[string]bool) map[string]string {
	wanted := map[string]string{}
	for _, event := range plan {
		if !strings.Contains(event.Op, opReplace) {
			continue
		}
		for _, former := range s.resources {
			attempt := former.URN + " " + former.ID
			if former.URN == event.URN && former.Delete && !tried[attempt] && isWanted(former, event.Properties) {
				wanted[event.URN] = former.ID
				tried[attempt] = true
			}
		}
	}
	return wanted
}

// isWanted reports whether a former resource has the new values of all properties for which its successor is to be
// replaced. A secret may be the same: if it is not, the next plan replaces the former resource as it would have replaced
// its successor. A value that is known only after the change may be known in the next plan.
func isWanted(former stateResource, changes []PropertyChange) bool {
	var forcing int
	for _, change := range changes {
		if !strings.HasSuffix(change.Kind, replacing) {
			continue
		}
		forcing++
		if change.New == unknownValue || !reflect.DeepEqual(change.New, valueAt(former.Inputs, change.Path)) {
			return false
		}
	}
	return forcing > 0
}

// exchange makes the resources of the IDs those of their URNs, and lets the present ones wait for their deletion. It
// returns whether it has changed any.
func exchange(resources []map[string]json.RawMessage, wanted map[string]string) bool {
	changed := false
	for _, urn := range slices.Sorted(maps.Keys(wanted)) {
		present := slices.IndexFunc(resources, func(r map[string]json.RawMessage) bool {
			return textOf(r["urn"]) == urn && string(r["delete"]) != "true"
		})
		former := slices.IndexFunc(resources, func(r map[string]json.RawMessage) bool {
			return textOf(r["urn"]) == urn && string(r["delete"]) == "true" && textOf(r["id"]) == wanted[urn]
		})
		if present < 0 || former < 0 {
			continue
		}
		delete(resources[former], "delete")
		resources[present]["delete"] = json.RawMessage("true")
		// What has been replaced is allowed to be lost, and Pulumi deletes nothing that is protected.
		delete(resources[present], "protect")
		// Pulumi deletes in the order of the list, from its end.
		if needsOnly(resources[former], resources[:present]) {
			resources[present], resources[former] = resources[former], resources[present]
		}
		changed = true
	}
	return changed
}

// needsOnly reports whether all that a resource refers to is among the resources before it.
func needsOnly(resource map[string]json.RawMessage, before []map[string]json.RawMessage) bool {
	var needed struct {
		Parent       string              `json:"parent"`
		Provider     string              `json:"provider"`
		Dependencies []string            `json:"dependencies"`
		Properties   map[string][]string `json:"propertyDependencies"`
		DeletedWith  string              `json:"deletedWith"`
	}
	raw, err := json.Marshal(resource)
	if err != nil || json.Unmarshal(raw, &needed) != nil {
		return false
	}
	// A reference to a provider is its URN, "::" and its ID.
	provider := needed.Provider[:max(0, strings.LastIndex(needed.Provider, "::"))]
	all := append([]string{needed.Parent, needed.DeletedWith, provider}, needed.Dependencies...)
	for _, urns := range needed.Properties {
		all = append(all, urns...)
	}
	return !slices.ContainsFunc(all, func(urn string) bool {
		return urn != "" && !slices.ContainsFunc(before, func(r map[string]json.RawMessage) bool { return textOf(r["urn"]) == urn })
	})
}
