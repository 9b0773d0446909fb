package mocks

import (
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

// servicesOfGCP gives data services, DNS and load balancers of Google Cloud the outputs that others read.
func servicesOfGCP(kind, name string, inputs resource.PropertyMap) map[string]any {
	switch kind {
	case "gcp:compute/globalAddress:GlobalAddress":
		return map[string]any{"address": "203.0.113.10"}
	case "gcp:compute/address:Address":
		address := "10.20.128.5"
		if strings.Contains(name, "-replica-") {
			address = "10.20.128.6"
		}
		return map[string]any{
			"address":  address,
			"selfLink": "https://www.googleapis.com/compute/v1/projects/" + Project + "/regions/europe-west3/addresses/" + name,
		}
	case "gcp:sql/databaseInstance:DatabaseInstance":
		return map[string]any{
			"connectionName":           Project + ":europe-west3:" + textOf(inputs["name"]),
			"pscServiceAttachmentLink": "projects/producer/regions/europe-west3/serviceAttachments/" + name,
			"serverCaCerts":            resource.MakeSecret(resource.NewPropertyValue([]any{map[string]any{"cert": "sql authority"}})),
		}
	case "gcp:redis/instance:Instance":
		return map[string]any{
			"host":          "10.20.200.4",
			"readEndpoint":  "10.20.200.5",
			"authString":    resource.MakeSecret(resource.NewProperty("auth-of-" + name)),
			"serverCaCerts": []any{map[string]any{"cert": "redis authority"}, map[string]any{"cert": "the next one\n"}},
		}
	case "gcp:storage/bucket:Bucket":
		return map[string]any{"name": name + "-1a2b3c4", "url": "gs://" + name + "-1a2b3c4"}
	case "gcp:dns/managedZone:ManagedZone":
		return map[string]any{"nameServers": []any{"ns-cloud-a1.googledomains.com.", "ns-cloud-a2.googledomains.com."}}
	case "gcp:certificatemanager/dnsAuthorization:DnsAuthorization":
		domain := textOf(inputs["domain"])
		return map[string]any{"dnsResourceRecords": []any{map[string]any{
			"name": "_acme-challenge." + domain + ".",
			"type": "CNAME",
			"data": "0123." + domain + ".authorize.certificatemanager.goog.",
		}}}
	default:
		return nil
	}
}

// namesOnGCP answers functions about zones and the keys that sign them.
func namesOnGCP(token string) map[string]any {
	servers := []any{"ns-cloud-b1.googledomains.com.", "ns-cloud-b2.googledomains.com."}
	switch token {
	case "gcp:dns/getKeys:getKeys":
		return map[string]any{"keySigningKeys": []any{map[string]any{"dsRecord": "12345 13 2 ABCDEF"}}}
	case "gcp:dns/getManagedZone:getManagedZone":
		return map[string]any{"nameServers": servers}
	case "gcp:dns/getManagedZones:getManagedZones":
		return map[string]any{"managedZones": []any{
			map[string]any{"name": "inside", "dnsName": "example.com.", "visibility": "private", "nameServers": []any{}},
			map[string]any{"name": "outside", "dnsName": "example.com.", "visibility": "public", "nameServers": servers},
		}}
	default:
		return nil
	}
}
