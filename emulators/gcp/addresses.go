package gcp

import "github.com/djangostack/djangostack/emulators/cloud"

func addresses() kinds {
	every := []string{"address", "addressType", "description", "ipVersion", "network", "prefixLength", "purpose"}
	return kinds{
		"compute/address": computeKind("address", "regions/{region}/addresses", kind{
			DisplayName: "Address",
			Defaults:    vals{"addressType": "EXTERNAL"},
			ReplaceOn:   append([]string{"ipv6EndpointType", "networkTier", "subnetwork"}, every...),
			Rules: rules{
				cloud.OneOf("addressType", "INTERNAL", "EXTERNAL"), cloud.OneOf("networkTier", "PREMIUM", "STANDARD"), cloud.OneOf("ipVersion", "IPV4", "IPV6"),
				cloud.OneOf("purpose", "GCE_ENDPOINT", "SHARED_LOADBALANCER_VIP", "VPC_PEERING", "IPSEC_INTERCONNECT", "PRIVATE_SERVICE_CONNECT"),
				func(j *cloud.Validation) {
					if j.Text("addressType") != "INTERNAL" && (j.Has("subnetwork") || j.Has("purpose")) {
						j.Fail("addressType", "subnetworks and purposes go with INTERNAL addresses only")
					}
				},
			},
			References: []ref{holds("subnetwork", "compute/subnetwork"), holds("network", "compute/network")},
			Outputs:    vals{"creationTimestamp": "{now}", "labelFingerprint": "{letters:11}="},
			Apply:      then(linked("network", "subnetwork"), makeAddress),
		}),
		"compute/globalAddress": computeKind("address", "global/addresses", kind{
			DisplayName: "Global Address",
			Defaults:    vals{"addressType": "EXTERNAL"},
			ReplaceOn:   every,
			Rules: rules{
				cloud.OneOf("addressType", "INTERNAL", "EXTERNAL"), cloud.OneOf("ipVersion", "IPV4", "IPV6", ""),
				cloud.OneOf("purpose", "VPC_PEERING", "PRIVATE_SERVICE_CONNECT"), globalAddressAgrees,
			},
			References: []ref{holds("network", "compute/network")},
			Outputs:    vals{"creationTimestamp": "{now}", "labelFingerprint": "{letters:11}="},
			Apply: then(linked("network"), func(m *cloud.Operation) error {
				if !m.Has("address") {
					m.Values["address"] = externalAddress(m)
				}
				return nil
			}),
		}),
	}
}

func globalAddressAgrees(j *cloud.Validation) {
	internal := j.Text("addressType") == "INTERNAL"
	switch {
	case !j.Known("addressType"):
	case internal && (!j.Has("purpose") || !j.Has("network")):
		j.Fail("purpose", "an INTERNAL address needs a purpose and a network")
	case !internal && (j.Has("purpose") || j.Has("network") || j.Has("prefixLength")):
		j.Fail("addressType", "purpose, network and prefix length go with INTERNAL addresses only")
	}
}

func makeAddress(m *cloud.Operation) error {
	if zonesOf(m.Text("region")) == nil {
		return cloud.Refuse("400 invalid", "Invalid value for field 'region': '%s'. Unknown region.", m.Text("region"))
	}
	internal := m.Text("addressType") == "INTERNAL"
	if !m.Has("purpose") && internal {
		m.Values["purpose"] = "GCE_ENDPOINT"
	}
	if !m.Has("networkTier") {
		m.Values["networkTier"] = "PREMIUM"
	}
	switch {
	case m.Has("address"):
	case !internal:
		m.Values["address"] = externalAddress(m)
	case m.Text("subnetwork") == "":
		return cloud.Refuse("400 invalid", "Invalid value for field 'resource.subnetwork': ''. An internal address needs a subnetwork.")
	default:
		m.Values["address"] = addressIn(m, m.Text("subnetwork"))
	}
	return nil
}
