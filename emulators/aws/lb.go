package aws

import (
	"slices"
	"strings"

	"github.com/djangostack/djangostack/emulators/cloud"
)

func balancers() kinds {
	name := rules{
		cloud.Length("name", 1, 32), cloud.Match("name", `^[0-9A-Za-z]([0-9A-Za-z-]*[0-9A-Za-z])?$`,
			"only alphanumeric characters and hyphens allowed, and no hyphen at either end"),
	}
	return kinds{
		"lb/loadBalancer": {
			DisplayName: "ELBv2 Load Balancer", Name: autoname(32),
			Defaults: vals{
				"clientKeepAlive": 3600.0, "desyncMitigationMode": "defensive", "dropInvalidHeaderFields": false,
				"enableCrossZoneLoadBalancing": false, "enableDeletionProtection": false, "enableHttp2": true,
				"enableTlsVersionAndCipherSuiteHeaders": false, "enableWafFailOpen": false, "enableXffClientPort": false,
				"enableZonalShift": false, "idleTimeout": 60.0, "loadBalancerType": "application", "preserveHostHeader": false,
				"xffHeaderProcessingMode": "append", "accessLogs.enabled": false, "connectionLogs.enabled": false,
			},
			ReplaceOn:   []string{"name", "namePrefix", "internal", "loadBalancerType", "customerOwnedIpv4Pool"},
			ReplaceWhen: balancerReplaces,
			Sets:        []string{"subnetMappings"}, Computed: []string{"securityGroups", "subnets", "subnetMappings"},
			Rules: append(slices.Clone(name),
				cloud.Match("name", `^([^i]|i[^n]|in[^t]|internal[^-]|int([^e]|$))`, "cannot begin with \"internal-\""),
				cloud.OneOf("loadBalancerType", "application", "network", "gateway"), cloud.Between("idleTimeout", 1, 4000),
				cloud.OneOf("desyncMitigationMode", "monitor", "defensive", "strictest"), cloud.OneNeeded("subnets", "subnetMappings"),
				cloud.OneOf("ipAddressType", "ipv4", "dualstack", "dualstack-without-public-ipv4"), cloud.Between("clientKeepAlive", 60, 604800),
				cloud.OneOf("xffHeaderProcessingMode", "append", "preserve", "remove"),
			),
			References: []ref{
				points("subnets", "ec2/subnet"), points("subnetMappings.subnetId", "ec2/subnet"),
				holds("subnetMappings.allocationId", "ec2/eip"), points("securityGroups", "ec2/securityGroup"),
				points("accessLogs.bucket", "s3/bucketV2"), points("connectionLogs.bucket", "s3/bucketV2"),
			},
			Unique:   []string{"name"},
			Conflict: code{Code: "DuplicateLoadBalancerName", Message: "A load balancer with the same name '%s' exists, but with different settings"},
			Outputs:  vals{"ipAddressType": "ipv4", "internal": false},
			Missing:  code{Code: "LoadBalancerNotFound", Message: "Load balancer '%s' not found"},
			InUse:    code{Code: "ResourceInUse", Message: "Load balancer '%s' cannot be deleted because it is currently associated with another service"},
			Apply:    makeBalancer,
			RefuseDelete: func(m *cloud.Operation) error {
				if m.Live().True("enableDeletionProtection") {
					return cloud.Refuse("OperationNotPermitted", "Load balancer '%s' cannot be deleted because deletion protection is enabled", m.ID)
				}
				return nil
			},
			AfterDelete: func(m *cloud.Operation) { m.DeleteWhere(Token("lb/listener"), "loadBalancerArn", m.ID) },
		},
		"lb/listener": {
			DisplayName: "ELBv2 Listener",
			Defaults: vals{
				"defaultActions.redirect.host": "#{host}", "defaultActions.redirect.path": "/#{path}", "defaultActions.redirect.port": "#{port}",
				"defaultActions.redirect.protocol": "#{protocol}", "defaultActions.redirect.query": "#{query}",
			},
			ReplaceOn: []string{"loadBalancerArn"},
			Rules: rules{
				cloud.Between("port", 1, 65535), cloud.OneOf("protocol", "HTTP", "HTTPS", "TCP", "TLS", "UDP", "TCP_UDP", "GENEVE"),
				cloud.OneOf("defaultActions.type", "forward", "redirect", "fixed-response", "authenticate-cognito", "authenticate-oidc"),
				cloud.Between("tcpIdleTimeoutSeconds", 60, 6000), cloud.OneOf("defaultActions.redirect.statusCode", "HTTP_301", "HTTP_302"),
				cloud.OneOf("defaultActions.redirect.protocol", "#{protocol}", "HTTP", "HTTPS"),
				cloud.Match("sslPolicy", `^ELBSecurityPolicy-`, "is no security policy of ELB"), arn("loadBalancerArn"), arn("certificateArn"),
				actionsDo,
			},
			References: []ref{
				points("loadBalancerArn", "lb/loadBalancer", "arn"), holds("defaultActions.targetGroupArn", "lb/targetGroup", "arn"),
				holds("defaultActions.forward.targetGroups.arn", "lb/targetGroup", "arn"), holds("certificateArn", "acm/certificate", "arn"),
			},
			Unique:   []string{"loadBalancerArn", "port"},
			Conflict: code{Code: "DuplicateListener", Message: "A listener already exists on this port for this load balancer '%s'"},
			Missing:  code{Code: "ListenerNotFound", Message: "One or more listeners not found: %s"},
			Apply:    makeListener,
		},
	}
}

// actionsDo requires that every action has the block of its type.
func actionsDo(j *cloud.Validation) {
	for _, action := range append(j.Objects("defaultActions"), j.Objects("actions")...) {
		needs := map[string][]string{
			"forward": {"targetGroupArn", "forward"}, "redirect": {"redirect"}, "fixed-response": {"fixedResponse"},
		}[action.Text("type")]
		if len(needs) > 0 && !slices.ContainsFunc(needs, action.Has) {
			j.Fail("defaultActions", "type %s needs %s", action.Text("type"), strings.Join(needs, " or "))
		}
	}
}

func balancerReplaces(before, after cloud.Values) []string {
	if after.Text("loadBalancerType") != "network" {
		return nil
	}
	var paths []string
	if before.Has("securityGroups") != after.Has("securityGroups") {
		paths = append(paths, "securityGroups")
	}
	for _, path := range []string{"subnets", "subnetMappings.subnetId"} {
		for _, subnet := range before.Texts(path) {
			if !slices.Contains(after.Texts(path), subnet) {
				root, _, _ := strings.Cut(path, ".")
				paths = append(paths, root)
			}
		}
	}
	return paths
}

func makeBalancer(m *cloud.Operation) error {
	subnets := append(m.Texts("subnets"), m.Texts("subnetMappings.subnetId")...)
	slices.Sort(subnets)
	subnets = slices.Compact(subnets)
	network, internal := m.Text("loadBalancerType") == "network", m.True("internal")
	vpc, one := vpcOf(m, subnets)
	switch {
	case !one:
		return cloud.Refuse("InvalidConfigurationRequest", "All subnets must belong to the same VPC")
	case len(zonesIn(m, subnets)) < len(subnets):
		return cloud.Refuse("InvalidConfigurationRequest", "A load balancer cannot be attached to multiple subnets in the same Availability Zone")
	case !network && len(subnets) < 2:
		return cloud.Refuse("ValidationError", "At least two subnets in two different Availability Zones must be specified")
	case !internal && len(m.Find(Token("ec2/internetGateway"), "vpcId", vpc)) == 0:
		return cloud.Refuse("InvalidSubnet", "VPC %s has no internet gateway", vpc)
	}
	if err := startLog(m, network); err != nil {
		return err
	}
	m.Values["vpcId"] = vpc
	m.Values["subnets"] = list(subnets...)
	if !m.Has("subnetMappings") {
		var mappings []any
		for _, subnet := range subnets {
			mappings = append(mappings, vals{"subnetId": subnet})
		}
		m.Values["subnetMappings"] = mappings
	}
	if !m.Has("securityGroups") && !network {
		m.Values["securityGroups"] = list(m.First(Token("ec2/vpc"), "id", vpc).Text("defaultSecurityGroupId"))
	}
	if m.New() {
		address(m, network, internal)
	}
	interfaces(m, "ELB "+m.Text("arnSuffix"), !internal, subnets, m.Texts("securityGroups"))
	return nil
}

func address(m *cloud.Operation, network, internal bool) {
	sort, own := "app", m.Template("{hex:16}")
	prefix := ""
	if internal {
		prefix = "internal-"
	}
	m.Values["dnsName"] = m.Template(prefix + "{name}-{digits:10}.{region}.elb.amazonaws.com")
	if network {
		sort = "net"
		m.Values["dnsName"] = m.Template("{name}-" + own + ".elb.{region}.amazonaws.com")
	}
	m.Values["arnSuffix"] = sort + "/" + m.Text("name") + "/" + own
	m.ID = m.Template("arn:{partition}:elasticloadbalancing:{region}:{account}:loadbalancer/{arnSuffix}")
	m.Values["arn"], m.Values["zoneId"] = m.ID, balancerZone(m.Scope.Region, network)
}

// balancerZone returns the hosted zone of load balancers in a region.
// https://docs.aws.amazon.com/general/latest/gr/elb.html
func balancerZone(region string, network bool) string {
	zones := map[string][2]string{
		"us-east-1": {"Z35SXDOTRQ7X7K", "Z26RNL4JYFTOTI"}, "us-east-2": {"Z3AADJGX6KTTL2", "ZLMOA37VPKANP"},
		"us-west-1": {"Z368ELLRRE2KJ0", "Z24FKFUX50B4VW"}, "us-west-2": {"Z1H1FL5HABSF5", "Z18D5FSROUN65G"},
		"eu-central-1": {"Z215JYRZR1TBD5", "Z3F0SRJ5LGBH90"}, "eu-west-1": {"Z32O12XQLNTSW2", "Z2IFOLAFXWLO4F"},
		"eu-west-2": {"ZHURV8PSTC4K8", "ZD4D7Y8KGAS4G"}, "eu-west-3": {"Z3Q77PNBQS71R4", "Z1CMS0P5QUZ6D5"},
		"eu-north-1": {"Z23TAZ6LKFMNIO", "Z1UDT6IFJ4EJM"}, "ap-southeast-1": {"Z1LMS91P8CMLE5", "ZKVM4W9LS7TM"},
		"ap-southeast-2": {"Z1GM3OXH4ZPM65", "ZCT6FZBF4DROD"}, "ap-northeast-1": {"Z14GRHDCWA56QT", "Z31USIVHYNEOWT"},
	}[region]
	if network {
		return zones[1]
	}
	return zones[0]
}

// groupsOf returns the target groups that a listener forwards to.
func groupsOf(listener cloud.Values) []string {
	return append(listener.Texts("defaultActions.targetGroupArn"), listener.Texts("defaultActions.forward.targetGroups.arn")...)
}

// anotherBalancer returns another load balancer that forwards to a target group. A group has at most one.
// https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-limits.html
func anotherBalancer(m *cloud.Operation, group string) string {
	for _, listener := range m.Find(Token("lb/listener"), "", "") {
		theirs := listener.Text("loadBalancerArn")
		if theirs != m.Text("loadBalancerArn") && slices.Contains(groupsOf(listener), group) {
			return theirs
		}
	}
	return ""
}

func makeListener(m *cloud.Operation) error {
	balancer := m.First(Token("lb/loadBalancer"), "arn", m.Text("loadBalancerArn"))
	protocol, certificate := m.Text("protocol"), m.Text("certificateArn")
	if protocol == "" {
		protocol = "HTTP"
		m.Values["protocol"] = protocol
	}
	secure := protocol == "HTTPS" || protocol == "TLS"
	application := balancer.Text("loadBalancerType") == "application"
	switch {
	case application != strings.HasPrefix(protocol, "HTTP"):
		return cloud.Refuse("ValidationError", "Protocol '%s' is not supported on load balancers of type '%s'", protocol, balancer.Text("loadBalancerType"))
	case secure && certificate == "":
		return cloud.Refuse("ValidationError", "A certificate must be specified for %s listeners", protocol)
	case secure && len(m.Find(issuedCertificate, "arn", certificate)) == 0:
		return cloud.Refuse("UnsupportedCertificate", "The certificate '%s' must have a fully-qualified domain name, a supported signature, and a "+
			"supported key size.", certificate)
	case !secure && (certificate != "" || m.Has("sslPolicy") && m.Text("sslPolicy") != ""):
		return cloud.Refuse("ValidationError", "You can't specify certificates or security policies for %s listeners", protocol)
	}
	if secure && m.Text("sslPolicy") == "" {
		m.Values["sslPolicy"] = "ELBSecurityPolicy-2016-08"
	}
	for _, group := range groupsOf(m.Values) {
		if another := anotherBalancer(m, group); another != "" {
			return cloud.Refuse("TargetGroupAssociationLimit", "The following target groups cannot be associated with more than one load balancer: %s", group)
		}
		if theirs := m.First(Token("lb/targetGroup"), "arn", group).Text("vpcId"); theirs != balancer.Text("vpcId") {
			return cloud.Refuse("ValidationError", "Target group '%s' is in another VPC than load balancer '%s'", group, balancer.Text("arn"))
		}
	}
	if m.New() {
		m.ID = m.Template("arn:{partition}:elasticloadbalancing:{region}:{account}:listener/") + balancer.Text("arnSuffix") + "/" + m.Template("{hex:16}")
	}
	m.Values["arn"] = m.ID
	return nil
}
