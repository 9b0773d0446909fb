package aws

import (
	"fmt"
	"regexp"
	"strings"
)

// partition is the AWS partition of a region, which is part of every ARN
// (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html).
func partition(region string) string {
	switch {
	case strings.HasPrefix(region, "cn-"):
		return "aws-cn"
	case strings.HasPrefix(region, "us-gov-"):
		return "aws-us-gov"
	default:
		return "aws"
	}
}

// managedPolicy is the ARN of an AWS managed policy, by its name with its path, for
// instance service-role/AmazonEBSCSIDriverPolicy.
func managedPolicy(region, name string) string {
	return fmt.Sprintf("arn:%s:iam::aws:policy/%s", partition(region), name)
}

// regionOf returns the region of an availability zone: eu-central-1 for eu-central-1a. It
// is not ok for local and wavelength zones, whose names are longer: they have neither NAT
// gateways nor control planes.
func regionOf(zone string) (region string, ok bool) {
	found := regexp.MustCompile(`^([a-z]{2}(?:-[a-z]+)+-[0-9]+)[a-z]$`).FindStringSubmatch(zone)
	if found == nil {
		return "", false
	}
	return found[1], true
}

// isRegion reports whether a name has the form of a region.
func isRegion(name string) bool {
	_, ok := regionOf(name + "a")
	return ok
}
