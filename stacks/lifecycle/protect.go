package lifecycle

import (
	"context"
	"slices"
	"strings"
)

// Protected lists the resources that hold data. Destroy refuses to delete them unless they are named. A
// component in the list stands for its children. Errors are those of Outputs.
func (s *Stack) Protected(ctx context.Context) ([]Protected, error) {
	if _, err := s.selectStack(ctx); err != nil {
		return nil, err
	}
	state, err := s.readState(ctx)
	if err != nil {
		return nil, err
	}
	return state.describe(topmost(state.resources, state.protected())), nil
}

// describe describes resources of the state with the data that is lost with them.
func (s stackState) describe(resources []stateResource) []Protected {
	g := &guard{before: s}
	described := make([]Protected, len(resources))
	for i, resource := range resources {
		held := g.heldBy(resource.URN, nil)
		described[i] = Protected{
			URN: resource.URN, Type: resource.Type, Name: nameOf(resource.URN), Loss: held.Loss, Parts: held.Parts,
		}
	}
	return described
}

// named returns the protected resources that a destroy is to delete. It refuses the destroy if another resource is
// protected.
func (s *Stack) named(state stackState, names []string) ([]Protected, error) {
	protected := state.protected()
	if unknown := unknownNames(names, state.resources, protected); len(unknown) > 0 {
		return nil, configInvalid("stack %s has no protected resource named %s; its protected resources are: %s",
			s.name, strings.Join(unknown, ", "), namesOf(topmost(state.resources, protected)))
	}
	var unnamed, named []stateResource
	for _, resource := range protected {
		if isNamed(resource, state.resources, names) {
			named = append(named, resource)
			continue
		}
		unnamed = append(unnamed, resource)
	}
	if len(unnamed) > 0 {
		refused := state.describe(topmost(state.resources, unnamed))
		for i := range refused {
			refused[i].Op = opDelete
		}
		return nil, &RefusedError{Operation: operationDestroy, Stack: s.name, Resources: refused}
	}
	return state.describe(named), nil
}

// topmost leaves out resources below another of the resources: children inherit protection, and naming a
// component names its children.
func topmost(all, some []stateResource) []stateResource {
	chosen := map[string]bool{}
	for _, resource := range some {
		chosen[resource.URN] = true
	}
	var tops []stateResource
	for _, resource := range some {
		ancestors := withAncestors(resource, all)
		if !slices.ContainsFunc(ancestors[1:], func(above stateResource) bool { return chosen[above.URN] }) {
			tops = append(tops, resource)
		}
	}
	return tops
}

// withAncestors returns the resource, its parent, and so on up.
func withAncestors(resource stateResource, all []stateResource) []stateResource {
	line := []stateResource{resource}
	for resource.Parent != "" {
		i := slices.IndexFunc(all, func(candidate stateResource) bool { return candidate.URN == resource.Parent })
		if i < 0 {
			break
		}
		resource = all[i]
		line = append(line, resource)
	}
	return line
}

func isNamed(resource stateResource, all []stateResource, names []string) bool {
	return slices.ContainsFunc(withAncestors(resource, all), func(above stateResource) bool {
		return slices.Contains(names, above.URN) || slices.Contains(names, nameOf(above.URN))
	})
}

// unknownNames returns the names that match no protected resource.
func unknownNames(names []string, all, protected []stateResource) []string {
	var unknown []string
	for _, name := range names {
		if !slices.ContainsFunc(protected, func(resource stateResource) bool { return isNamed(resource, all, []string{name}) }) {
			unknown = append(unknown, name)
		}
	}
	return unknown
}

func namesOf(resources []stateResource) string {
	if len(resources) == 0 {
		return "none"
	}
	names := make([]string, len(resources))
	for i, resource := range resources {
		names[i] = nameOf(resource.URN)
	}
	return strings.Join(names, ", ")
}
