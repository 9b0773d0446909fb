package mocks

import (
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

// servicesOfAWS gives data services, DNS and load balancers the outputs that others read.
func servicesOfAWS(kind, name string, inputs resource.PropertyMap) map[string]any {
	switch kind {
	case "aws:rds/instance:Instance":
		return map[string]any{"address": name + ".abc.eu-central-1.rds.amazonaws.com", "identifier": name}
	case "aws:elasticache/replicationGroup:ReplicationGroup":
		return map[string]any{
			"primaryEndpointAddress": "master." + name + ".cache.amazonaws.com",
			"readerEndpointAddress":  "replica." + name + ".cache.amazonaws.com",
		}
	case "aws:mq/broker:Broker":
		return map[string]any{"brokerName": name, "instances": []any{map[string]any{
			"endpoints": []any{"amqps://b-1234.mq.eu-central-1.on.aws:5671"},
		}}}
	case "aws:opensearch/domain:Domain":
		return map[string]any{"endpoint": "vpc-" + name + ".eu-central-1.es.amazonaws.com"}
	case "aws:s3/bucketV2:BucketV2":
		return map[string]any{"bucket": name, "bucketRegionalDomainName": name + ".s3.eu-central-1.amazonaws.com"}
	case "aws:cloudfront/distribution:Distribution":
		return map[string]any{"domainName": "d111.cloudfront.net", "hostedZoneId": "Z2FDTNDATAQYW2"}
	case "aws:route53/zone:Zone":
		return map[string]any{"zoneId": "Z0MADE", "nameServers": []any{"ns-1.awsdns-01.org", "ns-2.awsdns-02.com"}}
	case "aws:route53/record:Record":
		return map[string]any{"fqdn": textOf(inputs["name"])}
	case "aws:acm/certificate:Certificate":
		return map[string]any{"domainValidationOptions": proofs(inputs)}
	case "aws:acm/certificateValidation:CertificateValidation":
		return map[string]any{"certificateArn": textOf(inputs["certificateArn"])}
	case "aws:lb/loadBalancer:LoadBalancer":
		return map[string]any{"dnsName": name + ".elb.amazonaws.com", "zoneId": "Z215JYRZR1TBD5", "arnSuffix": "app/" + name + "/1a2b3c"}
	case "aws:lb/targetGroup:TargetGroup":
		return map[string]any{"arnSuffix": "targetgroup/" + name + "/1a2b3c"}
	case "aws:ec2/eip:Eip":
		return map[string]any{"publicIp": "203.0.113.1"}
	default:
		return nil
	}
}

// proofs returns ACM's validation records: the same record for a wildcard and its domain.
func proofs(inputs resource.PropertyMap) []any {
	domains := []string{textOf(inputs["domainName"])}
	if more := inputs["subjectAlternativeNames"]; more.IsArray() {
		for _, domain := range more.ArrayValue() {
			domains = append(domains, textOf(domain))
		}
	}
	var options []any
	for _, domain := range domains {
		options = append(options, map[string]any{
			"domainName":          domain,
			"resourceRecordName":  "_x1." + strings.TrimPrefix(domain, "*."),
			"resourceRecordType":  "CNAME",
			"resourceRecordValue": "_y1.acm-validations.aws.",
		})
	}
	return options
}

func textOf(value resource.PropertyValue) string {
	if !value.IsString() {
		return ""
	}
	return value.StringValue()
}
