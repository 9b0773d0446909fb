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

// unprotect removes the protection of the named resources. It changes nothing if another resource is
// protected.
func (s *Stack) unprotect(ctx context.Context, names []string) error {
	resources, err := s.resources(ctx)
	if err != nil {
		return err
	}
	protected := protectedOf(resources)
	if unknown := unknownNames(names, resources, protected); len(unknown) > 0 {
		return configInvalid("stack %s has no protected resource named %s; its protected resources are: %s",
			s.name, strings.Join(unknown, ", "), namesOf(topmost(resources, protected)))
	}
	var unnamed, named []stateResource
	for _, resource := range protected {
		if isNamed(resource, resources, names) {
			named = append(named, resource)
			continue
		}
		unnamed = append(unnamed, resource)
	}
	if len(unnamed) > 0 {
		return &RefusedError{Operation: "destroy", Stack: s.name, Resources: describeProtected(topmost(resources, unnamed))}
	}
	for _, resource := range named {
		if _, err := s.pulumi(ctx, "removing the protection of "+nameOf(resource.URN)+" in stack", "state", "unprotect", resource.URN, "--yes"); err != nil {
			return err
		}
	}
	return nil
}

func protectedOf(resources []stateResource) []stateResource {
	var protected []stateResource
	for _, resource := range resources {
		if resource.Protect && !resource.Delete {
			protected = append(protected, resource)
		}
	}
	return protected
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
