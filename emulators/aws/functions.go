package aws

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/djangostack/djangostack/emulators/cloud"
)

// callerRole is the role of the caller's identity.
const callerRole = "rehearsal"

func answers(newerAddons map[string]string) map[string]func(*cloud.Call) (cloud.Values, error) {
	return map[string]func(*cloud.Call) (cloud.Values, error){
		"aws:index/getCallerIdentity:getCallerIdentity": func(c *cloud.Call) (cloud.Values, error) {
			return vals{
				"accountId": c.Scope.Account, "id": c.Scope.Account, "userId": "AIDATWIN",
				"arn": fmt.Sprintf("arn:%s:iam::%s:user/%s", c.Scope.Partition, c.Scope.Account, callerRole),
			}, nil
		},
		"aws:index/getRegion:getRegion": func(c *cloud.Call) (cloud.Values, error) {
			name := c.Scope.Region
			if given := c.Text("name"); given != "" {
				name = given
			}
			return vals{"name": name, "id": name, "description": name, "endpoint": "ec2." + name + ".amazonaws.com"}, nil
		},
		"aws:index/getPartition:getPartition": func(c *cloud.Call) (cloud.Values, error) {
			suffix := "amazonaws.com"
			if c.Scope.Partition == "aws-cn" {
				suffix = "amazonaws.com.cn"
			}
			return vals{"partition": c.Scope.Partition, "id": c.Scope.Partition, "dnsSuffix": suffix, "reverseDnsPrefix": "com.amazonaws"}, nil
		},
		"aws:index/getAvailabilityZones:getAvailabilityZones": availabilityZones,
		"aws:iam/getRoles:getRoles":                           roles,
		"aws:iam/getPolicyDocument:getPolicyDocument":         policyDocument,
		"aws:route53/getZone:getZone":                         zone,
		"aws:route53/getRecords:getRecords":                   records,
		"aws:ec2/getManagedPrefixList:getManagedPrefixList":   prefixList,
		"aws:ec2/getVpc:getVpc":                               one("ec2/vpc", "id", "InvalidVpcID.NotFound"),
		"aws:ec2/getSubnet:getSubnet":                         one("ec2/subnet", "id", "InvalidSubnetID.NotFound"),
		"aws:rds/getSnapshot:getSnapshot":                     snapshot,
		"aws:eks/getCluster:getCluster":                       cluster,
		"aws:eks/getClusterAuth:getClusterAuth": func(c *cloud.Call) (cloud.Values, error) {
			return vals{"id": c.Text("name"), "token": "k8s-aws-v1.emulated"}, nil
		},
		"aws:eks/getAddonVersion:getAddonVersion": describeAddon(newerAddons),
	}
}

// roles lists roles below a path, those of services among them.
func roles(c *cloud.Call) (cloud.Values, error) {
	var names, arns []string
	for _, token := range []string{"iam/role", "iam/serviceLinkedRole"} {
		for _, role := range c.Find(Token(token), "", "") {
			if strings.HasPrefix(role.Text("path"), c.Text("pathPrefix")) {
				names, arns = append(names, role.Text("name")), append(arns, role.Text("arn"))
			}
		}
	}
	return vals{"id": c.Scope.Region, "names": list(names...), "arns": list(arns...)}, nil
}

func availabilityZones(c *cloud.Call) (cloud.Values, error) {
	var names, ids []string
	for i, name := range zonesOf(c.Scope.Region) {
		if !slices.Contains(c.Texts("excludeNames"), name) {
			names, ids = append(names, name), append(ids, fmt.Sprintf("%s-az%d", c.Scope.Region, i+1))
		}
	}
	return vals{"id": c.Scope.Region, "names": list(names...), "zoneIds": list(ids...), "groupNames": list(c.Scope.Region)}, nil
}

func zone(c *cloud.Call) (cloud.Values, error) {
	var found []cloud.Values
	wanted := strings.TrimSuffix(c.Text("name"), ".")
	for _, one := range c.Find(Token("route53/zone"), "", "") {
		byID := c.Has("zoneId") && one.Text("id") == c.Text("zoneId")
		byName := !c.Has("zoneId") && strings.TrimSuffix(one.Text("name"), ".") == wanted && one.Has("vpcs") == c.True("privateZone")
		if byID || byName {
			found = append(found, one)
		}
	}
	switch len(found) {
	case 0:
		return nil, fmt.Errorf("no matching Route 53 Hosted Zone found: %s%s", wanted, c.Text("zoneId"))
	case 1:
		found[0]["zoneId"] = found[0].Text("id")
		found[0]["arn"] = "arn:aws:route53:::hostedzone/" + found[0].Text("id")
		return found[0], nil
	}
	return nil, fmt.Errorf("multiple Route 53 Hosted Zones matched %s; use additional constraints", wanted)
}

// records lists the record sets of a zone whose names match an expression. Route 53 writes names with a dot at the end
// and an asterisk as an octal number.
func records(c *cloud.Call) (cloud.Values, error) {
	if len(c.Find(Token("route53/zone"), "id", c.Text("zoneId"))) == 0 {
		return nil, cloud.Refuse("NoSuchHostedZone", "No hosted zone found with ID: %s", c.Text("zoneId"))
	}
	names, err := regexp.Compile(c.Text("nameRegex"))
	if err != nil {
		return nil, fmt.Errorf("reading nameRegex: %w", err)
	}
	sets := []any{}
	for _, record := range c.Find(Token("route53/record"), "zoneId", c.Text("zoneId")) {
		name := strings.ReplaceAll(record.Text("fqdn"), "*", `\052`) + "."
		if !names.MatchString(name) {
			continue
		}
		values := []any{}
		for _, value := range record.Texts("records") {
			values = append(values, vals{"value": value})
		}
		set := vals{"name": name, "type": record.Text("type"), "ttl": record.Number("ttl"), "setIdentifier": record.Text("setIdentifier"), "resourceRecords": values}
		for _, alias := range record.Objects("aliases") {
			set["aliasTarget"] = vals{"dnsName": strings.ToLower(alias.Text("name")) + ".", "hostedZoneId": alias.Text("zoneId"), "evaluateTargetHealth": alias.True("evaluateTargetHealth")}
		}
		sets = append(sets, set)
	}
	return vals{"id": c.Text("zoneId"), "zoneId": c.Text("zoneId"), "nameRegex": c.Text("nameRegex"), "resourceRecordSets": sets}, nil
}

func prefixList(c *cloud.Call) (cloud.Values, error) {
	// https://docs.aws.amazon.com/vpc/latest/userguide/working-with-aws-managed-prefix-lists.html
	name := c.Text("name")
	known := map[string]string{
		"com.amazonaws.global.cloudfront.origin-facing": "pl-a3a144ca", "com.amazonaws." + c.Scope.Region + ".s3": "pl-6ea54007",
		"com.amazonaws." + c.Scope.Region + ".dynamodb": "pl-66a5400f", "com.amazonaws." + c.Scope.Region + ".route53-healthchecks": "pl-63a5400a",
	}
	for each, id := range known {
		if name == each || c.Text("id") == id {
			return vals{
				"id": id, "name": each, "addressFamily": "IPv4", "ownerId": "AWS", "maxEntries": 55.0, "version": 1.0,
				"arn": "arn:aws:ec2:" + c.Scope.Region + ":aws:prefix-list/" + id, "entries": []any{vals{"cidr": "198.51.100.0/24", "description": ""}},
			}, nil
		}
	}
	return nil, fmt.Errorf("no matching EC2 Managed Prefix List found: %s%s", name, c.Text("id"))
}

// one returns a function that finds a resource by a property.
func one(short, property, missing string) func(*cloud.Call) (cloud.Values, error) {
	return func(c *cloud.Call) (cloud.Values, error) {
		found := c.Find(Token(short), property, c.Text(property))
		if len(found) != 1 {
			return nil, cloud.Refuse(missing, "the %s '%s' does not exist", short, c.Text(property))
		}
		return found[0], nil
	}
}

func snapshot(c *cloud.Call) (cloud.Values, error) {
	property, value := "dbSnapshotIdentifier", c.Text("dbSnapshotIdentifier")
	if value == "" {
		property, value = "dbInstanceIdentifier", c.Text("dbInstanceIdentifier")
	}
	if strings.HasPrefix(value, "arn:") {
		property = "dbSnapshotArn"
	}
	found := c.Find(Token("rds/snapshot"), property, value)
	if len(found) == 0 {
		return nil, cloud.Refuse("DBSnapshotNotFound", "DBSnapshot not found: %s", value)
	}
	answer := found[len(found)-1].Clone()
	answer["encrypted"] = answer.True("encrypted") || answer.True("storageEncrypted")
	return answer, nil
}

func cluster(c *cloud.Call) (cloud.Values, error) {
	found := c.Find(Token("eks/cluster"), "name", c.Text("name"))
	if len(found) == 0 {
		return nil, cloud.Refuse("ResourceNotFoundException", "No cluster found for name: %s.", c.Text("name"))
	}
	answer := found[0]
	for single, plural := range map[string]string{
		"accessConfig": "accessConfigs", "computeConfig": "computeConfigs", "kubernetesNetworkConfig": "kubernetesNetworkConfigs",
		"storageConfig": "storageConfigs", "upgradePolicy": "upgradePolicies", "zonalShiftConfig": "zonalShiftConfigs",
	} {
		answer[plural] = []any{}
		if value, has := answer[single]; has {
			answer[plural] = []any{value}
		}
	}
	return answer, nil
}

// policyDocument returns a policy as IAM formats it, with a list of one value as that value.
func policyDocument(c *cloud.Call) (cloud.Values, error) {
	for _, merged := range []string{"overrideJson", "overridePolicyDocuments", "sourceJson", "sourcePolicyDocuments"} {
		if c.Has(merged) {
			return nil, fmt.Errorf("the built-in aws provider does not merge policies: %s", merged)
		}
	}
	document := map[string]any{"Version": "2012-10-17"}
	if version := c.Text("version"); version != "" {
		document["Version"] = version
	}
	if id := c.Text("policyId"); id != "" {
		document["Id"] = id
	}
	var all []any
	for _, one := range c.Objects("statements") {
		all = append(all, policyStatement(one))
	}
	document["Statement"] = all
	pretty, err := json.MarshalIndent(document, "", "  ")
	if err != nil {
		return nil, err
	}
	small, err := json.Marshal(document)
	return vals{"json": string(pretty), "minifiedJson": string(small), "id": fmt.Sprint(len(pretty))}, err
}

func policyStatement(given cloud.Values) map[string]any {
	statement := map[string]any{"Effect": "Allow"}
	if effect := given.Text("effect"); effect != "" {
		statement["Effect"] = effect
	}
	if sid := given.Text("sid"); sid != "" {
		statement["Sid"] = sid
	}
	for name, path := range map[string]string{
		"Action": "actions", "NotAction": "notActions", "Resource": "resources", "NotResource": "notResources",
	} {
		if values := given.Texts(path); len(values) > 0 {
			statement[name] = single(values)
		}
	}
	for name, path := range map[string]string{"Principal": "principals", "NotPrincipal": "notPrincipals"} {
		whom := map[string]any{}
		for _, principal := range given.Objects(path) {
			whom[principal.Text("type")] = single(principal.Texts("identifiers"))
		}
		if len(whom) == 1 && whom["*"] == "*" {
			statement[name] = "*"
		} else if len(whom) > 0 {
			statement[name] = whom
		}
	}
	conditions := map[string]map[string]any{}
	for _, condition := range given.Objects("conditions") {
		test := condition.Text("test")
		if conditions[test] == nil {
			conditions[test] = map[string]any{}
		}
		conditions[test][condition.Text("variable")] = single(condition.Texts("values"))
	}
	if len(conditions) > 0 {
		statement["Condition"] = conditions
	}
	return statement
}

func single(values []string) any {
	if len(values) == 1 {
		return values[0]
	}
	return values
}
