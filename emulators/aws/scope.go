package aws

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/djangostack/djangostack/emulators/cloud"
)

// scope reads the provider's arguments. It needs no credentials and ignores them.
func scope(account *cloud.Account, config cloud.Values) (cloud.Scope, error) {
	region := config.Text("region")
	if region == "" {
		return cloud.Scope{}, errors.New("invalid AWS Region: region is not set")
	}
	if zonesOf(region) == nil {
		return cloud.Scope{}, fmt.Errorf("invalid AWS Region: %s", region)
	}
	if allowed := config.Texts("allowedAccountIds"); len(allowed) > 0 && !slices.Contains(allowed, account.ID) {
		return cloud.Scope{}, fmt.Errorf("AWS account ID not allowed: %s", account.ID)
	}
	if slices.Contains(config.Texts("forbiddenAccountIds"), account.ID) {
		return cloud.Scope{}, fmt.Errorf("AWS account ID not allowed: %s", account.ID)
	}
	tags, _ := first(config.At("defaultTags.tags")).(cloud.Values)
	return cloud.Scope{Account: account.ID, Region: region, Partition: partition(region), Tags: tags}, nil
}

func first(values []any) any {
	if len(values) == 0 {
		return nil
	}
	return values[0]
}

func partition(region string) string {
	switch {
	case strings.HasPrefix(region, "cn-"):
		return "aws-cn"
	case strings.HasPrefix(region, "us-gov-"):
		return "aws-us-gov"
	}
	return "aws"
}

// zonesOf returns the letters of the availability zones that a new account may use in a region.
// https://docs.aws.amazon.com/global-infrastructure/latest/regions/aws-availability-zones.html
func zonesOf(region string) []string {
	letters := map[string]string{
		"us-east-1": "abcdef", "us-west-2": "abcd", "ap-northeast-1": "acd", "ap-northeast-2": "abcd", "ca-central-1": "abd",
		"us-west-1": "ac", "cn-north-1": "abd",
	}[region]
	if letters == "" {
		if !slices.Contains(regions(), region) {
			return nil
		}
		letters = "abc"
	}
	var zones []string
	for _, letter := range letters {
		zones = append(zones, region+string(letter))
	}
	return zones
}

func regions() []string {
	return []string{
		"af-south-1", "ap-east-1", "ap-northeast-3", "ap-south-1", "ap-south-2", "ap-southeast-1", "ap-southeast-2",
		"ap-southeast-3", "ap-southeast-4", "ap-southeast-5", "ap-southeast-7", "ca-west-1", "cn-northwest-1",
		"eu-central-1", "eu-central-2", "eu-north-1", "eu-south-1", "eu-south-2", "eu-west-1", "eu-west-2", "eu-west-3",
		"il-central-1", "me-central-1", "me-south-1", "mx-central-1", "sa-east-1", "us-east-2", "us-gov-east-1",
		"us-gov-west-1",
	}
}
