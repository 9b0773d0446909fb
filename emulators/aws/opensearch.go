package aws

import (
	"strconv"
	"strings"

	"github.com/djangostack/djangostack/emulators/cloud"
)

func search() kinds {
	return kinds{
		"opensearch/domain": {
			DisplayName: "OpenSearch Domain", ID: "arn:{partition}:es:{region}:{account}:domain/{domainName}",
			Name: &cloud.Name{Property: "domainName", Max: 28, Separator: "-", Lower: true},
			Defaults: vals{
				"clusterConfig.instanceCount": 1.0, "clusterConfig.instanceType": "m3.medium.search", "clusterConfig.dedicatedMasterEnabled": false,
				"clusterConfig.zoneAwarenessConfig.availabilityZoneCount": 2.0, "domainEndpointOptions.enforceHttps": true,
				"domainEndpointOptions.customEndpointEnabled": false, "advancedSecurityOptions.internalUserDatabaseEnabled": false,
				"logPublishingOptions.enabled": true,
			},
			ReplaceOn:   []string{"domainName", "encryptAtRest.kmsKeyId", "ipAddressType"},
			ReplaceWhen: domainReplaces,
			Sets:        []string{"logPublishingOptions"}, JSON: []string{"accessPolicies"}, Computed: []string{"advancedOptions"},
			Rules: rules{
				cloud.Match("domainName", `^[a-z][0-9a-z-]{2,27}$`, "must start with a lowercase alphabet and be at least 3 and no more than 28 "+
					"characters long. Valid characters are a-z (lowercase letters), 0-9, and - (hyphen)."),
				cloud.Document("accessPolicies"), cloud.NumberOf("clusterConfig.zoneAwarenessConfig.availabilityZoneCount", 2, 3),
				cloud.Match("engineVersion", `^(OpenSearch|Elasticsearch)_\d+\.\d+$`, "is OpenSearch_X.Y or Elasticsearch_X.Y"),
				cloud.OneOf("domainEndpointOptions.tlsSecurityPolicy", "Policy-Min-TLS-1-0-2019-07", "Policy-Min-TLS-1-2-2019-07",
					"Policy-Min-TLS-1-2-PFS-2023-10"),
				cloud.Match("clusterConfig.instanceType", `\.search$`, "is no instance type of OpenSearch"),
				cloud.OneOf("ebsOptions.volumeType", "standard", "gp2", "gp3", "io1"),
				cloud.OneOf("logPublishingOptions.logType", "INDEX_SLOW_LOGS", "SEARCH_SLOW_LOGS", "ES_APPLICATION_LOGS", "AUDIT_LOGS"),
				arn("logPublishingOptions.cloudwatchLogGroupArn"), masterPassword,
			},
			References: []ref{
				points("vpcOptions.subnetIds", "ec2/subnet"), points("vpcOptions.securityGroupIds", "ec2/securityGroup"),
				key("encryptAtRest.kmsKeyId"),
				points("logPublishingOptions.cloudwatchLogGroupArn", "cloudwatch/logGroup", "arn"),
			},
			Unique:   []string{"domainName"},
			Conflict: code{Code: "ResourceAlreadyExistsException", Message: "OpenSearch domain %s already exists"},
			Outputs: vals{
				"arn": "{id}", "domainId": "{account}/{domainName}", "engineVersion": "OpenSearch_2.19", "ipAddressType": "ipv4",
				"vpcOptions.vpcId": "",
			},
			Apply: makeDomain,
		},
		"opensearch/domainPolicy": {
			DisplayName: "OpenSearch Domain Policy", ID: "esd-policy-{domainName}", Adopted: true,
			ReplaceOn: []string{"domainName"}, JSON: []string{"accessPolicies"}, Rules: rules{cloud.Document("accessPolicies")},
			References: []ref{points("domainName", "opensearch/domain", "domainName")},
		},
	}
}

func domainReplaces(before, after cloud.Values) []string {
	var paths []string
	if before.Has("vpcOptions") != after.Has("vpcOptions") {
		paths = append(paths, "vpcOptions")
	}
	for _, path := range []string{"encryptAtRest", "nodeToNodeEncryption", "advancedSecurityOptions"} {
		if before.True(path+".enabled") && !after.True(path+".enabled") {
			paths = append(paths, path)
		}
	}
	// A domain cannot be updated to such a version, for example to an older one (CustomizeDiff of
	// aws_opensearch_domain).
	if older(after.Text("engineVersion"), before.Text("engineVersion")) {
		paths = append(paths, "engineVersion")
	}
	return paths
}

// older compares two versions of OpenSearch: OpenSearch_2.19.
func older(one, other string) bool {
	number := func(version string) int {
		_, text, _ := strings.Cut(version, "_")
		major, minor, _ := strings.Cut(text, ".")
		whole, err := strconv.Atoi(major)
		part, alsoErr := strconv.Atoi(minor)
		if err != nil || alsoErr != nil {
			return 0
		}
		return 1000*whole + part
	}
	return number(one) > 0 && number(one) < number(other)
}

// masterPassword requires one character of each kind.
// https://docs.aws.amazon.com/opensearch-service/latest/APIReference/API_MasterUserOptions.html
func masterPassword(j *cloud.Validation) {
	const at = "advancedSecurityOptions.masterUserOptions.masterUserPassword"
	for _, kind := range []string{`[a-z]`, `[A-Z]`, `[0-9]`, `[^A-Za-z0-9]`, `^.{8,}$`} {
		cloud.Match(at, kind, "must have 8 characters at least, among them a capital and a small letter, a digit and another one")(j)
	}
}

// largestVolume returns the largest gp3 volume of an instance type in GiB, or 0 where it is unknown.
// https://docs.aws.amazon.com/opensearch-service/latest/developerguide/limits.html#ebsresource
func largestVolume(instance string) float64 {
	return map[string]float64{
		"t3.small.search": 100, "t3.medium.search": 200, "m6g.large.search": 1024, "m6g.xlarge.search": 2048, "r6g.large.search": 2048,
		"r6g.xlarge.search": 3072, "r6g.2xlarge.search": 6144, "r6g.4xlarge.search": 12288,
	}[instance]
}

func makeDomain(m *cloud.Operation) error {
	if err := checkDomain(m); err != nil {
		return err
	}
	if err := checkVolume(m); err != nil {
		return err
	}
	endpoint := m.Template("search-{domainName}-{letters:26}.{region}.es.amazonaws.com")
	if m.Has("vpcOptions") {
		endpoint = "vpc-" + strings.TrimPrefix(endpoint, "search-")
		subnets := m.Texts("vpcOptions.subnetIds")
		vpc, _ := vpcOf(m, subnets)
		m.Objects("vpcOptions")[0]["vpcId"] = vpc
		m.Objects("vpcOptions")[0]["availabilityZones"] = list(zonesIn(m, subnets)...)
		interfaces(m, "ES "+m.Text("domainName"), false, subnets, m.Texts("vpcOptions.securityGroupIds"))
	}
	m.Values["endpoint"] = endpoint
	m.Values["dashboardEndpoint"] = endpoint + "/_dashboards"
	m.Values["kibanaEndpoint"] = endpoint + "/_plugin/kibana/"
	return nil
}

// checkVolume requires a volume size that the instance type allows, and a speed that fits the size. A volume created
// without a speed is read back with the speed of its size, and the provider's next update sends that speed with the new
// size (https://github.com/hashicorp/terraform-provider-aws/issues/39136).
func checkVolume(m *cloud.Operation) error {
	instance, size := m.Text("clusterConfig.instanceType"), m.Number("ebsOptions.volumeSize")
	if most := largestVolume(instance); m.True("ebsOptions.ebsEnabled") && (size < 10 || most > 0 && size > most) {
		return cloud.Refuse("LimitExceededException", "Volume size must be between 10 and %v for %s instance type and volume type %s (given: %v)",
			most, instance, m.Text("ebsOptions.volumeType"), size)
	}
	if m.Text("ebsOptions.volumeType") != gp3 {
		return nil
	}
	if err := checkSpeed(m, "iops", leastIOPS); err != nil {
		return err
	}
	return checkSpeed(m, "throughput", leastThroughput)
}

func checkSpeed(m *cloud.Operation, name string, least func(size float64) float64) error {
	size, given := m.Number("ebsOptions.volumeSize"), m.Number("ebsOptions."+name)
	if given == 0 && !m.New() {
		given = max(m.Old.Number("ebsOptions."+name), least(m.Old.Number("ebsOptions.volumeSize")))
	}
	if given > 0 && given < least(size) {
		return cloud.Refuse("LimitExceededException", "%s must be at least %v for a volume of %v GiB (given: %v)", name, least(size), size, given)
	}
	return nil
}

func leastIOPS(size float64) float64 { return max(3000, 3*size) }

func leastThroughput(size float64) float64 {
	if size <= 170 {
		return 125
	}
	return 250
}

func checkDomain(m *cloud.Operation) error {
	invalid := func(format string, values ...any) error {
		return cloud.Refuse("ValidationException", format, values...)
	}
	subnets := m.Texts("vpcOptions.subnetIds")
	if len(subnets) > 0 {
		if len(m.Find(Token("iam/serviceLinkedRole"), "awsServiceName", "opensearchservice.amazonaws.com"))+
			len(m.Find(Token("iam/serviceLinkedRole"), "awsServiceName", "es.amazonaws.com")) == 0 {
			return invalid("Before you can proceed, you must enable a service-linked role to give Amazon OpenSearch Service permissions to access your VPC.")
		}
		zones := 1
		if m.True("clusterConfig.zoneAwarenessEnabled") {
			zones = max(int(m.Number("clusterConfig.zoneAwarenessConfig.availabilityZoneCount")), 2)
		}
		if len(subnets) != zones {
			return invalid("You must specify exactly %d subnets because you've set zone count to %d (given: %d).", zones, zones, len(subnets))
		}
		if nodes := int(m.Number("clusterConfig.instanceCount")); nodes < zones {
			return invalid("You must choose a minimum of %d data nodes for a %d Availability Zone deployment.", zones, zones)
		}
	}
	encrypted := m.True("encryptAtRest.enabled") && m.True("nodeToNodeEncryption.enabled") && m.True("domainEndpointOptions.enforceHttps")
	if m.True("advancedSecurityOptions.enabled") && !encrypted {
		return invalid("You must enable node-to-node encryption, encryption at rest and HTTPS to use advanced security options.")
	}
	for _, group := range m.Texts("logPublishingOptions.cloudwatchLogGroupArn") {
		granted := false
		for _, policy := range m.Find(Token("cloudwatch/logResourcePolicy"), "", "") {
			granted = granted || strings.Contains(policy.Text("policyDocument"), `es.amazonaws.com`)
		}
		if !granted {
			return invalid("The Resource Access Policy specified for the CloudWatch Logs log group %s does not grant sufficient permissions "+
				"for Amazon OpenSearch Service to create a log stream.", group)
		}
	}
	return nil
}
