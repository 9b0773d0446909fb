package aws

import (
	"fmt"

	"github.com/djangostack/djangostack/emulators/cloud"
)

func routing() kinds {
	destinations := []string{"destinationCidrBlock", "destinationIpv6CidrBlock", "destinationPrefixListId"}
	hops := []string{
		"carrierGatewayId", "coreNetworkArn", "egressOnlyGatewayId", "gatewayId", "localGatewayId", "natGatewayId",
		"networkInterfaceId", "transitGatewayId", "vpcEndpointId", "vpcPeeringConnectionId",
	}
	table := "arn:{partition}:ec2:{region}:{account}:route-table/{id}"
	return kinds{
		"ec2/routeTable": {
			DisplayName: "EC2 Route Table", ID: "rtb-{hex:17}",
			ReplaceOn: []string{"vpcId"}, Computed: []string{"routes", "propagatingVgws"}, Sets: []string{"routes"},
			References: []ref{holds("vpcId", "ec2/vpc")},
			Outputs:    vals{"arn": table, "ownerId": "{account}"},
			Missing:    code{Code: "InvalidRouteTableID.NotFound", Message: "The routeTable ID '%s' does not exist"},
			InUse:      code{Code: "DependencyViolation", Message: "The routeTable '%s' has dependencies and cannot be deleted."},
			AfterDelete: func(m *cloud.Operation) {
				m.DeleteWhere(Token("ec2/route"), "routeTableId", m.ID)
			},
		},
		"ec2/route": {
			DisplayName: "EC2 Route", ID: "r-{routeTableId}{digits:10}",
			ReplaceOn: append([]string{"routeTableId"}, destinations...),
			Rules: rules{
				cloud.OneNeeded(destinations...), cloud.OneNeeded(hops...), cloud.Network("destinationCidrBlock", 0, 32),
			},
			References: []ref{
				points("routeTableId", "ec2/routeTable"), points("gatewayId", "ec2/internetGateway"),
				points("natGatewayId", "ec2/natGateway"),
			},
			Unique:   []string{"routeTableId", "destinationCidrBlock", "destinationIpv6CidrBlock", "destinationPrefixListId"},
			Conflict: code{Code: "RouteAlreadyExists", Message: "The route identified by %s already exists."},
			Outputs:  vals{"origin": "CreateRoute", "state": "active"},
			Apply:    makeRoute,
		},
		"ec2/routeTableAssociation": {
			DisplayName: "EC2 Route Table Association", ID: "rtbassoc-{hex:17}",
			ReplaceOn:  []string{"subnetId", "gatewayId"},
			Rules:      rules{cloud.OneNeeded("subnetId", "gatewayId")},
			References: []ref{holds("routeTableId", "ec2/routeTable"), points("subnetId", "ec2/subnet")},
			Unique:     []string{"subnetId", "gatewayId"},
			Conflict:   code{Code: "Resource.AlreadyAssociated", Message: "the specified association for %s conflicts with an existing association"},
		},
		"ec2/defaultRouteTable": {
			DisplayName: "EC2 Default Route Table", ID: "{defaultRouteTableId}", Adopted: true,
			ReplaceOn: []string{"defaultRouteTableId"}, Computed: []string{"routes"}, Sets: []string{"routes"},
			References: []ref{points("defaultRouteTableId", "ec2/routeTable")},
			Outputs:    vals{"arn": table, "ownerId": "{account}"},
			Apply: func(m *cloud.Operation) error {
				m.Values["vpcId"] = m.First(Token("ec2/routeTable"), "id", m.ID).Text("vpcId")
				return nil
			},
		},
		"ec2/defaultNetworkAcl": {
			DisplayName: "EC2 Default Network ACL", ID: "{defaultNetworkAclId}", Adopted: true,
			ReplaceOn: []string{"defaultNetworkAclId"}, Sets: []string{"egress", "ingress"}, Computed: []string{"subnetIds"},
			Outputs: vals{
				"arn": "arn:{partition}:ec2:{region}:{account}:network-acl/{id}", "ownerId": "{account}",
			},
			Apply: func(m *cloud.Operation) error {
				vpc := m.First(Token("ec2/vpc"), "defaultNetworkAclId", m.ID)
				if len(vpc) == 0 {
					return cloud.Refuse("InvalidNetworkAclID.NotFound", "The networkAcl ID '%s' does not exist", m.ID)
				}
				m.Values["vpcId"] = vpc.Text("id")
				return nil
			},
		},
	}
}

func makeRoute(m *cloud.Operation) error {
	gateway := m.Text("gatewayId")
	if gateway == "" {
		return nil
	}
	table := m.First(Token("ec2/routeTable"), "id", m.Text("routeTableId")).Text("vpcId")
	if theirs := m.First(Token("ec2/internetGateway"), "id", gateway).Text("vpcId"); theirs != table {
		return cloud.Refuse("InvalidParameterValue", "route table %s and network gateway %s belong to different networks",
			m.Text("routeTableId"), gateway)
	}
	return nil
}

// reachesOut returns an error unless the route table of a subnet routes 0.0.0.0/0 to an existing gateway.
func reachesOut(m *cloud.Operation, subnet string) error {
	table := m.First(Token("ec2/routeTableAssociation"), "subnetId", subnet).Text("routeTableId")
	for _, route := range m.Find(Token("ec2/route"), "routeTableId", table) {
		if route.Text("destinationCidrBlock") == "0.0.0.0/0" && len(m.Find(Token("ec2/natGateway"), "id", route.Text("natGatewayId")))+
			len(m.Find(Token("ec2/internetGateway"), "id", route.Text("gatewayId"))) > 0 {
			return nil
		}
	}
	return fmt.Errorf("subnet %s has no route to 0.0.0.0/0", subnet)
}
