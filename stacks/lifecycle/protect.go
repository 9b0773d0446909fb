package lifecycle

import (
	"context"
	"slices"
	"strings"
)

// Protected lists what in the stack holds data, so that a destroy is refused until it
// is named; a component stands for all below it. Errors are those of Outputs.
func (s *Stack) Protected(ctx context.Context) ([]Protected, error) {
	if _, err := s.selectStack(ctx); err != nil {
		return nil, err
	}
	resources, err := s.resources(ctx)
	if err != nil {
		return nil, err
	}
	return describeProtected(topmost(resources, protectedOf(resources))), nil
}

func describeProtected(resources []stateResource) []Protected {
	described := make([]Protected, len(resources))
	for i, resource := range resources {
		described[i] = Protected{URN: resource.URN, Type: resource.Type, Name: nameOf(resource.URN)}
	}
	return described
}

// liftProtection checks that every protected resource of the stack is named, and
// unprotects them. Nothing is changed where one is not named.
func (s *Stack) unprotect(ctx context.Context, names []string) error {
	resources, err := s.resources(ctx)
	if err != nil {
		return err
	}
	held := protectedOf(resources)
	if unknown := unknownNames(names, resources, held); len(unknown) > 0 {
		return configInvalid("stack %s has no protected resource named %s; protected are: %s",
			s.name, strings.Join(unknown, ", "), namesOf(topmost(resources, held)))
	}
	var kept, lifted []stateResource
	for _, resource := range held {
		if isNamed(resource, resources, names) {
			lifted = append(lifted, resource)
			continue
		}
		kept = append(kept, resource)
	}
	if len(kept) > 0 {
		return &RefusedError{Operation: "destroy", Stack: s.name, Resources: describeProtected(topmost(resources, kept))}
	}
	for _, resource := range lifted {
		if _, err := s.pulumi(ctx, "lifting the protection of "+nameOf(resource.URN)+" in stack", "state", "unprotect", resource.URN, "--yes"); err != nil {
			return err
		}
	}
	return nil
}

func protectedOf(resources []stateResource) []stateResource {
	var held []stateResource
	for _, resource := range resources {
		if resource.Protect && !resource.Delete {
			held = append(held, resource)
		}
	}
	return held
}

// heads leaves out what lies below another of the resources: protection is
// inherited, and a component's name stands for all below it.
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

// ancestry is the resource, its parent, and so on up.
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

// unmatched are the names that stand for no protected resource.
func unknownNames(names []string, all, held []stateResource) []string {
	var unknown []string
	for _, name := range names {
		if !slices.ContainsFunc(held, func(resource stateResource) bool { return isNamed(resource, all, []string{name}) }) {
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
