package gcp

import "github.com/djangostack/djangostack/emulators/cloud"

func routers() kinds {
	nat := kind{
		DisplayName: "Router NAT", ID: "{project}/{region}/{router}/{name}",
		Defaults: vals{
			"icmpIdleTimeoutSec": 30.0, "tcpEstablishedIdleTimeoutSec": 1200.0, "tcpTransitoryIdleTimeoutSec": 30.0,
			"tcpTimeWaitTimeoutSec": 120.0, "udpIdleTimeoutSec": 30.0, "type": "PUBLIC",
		},
		ReplaceOn: []string{"endpointTypes", "router", "type"}, Sets: []string{"rules", "subnetworks"},
		Computed: []string{"drainNatIps", "endpointTypes"},
		Rules: rules{
			gceName("name"), cloud.Length("name", 2, 63),
			cloud.OneOf("natIpAllocateOption", "MANUAL_ONLY", "AUTO_ONLY"), cloud.OneOf("type", "PUBLIC", "PRIVATE"),
			cloud.OneOf("sourceSubnetworkIpRangesToNat", "ALL_SUBNETWORKS_ALL_IP_RANGES", "ALL_SUBNETWORKS_ALL_PRIMARY_IP_RANGES",
				"LIST_OF_SUBNETWORKS"),
			cloud.OneOf("logConfig.filter", "ERRORS_ONLY", "TRANSLATIONS_ONLY", "ALL"), natAgrees,
			cloud.OneOf("autoNetworkTier", "PREMIUM", "STANDARD"),
		},
		References: []ref{
			holds("router", "compute/router"), holds("natIps", "compute/address"), holds("subnetworks.name", "compute/subnetwork"),
		},
		Unique:   []string{"project", "region", "router", "name"},
		Conflict: code{Code: "409 alreadyExists", Message: "The NAT '{name}' of router '{router}' already exists"},
		Outputs:  vals{"autoNetworkTier": "PREMIUM", "enableDynamicPortAllocation": false, "enableEndpointIndependentMapping": false},
		Apply:    makeNat,
	}
	return kinds{
		"compute/router": computeKind("router", "regions/{region}/routers", kind{
			DisplayName: "Router",
			Defaults:    vals{"bgp.advertiseMode": "DEFAULT", "bgp.keepaliveInterval": 20.0},
			ReplaceOn:   []string{"encryptedInterconnectRouter", "network"},
			Rules: rules{
				cloud.OneOf("bgp.advertiseMode", "DEFAULT", "CUSTOM"), cloud.Between("bgp.keepaliveInterval", 20, 60), privateASN,
			},
			References: []ref{holds("network", "compute/network")},
			Outputs:    vals{"creationTimestamp": "{now}"},
			Apply:      linked("network"),
		}),
		"compute/routerNat": &nat,
	}
}

// privateASN requires a number of RFC 6996, or Google's own for partner interconnects.
func privateASN(j *cloud.Validation) {
	for _, number := range j.At("bgp.asn") {
		asn, known := number.(float64)
		if known && asn != 16550 && (asn < 64512 || asn > 65534) && (asn < 4200000000 || asn > 4294967294) {
			j.Fail("bgp.asn", "%q: expected to be a RFC6996-compliant ASN, got %v", "asn", asn)
		}
	}
}

func natAgrees(j *cloud.Validation) {
	option := j.Text("natIpAllocateOption")
	switch {
	case option == "AUTO_ONLY" && j.Has("natIps"):
		j.Fail("natIps", "nat_ips cannot be set with AUTO_ONLY")
	case option == "MANUAL_ONLY" && !j.Has("natIps"):
		j.Fail("natIps", "nat_ips are required with MANUAL_ONLY")
	case j.Text("sourceSubnetworkIpRangesToNat") == "LIST_OF_SUBNETWORKS" && !j.Has("subnetworks"):
		j.Fail("subnetworks", "at least one subnetwork is required with LIST_OF_SUBNETWORKS")
	case j.True("enableDynamicPortAllocation") && j.True("enableEndpointIndependentMapping"):
		j.Fail("enableEndpointIndependentMapping", "cannot be on together with dynamic port allocation")
	case j.Has("maxPortsPerVm") && j.Known("enableDynamicPortAllocation") && !j.True("enableDynamicPortAllocation"):
		j.Fail("maxPortsPerVm", "goes with dynamic port allocation only")
	}
	minimum, maximum := j.Number("minPortsPerVm"), j.Number("maxPortsPerVm")
	if j.True("enableDynamicPortAllocation") && minimum > 0 && !powerOfTwo(minimum) {
		j.Fail("minPortsPerVm", "must be a power of two with dynamic port allocation (got %v)", minimum)
	}
	if maximum > 0 && (!powerOfTwo(maximum) || maximum <= minimum) {
		j.Fail("maxPortsPerVm", "must be a power of two and greater than minPortsPerVm (got %v)", maximum)
	}
}

func powerOfTwo(number float64) bool {
	whole := int(number)
	return whole > 0 && whole&(whole-1) == 0
}

func makeNat(m *cloud.Operation) error {
	if !m.Has("minPortsPerVm") {
		m.Values["minPortsPerVm"] = 64.0
		if m.True("enableDynamicPortAllocation") {
			m.Values["minPortsPerVm"] = 32.0
		}
	}
	if err := linked("natIps", "subnetworks.name")(m); err != nil {
		return err
	}
	all := m.Text("sourceSubnetworkIpRangesToNat") != "LIST_OF_SUBNETWORKS"
	network := routerNetwork(m, m.Text("router"))
	for _, other := range m.Find(Token("compute/routerNat"), "region", m.Text("region")) {
		if other.Text("id") != m.ID && all && other.Text("sourceSubnetworkIpRangesToNat") != "LIST_OF_SUBNETWORKS" &&
			routerNetwork(m, other.Text("router")) == network {
			return cloud.Refuse("400 invalid", "Invalid value for field 'resource.nats[0]': another NAT of the region already covers "+
				"all subnetworks of the network: '%s'", other.Text("id"))
		}
	}
	return nil
}

func routerNetwork(m *cloud.Operation, router string) string {
	return m.First(Token("compute/router"), "name", last(router)).Text("network")
}
