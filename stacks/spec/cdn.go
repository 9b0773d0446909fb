package spec

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
)

var staticPath = regexp.MustCompile(`^(/[A-Za-z0-9._~-]+)+/$`)

// oldestWithCDN is the first minor version of GKE whose Gateways have a CDN
// (https://docs.cloud.google.com/kubernetes-engine/docs/how-to/configure-cdn-for-gateway).
const oldestWithCDN = 35

// StaticHost returns the host of the CDN that serves the static files; empty where the app's
// own host does.
func (e *Environment) StaticHost() string {
	if !e.separateCDN() {
		return ""
	}
	return e.Static.Host
}

// separateCDN reports whether the static files have a CDN with another host than the app's.
func (e *Environment) separateCDN() bool {
	return e.Static.CDN == On && e.DNS != nil && (e.Static.Store == StaticInBucket || e.Cloud == AWSCloud)
}

// deriveCDN names the host after the app's, which no other environment in the zone has.
func (e *Environment) deriveCDN() {
	if e.Static.CDN == "" {
		e.Static.CDN = Off
		if e.Static.Store == StaticInBucket {
			e.Static.CDN = On
		}
	}
	if e.Static.Host == "" && e.separateCDN() {
		e.Static.Host = "static." + e.Host()
	}
}

// checkCDN reports a CDN that cannot reach its files, and a bucket without the CDN that
// would serve it.
func (e *Environment) checkCDN(problems *Problems) {
	if e.Static.CDN == Off && e.Static.Store == StaticInBucket {
		problems.add("static.cdn", string(Off), "must be on with static.store bucket, which only the CDN can read")
	}
	if e.Static.CDN != On || e.Static.Store == StaticInBucket {
		return
	}
	if !e.HasCloud() {
		problems.add("static.cdn", string(On), "needs a cloud")
		return
	}
	if !staticPath.MatchString(e.Static.URL) {
		problems.add("static.url", e.Static.URL, "must be a path such as /static/ with static.cdn on, which keeps what is below it")
	}
	if !slices.Contains(e.LoadBalancer.AllowedCIDRs, "0.0.0.0/0") {
		problems.add("static.cdn", string(On), "would let everyone read what loadBalancer.allowedCIDRs lets only some; set it to off")
	}
	if e.Cloud == GCPCloud && e.minor() < oldestWithCDN {
		problems.add("cluster.version", e.Cluster.Version, "must be 1.%d or later with static.cdn on and cloud gcp", oldestWithCDN)
	}
}

// minor returns the minor version of Kubernetes.
func (e *Environment) minor() int {
	_, after, _ := strings.Cut(e.Cluster.Version, ".")
	number, err := strconv.Atoi(after)
	if err != nil {
		return 0
	}
	return number
}
