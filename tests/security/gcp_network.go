package security

import (
	"slices"
	"strconv"
	"strings"
)

const (
	gcpNetwork  = "gcp:compute/network:Network"
	gcpSubnet   = "gcp:compute/subnetwork:Subnetwork"
	gcpFirewall = "gcp:compute/firewall:Firewall"
)

func networkOnGCP() []Line {
	return []Line{
		{
			IDs: []string{"CIS GCP 3.8", "CIS GKE 5.6.1", "CKV_GCP_26"}, Asks: "Who talked to whom is recorded",
			Of: []string{gcpSubnet}, Needs: []Need{arg("logConfig.metadata", is("INCLUDE_ALL_METADATA")), arg("logConfig.flowSampling", isAtLeast(1))},
			NotMet: inStaging("paid for by the gigabyte; `network.flowLogs: on` meets it"),
		},
		{
			IDs: []string{"CIS GCP 3.8"}, Asks: "A record covers five seconds",
			Of: []string{gcpSubnet}, Needs: []Need{arg("logConfig.aggregationInterval", is("INTERVAL_5_SEC"))},
			NotMet: notMet("a record covers ten minutes, as on AWS: five seconds write up to 120 times as many, which name the same connections and are paid for by the gigabyte"),
		},
		{
			IDs: []string{"CIS GCP 2.12"}, Asks: "Which names are looked up is recorded",
			Of: []string{gcpNetwork}, Needs: []Need{namedBy("gcp:dns/policy:Policy", "networks[*].networkUrl", argument{"enableLogging", is(true)})},
			NotMet: inStaging("goes with the record of who talked to whom"),
		},
		{
			IDs: []string{"CKV_GCP_74"}, Asks: "Google's services are reached without an address in the world",
			Of: []string{gcpSubnet}, Needs: []Need{arg("privateIpGoogleAccess", is(true))},
		},
		{
			IDs: []string{"CIS GKE 5.6.6", "CKV2_GCP_18"}, Asks: "The network has its own firewall, which denies what no rule allows",
			Of: []string{gcpNetwork}, Needs: []Need{namedBy(gcpFirewall, "network", argument{"denies[*].protocol", is("all")})},
		},
		{
			IDs: []string{"CIS GCP 3.6", "CKV_GCP_2"}, Asks: "No rule lets the world reach port 22",
			Of: []string{gcpFirewall}, Needs: []Need{arg("", shut(22))},
		},
		{
			IDs: []string{"CIS GCP 3.7", "CKV_GCP_3"}, Asks: "No rule lets the world reach port 3389",
			Of: []string{gcpFirewall}, Needs: []Need{arg("", shut(3389))},
		},
		{
			IDs: []string{"CKV_GCP_75", "CKV_GCP_77", "CKV_GCP_88", "CKV_GCP_106"}, Asks: "No rule lets the world reach ports 20, 21, 80 and 3306",
			Of: []string{gcpFirewall}, Needs: []Need{arg("", shut(20)), arg("", shut(21)), arg("", shut(80)), arg("", shut(3306))},
		},
		{
			IDs: []string{"CKV2_GCP_12"}, Asks: "No rule lets the world reach all ports",
			Of: []string{gcpFirewall}, Needs: []Need{arg("", shut(-1))},
		},
	}
}

// shut requires a firewall rule that does not open a port to 0.0.0.0/0; -1 is every port.
func shut(port int) Want {
	text, open := "does not let the world reach port "+strconv.Itoa(port), map[string]any{"protocol": "tcp", "ports": []any{strconv.Itoa(port)}}
	if port < 0 {
		text, open = "does not let the world reach every port", map[string]any{"protocol": "all"}
	}
	return that(text, func(got any) bool {
		rule, ok := got.(map[string]any)
		if !ok || !slices.Contains(toList(rule["sourceRanges"]), any("0.0.0.0/0")) {
			return ok
		}
		return !slices.ContainsFunc(toList(rule["allows"]), func(each any) bool {
			allowed, _ := each.(map[string]any)
			return opens(toList(allowed["ports"]), port)
		})
	}, map[string]any{"direction": "INGRESS", "sourceRanges": []any{"0.0.0.0/0"}, "allows": []any{open}},
		map[string]any{"direction": "INGRESS", "sourceRanges": []any{"0.0.0.0/0"}, "allows": []any{map[string]any{"protocol": "tcp"}}})
}

// opens tells whether a list of ports and ranges contains a port. An empty list contains all.
func opens(ports []any, port int) bool {
	if len(ports) == 0 {
		return true
	}
	return slices.ContainsFunc(ports, func(each any) bool {
		text, _ := each.(string)
		low, high, ranged := strings.Cut(text, "-")
		from, err := strconv.Atoi(low)
		if err != nil {
			return true
		}
		to := from
		if ranged {
			if to, err = strconv.Atoi(high); err != nil {
				return true
			}
		}
		return port >= from && port <= to
	})
}

func toList(value any) []any {
	list, _ := value.([]any)
	return list
}
