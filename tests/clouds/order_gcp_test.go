package clouds_test

import (
	"maps"
	"slices"
	"strings"
)

// onGCP returns the rules for tearing down an environment on Google Cloud.
func onGCP() teardown {
	return teardown{
		kinds: kindsOfGCP(),
		rules: slices.Concat(rulesInCluster(), rulesOfTheClusterOnGCP(), rulesOfTheNetworkOnGCP()),
		absent: map[string]string{
			"ingress":         "the Gateway is the one load balancer",
			"outward service": "the Gateway is the one load balancer",
		},
		plain:   plainOnGCP(),
		lasting: []string{"gcp:projects/service:Service"},
		spare:   spareOnGCP(),
	}
}

func kindsOfGCP() kinds {
	cluster := ofType("gcp:container/cluster:Cluster")
	nodes := ofType("gcp:container/nodePool:NodePool")
	autopilot := both(cluster, func(r resource) bool { return r.at("enableAutopilot") == true })
	member := ofType("gcp:projects/iAMMember:IAMMember", "gcp:serviceaccount/iAMMember:IAMMember", "gcp:storage/bucketIAMMember:BucketIAMMember")
	services := []string{"djangostack:gcp:Database", "djangostack:gcp:Cache"}
	proxy := ofType("gcp:compute/targetHttpsProxy:TargetHttpsProxy")
	of := kinds{
		"route":          ofType("*:HTTPRoute"),
		"policy":         ofType("*:GCPBackendPolicy", "*:GCPHTTPFilter", "*:HealthCheckPolicy", "*:GCPGatewayPolicy"),
		"cluster":        cluster,
		"nodes":          nodes,
		"compute":        either(nodes, autopilot),
		"disk driver":    cluster,
		"node's right":   within(member, "gcp:serviceaccount/account:Account"),
		"workload right": within(member, "djangostack:gcp:Identity"),
		"key right":      ofType("gcp:kms/cryptoKeyIAMMember:CryptoKeyIAMMember"),
		"encrypted":      either(cluster, nodes, ofType("gcp:sql/databaseInstance:DatabaseInstance", "gcp:redis/instance:Instance")),
		"health checks":  within(ofType("gcp:compute/firewall:Firewall"), "djangostack:gcp:Cluster"),
		"data service":   ofType("gcp:sql/databaseInstance:DatabaseInstance", "gcp:redis/instance:Instance"),
		"cache":          ofType("gcp:redis/instance:Instance"),
		"database":       ofType("gcp:sql/databaseInstance:DatabaseInstance"),
		"door":           within(ofType("gcp:compute/forwardingRule:ForwardingRule"), services...),
		"door's address": within(ofType("gcp:compute/address:Address"), services...),

		"egress route": ofType("gcp:compute/router:Router", "gcp:compute/routerNat:RouterNat"),
		"nat":          ofType("gcp:compute/routerNat:RouterNat"),
		"router":       ofType("gcp:compute/router:Router"),
		"subnet":       ofType("gcp:compute/subnetwork:Subnetwork"),
		"part of the network": ofType("gcp:compute/subnetwork:Subnetwork", "gcp:compute/router:Router", "gcp:compute/firewall:Firewall",
			"gcp:dns/policy:Policy", "gcp:compute/forwardingRule:ForwardingRule"),
		"network": ofType("gcp:compute/network:Network"),

		"TLS policy":      ofType("gcp:compute/sSLPolicy:SSLPolicy"),
		"address":         ofType("gcp:compute/globalAddress:GlobalAddress"),
		"certificate map": ofType("gcp:certificatemanager/certificateMap:CertificateMap"),
		"map entry":       ofType("gcp:certificatemanager/certificateMapEntry:CertificateMapEntry"),
		"certificate":     ofType("gcp:certificatemanager/certificate:Certificate"),
		"authorization":   ofType("gcp:certificatemanager/dnsAuthorization:DnsAuthorization"),
		"front":           ofType("gcp:compute/globalForwardingRule:GlobalForwardingRule"),
		"proxy":           either(proxy, ofType("gcp:compute/targetHttpProxy:TargetHttpProxy")),
		"TLS proxy":       proxy,
		"paths":           ofType("gcp:compute/uRLMap:URLMap"),
		"backend":         ofType("gcp:compute/backendBucket:BackendBucket"),
		"bucket":          ofType("gcp:storage/bucket:Bucket"),
	}
	maps.Copy(of, inCluster())
	return of
}

func rulesOfTheClusterOnGCP() []rule {
	return []rule{
		{"gateway", "web pods", nil, "no visitor is sent to pods that end"},
		{"gateway", "service", ofWeb, "its load balancer sends on to the Service's pods"},
		{"route", "gateway", nil, "it is a part of the gateway"},
		{"gateway", "cluster", nil, "the cluster's controller removes the load balancer, which otherwise stays, and holds the network"},
		{"gateway", "health checks", nil, "until it is deleted it sends health checks to the pods"},
		{"gateway", "address", ofTheApp, "an address in use is not released"},
		{"gateway", "certificate map", ofTheApp, "a map in use is not deleted"},
		{"gateway", "TLS policy", ofTheApp, "a policy in use is not deleted"},
		{"gateway", "network", nil, "its endpoint groups are in it"},
		{"pods", "workload right", hasAccount, "their last requests use it"},
		{"claim", "compute", nil, "a disk is taken off its node before it is deleted"},
		{"cluster", "node's right", nil, "nodes authenticate and report with it until they are deleted"},
		{"nodes", "node's right", nil, "nodes authenticate and report with it until they are deleted"},
		{"nodes", "cluster", nil, "they are a part of the cluster"},
		{"nodes", "egress route", nil, "nodes are drained by what they fetch through it"},
		{"cluster", "subnet", nil, "its nodes and its endpoint are in it"},
		{"encrypted", "key right", nil, "what it holds is unreadable without"},
	}
}

func rulesOfTheNetworkOnGCP() []rule {
	return []rule{
		{"nat", "router", nil, "it is a part of the router"},
		{"part of the network", "network", nil, "Google does not delete a network in use"},
		{"cache", "network", nil, "the last instance takes its peering away"},
		{"door", "database", nil, "it leads to the server's attachment"},
		{"door", "door's address", nil, "an address in use is not released"},
		{"door's address", "subnet", ofEndpoints, "the address is one of the subnet's"},
		{"map entry", "certificate map", beside, "it is a part of the map"},
		{"map entry", "certificate", beside, "a certificate in use is not deleted"},
		{"certificate", "authorization", beside, "an authorization in use is not deleted"},
		{"front", "proxy", itsProxy, "a proxy in use is not deleted"},
		{"front", "address", ofTheFiles, "an address in use is not released"},
		{"proxy", "paths", sameName, "a map in use is not deleted"},
		{"TLS proxy", "TLS policy", sameName, "a policy in use is not deleted"},
		{"TLS proxy", "certificate map", ofTheFiles, "a map in use is not deleted"},
		{"paths", "backend", sameName, "a backend in use is not deleted"},
		{"backend", "bucket", ofTheFiles, "it serves the bucket's objects"},
	}
}

// hasAccount pairs pods that run as the app's service account with its permissions.
func hasAccount(pods, _ resource) bool {
	return podOf(pods).text("spec", "serviceAccountName") != ""
}

// ofWeb pairs a route with the Service of the web pods.
func ofWeb(_, service resource) bool { return strings.HasSuffix(service.name, "-web") }

// ofFiles tells whether a resource belongs to the CDN of the static files.
func ofFiles(r resource) bool {
	return strings.Contains(r.name, "-static") || strings.Contains(r.name, "-cdn")
}

func ofTheFiles(_, other resource) bool { return ofFiles(other) }

func ofTheApp(_, other resource) bool { return !ofFiles(other) }

func ofEndpoints(_, subnet resource) bool { return strings.HasSuffix(subnet.name, "-endpoints") }

// itsProxy pairs a forwarding rule with the proxy that it leads to.
func itsProxy(front, proxy resource) bool {
	return strings.HasSuffix(front.name, "-80") == strings.HasSuffix(proxy.name, "-http")
}

// plainOnGCP are types that one API call creates and one deletes, and that need only what their arguments name.
func plainOnGCP() []string {
	return []string{
		"gcp:projects/*", "gcp:serviceaccount/*", "gcp:storage/*", "gcp:kms/*", "gcp:dns/*", "gcp:monitoring/*", "gcp:billing/*",
		"gcp:artifactregistry/*", "gcp:sql/database:Database", "gcp:sql/user:User",
		"gcp:compute/network:Network", "gcp:compute/globalAddress:GlobalAddress", "gcp:compute/sSLPolicy:SSLPolicy",
		"gcp:certificatemanager/certificateMap:CertificateMap", "gcp:certificatemanager/dnsAuthorization:DnsAuthorization",
	}
}

// spareOnGCP have a DependsOn that the teardown does not need.
func spareOnGCP() map[string]string {
	spare := map[string]string{
		"GlobalForwardingRule": "it cannot serve before the files can be read",
		"Release":              "its provider waits for the cluster, and its account names the rights",
		"Certificate":          "it is proven by the records, which may go before it",
	}
	maps.Copy(spare, spareInCluster())
	return spare
}
