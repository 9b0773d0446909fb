package gcp

import (
	"strings"

	"github.com/djangostack/djangostack/emulators/cloud"
)

// reserved returns a reference to an address by its link. An address in digits is not a reference.
func reserved(to string) ref {
	return ref{
		Path: "ipAddress", To: to, By: []string{"id", "selfLink", "name", "address"}, BlocksDelete: true,
		ExternalPrefixes: []string{"0", "1", "2", "3", "4", "5", "6", "7", "8", "9"},
	}
}

// leads blocks the deletion of what a rule forwards to, which can have several types.
func leads(to string) ref {
	reference := holds("target", to)
	reference.Optional = true
	return reference
}

func forwarding() kinds {
	schemes := cloud.OneOf("loadBalancingScheme", "EXTERNAL", "EXTERNAL_MANAGED", "INTERNAL", "INTERNAL_MANAGED", "INTERNAL_SELF_MANAGED", "")
	protocols := cloud.OneOf("ipProtocol", "TCP", "UDP", "ESP", "AH", "SCTP", "ICMP", "L3_DEFAULT")
	every := []string{
		"description", "ipAddress", "ipProtocol", "ipVersion", "loadBalancingScheme", "network", "noAutomateDnsZone", "portRange",
		"serviceDirectoryRegistrations", "sourceIpRanges", "subnetwork",
	}
	return kinds{
		"compute/forwardingRule": computeKind("forwarding_rule", "regions/{region}/forwardingRules", kind{
			DisplayName: "Forwarding Rule",
			Equivalent:  sameAddress, IgnoreDiff: sameLink,
			Defaults:  vals{"loadBalancingScheme": "EXTERNAL"},
			ReplaceOn: append([]string{"allPorts", "isMirroringCollector", "networkTier", "ports", "serviceLabel"}, every...),
			Rules: rules{
				schemes, protocols, cloud.OneOf("networkTier", "PREMIUM", "STANDARD"), cloud.Exclusive("portRange", "ports", "allPorts"),
				cloud.SomeNeeded("target", "backendService"),
			},
			References: []ref{
				reserved("compute/address"), holds("network", "compute/network"), holds("subnetwork", "compute/subnetwork"),
				leads("compute/targetHttpsProxy"), leads("compute/targetHttpProxy"),
			},
			Outputs: vals{"creationTimestamp": "{now}", "labelFingerprint": "{letters:11}=", "networkTier": "PREMIUM"},
			Apply:   then(linked("network", "subnetwork"), makeRule),
		}),
		"compute/globalForwardingRule": computeKind("forwarding_rule", "global/forwardingRules", kind{
			DisplayName: "Global Forwarding Rule",
			Equivalent:  sameAddress, IgnoreDiff: sameLink,
			Defaults:  vals{"loadBalancingScheme": "EXTERNAL"},
			ReplaceOn: append([]string{"metadataFilters"}, every...),
			Rules: rules{
				schemes, protocols, cloud.Match("portRange", `^\d+(-\d+)?$`, "is no port or range of ports"),
			},
			References: []ref{
				reserved("compute/globalAddress"), holds("network", "compute/network"),
				leads("compute/targetHttpsProxy"), leads("compute/targetHttpProxy"),
			},
			Outputs: vals{"labelFingerprint": "{letters:11}=", "ipProtocol": "TCP"},
			Apply:   then(linked("network", "subnetwork", "target"), makeGlobalRule),
		}),
	}
}

// sameLink ignores the change of a link to another address. The provider compares the address that the API returned,
// and takes every link for it (InternalIpDiffSuppress; terraform-provider-google issue 16870).
func sameLink(_, after cloud.Values) []string {
	if strings.Contains(after.Text("ipAddress"), "/addresses/") {
		return []string{"ipAddress"}
	}
	return nil
}

// makeRule creates the endpoint of a service that is published by Private Service Connect. Other regional rules need
// types that the emulator does not have.
func makeRule(m *cloud.Operation) error {
	target := m.Text("target")
	if !strings.Contains(target, "/serviceAttachments/") {
		return cloud.Refuse("404 notFound", "The resource '%s' was not found", target)
	}
	instance := attached(m, target)
	projects := instance.Texts("settings.ipConfiguration.pscConfigs.allowedConsumerProjects")
	switch {
	case len(instance) == 0:
		return cloud.Refuse("404 notFound", "The resource '%s' was not found", relative(target))
	case m.Text("loadBalancingScheme") != "":
		return cloud.Refuse("400 invalid", "Invalid value for field 'resource.loadBalancingScheme': '%s'. A rule for a service attachment has "+
			"the scheme \"\".", m.Text("loadBalancingScheme"))
	case m.New() && (m.Has("ports") || m.Has("portRange") || m.Has("allPorts")):
		return cloud.Refuse("400 invalid", "Invalid value for field 'resource.ports': a rule for a service attachment has no ports.")
	case instance.Text("region") != m.Text("region") && !m.True("allowPscGlobalAccess"):
		return cloud.Refuse("400 invalid", "Invalid value for field 'resource.target': '%s' is not in the region %s.", target, m.Text("region"))
	}
	if err := resolve(m, "compute/address"); err != nil {
		return err
	}
	if m.Text("subnetwork") == "" {
		address := m.First(Token("compute/address"), "address", m.Text("ipAddress"))
		m.Values["subnetwork"] = address.Text("subnetwork")
		if !m.Has("network") {
			m.Values["network"] = subnetworkOf(m, address.Text("subnetwork")).Text("network")
		}
	}
	m.Values["pscConnectionId"], m.Values["pscConnectionStatus"] = m.Template("{digits:17}"), "PENDING"
	for _, project := range projects {
		if project == m.Scope.Account || project == m.Scope.Names["number"] {
			m.Values["pscConnectionStatus"] = "ACCEPTED"
		}
	}
	return nil
}

// attached returns the database that a link publishes.
func attached(m *cloud.Operation, link string) cloud.Values {
	for _, one := range m.Find(Token("sql/databaseInstance"), "", "") {
		if published := one.Text("pscServiceAttachmentLink"); published != "" && relative(link) == relative(published) {
			return one
		}
	}
	return nil
}

// resolve replaces the link to an address by the address, or takes a free one.
func resolve(m *cloud.Operation, short string) error {
	given := m.Text("ipAddress")
	for _, address := range m.Find(Token(short), "", "") {
		if given == "" || !sameThing(address.Text("selfLink"), given) && address.Text("address") != given {
			continue
		}
		m.Values["ipAddress"] = address.Text("address")
	}
	if given == "" {
		m.Values["ipAddress"] = externalAddress(m)
		if subnetwork := m.Text("subnetwork"); subnetwork != "" {
			m.Values["ipAddress"] = addressIn(m, subnetwork)
		}
	}
	for _, rule := range m.Find(m.Type(), "ipAddress", m.Text("ipAddress")) {
		if rule.Text("id") != m.ID && overlap(rule.Text("portRange"), ports(m.Text("portRange"))) {
			return cloud.Refuse("400 invalid", "Invalid value for field 'resource.IPAddress': '%s'. Specified IP address is in-use and would "+
				"result in a conflict.", m.Text("ipAddress"))
		}
	}
	return nil
}

// ports returns a range of ports as Compute Engine writes it: 443-443.
func ports(text string) string {
	if text == "" || strings.Contains(text, "-") {
		return text
	}
	return text + "-" + text
}

func overlap(one, other string) bool { return one == "" || other == "" || one == other }

func makeGlobalRule(m *cloud.Operation) error {
	target := m.Text("target")
	https := len(m.Find(Token("compute/targetHttpsProxy"), "selfLink", target)) > 0
	http := len(m.Find(Token("compute/targetHttpProxy"), "selfLink", target)) > 0
	if !https && !http {
		return cloud.Refuse("404 notFound", "The resource '%s' was not found", relative(target))
	}
	wanted := ports(m.Text("portRange"))
	classic := m.Text("loadBalancingScheme") == "EXTERNAL"
	switch {
	case wanted == "":
		return cloud.Refuse("400 invalid", "Invalid value for field 'resource.portRange': ''. Port range is required.")
	case classic && https && wanted != "443-443", classic && http && wanted != "80-80" && wanted != "8080-8080":
		return cloud.Refuse("400 invalid", "Invalid value for field 'resource.portRange': '%s'. Invalid port range for the target proxy.", wanted)
	}
	m.Values["portRange"] = wanted
	if m.Text("ipVersion") == "" {
		m.Values["ipVersion"] = ""
	}
	return resolve(m, "compute/globalAddress")
}
