package aws

import (
	"github.com/djangostack/djangostack/emulators/cloud"
)

const groupText = `^[0-9A-Za-z_ .:/()#,@\[\]+=&;{}!$*-]*$`

func groups() kinds {
	rule := []string{
		"type", "fromPort", "toPort", "protocol", "cidrBlocks", "ipv6CidrBlocks", "prefixListIds", "securityGroupId", "self",
		"sourceSecurityGroupId",
	}
	return kinds{
		"ec2/securityGroup": {
			DisplayName: "EC2 Security Group", ID: "sg-{hex:17}", Name: autoname(maxName),
			Defaults:  vals{"description": managed, "revokeRulesOnDelete": false},
			ReplaceOn: []string{"name", "namePrefix", "description", "vpcId"},
			Computed:  []string{"egress", "ingress"}, Sets: []string{"egress", "ingress"},
			Rules: rules{
				cloud.Length("name", 0, 255), cloud.Match("name", `^([^s]|s$|s[^g]|sg$|sg[^-])`, "cannot begin with sg-"),
				cloud.Length("description", 1, 255), cloud.Match("description", groupText, "has characters that AWS does not allow"),
				cloud.Exclusive("name", "namePrefix"),
			},
			References: []ref{
				holds("vpcId", "ec2/vpc"), holds("ingress.securityGroups", "ec2/securityGroup"),
				holds("egress.securityGroups", "ec2/securityGroup"),
			},
			Unique:   []string{"vpcId", "name"},
			Conflict: code{Code: "InvalidGroup.Duplicate", Message: "The security group '%s' already exists for VPC"},
			Outputs:  vals{"arn": "arn:{partition}:ec2:{region}:{account}:security-group/{id}", "ownerId": "{account}"},
			Missing:  code{Code: "InvalidGroup.NotFound", Message: "The security group '%s' does not exist"},
			InUse:    code{Code: "DependencyViolation", Message: "resource %s has a dependent object"},
			Apply: func(m *cloud.Operation) error {
				if m.Text("vpcId") == "" {
					return cloud.Refuse("VPCIdNotSpecified", "No default VPC for this user")
				}
				return nil
			},
			AfterDelete: func(m *cloud.Operation) {
				for _, rule := range []string{"ec2/securityGroupRule", "vpc/securityGroupEgressRule", "vpc/securityGroupIngressRule"} {
					m.DeleteWhere(Token(rule), "securityGroupId", m.ID)
				}
			},
		},
		"ec2/securityGroupRule": {
			DisplayName: "EC2 Security Group Rule", ID: "sgrule-{digits:10}", DeleteFirst: true, ReplaceOn: rule,
			Rules: rules{
				cloud.OneOf("type", "ingress", "egress"), cloud.Between("fromPort", -1, 65535), cloud.Between("toPort", -1, 65535),
				cloud.SomeNeeded("cidrBlocks", "ipv6CidrBlocks", "prefixListIds", "self", "sourceSecurityGroupId"),
				cloud.Network("cidrBlocks", 0, 32), cloud.Match("description", groupText, "has characters that AWS does not allow"),
			},
			Defaults: vals{"self": false},
			References: []ref{
				points("securityGroupId", "ec2/securityGroup"), holds("sourceSecurityGroupId", "ec2/securityGroup"),
			},
			Unique:   rule,
			Conflict: code{Code: "InvalidPermission.Duplicate", Message: "the specified rule %s already exists"},
			Outputs:  vals{"securityGroupRuleId": "sgr-{hex:17}"},
		},
		"vpc/securityGroupIngressRule": groupRule("Ingress"),
		"vpc/securityGroupEgressRule":  groupRule("Egress"),
		"ec2/defaultSecurityGroup": {
			DisplayName: "EC2 Default Security Group", Adopted: true,
			Defaults:  vals{"revokeRulesOnDelete": false},
			ReplaceOn: []string{"vpcId"}, Sets: []string{"egress", "ingress"},
			References: []ref{points("vpcId", "ec2/vpc")},
			Outputs: vals{
				"arn": "arn:{partition}:ec2:{region}:{account}:security-group/{id}", "ownerId": "{account}", "name": "default",
				"description": "default VPC security group",
			},
			Apply: func(m *cloud.Operation) error {
				if m.New() {
					m.ID = m.First(Token("ec2/vpc"), "id", m.Text("vpcId")).Text("defaultSecurityGroupId")
					m.Values["arn"] = m.Template("arn:{partition}:ec2:{region}:{account}:security-group/{id}")
				}
				if m.ID == "" {
					return cloud.Refuse("InvalidVpcID.NotFound", "there is no default VPC")
				}
				return nil
			},
		},
	}
}

func groupRule(direction string) *kind {
	sources := []string{"cidrIpv4", "cidrIpv6", "prefixListId", "referencedSecurityGroupId"}
	return &kind{
		DisplayName: "VPC Security Group " + direction + " Rule", ID: "sgr-{hex:17}",
		ReplaceOn: []string{"securityGroupId"},
		// A rule is updated in place, unless the kind of its source changes (ModifyPlan).
		ReplaceWhen: func(before, after cloud.Values) []string {
			for _, source := range sources {
				if before.Has(source) != after.Has(source) {
					return sources
				}
			}
			return nil
		},
		Rules: rules{
			cloud.OneNeeded(sources...), cloud.Network("cidrIpv4", 0, 32), cloud.Between("fromPort", -1, 65535),
			cloud.Between("toPort", -1, 65535), cloud.Length("description", 0, 255),
			cloud.Match("description", groupText, "has characters that AWS does not allow"), ports,
		},
		References: []ref{
			points("securityGroupId", "ec2/securityGroup"), holds("referencedSecurityGroupId", "ec2/securityGroup"),
		},
		Unique:   append([]string{"securityGroupId", "ipProtocol", "fromPort", "toPort"}, sources...),
		Conflict: code{Code: "InvalidPermission.Duplicate", Message: "the specified rule %s already exists"},
		Outputs: vals{
			"arn": "arn:{partition}:ec2:{region}:{account}:security-group-rule/{id}", "securityGroupRuleId": "{id}",
		},
	}
}

// ports requires ports for a protocol that has them, and forbids them for all protocols.
func ports(j *cloud.Validation) {
	protocol, both := j.Text("ipProtocol"), j.Has("fromPort") && j.Has("toPort")
	switch protocol {
	case "-1":
		if j.Has("fromPort") && j.Number("fromPort") != -1 || j.Has("toPort") && j.Number("toPort") != -1 {
			j.Fail("fromPort", "must not be set with ipProtocol -1, which is all ports of all protocols")
		}
	case "tcp", "udp", "6", "17":
		if !both {
			j.Fail("fromPort", "Invalid value for portRange. Must specify both from and to ports with TCP/UDP.")
		} else if j.Known("fromPort") && j.Known("toPort") && j.Number("fromPort") > j.Number("toPort") {
			j.Fail("fromPort", "Invalid value for portRange: fromPort is above toPort")
		}
	}
}
