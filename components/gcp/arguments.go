package gcp

import (
	"fmt"
	"regexp"

	"github.com/djangostack/djangostack/components/validate"
)

// required names one argument that a component cannot do without.
func required(field string, given bool) validate.Required {
	return validate.Required{Field: field, Given: given}
}

// oneOf returns an error unless a field holds one of the allowed values.
func oneOf[T ~string](component, field string, value T, allowed ...T) error {
	return validate.OneOf(component, field, value, allowed...)
}

// within returns an error unless least <= value <= most.
func within(component, field string, value, least, most int) error {
	return validate.Within(component, field, value, least, most)
}

// refused returns an error with a reason when a combination of arguments is wrong.
func refused(wrong bool, component, reason string) error {
	return validate.Refused(wrong, component, reason)
}

// checkProject refuses what is no project id: 6 to 30 lower-case letters, digits and
// hyphens, after the domain and a colon in the oldest projects
// (https://cloud.google.com/resource-manager/docs/creating-managing-projects).
func checkProject(component, project string) error {
	form := regexp.MustCompile(`^(?:[a-z0-9.-]+:)?[a-z][a-z0-9-]{4,28}[a-z0-9]$`)
	return refused(project != "" && !form.MatchString(project), component,
		fmt.Sprintf("Project is %q, which is no project id such as blog-production-1234", project))
}

// checkRegion refuses what has not the form of a region's name.
func checkRegion(component, region string) error {
	return refused(region != "" && !isRegion(region), component,
		fmt.Sprintf("Region is %q, which is no region such as europe-west3", region))
}

// isRegion tells whether a name has the form of a region's.
func isRegion(name string) bool {
	return regexp.MustCompile(`^[a-z]+-[a-z]+[0-9]+$`).MatchString(name)
}

// regionOf is the region of a zone: europe-west3 of europe-west3-a.
func regionOf(zone string) (region string, ok bool) {
	found := regexp.MustCompile(`^([a-z]+-[a-z]+[0-9]+)-[a-z]$`).FindStringSubmatch(zone)
	if found == nil {
		return "", false
	}
	return found[1], true
}
