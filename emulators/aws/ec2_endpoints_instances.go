package aws

import (
	"maps"
	"reflect"
	"strings"

	"github.com/djangostack/djangostack/emulators/cloud"
)

const flowLogFormat = "${version} ${account-id} ${interface-id} ${srcaddr} ${dstaddr} ${srcport} ${dstport} ${protocol} " +
	"${packets} ${bytes} ${start} ${end} ${action} ${log-status}"

func endpoints() kinds {
	return kinds{
		"ec2/vpcEndpoint": {
			DisplayName: "EC2 VPC Endpoint", ID: "vpce-{hex:17}",
			Defaults:  vals{"vpcEndpointType": "Gateway"},
			ReplaceOn: []string{"vpcId", "serviceName", "vpcEndpointType", "resourceConfigurationArn", "serviceNetworkArn"},
			Computed:  []string{"routeTableIds", "subnetIds", "securityGroupIds", "subnetConfigurations", "dnsOptions"},
			Sets:      []string{"subnetConfigurations"}, JSON: []string{"policy"},
			Rules: rules{
				cloud.OneOf("vpcEndpointType", "Gateway", "GatewayLoadBalancer", "Interface", "Resource", "ServiceNetwork"),
				cloud.Document("policy"), cloud.OneNeeded("serviceName", "resourceConfigurationArn", "serviceNetworkArn"),
			},
			References: []ref{
				holds("vpcId", "ec2/vpc"), holds("routeTableIds", "ec2/routeTable"), points("subnetIds", "ec2/subnet"),
				points("securityGroupIds", "ec2/securityGroup"),
			},
			Outputs: vals{
				"arn": "arn:{partition}:ec2:{region}:{account}:vpc-endpoint/{id}", "ownerId": "{account}", "state": "available",
				"policy":        `{"Statement":[{"Action":"*","Effect":"Allow","Principal":"*","Resource":"*"}],"Version":"2008-10-17"}`,
				"serviceRegion": "{region}", "privateDnsEnabled": false, "requesterManaged": false,
			},
			Apply: makeEndpoint,
		},
		"ec2/flowLog": {
			DisplayName: "EC2 Flow Log", ID: "fl-{hex:17}",
			Defaults: vals{"maxAggregationInterval": 600.0, "logDestinationType": "cloud-watch-logs"},
			ReplaceOn: []string{
				"deliverCrossAccountRole", "destinationOptions", "eniId", "iamRoleArn", "logDestination", "logDestinationType",
				"logFormat", "logGroupName", "maxAggregationInterval", "subnetId", "trafficType", "transitGatewayAttachmentId",
				"transitGatewayId", "vpcId",
			},
			Rules: rules{
				cloud.OneNeeded("eniId", "subnetId", "vpcId", "transitGatewayId", "transitGatewayAttachmentId"),
				cloud.OneOf("trafficType", "ACCEPT", "REJECT", "ALL"), cloud.NumberOf("maxAggregationInterval", 60, 600),
				cloud.OneOf("logDestinationType", "cloud-watch-logs", "s3", "kinesis-data-firehose"),
				cloud.Exclusive("logDestination", "logGroupName"),
				func(j *cloud.Validation) {
					if j.Text("logDestinationType") == "cloud-watch-logs" && !j.Has("iamRoleArn") {
						j.Fail("iamRoleArn", "DeliverLogsPermissionArn can't be empty if LogDestinationType is cloud-watch-logs.")
					}
					if j.Has("vpcId") && !j.Has("trafficType") {
						j.Fail("trafficType", "trafficType is required for a VPC")
					}
				},
			},
			References: []ref{
				points("vpcId", "ec2/vpc"), role("iamRoleArn"),
				{Path: "logDestination", To: "cloudwatch/logGroup", By: []string{"arn"}, ExternalPrefixes: []string{"arn:aws:s3:::", "arn:aws:firehose:"}},
			},
			Outputs: vals{
				"arn": "arn:{partition}:ec2:{region}:{account}:vpc-flow-log/{id}", "logFormat": flowLogFormat,
			},
			Apply: func(m *cloud.Operation) error {
				if arn := m.Text("iamRoleArn"); arn != "" && !trusts(m, arn, "vpc-flow-logs.amazonaws.com") {
					return cloud.Refuse("InvalidParameter", "Unable to assume given IAM role")
				}
				if _, group, found := strings.Cut(m.Text("logDestination"), ":log-group:"); found {
					m.Values["logGroupName"] = group
				}
				return nil
			},
		},
	}
}

func makeEndpoint(m *cloud.Operation) error {
	service := m.Text("serviceName")
	if strings.HasPrefix(service, "com.amazonaws.") && !strings.HasPrefix(service, "com.amazonaws."+m.Scope.Region+".") {
		return cloud.Refuse("InvalidServiceName", "The Vpc Endpoint Service '%s' does not exist", service)
	}
	switch m.Text("vpcEndpointType") {
	case "Gateway":
		if !strings.HasSuffix(service, ".s3") && !strings.HasSuffix(service, ".dynamodb") {
			return cloud.Refuse("InvalidParameter", "Endpoint type (Gateway) does not match available service types ([Interface]).")
		}
		m.Values["prefixListId"] = m.Template("pl-{hex:8}")
		m.Values["cidrBlocks"] = list("52.219.0.0/16")
	default:
		m.Values["ipAddressType"] = "ipv4"
		interfaces(m, "VPC Endpoint Interface "+m.ID, false, m.Texts("subnetIds"), m.Texts("securityGroupIds"))
	}
	return nil
}

func instances() kinds {
	return kinds{
		"ec2/launchTemplate": {
			DisplayName: "EC2 Launch Template", ID: "lt-{hex:17}", Name: autoname(maxName),
			ReplaceOn: []string{"name", "namePrefix"},
			Rules: rules{
				cloud.Length("name", 3, 128), cloud.Match("name", `^[0-9A-Za-z().\-/_]+$`, "has characters that AWS does not allow"),
				cloud.OneOf("metadataOptions.httpTokens", "optional", "required"),
				cloud.Between("metadataOptions.httpPutResponseHopLimit", 1, 64),
				cloud.OneOf("metadataOptions.httpEndpoint", "enabled", "disabled"),
			},
			References: []ref{
				points("vpcSecurityGroupIds", "ec2/securityGroup"), points("networkInterfaces.securityGroups", "ec2/securityGroup"),
				{Path: "blockDeviceMappings.ebs.kmsKeyId", To: "kms/key", By: []string{"arn", "keyId"}, ExternalPrefixes: []string{"alias/"}},
			},
			Unique:   []string{"name"},
			Conflict: code{Code: "InvalidLaunchTemplateName.AlreadyExistsException", Message: "Launch template name already in use. (%s)"},
			Outputs: vals{
				"arn": "arn:{partition}:ec2:{region}:{account}:launch-template/{id}", "latestVersion": 1.0, "defaultVersion": 1.0,
			},
			Missing:    code{Code: "InvalidLaunchTemplateId.NotFound", Message: "The specified launch template, with template ID %s, does not exist."},
			Recomputed: templateVersions,
			Apply: func(m *cloud.Operation) error {
				if m.New() {
					return nil
				}
				for _, version := range templateVersions(m.Old, m.Values) {
					m.Values[version] = m.Old.Number("latestVersion") + 1
				}
				return nil
			},
		},
		"ec2/tag": {
			DisplayName: "EC2 Tag", ID: "{resourceId},{key}", ReplaceOn: []string{"resourceId", "key"},
		},
	}
}

// templateVersions returns the version numbers that a change of a launch template increments. Tags are not part of a
// version.
func templateVersions(before, after cloud.Values) []string {
	old, now := maps.Clone(before), maps.Clone(after)
	for _, values := range []cloud.Values{old, now} {
		for _, name := range []string{"tags", "tagsAll", "updateDefaultVersion", "latestVersion", "defaultVersion"} {
			delete(values, name)
		}
	}
	switch {
	case reflect.DeepEqual(old, now):
		return nil
	case after.True("updateDefaultVersion"):
		return []string{"latestVersion", "defaultVersion"}
	}
	return []string{"latestVersion"}
}
