package gcp

import (
	"strings"

	"github.com/djangostack/djangostack/emulators/cloud"
)

// clusterRanges sets the ranges of pods and Services, and refuses ranges that do not exist.
func clusterRanges(m *cloud.Operation) error {
	subnetwork := subnetworkOf(m, m.Text("subnetwork"))
	if name := m.Text("subnetwork"); name != "" && subnetwork.Text("region") != regionOrZone(m.Text("location")) {
		return cloud.Refuse("400 badRequest", "Subnetwork %q is not in region %q", name, regionOrZone(m.Text("location")))
	}
	if network := subnetwork.Text("network"); network != "" && !sameThing(network, m.Text("network")) {
		return cloud.Refuse("400 badRequest", "Subnetwork %q does not belong to network %q", m.Text("subnetwork"), m.Text("network"))
	}
	m.Values["network"], m.Values["subnetwork"] = relative(subnetwork.Text("network")), relative(subnetwork.Text("selfLink"))
	ranges := map[string]string{}
	for _, one := range subnetwork.Objects("secondaryIpRanges") {
		ranges[one.Text("rangeName")] = one.Text("ipCidrRange")
	}
	policy, has := m.Values["ipAllocationPolicy"].(cloud.Values)
	if !has {
		policy = vals{"stackType": "IPV4"}
		m.Values["ipAllocationPolicy"] = policy
	}
	for _, part := range []struct{ sort, name, block, output, standard string }{
		{"Pod", "clusterSecondaryRangeName", "clusterIpv4CidrBlock", "clusterIpv4Cidr", "10.180.0.0/14"},
		{"Services", "servicesSecondaryRangeName", "servicesIpv4CidrBlock", "servicesIpv4Cidr", "34.118.224.0/20"},
	} {
		name, block := policy.Text(part.name), policy.Text(part.block)
		if name != "" && ranges[name] == "" {
			return cloud.Refuse("400 badRequest", "%s secondary range %q does not exist in network %q, subnetwork %q.", part.sort, name,
				last(m.Text("network")), last(m.Text("subnetwork")))
		}
		if name == "" {
			policy[part.name] = "gke-" + m.Text("name") + "-" + strings.ToLower(part.sort) + "-" + m.Template("{hex:8}")
		}
		switch {
		case name != "":
			block = ranges[name]
		case block == "":
			block = part.standard
		}
		policy[part.block], m.Values[part.output] = block, block
	}
	return nil
}

// regionOrZone returns the region of a location.
func regionOrZone(location string) string {
	if zonesOf(location) != nil {
		return location
	}
	return regionOf(location)
}

// subnetworkOf returns the subnetwork that a text names.
func subnetworkOf(m *cloud.Operation, name string) cloud.Values {
	for _, one := range m.Find(Token("compute/subnetwork"), "", "") {
		if name != "" && (sameThing(one.Text("selfLink"), name) || one.Text("name") == name) {
			return one
		}
	}
	return cloud.Values{}
}
