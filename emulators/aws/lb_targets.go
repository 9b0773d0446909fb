package aws

import (
	"strconv"
	"strings"

	"github.com/djangostack/djangostack/emulators/cloud"
)

func targets() kinds {
	return kinds{
		"lb/targetGroup": {
			DisplayName: "ELBv2 Target Group", Name: autoname(32), ID: "arn:{partition}:elasticloadbalancing:{region}:{account}:targetgroup/{name}/{hex:16}",
			Defaults: vals{
				"deregistrationDelay": 300.0, "lambdaMultiValueHeadersEnabled": false, "proxyProtocolV2": false, "slowStart": 0.0,
				"targetType": "instance", "healthCheck.enabled": true, "healthCheck.healthyThreshold": 3.0, "healthCheck.interval": 30.0,
				"healthCheck.port": "traffic-port", "healthCheck.protocol": "HTTP", "healthCheck.unhealthyThreshold": 3.0,
				"stickiness.cookieDuration": 86400.0, "stickiness.enabled": true,
			},
			ReplaceOn: []string{"ipAddressType", "name", "namePrefix", "port", "protocol", "protocolVersion", "targetType", "vpcId"},
			Computed:  []string{"targetFailovers", "targetHealthStates"},
			Rules: rules{
				cloud.Length("name", 1, 32), cloud.Match("name", `^[0-9A-Za-z]([0-9A-Za-z-]*[0-9A-Za-z])?$`,
					"only alphanumeric characters and hyphens allowed, and no hyphen at either end"),
				cloud.OneOf("targetType", "instance", "ip", "lambda", "alb"), cloud.Between("port", 1, 65535), cloud.Between("deregistrationDelay", 0, 3600),
				cloud.OneOf("protocol", "HTTP", "HTTPS", "TCP", "TLS", "UDP", "TCP_UDP", "GENEVE"), cloud.OneOf("protocolVersion", "HTTP1", "HTTP2", "GRPC"),
				cloud.OneOf("healthCheck.protocol", "HTTP", "HTTPS", "TCP"), cloud.Between("healthCheck.interval", 5, 300),
				cloud.Length("healthCheck.path", 1, 1024), cloud.Match("healthCheck.path", `^/`, "must begin with a slash"),
				cloud.Between("healthCheck.timeout", 2, 120), cloud.Between("healthCheck.healthyThreshold", 2, 10),
				cloud.Between("healthCheck.unhealthyThreshold", 2, 10), cloud.OneOf("ipAddressType", "ipv4", "ipv6"),
				cloud.OneOf("loadBalancingAlgorithmType", "round_robin", "least_outstanding_requests", "weighted_random"),
				cloud.OneOf("stickiness.type", "lb_cookie", "app_cookie", "source_ip", "source_ip_dest_ip", "source_ip_dest_ip_proto"), targetNeeds,
			},
			References: []ref{points("vpcId", "ec2/vpc")},
			Unique:     []string{"name"},
			Conflict:   code{Code: "DuplicateTargetGroupName", Message: "A target group with the same name '%s' exists, but with different settings"},
			Outputs: vals{
				"arn": "{id}", "ipAddressType": "ipv4", "loadBalancingAlgorithmType": "round_robin", "loadBalancingAnomalyMitigation": "off",
				"loadBalancingCrossZoneEnabled": "use_load_balancer_configuration", "healthCheck.matcher": "200", "healthCheck.path": "/",
				"healthCheck.timeout": 5.0,
			},
			Missing: code{Code: "TargetGroupNotFound", Message: "Target groups '%s' not found"},
			InUse:   code{Code: "ResourceInUse", Message: "Target group '%s' is currently in use by a listener or a rule"},
			Apply: func(m *cloud.Operation) error {
				_, m.Values["arnSuffix"], _ = strings.Cut(m.ID, ":"+m.Scope.Account+":")
				if strings.HasPrefix(m.Text("protocol"), "HTTP") && !m.Has("protocolVersion") {
					m.Values["protocolVersion"] = "HTTP1"
				}
				return nil
			},
		},
		"lb/targetGroupAttachment": {
			DisplayName: "ELBv2 Target Group Attachment", ID: "{targetGroupArn}-{digits:26}",
			ReplaceOn: []string{"targetGroupArn", "targetId", "port", "availabilityZone"},
			References: []ref{
				points("targetGroupArn", "lb/targetGroup", "arn"), {Path: "targetId", To: "lb/loadBalancer", Optional: true, BlocksDelete: true},
			},
			Apply: checkAttachment,
		},
		"lb/listenerRule": {
			DisplayName: "ELBv2 Listener Rule", ReplaceOn: []string{"listenerArn"}, Sets: []string{"conditions"},
			Rules: rules{cloud.Between("priority", 1, 50000), actionsDo, cloud.OneOf("actions.type", "forward", "redirect", "fixed-response",
				"authenticate-cognito", "authenticate-oidc")},
			References: []ref{
				points("listenerArn", "lb/listener", "arn"), holds("actions.targetGroupArn", "lb/targetGroup", "arn"),
				holds("actions.forward.targetGroups.arn", "lb/targetGroup", "arn"),
			},
			Unique: []string{"listenerArn", "priority"}, Conflict: code{Code: "PriorityInUse", Message: "Priority is currently in use: %s"},
			Apply: func(m *cloud.Operation) error {
				if m.New() {
					m.ID = strings.Replace(m.Text("listenerArn"), ":listener/", ":listener-rule/", 1) + "/" + m.Template("{hex:16}")
				}
				m.Values["arn"] = m.ID
				return nil
			},
		},
		"lb/listenerCertificate": {
			DisplayName: "ELBv2 Listener Certificate", ID: "{listenerArn}_{certificateArn}", ReplaceOn: []string{"listenerArn", "certificateArn"},
			References: []ref{points("listenerArn", "lb/listener", "arn"), holds("certificateArn", "acm/certificate", "arn")},
		},
	}
}

// targetNeeds requires the arguments that a target group of its type needs.
func targetNeeds(j *cloud.Validation) {
	if !j.Known("targetType") || j.Text("targetType") == "lambda" {
		return
	}
	for _, path := range []string{"port", "protocol", "vpcId"} {
		if !j.Has(path) {
			j.Fail(path, "Attribute %q must be specified when \"target_type\" is %q.", path, j.Text("targetType"))
		}
	}
	if j.Text("targetType") == "alb" && j.Has("protocol") && j.Known("protocol") && j.Text("protocol") != "TCP" {
		j.Fail("protocol", "a target group of type alb has protocol TCP")
	}
	timeout, interval := j.Number("healthCheck.timeout"), j.Number("healthCheck.interval")
	if timeout > 0 && interval > 0 && timeout >= interval {
		j.Fail("healthCheck.timeout", "Health check timeout '%v' must be smaller than the interval '%v'", timeout, interval)
	}
}

func checkAttachment(m *cloud.Operation) error {
	group := m.First(Token("lb/targetGroup"), "arn", m.Text("targetGroupArn"))
	if group.Text("targetType") != "alb" {
		return nil
	}
	port := m.Number("port")
	if port == 0 {
		port = group.Number("port")
	}
	for _, listener := range m.Find(Token("lb/listener"), "loadBalancerArn", m.Text("targetId")) {
		if listener.Number("port") == port {
			return nil
		}
	}
	return cloud.Refuse("InvalidTarget", "The Application Load Balancer '%s' must have a listener on port %s", m.Text("targetId"),
		strconv.FormatFloat(port, 'f', -1, 64))
}
