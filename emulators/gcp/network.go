package gcp

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/djangostack/djangostack/emulators/cloud"
)

func networks() kinds {
	return kinds{
		"compute/network": computeKind("network", "global/networks", kind{
			DisplayName: "Network",
			Defaults:    vals{"autoCreateSubnetworks": true, "deleteDefaultRoutesOnCreate": false, "networkFirewallPolicyEnforcementOrder": "AFTER_CLASSIC_FIREWALL"},
			ReplaceOn:   []string{"autoCreateSubnetworks", "description", "enableUlaInternalIpv6", "internalIpv6Range", "mtu"},
			Rules: rules{
				cloud.OneOf("routingMode", "REGIONAL", "GLOBAL"), cloud.Between("mtu", 1300, 8896),
				cloud.OneOf("networkFirewallPolicyEnforcementOrder", "BEFORE_CLASSIC_FIREWALL", "AFTER_CLASSIC_FIREWALL"),
			},
			Outputs: vals{"mtu": 1460.0, "numericId": "{digits:18}", "routingMode": "REGIONAL"},
		}),
		"compute/subnetwork": computeKind("subnetwork", "regions/{region}/subnetworks", kind{
			DisplayName: "Subnetwork",
			Defaults: vals{
				"logConfig.aggregationInterval": "INTERVAL_5_SEC", "logConfig.filterExpr": "true", "logConfig.flowSampling": 0.5,
				"logConfig.metadata": "INCLUDE_ALL_METADATA", "sendSecondaryIpRangeIfEmpty": false,
			},
			ReplaceOn:   []string{"description", "externalIpv6Prefix", "network", "purpose"},
			ReplaceWhen: shrinks,
			Computed:    []string{"secondaryIpRanges"},
			Rules: rules{
				cloud.Network("ipCidrRange", 8, 29), cloud.Network("secondaryIpRanges.ipCidrRange", 8, 29), gceName("secondaryIpRanges.rangeName"),
				cloud.OneOf("logConfig.aggregationInterval", "INTERVAL_5_SEC", "INTERVAL_30_SEC", "INTERVAL_1_MIN", "INTERVAL_5_MIN",
					"INTERVAL_10_MIN", "INTERVAL_15_MIN"),
				cloud.OneOf("logConfig.metadata", "EXCLUDE_ALL_METADATA", "INCLUDE_ALL_METADATA", "CUSTOM_METADATA"),
				cloud.Between("logConfig.flowSampling", 0, 1), cloud.OneOf("stackType", "IPV4_ONLY", "IPV4_IPV6"),
				cloud.OneOf("ipv6AccessType", "EXTERNAL", "INTERNAL"), cloud.OneOf("role", "ACTIVE", "BACKUP"),
				cloud.OneOf("purpose", "PRIVATE", "PRIVATE_RFC_1918", "PRIVATE_NAT", "PRIVATE_SERVICE_CONNECT", "REGIONAL_MANAGED_PROXY",
					"GLOBAL_MANAGED_PROXY", "INTERNAL_HTTPS_LOAD_BALANCER"),
			},
			References: []ref{holds("network", "compute/network")},
			Outputs: vals{
				"creationTimestamp": "{now}", "fingerprint": "{letters:11}=", "privateIpGoogleAccess": false, "purpose": "PRIVATE",
				"privateIpv6GoogleAccess": "DISABLE_GOOGLE_ACCESS", "stackType": "IPV4_ONLY",
			},
			Apply: then(linked("network"), makeSubnetwork),
		}),
		"compute/route": computeKind("route", "global/routes", kind{
			DisplayName: "Route",
			Defaults:    vals{"priority": 1000.0},
			ReplaceOn: []string{
				"description", "destRange", "network", "nextHopGateway", "nextHopIlb", "nextHopInstance", "nextHopInstanceZone", "nextHopIp",
				"nextHopVpnTunnel", "priority", "tags",
			},
			Rules: rules{
				cloud.Network("destRange", 0, 32), cloud.Between("priority", 0, 65535),
				cloud.OneNeeded("nextHopGateway", "nextHopIp", "nextHopInstance", "nextHopVpnTunnel", "nextHopIlb"),
			},
			References: []ref{holds("network", "compute/network")},
			Outputs:    vals{"nextHopNetwork": ""},
			Apply:      linked("network"),
		}),
	}
}

// shrinks replaces a subnetwork whose new range does not contain the old one, because ranges only grow.
func shrinks(before, after cloud.Values) []string {
	old, err := netip.ParsePrefix(before.Text("ipCidrRange"))
	now, alsoErr := netip.ParsePrefix(after.Text("ipCidrRange"))
	if err != nil || alsoErr != nil || now.Bits() <= old.Bits() && now.Contains(old.Addr()) {
		return nil
	}
	return []string{"ipCidrRange"}
}

func makeSubnetwork(m *cloud.Operation) error {
	if m.First(Token("compute/network"), "selfLink", m.Text("network")).True("autoCreateSubnetworks") {
		return cloud.Refuse("400 badRequest", "Invalid resource usage: 'Cannot create subnetworks in an auto subnet mode network by hand: %s'",
			last(m.Text("network")))
	}
	if zonesOf(m.Text("region")) == nil {
		return cloud.Refuse("400 invalid", "Invalid value for field 'region': '%s'. Unknown region.", m.Text("region"))
	}
	if err := rangesFree(m); err != nil {
		return err
	}
	if err := secondaryRangesInUse(m); err != nil {
		return err
	}
	if network, err := netip.ParsePrefix(m.Text("ipCidrRange")); err == nil {
		m.Values["gatewayAddress"] = network.Addr().Next().String()
	}
	return nil
}

// rangesFree refuses ranges that overlap each other or those of another subnetwork.
func rangesFree(m *cloud.Operation) error {
	mine, err := rangesOf(m.Values)
	if err != nil {
		return err
	}
	for i, one := range mine {
		for _, other := range mine[i+1:] {
			if one.Overlaps(other) {
				return cloud.Refuse("400 badRequest", "Invalid IPCidrRange: %s conflicts with %s of the same subnetwork", one, other)
			}
		}
	}
	for _, other := range m.Find(Token("compute/subnetwork"), "network", m.Text("network")) {
		if other.Text("selfLink") == m.Text("selfLink") {
			continue
		}
		theirs, err := rangesOf(other)
		if err != nil {
			return err
		}
		for _, one := range mine {
			if at := slices.IndexFunc(theirs, one.Overlaps); at >= 0 {
				return cloud.Refuse("400 badRequest", "Invalid IPCidrRange: %s conflicts with existing subnetwork '%s' in region '%s'.",
					one, other.Text("name"), other.Text("region"))
			}
		}
	}
	return nil
}

// wayOut refuses nodes in a network without a route to Google, because they would never register.
func wayOut(m *cloud.Operation, network string) error {
	for _, one := range m.Find(Token("compute/network"), "", "") {
		if !sameThing(one.Text("selfLink"), network) || !one.True("deleteDefaultRoutesOnCreate") {
			continue
		}
		for _, route := range m.Find(Token("compute/route"), "network", one.Text("selfLink")) {
			if route.Text("destRange") == "0.0.0.0/0" || strings.HasPrefix(route.Text("destRange"), "199.36.153.") {
				return nil
			}
		}
		return cloud.Refuse("400 badRequest", "All cluster resources were brought up, but: only 0 nodes out of 3 have registered; this is likely due to "+
			"Nodes failing to start correctly: the network %s has no route to Google.", one.Text("name"))
	}
	return nil
}

// rangesOf returns all ranges of a subnetwork.
func rangesOf(subnetwork cloud.Values) ([]netip.Prefix, error) {
	var all []netip.Prefix
	for _, text := range append(subnetwork.Texts("ipCidrRange"), subnetwork.Texts("secondaryIpRanges.ipCidrRange")...) {
		parsed, err := netip.ParsePrefix(text)
		if err != nil {
			return nil, cloud.Refuse("400 invalid", "Invalid value for field 'ipCidrRange': '%s'", text)
		}
		all = append(all, parsed)
	}
	return all, nil
}

// secondaryRangesInUse refuses a change that removes a range of a cluster.
func secondaryRangesInUse(m *cloud.Operation) error {
	if m.New() {
		return nil
	}
	for _, one := range m.Find(Token("container/cluster"), "", "") {
		if !sameThing(one.Text("subnetwork"), m.Text("selfLink")) {
			continue
		}
		for _, path := range []string{"clusterSecondaryRangeName", "servicesSecondaryRangeName"} {
			name := one.Text("ipAllocationPolicy." + path)
			if name != "" && !slices.Contains(m.Texts("secondaryIpRanges.rangeName"), name) {
				return cloud.Refuse("400 resourceInUseByAnotherResource", "The subnetwork's secondary range '%s' is already being used by '%s'",
					name, one.Text("selfLink"))
			}
		}
	}
	return nil
}

// addressIn returns a free address of a subnetwork.
func addressIn(m *cloud.Operation, subnetwork string) string {
	found := m.First(Token("compute/subnetwork"), "selfLink", computeAPI+relative(subnetwork))
	network, err := netip.ParsePrefix(found.Text("ipCidrRange"))
	if err != nil {
		return ""
	}
	// Google reserves the first two and the last two addresses of a range.
	address := network.Addr().Next().Next()
	for taken(m, address.String()) && network.Contains(address) {
		address = address.Next()
	}
	return address.String()
}

// taken tells whether an internal address is in use.
func taken(m *cloud.Operation, address string) bool {
	for _, short := range []string{"compute/address", "compute/forwardingRule"} {
		for _, path := range []string{"address", "ipAddress"} {
			if len(m.Find(Token(short), path, address)) > 0 {
				return true
			}
		}
	}
	return false
}

// externalAddress returns an external address that is unique to the resource.
func externalAddress(m *cloud.Operation) string {
	var part [3]byte
	for i := range part {
		digits := m.Template(fmt.Sprintf("{digits:%d}", i+2))
		for _, digit := range digits {
			part[i] = part[i]*7 + byte(digit-'0')
		}
	}
	return fmt.Sprintf("34.%d.%d.%d", part[0]%128, part[1]%254, part[2]%254+1)
}
