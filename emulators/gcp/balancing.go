package gcp

import (
	"fmt"
	"maps"
	"slices"

	"github.com/djangostack/djangostack/emulators/cloud"
)

func balancing() kinds {
	const cdn = "cdnPolicy."
	return kinds{
		"compute/backendBucket": computeKind("backend_bucket", "global/backendBuckets", kind{
			DisplayName: "Backend Bucket",
			Defaults:    vals{cdn + "signedUrlCacheMaxAgeSec": 0.0},
			Rules: rules{
				cloud.OneOf("compressionMode", "AUTOMATIC", "DISABLED"), cloud.OneOf(cdn+"cacheMode", "USE_ORIGIN_HEADERS", "FORCE_CACHE_ALL", "CACHE_ALL_STATIC"),
				cloud.Between(cdn+"maxTtl", 0, 31622400), cloud.Between(cdn+"defaultTtl", 0, 31622400), cloud.Between(cdn+"clientTtl", 0, 31622400),
				cloud.Match("customResponseHeaders", `^[^:\s]+:\s?\S.*$`, "is no header (NAME: VALUE)"), ttls,
			},
			References: []ref{
				{Path: "bucketName", To: "storage/bucket", By: []string{"name"}}, holds("edgeSecurityPolicy", "compute/securityPolicy"),
			},
			Outputs: vals{"creationTimestamp": "{now}", cdn + "cacheMode": "CACHE_ALL_STATIC", cdn + "negativeCaching": false},
			Apply:   makeBackendBucket,
		}),
		"compute/backendBucketSignedUrlKey": {
			DisplayName: "Signed URL Key", ID: "projects/{project}/global/backendBuckets/{backendBucket}/signedUrlKeys/{name}",
			ReplaceOn:  []string{"backendBucket", "keyValue"},
			Rules:      rules{gceName("name"), cloud.Match("keyValue", `^[A-Za-z0-9_-]{22}==$`, "is no 128 bits in base64url")},
			References: []ref{refersTo("backendBucket", "compute/backendBucket")},
			Unique:     []string{"backendBucket", "name"},
		},
		"compute/uRLMap":         urlMap(),
		"compute/securityPolicy": securityPolicy(),
		"compute/sSLPolicy": computeKind("ssl_policy", "global/sslPolicies", kind{
			DisplayName: "SSL Policy",
			Defaults:    vals{"minTlsVersion": "TLS_1_0", "profile": "COMPATIBLE"},
			ReplaceOn:   []string{"description"},
			Rules: rules{
				cloud.OneOf("minTlsVersion", "TLS_1_0", "TLS_1_1", "TLS_1_2"), cloud.OneOf("profile", "COMPATIBLE", "MODERN", "RESTRICTED", "CUSTOM"),
				func(j *cloud.Validation) {
					custom := j.Text("profile") == "CUSTOM"
					switch {
					case custom && !j.Has("customFeatures"):
						j.Fail("customFeatures", "Must specify the custom_features argument when using the CUSTOM profile")
					case !custom && j.Known("profile") && j.Has("customFeatures"):
						j.Fail("customFeatures", "Cannot use the custom_features argument when not using the CUSTOM profile")
					}
				},
			},
			Outputs: vals{"creationTimestamp": "{now}", "fingerprint": "{letters:11}="},
			Apply: func(m *cloud.Operation) error {
				m.Values["enabledFeatures"] = list("TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256", "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
					"TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384")
				return nil
			},
		}),
	}
}

// ttls requires cache times that fit the cache mode and each other.
func ttls(j *cloud.Validation) {
	const cdn = "cdnPolicy."
	mode, standard, most := j.Text(cdn+"cacheMode"), j.Number(cdn+"defaultTtl"), j.Number(cdn+"maxTtl")
	switch {
	case mode == "USE_ORIGIN_HEADERS" && (standard > 0 || most > 0 || j.Number(cdn+"clientTtl") > 0):
		j.Fail(cdn+"cacheMode", "times to live cannot be set with USE_ORIGIN_HEADERS")
	case mode == "FORCE_CACHE_ALL" && most > 0:
		j.Fail(cdn+"maxTtl", "goes with CACHE_ALL_STATIC only")
	case most > 0 && standard > most:
		j.Fail(cdn+"defaultTtl", "is greater than maxTtl (%v > %v)", standard, most)
	case most > 0 && j.Number(cdn+"clientTtl") > most:
		j.Fail(cdn+"clientTtl", "is greater than maxTtl (%v > %v)", j.Number(cdn+"clientTtl"), most)
	}
}

func makeBackendBucket(m *cloud.Operation) error {
	if !m.Has("cdnPolicy") {
		m.Values["cdnPolicy"] = vals{
			"cacheMode": "CACHE_ALL_STATIC", "clientTtl": 3600.0, "defaultTtl": 3600.0, "maxTtl": 86400.0, "negativeCaching": false,
			"requestCoalescing": true, "serveWhileStale": 0.0, "signedUrlCacheMaxAgeSec": 0.0,
		}
	}
	return linked("edgeSecurityPolicy")(m)
}

func urlMap() *kind {
	var refs []ref
	for _, path := range []string{"defaultService", "pathMatchers.defaultService", "pathMatchers.pathRules.service", "tests.service"} {
		refs = append(refs, holds(path, "compute/backendBucket"))
	}
	return computeKind("url_map", "global/urlMaps", kind{
		DisplayName: "URL Map",
		Defaults:    vals{"defaultUrlRedirect.httpsRedirect": false, "pathMatchers.defaultUrlRedirect.httpsRedirect": false},
		Sets:        []string{"hostRules"},
		Rules:       rules{redirects, matchers, cloud.OneOf("defaultUrlRedirect.redirectResponseCode", redirectCodes()...)},
		References:  refs,
		Outputs:     vals{"creationTimestamp": "{now}", "fingerprint": "{letters:11}="},
		Apply: func(m *cloud.Operation) error {
			m.Values["mapId"] = 1e9 + float64(len(m.ID))
			return linked("defaultService", "pathMatchers.defaultService", "pathMatchers.pathRules.service")(m)
		},
	})
}

func redirectCodes() []string {
	return []string{"FOUND", "MOVED_PERMANENTLY_DEFAULT", "PERMANENT_REDIRECT", "SEE_OTHER", "TEMPORARY_REDIRECT"}
}

// redirects requires that the map and every matcher say once where requests go.
func redirects(j *cloud.Validation) {
	check := func(at string, one cloud.Values) {
		given := 0
		for _, name := range []string{"defaultService", "defaultUrlRedirect", "defaultRouteAction.weightedBackendServices"} {
			if one.Has(name) {
				given++
			}
		}
		if given != 1 {
			j.Fail(at, "one of default_service, default_url_redirect and weighted_backend_services must be specified, and only one (given: %d)", given)
		}
		if one.Has("defaultUrlRedirect.pathRedirect") && one.Has("defaultUrlRedirect.prefixRedirect") {
			j.Fail(at, "path_redirect cannot be supplied together with prefix_redirect")
		}
	}
	check("defaultService", j.Values)
	for i, matcher := range j.Objects("pathMatchers") {
		check(fmt.Sprintf("pathMatchers[%d]", i), matcher)
	}
}

// matchers requires that the matcher of every host rule exists, and that a host rule uses every matcher.
func matchers(j *cloud.Validation) {
	known, used := map[string]bool{}, map[string]bool{}
	for _, name := range j.Texts("pathMatchers.name") {
		known[name] = true
	}
	for i, rule := range j.Objects("hostRules") {
		used[rule.Text("pathMatcher")] = true
		if name := rule.Text("pathMatcher"); name != "" && !known[name] {
			j.Fail(fmt.Sprintf("hostRules[%d]", i), "there is no path matcher %q", name)
		}
		if !rule.Has("hosts") {
			j.Fail(fmt.Sprintf("hostRules[%d]", i), "hosts are required")
		}
	}
	for _, name := range slices.Sorted(maps.Keys(known)) {
		if !used[name] {
			j.Fail("pathMatchers", "no host rule uses the path matcher %q", name)
		}
	}
}

func securityPolicy() *kind {
	return computeKind("security_policy", "global/securityPolicies", kind{
		DisplayName: "Security Policy", Sets: []string{"rules"}, Computed: []string{"rules"},
		ReplaceOn: []string{"type"},
		Rules: rules{
			cloud.OneOf("type", "CLOUD_ARMOR", "CLOUD_ARMOR_EDGE", "CLOUD_ARMOR_INTERNAL_SERVICE"), cloud.Between("rules.priority", 0, 2147483647),
			cloud.Match("rules.action", `^(allow|deny\((403|404|502)\)|rate_based_ban|redirect|throttle)$`, "is no action of a rule"),
			cloud.OneOf("rules.match.versionedExpr", "SRC_IPS_V1"), lastRule,
		},
		Outputs: vals{"fingerprint": "{letters:11}=", "type": "CLOUD_ARMOR", "rules.preview": false},
		Apply: func(m *cloud.Operation) error {
			if !m.Has("rules") {
				m.Values["rules"] = []any{vals{
					"action": "allow", "priority": 2147483647.0, "description": "default rule",
					"match": vals{"versionedExpr": "SRC_IPS_V1", "config": vals{"srcIpRanges": list("*")}}, "preview": false,
				}}
			}
			return nil
		},
	})
}

// lastRule requires the default rule.
func lastRule(j *cloud.Validation) {
	if !j.Has("rules") || !j.Known("rules") {
		return
	}
	for _, one := range j.Objects("rules") {
		if one.Number("priority") == 2147483647 {
			return
		}
	}
	j.Fail("rules", "if rules are given, one must be the default rule (priority 2147483647 and match \"*\")")
}
