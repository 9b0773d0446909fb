package aws

import (
	"fmt"
	"regexp"
	"strings"
)

// partition is the part of AWS that a region belongs to; every ARN names it
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

// managedPolicy is the ARN of a policy that AWS keeps, by its name with its path,
// for instance service-role/AmazonEBSCSIDriverPolicy.
func managedPolicy(region, name string) string {
	return fmt.Sprintf("arn:%s:iam::aws:policy/%s", partition(region), name)
}

// regionOf is the region of an availability zone: eu-central-1 of eu-central-1a.
// Local and wavelength zones have longer names and are not ok: NAT gateways and
// control planes do not stand in them.
func regionOf(zone string) (region string, ok bool) {
	found := regexp.MustCompile(`^([a-z]{2}(?:-[a-z]+)+-[0-9]+)[a-z]$`).FindStringSubmatch(zone)
	if found == nil {
		return "", false
	}
	return found[1], true
}

// isRegion tells whether a name has the form of a region's.
func isRegion(name string) bool {
	_, ok := regionOf(name + "a")
	return ok
}
