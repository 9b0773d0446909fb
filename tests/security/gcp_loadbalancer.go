package security

import "slices"

const (
	sslPolicy   = "gcp:compute/sSLPolicy:SSLPolicy"
	gateway     = "kubernetes:gateway.networking.k8s.io/v1:Gateway"
	backend     = "kubernetes:networking.gke.io/v1:GCPBackendPolicy"
	managedZone = "gcp:dns/managedZone:ManagedZone"
	routeOfHTTP = "kubernetes:gateway.networking.k8s.io/v1:HTTPRoute"
)

func loadBalancersOnGCP() []Line {
	return []Line{
		{
			IDs: []string{"CIS GKE 5.6.7"}, Asks: "Certificates are Google's own, and renewed by themselves",
			Of: []string{"gcp:certificatemanager/certificate:Certificate"}, Needs: []Need{arg("managed.domains", isGiven())},
		},
		{
			IDs: []string{"CIS GKE 5.6.7"}, Asks: "The gateway of the app has one",
			Of: []string{gateway}, Needs: []Need{arg(`metadata.annotations["networking.gke.io/certmap"]`, isGiven())},
		},
		{
			IDs: []string{"CIS GCP 3.9", "CKV_GCP_4"}, Asks: "TLS is 1.2 at least, with strong ciphers",
			Of: []string{sslPolicy}, Needs: []Need{arg("minTlsVersion", is("TLS_1_2")), arg("profile", isOneOf("MODERN", "RESTRICTED"))},
		},
		{
			IDs: []string{"CIS GCP 3.9"}, Asks: "App and CDN use such a policy",
			Of:    []string{"gcp:compute/targetHttpsProxy:TargetHttpsProxy"},
			Needs: []Need{arg("sslPolicy", isGiven())},
		},
		{
			IDs: []string{"CIS GCP 3.9"}, Asks: "The gateway uses such a policy",
			Of:    []string{"kubernetes:networking.gke.io/v1:GCPGatewayPolicy"},
			Needs: []Need{arg("spec.default.sslPolicy", isGiven())},
		},
		{
			IDs: []string{"CKV2_GCP_38"}, Asks: "What does not come by HTTPS is sent there (static files)", Note: "checkov asks that no forwarding rule of the older scheme EXTERNAL has an HTTP proxy",
			Of: []string{"gcp:compute/globalForwardingRule:GlobalForwardingRule"}, Needs: []Need{arg("loadBalancingScheme", is("EXTERNAL_MANAGED"))},
		},
		{
			IDs: []string{"CKV2_GCP_38"}, Asks: "What does not come by HTTPS is sent there (app)",
			Of:    []string{routeOfHTTP},
			Where: &Where{Text: "of HTTP", holds: func(r Resource) bool { return first(r.Inputs, "spec.parentRefs[*].sectionName") == "http" }},
			Needs: []Need{arg("spec.rules[*].filters[*].requestRedirect.scheme", is("https")), arg("spec.rules[*].backendRefs", isNotGiven([]any{map[string]any{"name": "web"}}))},
		},
		{
			IDs: []string{"CIS GCP 2.16"}, Asks: "Requests to the app are logged", Note: "One in ten: the app's server logs every request",
			Of: []string{backend}, Needs: []Need{arg("spec.default.logging.enabled", is(true))},
			NotMet: inStaging("paid for by the gigabyte; `loadBalancer.accessLogs: on` meets it"),
		},
		{
			IDs: []string{"CKV_GCP_73"}, Asks: "A firewall (Cloud Armor) reads requests before the app does",
			Of: []string{backend}, Needs: []Need{arg("spec.default.securityPolicy", isGiven())},
			NotMet: notMet("which rules an app can live with is the app's to say; the component takes a policy's name"),
		},
	}
}

func namesOnGCP() []Line {
	return []Line{
		{
			IDs: []string{"CIS GCP 3.3", "CKV_GCP_16"}, Asks: "Answers for the zone are signed (DNSSEC)",
			Of: []string{managedZone}, Needs: []Need{arg("dnssecConfig.state", is("on"))},
			NotMet: inStaging("a zone that comes and goes with its environment would leave its key in the parent's caches"),
		},
		{
			IDs: []string{"CIS GCP 3.4", "CIS GCP 3.5", "CKV_GCP_17"}, Asks: "They are not signed with RSASHA1",
			Of: []string{managedZone}, Needs: []Need{arg("dnssecConfig.defaultKeySpecs", that("has no rsasha1", func(got any) bool {
				return !slices.ContainsFunc(toList(got), func(each any) bool {
					spec, _ := each.(map[string]any)
					return spec["algorithm"] == "rsasha1"
				})
			}, []any{map[string]any{"algorithm": "rsasha1"}}))},
		},
	}
}
