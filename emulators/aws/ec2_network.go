package aws

import (
	"net/netip"
	"slices"
	"strings"

	"github.com/djangostack/djangostack/emulators/cloud"
)

func network() kinds {
	return kinds{
		"ec2/vpc": {
			DisplayName: "EC2 VPC", ID: "vpc-{hex:17}",
			Defaults:  vals{"instanceTenancy": "default", "enableDnsSupport": true},
			ReplaceOn: []string{"cidrBlock", "ipv4IpamPoolId", "ipv4NetmaskLength"},
			ReplaceWhen: func(before, after cloud.Values) []string {
				if before.Text("instanceTenancy") == "default" && after.Text("instanceTenancy") == "dedicated" {
					return []string{"instanceTenancy"}
				}
				return nil
			},
			Rules: rules{
				cloud.Network("cidrBlock", 16, 28), cloud.OneOf("instanceTenancy", "default", "dedicated"),
				cloud.SomeNeeded("cidrBlock", "ipv4IpamPoolId"),
			},
			Outputs: vals{
				"arn": "arn:{partition}:ec2:{region}:{account}:vpc/{id}", "ownerId": "{account}",
				"defaultSecurityGroupId": "sg-{hex:17}", "defaultNetworkAclId": "acl-{hex:17}",
				"defaultRouteTableId": "rtb-{hex:17}", "mainRouteTableId": "{defaultRouteTableId}",
				"dhcpOptionsId": "dopt-{hex:17}",
			},
			Missing: code{Code: "InvalidVpcID.NotFound", Message: "The vpc ID '%s' does not exist"},
			InUse:   code{Code: "DependencyViolation", Message: "The vpc '%s' has dependencies and cannot be deleted."},
			Apply:   makeVPC,
		},
		"ec2/subnet": {
			DisplayName: "EC2 Subnet", ID: "subnet-{hex:17}",
			Defaults: vals{
				"assignIpv6AddressOnCreation": false, "enableDns64": false, "enableResourceNameDnsARecordOnLaunch": false,
				"enableResourceNameDnsAaaaRecordOnLaunch": false, "ipv6Native": false, "mapPublicIpOnLaunch": false,
			},
			ReplaceOn: []string{
				"vpcId", "cidrBlock", "availabilityZone", "availabilityZoneId", "ipv6CidrBlock", "ipv6Native", "outpostArn",
			},
			Rules: rules{
				cloud.Network("cidrBlock", 16, 28), cloud.Exclusive("availabilityZone", "availabilityZoneId"),
				cloud.SomeNeeded("cidrBlock", "ipv6Native"),
			},
			References: []ref{holds("vpcId", "ec2/vpc")},
			Outputs: vals{
				"arn": "arn:{partition}:ec2:{region}:{account}:subnet/{id}", "ownerId": "{account}",
				"availabilityZone": "{region}a", "availabilityZoneId": "{availabilityZone}-az",
				"privateDnsHostnameTypeOnLaunch": "ip-name",
			},
			Missing: code{Code: "InvalidSubnetID.NotFound", Message: "The subnet ID '%s' does not exist"},
			InUse:   code{Code: "DependencyViolation", Message: "The subnet '%s' has dependencies and cannot be deleted."},
			Apply:   makeSubnet,
		},
		"ec2/networkInterface": {
			DisplayName: "EC2 Network Interface",
			References:  []ref{holds("subnetId", "ec2/subnet"), holds("groups", "ec2/securityGroup")},
		},
		"ec2/internetGateway": {
			DisplayName: "EC2 Internet Gateway", ID: "igw-{hex:17}",
			References: []ref{holds("vpcId", "ec2/vpc")},
			Unique:     []string{"vpcId"},
			Conflict:   code{Code: "Resource.AlreadyAssociated", Message: "network %s already has an internet gateway attached"},
			Outputs: vals{
				"arn": "arn:{partition}:ec2:{region}:{account}:internet-gateway/{id}", "ownerId": "{account}",
			},
			Missing: code{Code: "InvalidInternetGatewayID.NotFound", Message: "The internetGateway ID '%s' does not exist"},
			RefuseDelete: func(m *cloud.Operation) error {
				for _, one := range m.Find(networkInterface, "vpcId", m.Text("vpcId")) {
					if one.True("public") {
						return cloud.Refuse("DependencyViolation", "Network %s has some mapped public address(es). "+
							"Please unmap those public address(es) before detaching the gateway. (%s)",
							m.Text("vpcId"), one.Text("description"))
					}
				}
				return nil
			},
		},
	}
}

func makeVPC(m *cloud.Operation) error {
	if !m.New() {
		return nil
	}
	m.AddPart(Token("ec2/securityGroup"), m.Text("defaultSecurityGroupId"), vals{
		"name": "default", "vpcId": m.ID, "arn": m.Template("arn:{partition}:ec2:{region}:{account}:security-group/{defaultSecurityGroupId}"),
	})
	m.AddPart(Token("ec2/routeTable"), m.Text("defaultRouteTableId"), vals{"vpcId": m.ID})
	return nil
}

func makeSubnet(m *cloud.Operation) error {
	if !m.New() {
		return nil
	}
	zone := m.Text("availabilityZone")
	if zones := zonesOf(m.Scope.Region); !slices.Contains(zones, zone) {
		return cloud.Refuse("InvalidParameterValue", "Value (%s) for parameter availabilityZone is invalid. "+
			"Subnets can currently only be created in the following availability zones: %s.", zone, strings.Join(zones, ", "))
	}
	mine, err := netip.ParsePrefix(m.Text("cidrBlock"))
	if err != nil {
		return nil
	}
	vpc, err := netip.ParsePrefix(m.First(Token("ec2/vpc"), "id", m.Text("vpcId")).Text("cidrBlock"))
	if err == nil && (vpc.Bits() > mine.Bits() || !vpc.Contains(mine.Addr())) {
		return cloud.Refuse("InvalidSubnet.Range", "The CIDR '%s' is invalid.", mine)
	}
	for _, other := range m.Find(Token("ec2/subnet"), "vpcId", m.Text("vpcId")) {
		theirs, err := netip.ParsePrefix(other.Text("cidrBlock"))
		if err == nil && theirs.Overlaps(mine) {
			return cloud.Refuse("InvalidSubnet.Conflict", "The CIDR '%s' conflicts with another subnet", mine)
		}
	}
	return nil
}
