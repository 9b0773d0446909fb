package aws

import (
	"fmt"
	"slices"
	"strings"

	"github.com/djangostack/djangostack/emulators/cloud"
)

func names() kinds {
	return kinds{
		"route53/zone": {
			DisplayName: "Route 53 Hosted Zone", ID: "Z{upper:20}", Global: true,
			Name:      &cloud.Name{Property: "name", Max: maxName, Separator: "-"},
			Defaults:  vals{"comment": managed, "forceDestroy": false},
			ReplaceOn: []string{"name", "delegationSetId"}, Sets: []string{"vpcs"},
			Rules:      rules{cloud.Length("name", 1, 1024), cloud.Length("comment", 0, 256), cloud.Exclusive("delegationSetId", "vpcs")},
			References: []ref{points("vpcs.vpcId", "ec2/vpc")},
			Outputs:    vals{"arn": "arn:{partition}:route53:::hostedzone/{id}", "zoneId": "{id}"},
			Missing:    code{Code: "NoSuchHostedZone", Message: "No hosted zone found with ID: %s"},
			Apply: func(m *cloud.Operation) error {
				m.Values["name"] = strings.TrimSuffix(m.Text("name"), ".")
				var servers []string
				for i, top := range []string{"com", "net", "org", "co.uk"} {
					servers = append(servers, fmt.Sprintf("ns-%d%s.awsdns-%s.%s", i*512+100, m.Template("{digits:1}"), m.Template("{digits:2}"), top))
				}
				slices.Sort(servers)
				m.Values["nameServers"], m.Values["primaryNameServer"] = list(servers...), servers[0]
				return nil
			},
			RefuseDelete: func(m *cloud.Operation) error {
				if records := m.Find(Token("route53/record"), "zoneId", m.ID); len(records) > 0 && !m.True("forceDestroy") {
					return cloud.Refuse("HostedZoneNotEmpty", "The specified hosted zone contains non-required resource record sets and so "+
						"cannot be deleted: %s %s", records[0].Text("fqdn"), records[0].Text("type"))
				}
				m.DeleteWhere(Token("route53/record"), "zoneId", m.ID)
				return nil
			},
		},
		"route53/record": {
			DisplayName: "Route 53 Record", Global: true,
			ReplaceOn: []string{"zoneId", "name"},
			Rules: rules{
				cloud.OneOf("type", "A", "AAAA", "CAA", "CNAME", "DS", "HTTPS", "MX", "NAPTR", "NS", "PTR", "SOA", "SPF", "SRV", "SSHFP", "SVCB",
					"TLSA", "TXT"),
				cloud.OneNeeded("records", "aliases"), cloud.Exclusive("aliases", "ttl"), cloud.Together("records", "ttl"),
				cloud.Between("ttl", 0, 2147483647), caaForm,
			},
			References: []ref{points("zoneId", "route53/zone")},
			Apply:      makeRecord,
		},
	}
}

// caaForm requires flags, a tag and a quoted value of CAA records.
func caaForm(j *cloud.Validation) {
	if j.Text("type") == "CAA" {
		cloud.Match("records", `^\d+ (issue|issuewild|iodef|issuemail|contactemail|contactphone) "[^"]*"$`,
			`is not of the form 0 issue "amazon.com"`)(j)
	}
}

func makeRecord(m *cloud.Operation) error {
	zone := m.First(Token("route53/zone"), "id", m.Text("zoneId"))
	apex := strings.TrimSuffix(zone.Text("name"), ".")
	name := strings.ToLower(strings.TrimSuffix(m.Text("name"), "."))
	if name != apex && !strings.HasSuffix(name, "."+apex) {
		name = strings.TrimPrefix(name+"."+apex, ".")
	}
	kindOf := m.Text("type")
	for _, other := range m.Find(Token("route53/record"), "zoneId", m.Text("zoneId")) {
		if other.Text("fqdn") != name || other.Text("id") == m.ID && !m.New() {
			continue
		}
		theirs := other.Text("type")
		same := theirs == kindOf && other.Text("setIdentifier") == m.Text("setIdentifier")
		if same && m.New() && !m.True("allowOverwrite") {
			return cloud.Refuse("InvalidChangeBatch", "[Tried to create resource record set [name='%s.', type='%s'] but it already exists]", name, kindOf)
		}
		if !same && (theirs == "CNAME") != (kindOf == "CNAME") {
			return cloud.Refuse("InvalidChangeBatch", "[RRSet of type %s with DNS name %s. is not permitted because a conflicting RRSet of type %s "+
				"with the same DNS name already exists in zone %s.]", kindOf, name, theirs, apex)
		}
	}
	if kindOf == "CNAME" && name == apex {
		return cloud.Refuse("InvalidChangeBatch", "[RRSet of type CNAME with DNS name %s. is not permitted at apex in zone %s.]", name, apex)
	}
	m.Values["fqdn"] = name
	if m.New() {
		nameRecord(m, kindOf)
	}
	return checkAliases(m)
}

// nameRecord sets the ID of a new record.
func nameRecord(m *cloud.Operation, kindOf string) {
	if strings.HasSuffix(m.Text("records"), validationSuffix) {
		m.MayRemain("kept, because other certificates of the same name are renewed with it")
	}
	m.ID = m.Text("zoneId") + "_" + strings.ToLower(strings.TrimSuffix(m.Text("name"), ".")) + "_" + kindOf
	if set := m.Text("setIdentifier"); set != "" {
		m.ID += "_" + set
	}
}

// checkAliases requires that the targets of aliases exist in the hosted zone that the alias names: load balancers and
// distributions.
func checkAliases(m *cloud.Operation) error {
	for _, alias := range m.Objects("aliases") {
		target, zone := strings.TrimSuffix(alias.Text("name"), "."), alias.Text("zoneId")
		var found []cloud.Values
		property := "zoneId"
		switch {
		case strings.HasSuffix(target, ".elb.amazonaws.com") || strings.Contains(target, ".elb."):
			for _, region := range append(regions(), "us-east-1", "us-west-2", "ap-northeast-1", "ap-northeast-2", "ca-central-1", "us-west-1") {
				found = append(found, m.InRegion(region).Find(Token("lb/loadBalancer"), "dnsName", strings.TrimPrefix(target, "dualstack."))...)
			}
		case strings.HasSuffix(target, ".cloudfront.net"):
			found, property = m.Find(Token("cloudfront/distribution"), "domainName", target), "hostedZoneId"
		default:
			continue
		}
		if len(found) == 0 || found[0].Text(property) != zone {
			return cloud.Refuse("InvalidChangeBatch", "[Tried to create an alias that targets %s., type %s in zone %s, but the alias target name "+
				"does not lie within the target zone]", target, m.Text("type"), zone)
		}
	}
	return nil
}

// delegated tells whether the internet finds the names of a zone: either the zone above it in the account delegates it
// and is found itself, or no zone is above it and it is delegated elsewhere.
func delegated(m *cloud.Operation, zone cloud.Values, undelegated []string) bool {
	name := strings.TrimSuffix(zone.Text("name"), ".")
	var above cloud.Values
	for _, other := range m.Find(Token("route53/zone"), "", "") {
		theirs := strings.TrimSuffix(other.Text("name"), ".")
		if strings.HasSuffix(name, "."+theirs) && len(theirs) > len(above.Text("name")) {
			above = other
		}
	}
	if above == nil {
		return !slices.Contains(undelegated, name)
	}
	for _, record := range m.Find(Token("route53/record"), "zoneId", above.Text("id")) {
		if record.Text("type") == "NS" && record.Text("fqdn") == name && slices.ContainsFunc(record.Texts("records"), func(server string) bool {
			return slices.Contains(zone.Texts("nameServers"), strings.TrimSuffix(server, "."))
		}) {
			return delegated(m, above, undelegated)
		}
	}
	return false
}
