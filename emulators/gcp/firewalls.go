package gcp

import "github.com/djangostack/djangostack/emulators/cloud"

func firewalls() kinds {
	return kinds{
		"compute/firewall": computeKind("firewall", "global/firewalls", kind{
			DisplayName: "Firewall",
			Defaults:    vals{"priority": 1000.0},
			ReplaceOn:   []string{"direction", "network"},
			Sets:        []string{"allows", "denies"}, Computed: []string{"destinationRanges"},
			Rules: rules{
				cloud.Between("priority", 0, 65535), cloud.OneOf("direction", "INGRESS", "EGRESS"), firewallAgrees,
				cloud.OneOf("logConfig.metadata", "EXCLUDE_ALL_METADATA", "INCLUDE_ALL_METADATA"),
				cloud.Match("allows.ports", `^\d+(-\d+)?$`, "is no port or range of ports"),
				cloud.Match("denies.ports", `^\d+(-\d+)?$`, "is no port or range of ports"),
				cloud.Network("sourceRanges", 0, 32), cloud.Network("destinationRanges", 0, 32),
				cloud.Exclusive("allows", "denies"), cloud.SomeNeeded("allows", "denies"),
			},
			References: []ref{holds("network", "compute/network")},
			Outputs:    vals{"creationTimestamp": "{now}", "direction": "INGRESS"},
			Apply: func(m *cloud.Operation) error {
				m.Values["enableLogging"] = m.Has("logConfig")
				return linked("network")(m)
			},
		}),
	}
}

// firewallAgrees checks which arguments can be combined.
// https://cloud.google.com/firewall/docs/firewalls#rule-components
func firewallAgrees(j *cloud.Validation) {
	for _, accounts := range []string{"sourceServiceAccounts", "targetServiceAccounts"} {
		for _, tags := range []string{"sourceTags", "targetTags"} {
			if j.Has(accounts) && j.Has(tags) {
				j.Fail(accounts, "%q: conflicts with %s", accounts, tags)
			}
		}
		if len(j.At(accounts)) > 10 {
			j.Fail(accounts, "attribute supports 10 items maximum")
		}
	}
	sources := j.Has("sourceRanges") || j.Has("sourceTags") || j.Has("sourceServiceAccounts")
	switch {
	case j.Text("direction") == "EGRESS" && sources:
		j.Fail("direction", "EGRESS rules have no sources")
	case j.Text("direction") != "EGRESS" && j.Known("direction") && !sources:
		j.Fail("sourceRanges", "one of source_tags, source_ranges, or source_service_accounts must be defined")
	}
}
