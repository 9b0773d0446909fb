package aws

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/djangostack/djangostack/emulators/cloud"
)

func addresses() kinds {
	return kinds{
		"ec2/eip": {
			DisplayName: "EC2 EIP", ID: "eipalloc-{hex:17}",
			ReplaceOn: []string{"domain", "address", "customerOwnedIpv4Pool", "networkBorderGroup", "publicIpv4Pool", "ipamPoolId"},
			Rules:     rules{cloud.OneOf("domain", "vpc", "standard"), cloud.Exclusive("domain", "vpc"), cloud.Exclusive("instance", "networkInterface")},
			Outputs: vals{
				"allocationId": "{id}", "arn": "arn:{partition}:ec2:{region}:{account}:elastic-ip/{id}", "domain": "vpc",
				"networkBorderGroup": "{region}", "publicIpv4Pool": "amazon", "vpc": true,
			},
			Missing: code{Code: "InvalidAllocationID.NotFound", Message: "The allocation ID '%s' does not exist"},
			InUse:   code{Code: "AuthFailure", Message: "You do not have permission to access the specified resource: the address %s is in use."},
			Apply: func(m *cloud.Operation) error {
				if m.New() {
					m.Values["publicIp"] = publicAddress(m)
					m.Values["publicDns"] = "ec2-" + strings.ReplaceAll(m.Text("publicIp"), ".", "-") + "." + m.Scope.Region + ".compute.amazonaws.com"
				}
				return nil
			},
		},
		"ec2/natGateway": {
			DisplayName: "EC2 NAT Gateway", ID: "nat-{hex:17}",
			Defaults:  vals{"connectivityType": "public"},
			ReplaceOn: []string{"allocationId", "connectivityType", "privateIp", "subnetId"},
			Rules: rules{
				cloud.OneOf("connectivityType", "public", "private"),
				func(j *cloud.Validation) {
					if public := j.Text("connectivityType") == "public"; public != j.Has("allocationId") {
						j.Fail("allocationId", "allocationId is needed for, and only for, connectivityType public")
					}
				},
			},
			References: []ref{points("subnetId", "ec2/subnet"), holds("allocationId", "ec2/eip")},
			Unique:     []string{"allocationId"},
			Conflict:   code{Code: "Resource.AlreadyAssociated", Message: "Elastic IP address [%s] is already associated"},
			Outputs: vals{
				"associationId": "eipassoc-{hex:17}", "networkInterfaceId": "eni-{hex:17}", "privateIp": "10.0.0.{digits:1}",
				"secondaryPrivateIpAddressCount": 0.0,
			},
			Missing: code{Code: "NatGatewayNotFound", Message: "The Nat Gateway %s was not found"},
			Apply:   makeNAT,
		},
	}
}

func makeNAT(m *cloud.Operation) error {
	public := m.Text("connectivityType") == "public"
	vpc := m.First(Token("ec2/subnet"), "id", m.Text("subnetId")).Text("vpcId")
	if public && len(m.Find(Token("ec2/internetGateway"), "vpcId", vpc)) == 0 {
		return cloud.Refuse("Gateway.NotAttached", "Network %s has no Internet gateway attached", vpc)
	}
	if public {
		m.Values["publicIp"] = m.First(Token("ec2/eip"), "id", m.Text("allocationId")).Text("publicIp")
	}
	interfaces(m, "Interface for NAT Gateway "+m.ID, public, []string{m.Text("subnetId")}, nil)
	return nil
}

// publicAddress returns an address of 203.0.113.0/24 or 198.51.100.0/24, which are reserved for documentation (RFC
// 5737).
func publicAddress(m *cloud.Operation) string {
	number, err := strconv.Atoi(m.Template("{digits:4}"))
	if err != nil {
		number = 0
	}
	return fmt.Sprintf("%s.%d", []string{"203.0.113", "198.51.100"}[number%2], number/2%254+1)
}
