package gcp

import (
	"fmt"
	"regexp"

	"github.com/djangostack/djangostack/components/validate"
)

// checkRegion returns an error for a text without the form of a region.
func checkRegion(component, region string) error {
	return validate.RefuseIf(region != "" && !isRegion(region), component,
		fmt.Sprintf("Region is %q, which is no region such as europe-west3", region))
}

// isRegion reports whether a name has the form of a region.
func isRegion(name string) bool {
	return regexp.MustCompile(`^[a-z]+-[a-z]+[0-9]+$`).MatchString(name)
}

// regionOf returns the region of a zone: europe-west3 for europe-west3-a.
func regionOf(zone string) (region string, ok bool) {
	found := regexp.MustCompile(`^([a-z]+-[a-z]+[0-9]+)-[a-z]$`).FindStringSubmatch(zone)
	if found == nil {
		return "", false
	}
	return found[1], true
}
