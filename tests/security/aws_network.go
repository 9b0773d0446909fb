package security

import "strings"

const (
	vpc           = "aws:ec2/vpc:Vpc"
	securityGroup = "aws:ec2/securityGroup:SecurityGroup"
	ingressRule   = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
	egressRule    = "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule"
)

func networkOnAWS() []Line {
	return []Line{
		{
			IDs: []string{"CIS AWS 3.7", "CKV2_AWS_11"}, Asks: "Who talked to whom is recorded",
			Of:     []string{vpc},
			Needs:  []Need{namedBy("aws:ec2/flowLog:FlowLog", "vpcId", argument{"trafficType", isOneOf("ALL", "REJECT")})},
			NotMet: inStaging("paid for by the gigabyte; `network.flowLogs: on` meets it"),
		},
		{
			IDs: []string{"CIS AWS 5.4", "CKV2_AWS_12"}, Asks: "The group that every VPC has by default lets nothing in and out",
			Of: []string{vpc},
			Needs: []Need{namedBy("aws:ec2/defaultSecurityGroup:DefaultSecurityGroup", "vpcId",
				argument{"ingress", isNotGiven([]any{map[string]any{"protocol": "-1"}})},
				argument{"egress", isNotGiven([]any{map[string]any{"protocol": "-1"}})})},
		},
		{
			IDs: []string{"CIS AWS 5.1"}, Asks: "No network ACL lets the world reach ports 22 and 3389",
			Of: []string{vpc}, Needs: []Need{namedBy("aws:ec2/networkAcl:NetworkAcl", "vpcId")},
			NotMet: notMet("the VPC keeps its default network ACL, which allows everything: security groups decide, and none opens those ports (next lines). Private subnets cannot be reached from outside"),
		},
		{
			IDs: []string{"CIS AWS 5.2", "CIS AWS 5.3", "CKV_AWS_24"}, Asks: "No group lets the world reach port 22",
			Of: []string{ingressRule}, Needs: []Need{arg("", closed(22))},
		},
		{
			IDs: []string{"CIS AWS 5.2", "CIS AWS 5.3", "CKV_AWS_25"}, Asks: "No group lets the world reach port 3389",
			Of: []string{ingressRule}, Needs: []Need{arg("", closed(3389))},
		},
		{
			IDs: []string{"CKV_AWS_277"}, Asks: "No group lets the world reach all ports",
			Of: []string{ingressRule}, Needs: []Need{arg("", closed(-1))},
		},
		{
			IDs: []string{"CKV_AWS_260"}, Asks: "No group lets the world reach port 80",
			Of: []string{ingressRule}, Needs: []Need{arg("", closed(80))},
			NotMet: notMet("the load balancer's group does, and all that answers there is a redirect to HTTPS (CKV2_AWS_20)"),
		},
		{
			IDs: []string{"CKV_AWS_23"}, Asks: "Groups and their rules say what they are for",
			Of: []string{securityGroup, ingressRule, egressRule}, Needs: []Need{arg("description", isGiven())},
		},
		{
			IDs: []string{"CKV2_AWS_5"}, Asks: "No group lies about unused",
			Of: []string{securityGroup}, Needs: []Need{namedByOne(map[string]string{
				rdsInstance: "vpcSecurityGroupIds[*]", replicationGroup: "securityGroupIds[*]", mqBroker: "securityGroups[*]",
				searchDomain: "vpcOptions.securityGroupIds[*]", loadBalancer: "securityGroups[*]",
			})},
		},
		{
			IDs: []string{"CKV_AWS_382"}, Asks: "No group lets everything out to the world", Note: "The group that EKS makes for nodes does; it is EKS's own, and pods are limited by NetworkPolicies",
			Of: []string{egressRule}, Needs: []Need{arg("cidrIpv4", isNotGiven("0.0.0.0/0")), arg("cidrIpv6", isNotGiven("::/0"))},
		},
		{
			IDs: []string{"CKV_AWS_130"}, Asks: "Subnets give no addresses of the world away",
			Of: []string{subnet}, Needs: []Need{arg("mapPublicIpOnLaunch", is(false))},
		},
		{
			IDs: []string{"CKV2_AWS_19"}, Asks: "No address lies about unused", Note: "checkov asks for an instance; here gateways have them",
			Of: []string{"aws:ec2/eip:Eip"}, Where: &Where{Text: "of the ways out", holds: func(r Resource) bool { return strings.Contains(r.Name, "-nat-") }},
			Needs: []Need{namedBy("aws:ec2/natGateway:NatGateway", "allocationId")},
		},
	}
}

// closed requires a rule that does not open a port to 0.0.0.0/0; -1 is every port.
func closed(port float64) Want {
	open := map[string]any{"cidrIpv4": "0.0.0.0/0", "ipProtocol": "tcp", "fromPort": port, "toPort": port}
	all := map[string]any{"cidrIpv6": "::/0", "ipProtocol": "-1"}
	text := "does not let the world reach port " + written(port)
	if port < 0 {
		text = "does not let the world reach every port"
		open = map[string]any{"cidrIpv4": "0.0.0.0/0", "ipProtocol": "-1"}
	}
	return that(text, func(got any) bool {
		rule, _ := got.(map[string]any)
		if rule["cidrIpv4"] != "0.0.0.0/0" && rule["cidrIpv6"] != "::/0" {
			return rule != nil
		}
		from, _ := rule["fromPort"].(float64)
		to, bounded := rule["toPort"].(float64)
		return bounded && rule["ipProtocol"] != "-1" && (port < from || port > to)
	}, open, all)
}
