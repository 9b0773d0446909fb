package gcp

import (
	"fmt"
	"hash/fnv"
	"slices"
	"strings"

	"github.com/djangostack/djangostack/emulators/cloud"
)

// certificateName checks a name in Certificate Manager.
func certificateName() cloud.Rule {
	return cloud.Match("name", `^[a-zA-Z][a-zA-Z0-9_-]{0,63}$`, "must be 1 to 64 letters, digits, hyphens and underscores, beginning with a letter")
}

func certificates(undelegated []string) kinds {
	const start = "projects/{project}/locations/"
	common := func(called, place string, more kind) *kind {
		more.DisplayName, more.ID = called, start+place
		more.Rules = append(more.Rules, certificateName())
		more.Missing = code{Code: "404 notFound", Message: "Resource '%s' was not found"}
		more.Conflict = code{Code: "409 alreadyExists", Message: "Resource '" + start + place + "' already exists"}
		more.InUse = code{Code: "400 failedPrecondition", Message: "can't delete '%s', which is referenced by other resources"}
		return &more
	}
	return kinds{
		"certificatemanager/dnsAuthorization": common("DNS Authorization", "{location}/dnsAuthorizations/{name}", kind{
			Defaults: vals{"location": "global"}, ReplaceOn: []string{"domain", "type"},
			Rules: rules{
				cloud.OneOf("type", "FIXED_RECORD", "PER_PROJECT_RECORD"),
				cloud.Match("domain", `^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$`, "must be a domain name, without a wildcard and without a dot at its end"),
			},
			Unique:  []string{"project", "location", "name"},
			Outputs: vals{"type": "FIXED_RECORD"},
			Apply: func(m *cloud.Operation) error {
				name, data := proof(m)
				m.Values["dnsResourceRecords"] = []any{vals{"name": name, "type": "CNAME", "data": data}}
				return nil
			},
		}),
		"certificatemanager/certificate": common("Certificate", "{location}/certificates/{name}", kind{
			Defaults: vals{"location": "global", "scope": "DEFAULT"}, ReplaceOn: []string{"managed", "scope"},
			Rules: rules{
				cloud.OneOf("scope", "DEFAULT", "EDGE_CACHE", "ALL_REGIONS"), cloud.OneNeeded("managed", "selfManaged"),
				cloud.Match("managed.domains", `^(\*\.)?[a-z0-9]([a-z0-9.-]*[a-z0-9])?$`, "must be a domain name, without a dot at its end"),
			},
			References: []ref{holds("managed.dnsAuthorizations", "certificatemanager/dnsAuthorization")},
			Unique:     []string{"project", "location", "name"},
			Apply:      func(m *cloud.Operation) error { return makeCertificate(m, undelegated) },
		}),
		"certificatemanager/certificateMap": common("Certificate Map", "global/certificateMaps/{name}", kind{
			Unique:  []string{"project", "name"},
			Outputs: vals{"createTime": "{now}", "updateTime": "{now}"},
		}),
		"certificatemanager/certificateMapEntry": common("Certificate Map Entry", "global/certificateMaps/{map}/certificateMapEntries/{name}", kind{
			ReplaceOn: []string{"hostname", "map", "matcher"}, Rules: rules{cloud.OneNeeded("hostname", "matcher"), cloud.OneOf("matcher", "PRIMARY")},
			References: []ref{holds("map", "certificatemanager/certificateMap"), holds("certificates", "certificatemanager/certificate")},
			Unique:     []string{"project", "map", "name"},
			Outputs:    vals{"createTime": "{now}", "updateTime": "{now}", "state": "ACTIVE"},
			Apply:      makeEntry,
		}),
	}
}

// authorizationSuffix is the end of the data of every authorization record.
const authorizationSuffix = ".authorize.certificatemanager.goog."

// proof returns the record that proves the domain of an authorization. It is always the same for a domain.
func proof(m *cloud.Operation) (name, data string) {
	hash := fnv.New64a()
	// Writing to a hash never fails.
	_, _ = fmt.Fprint(hash, m.Scope.Account, "|", m.Text("domain"))
	number := hash.Sum64()
	start := "_acme-challenge."
	if m.Text("type") == "PER_PROJECT_RECORD" {
		start = fmt.Sprintf("_acme-challenge_%x.", number>>40)
	}
	return start + m.Text("domain") + ".", fmt.Sprintf("%016x-%04x.%d"+authorizationSuffix, number, number>>48, number%19+1)
}

func makeCertificate(m *cloud.Operation, undelegated []string) error {
	covered := map[string]string{}
	for _, name := range m.Texts("managed.dnsAuthorizations") {
		for _, authorization := range m.Find(Token("certificatemanager/dnsAuthorization"), "", "") {
			if sameThing(authorization.Text("id"), name) {
				covered[authorization.Text("domain")] = authorization.Text("id")
			}
		}
	}
	var attempts []any
	state := "ACTIVE"
	for _, domain := range m.Texts("managed.domains") {
		bare := strings.TrimPrefix(domain, "*.")
		if strings.HasPrefix(domain, "*.") && len(covered) == 0 {
			return cloud.Refuse("400 invalidArgument", "wildcard domain %s needs a DNS authorization", domain)
		}
		if len(covered) > 0 && covered[bare] == "" {
			return cloud.Refuse("400 invalidArgument", "domain %s is not covered by any of the DNS authorizations", domain)
		}
		attempt := vals{"domain": domain, "state": "AUTHORIZED", "details": "", "failureReason": ""}
		if len(covered) > 0 && !proven(m, bare, undelegated) {
			state = "PROVISIONING"
			attempt["state"], attempt["failureReason"] = "FAILED", "CONFIG"
		}
		attempts = append(attempts, attempt)
	}
	for _, managed := range m.Objects("managed") {
		managed["state"], managed["authorizationAttemptInfos"] = state, attempts
	}
	return nil
}

// proven tells whether the internet finds the proof of a domain.
func proven(m *cloud.Operation, domain string, undelegated []string) bool {
	for _, authorization := range m.Find(Token("certificatemanager/dnsAuthorization"), "domain", domain) {
		wanted := authorization.Text("dnsResourceRecords.name")
		for _, record := range m.Find(Token("dns/recordSet"), "name", wanted) {
			zone := m.First(Token("dns/managedZone"), "name", record.Text("managedZone"))
			if slices.Contains(record.Texts("rrdatas"), authorization.Text("dnsResourceRecords.data")) && delegated(m, zone, undelegated) {
				return true
			}
		}
	}
	return false
}

// delegated tells whether the internet asks the name servers of a zone: the zone above it in the project, or a
// registrar, delegates to them.
func delegated(m *cloud.Operation, zone cloud.Values, undelegated []string) bool {
	name := zone.Text("dnsName")
	if zone.Text("visibility") == "private" || name == "" {
		return false
	}
	var above cloud.Values
	for _, other := range m.Find(Token("dns/managedZone"), "", "") {
		if parent := other.Text("dnsName"); strings.HasSuffix(name, "."+parent) && len(parent) > len(above.Text("dnsName")) && other.Text("visibility") != "private" {
			above = other
		}
	}
	if above == nil {
		return !slices.Contains(undelegated, strings.TrimSuffix(name, "."))
	}
	for _, record := range m.Find(Token("dns/recordSet"), "name", name) {
		if record.Text("type") == "NS" && record.Text("managedZone") == above.Text("name") {
			return slices.ContainsFunc(record.Texts("rrdatas"), func(server string) bool {
				return slices.Contains(zone.Texts("nameServers"), server)
			}) && delegated(m, above, undelegated)
		}
	}
	return false
}

func makeEntry(m *cloud.Operation) error {
	m.Values["map"] = last(m.Text("map"))
	if m.New() {
		m.ID = m.Template("projects/{project}/locations/global/certificateMaps/{map}/certificateMapEntries/{name}")
	}
	for _, other := range m.Find(Token("certificatemanager/certificateMapEntry"), "map", m.Text("map")) {
		if other.Text("id") != m.ID && other.Text("hostname") == m.Text("hostname") && other.Text("matcher") == m.Text("matcher") {
			return cloud.Refuse("409 alreadyExists", "the map has an entry for %s%s already: %s", m.Text("hostname"), m.Text("matcher"), other.Text("name"))
		}
	}
	return nil
}
