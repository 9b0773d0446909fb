package aws

import (
	"slices"
	"strings"

	"github.com/djangostack/djangostack/emulators/cloud"
)

// Short names for the types in the tables.
type (
	kind  = cloud.Kind
	kinds = map[string]*cloud.Kind
	vals  = cloud.Values
	code  = cloud.Code
	ref   = cloud.Reference
	rules = []cloud.Rule
)

const managed = "Managed by Pulumi"

// maxName is the bridge's limit for the names of types for which it sets no other.
const maxName = 255

// autoname returns the bridge's usual automatic name.
func autoname(limit int) *cloud.Name {
	return &cloud.Name{Property: "name", Max: limit, Separator: "-", ReplacedBy: "namePrefix"}
}

func holds(path, to string, by ...string) ref {
	return ref{Path: path, To: to, By: by, BlocksDelete: true}
}

func points(path, to string, by ...string) ref { return ref{Path: path, To: to, By: by} }

// key returns a reference to a KMS key by its ARN or id. It does not resolve aliases.
func key(path string) ref {
	return ref{Path: path, To: "kms/key", By: []string{"arn", "keyId"}, ExternalPrefixes: []string{"alias/", "arn:aws:kms:::alias/"}}
}

// role returns a reference to a role by its ARN.
func role(path string) ref { return points(path, "iam/role", "arn") }

// interfaces adds a network interface to each of the subnets.
func interfaces(m *cloud.Operation, of string, public bool, subnets, groups []string) {
	m.RemoveParts(networkInterface)
	list := make([]any, len(groups))
	for i, group := range groups {
		list[i] = group
	}
	for i, subnet := range subnets {
		id := m.Template("eni-{hex:16}") + string(rune('0'+i%10))
		m.AddPart(networkInterface, id, vals{
			"subnetId": subnet, "groups": list, "public": public, "description": of,
			"vpcId": m.First(Token("ec2/subnet"), "id", subnet).Text("vpcId"),
		})
	}
}

const networkInterface = "aws:ec2/networkInterface:NetworkInterface"

// zonesIn returns the different availability zones of subnets.
func zonesIn(m *cloud.Operation, subnets []string) []string {
	var zones []string
	for _, subnet := range subnets {
		zone := m.First(Token("ec2/subnet"), "id", subnet).Text("availabilityZone")
		if !slices.Contains(zones, zone) {
			zones = append(zones, zone)
		}
	}
	return zones
}

// vpcOf returns the VPC of the first subnet, and whether all subnets are in it.
func vpcOf(m *cloud.Operation, subnets []string) (string, bool) {
	vpc := ""
	for _, subnet := range subnets {
		its := m.First(Token("ec2/subnet"), "id", subnet).Text("vpcId")
		if vpc != "" && its != vpc {
			return vpc, false
		}
		vpc = its
	}
	return vpc, true
}

// list returns a list of texts.
func list(texts ...string) []any {
	all := make([]any, len(texts))
	for i, text := range texts {
		all[i] = text
	}
	return all
}

// trusts tells whether the trust policy of a role names a service.
func trusts(m *cloud.Operation, arn, service string) bool {
	return strings.Contains(m.First(Token("iam/role"), "arn", arn).Text("assumeRolePolicy"), `"`+service+`"`)
}

// allows tells whether an inline policy of a role allows an action by its name.
func allows(m *cloud.Operation, arn, action string) bool {
	name := m.First(Token("iam/role"), "arn", arn).Text("name")
	for _, policy := range m.Find(Token("iam/rolePolicy"), "role", name) {
		all, err := statements(policy.Text("policy"))
		if err != nil {
			continue
		}
		for _, one := range all {
			if one.Effect == "Allow" && slices.Contains(texts(one.Action), action) {
				return true
			}
		}
	}
	return false
}

// attached tells whether a role has one of AWS's managed policies.
func attached(m *cloud.Operation, arn string, policies ...string) bool {
	name := m.First(Token("iam/role"), "arn", arn).Text("name")
	for _, attachment := range m.Find(Token("iam/rolePolicyAttachment"), "role", name) {
		for _, policy := range policies {
			if strings.HasSuffix(attachment.Text("policyArn"), "/"+policy) {
				return true
			}
		}
	}
	return false
}
