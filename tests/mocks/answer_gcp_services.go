package mocks

import "github.com/pulumi/pulumi/sdk/v3/go/common/resource"

// servicesOfGCP gives the data services, the names and the ways in of Google Cloud
// what others read of them.
func servicesOfGCP(kind, _ string, _ resource.PropertyMap) map[string]any {
	switch kind {
	case "gcp:compute/globalAddress:GlobalAddress":
		return map[string]any{"address": "203.0.113.10"}
	default:
		return nil
	}
}
