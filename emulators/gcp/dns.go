package gcp

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/djangostack/djangostack/emulators/cloud"
)

const managed = "Managed by Pulumi"

func zones() kinds {
	zone := kind{
		DisplayName: "DNS Managed Zone", ID: "projects/{project}/managedZones/{name}",
		Defaults: vals{"description": managed, "forceDestroy": false, "visibility": "public", "dnssecConfig.kind": "dns#managedZoneDnssecConfig",
			"dnssecConfig.defaultKeySpecs.kind": "dns#dnsKeySpec"},
		ReplaceOn: []string{"dnsName", "reverseLookup", "visibility"},
		Sets:      []string{"privateVisibilityConfig.networks", "privateVisibilityConfig.gkeClusters"},
		Computed:  []string{"dnssecConfig.defaultKeySpecs"},
		Rules: rules{
			gceName("name"), cloud.Match("dnsName", `^([a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?\.)+$`, "must be a domain name that ends with a dot"),
			cloud.OneOf("visibility", "public", "private"), cloud.OneOf("dnssecConfig.state", "off", "on", "transfer"),
			cloud.OneOf("dnssecConfig.nonExistence", "nsec", "nsec3"), cloud.OneOf("dnssecConfig.defaultKeySpecs.keyType", "keySigning", "zoneSigning"),
			cloud.OneOf("dnssecConfig.defaultKeySpecs.algorithm", "ecdsap256sha256", "ecdsap384sha384", "rsasha1", "rsasha256", "rsasha512"),
			func(j *cloud.Validation) {
				private := j.Text("visibility") == "private"
				switch {
				case private && j.Text("dnssecConfig.state") == "on":
					j.Fail("dnssecConfig", "private zones cannot be signed")
				case !private && j.Known("visibility") && j.Has("privateVisibilityConfig"):
					j.Fail("privateVisibilityConfig", "goes with private zones only")
				}
			},
		},
		References: []ref{holds("privateVisibilityConfig.networks.networkUrl", "compute/network")},
		Unique:     []string{"project", "name"},
		Conflict:   code{Code: "409 alreadyExists", Message: "The resource 'entity.managedZone' named '{name}' already exists"},
		Missing:    code{Code: "404 notFound", Message: "The 'parameters.managedZone' resource named '%s' does not exist."},
		Outputs: vals{
			"creationTime": "{now}", "managedZoneId": "{digits:19}", "cloudLoggingConfig": vals{"enableLogging": false},
			"dnssecConfig.nonExistence": "nsec3",
		},
		Apply: makeZone,
		RefuseDelete: func(m *cloud.Operation) error {
			inside := m.Find(Token("dns/recordSet"), "managedZone", last(m.ID))
			if len(inside) > 0 && !m.True("forceDestroy") {
				return cloud.Refuse("400 containerNotEmpty", "The resource named '%s' cannot be deleted because it contains one or more 'resource records'.", last(m.ID))
			}
			m.DeleteWhere(Token("dns/recordSet"), "managedZone", last(m.ID))
			return nil
		},
	}
	policy := kind{
		DisplayName: "DNS Policy", ID: "projects/{project}/policies/{name}", Defaults: vals{"description": managed},
		Sets:       []string{"networks"},
		Rules:      rules{gceName("name")},
		References: []ref{holds("networks.networkUrl", "compute/network")},
		Unique:     []string{"project", "name"},
		Apply: func(m *cloud.Operation) error {
			for _, other := range m.Find(Token("dns/policy"), "", "") {
				for _, network := range m.Texts("networks.networkUrl") {
					theirs := slices.ContainsFunc(other.Texts("networks.networkUrl"), func(one string) bool { return sameThing(one, network) || one == network })
					if other.Text("id") != m.ID && theirs {
						return cloud.Refuse("400 invalid", "The network '%s' has a policy already: '%s'", network, other.Text("name"))
					}
				}
			}
			return nil
		},
	}
	return kinds{"dns/managedZone": &zone, "dns/policy": &policy, "dns/recordSet": recordSet()}
}

func makeZone(m *cloud.Operation) error {
	if m.New() {
		letter := string(rune('a' + len(m.Find(Token("dns/managedZone"), "dnsName", m.Text("dnsName")))%5))
		var servers []string
		for i := 1; i <= 4; i++ {
			servers = append(servers, fmt.Sprintf("ns-cloud-%s%d.googledomains.com.", letter, i))
		}
		if m.Text("visibility") == "private" {
			servers = []string{"ns-gcp-private.googledomains.com."}
		}
		m.Values["nameServers"] = list(servers...)
		return nil
	}
	changed := m.Changed("dnssecConfig.nonExistence") || m.Changed("dnssecConfig.defaultKeySpecs")
	if m.Old.Text("dnssecConfig.state") == "on" && m.Text("dnssecConfig.state") == "on" && changed {
		return cloud.Refuse("412 conditionNotMet", "DNSSEC of zone '%s' can be changed while it is off only", m.Text("name"))
	}
	return nil
}

func recordSet() *kind {
	return &kind{
		DisplayName: "DNS Record Set", ID: "projects/{project}/managedZones/{managedZone}/rrsets/{name}/{type}",
		ReplaceOn: []string{"managedZone", "name"},
		Rules: rules{
			cloud.Match("name", `\.$`, `"name" must end with a "."`), cloud.Exclusive("rrdatas", "routingPolicy"), cloud.SomeNeeded("rrdatas", "routingPolicy"),
			cloud.OneOf("type", "A", "AAAA", "ALIAS", "CAA", "CNAME", "DNSKEY", "DS", "HTTPS", "IPSECKEY", "MX", "NAPTR", "NS", "PTR", "SOA", "SPF",
				"SRV", "SSHFP", "SVCB", "TLSA", "TXT"), recordData,
		},
		References: []ref{{Path: "managedZone", To: "dns/managedZone", By: []string{"name"}}},
		Apply:      makeRecord,
	}
}

// recordData requires data in the form of the record's type.
func recordData(j *cloud.Validation) {
	sort, values := j.Text("type"), j.Texts("rrdatas")
	if sort == "CNAME" && len(j.At("rrdatas")) > 1 {
		j.Fail("rrdatas", "a CNAME has one value")
	}
	for _, text := range values {
		address, err := netip.ParseAddr(text)
		switch {
		case sort == "A" && (err != nil || !address.Is4()), sort == "AAAA" && (err != nil || !address.Is6()):
			j.Fail("rrdatas", "%q is no address of a record of type %s", text, sort)
		case (sort == "CNAME" || sort == "NS") && !strings.HasSuffix(text, "."):
			j.Fail("rrdatas", "%q must be a full name with a dot at its end", text)
		case sort == "TXT" && strings.Contains(text, " ") && !strings.HasPrefix(text, `"`):
			j.Fail("rrdatas", "a text with spaces needs quotation marks: %q", text)
		case sort == "CAA" && len(strings.SplitN(text, " ", 3)) != 3:
			j.Fail("rrdatas", `%q is not of the form 0 issue "NAME"`, text)
		}
	}
}

func makeRecord(m *cloud.Operation) error {
	name := last(m.Text("managedZone"))
	m.Values["managedZone"] = name
	if m.New() {
		m.ID = m.Template("projects/{project}/managedZones/{managedZone}/rrsets/{name}/{type}")
		// The provider's create deletes a record set of the same name and type in the same change (resourceDnsRecordSetCreate in
		// google/services/dns/resource_dns_record_set.go of terraform-provider-google).
		m.DeleteWhere(Token("dns/recordSet"), "id", m.ID)
		if strings.HasSuffix(m.Text("rrdatas"), authorizationSuffix) {
			m.MayRemain("kept, because other certificates of the same name are renewed with it")
		}
	}
	zone := m.First(Token("dns/managedZone"), "name", name)
	apex := zone.Text("dnsName")
	if m.Text("name") != apex && !strings.HasSuffix(m.Text("name"), "."+apex) {
		return cloud.Refuse("400 invalid", "Invalid value for 'entity.change.additions[0].name': '%s' is not in the zone '%s'", m.Text("name"), apex)
	}
	alias := m.Text("type") == "CNAME"
	if alias && m.Text("name") == apex {
		return cloud.Refuse("400 cnameResourceRecordSetConflict", "The resource record set 'entity.change.additions[0]' is invalid because the DNS name '%s' "+
			"may not have a CNAME: it is the apex of the zone", apex)
	}
	for _, other := range m.Find(Token("dns/recordSet"), "name", m.Text("name")) {
		if other.Text("id") != m.ID && other.Text("managedZone") == name && (alias || other.Text("type") == "CNAME") {
			return cloud.Refuse("400 cnameResourceRecordSetConflict", "The resource record set 'entity.change.additions[0]' is invalid because the DNS name '%s' "+
				"may have either one CNAME resource record set or resource record sets of other types, but not both.", m.Text("name"))
		}
	}
	return nil
}
