package existing_test

import (
	"net/netip"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/djangostack/djangostack/tests/mocks"
)

// destination is where a pod connects to: another pod by its component, or an address.
type destination struct {
	component, address string
	port               int
	protocol           string
}

func tcp(address string, port int) destination {
	return destination{address: address, port: port, protocol: "TCP"}
}

// may evaluates the NetworkPolicies as a cluster's network does
// (https://kubernetes.io/docs/concepts/services-networking/network-policies/): the rules of all policies that select the
// pod add up, and a pod that a policy of a direction selects has no other connection.
func may(t *testing.T, ran mocks.Program, component string, to destination) bool {
	t.Helper()
	selected := false
	for _, policy := range ran.OfKind("NetworkPolicy") {
		types, _ := policy.At(t, "spec.policyTypes").([]any)
		if !slices.Contains(types, "Egress") || !selects(policy.At(t, "spec.podSelector"), component) {
			continue
		}
		selected = true
		rules, _ := policy.At(t, "spec.egress").([]any)
		for _, rule := range rules {
			fields, _ := rule.(map[string]any)
			if hasPort(fields["ports"], to) && hasPeer(fields["to"], to) {
				return true
			}
		}
	}
	return !selected
}

func selects(selector any, component string) bool {
	fields, _ := selector.(map[string]any)
	matched, _ := fields["matchLabels"].(map[string]any)
	labels := map[string]any{"app.kubernetes.io/name": "blog", "app.kubernetes.io/instance": "blog", "app.kubernetes.io/component": component}
	for key, value := range matched {
		if labels[key] != value {
			return false
		}
	}
	expressions, _ := fields["matchExpressions"].([]any)
	for _, each := range expressions {
		expression, _ := each.(map[string]any)
		values, _ := expression["values"].([]any)
		key, _ := expression["key"].(string)
		if expression["operator"] != "NotIn" || slices.Contains(values, labels[key]) {
			return false
		}
	}
	return true
}

func hasPort(ports any, to destination) bool {
	list, given := ports.([]any)
	return !given || slices.ContainsFunc(list, func(each any) bool {
		port, _ := each.(map[string]any)
		return port["port"] == float64(to.port) && port["protocol"] == to.protocol
	})
}

func hasPeer(peers any, to destination) bool {
	list, given := peers.([]any)
	return !given || slices.ContainsFunc(list, func(each any) bool {
		peer, _ := each.(map[string]any)
		if block, isBlock := peer["ipBlock"].(map[string]any); isBlock {
			return to.address != "" && inBlock(block, netip.MustParseAddr(to.address))
		}
		return to.component != "" && selects(peer["podSelector"], to.component)
	})
}

func inBlock(block map[string]any, address netip.Addr) bool {
	cidr, _ := block["cidr"].(string)
	except, _ := block["except"].([]any)
	return netip.MustParsePrefix(cidr).Contains(address) && !slices.ContainsFunc(except, func(each any) bool {
		text, _ := each.(string)
		return netip.MustParsePrefix(text).Contains(address)
	})
}

// metadata are addresses at which clouds answer a node, or a pod with an identity.
func metadata() []destination {
	return []destination{tcp("169.254.169.254", 80), tcp("169.254.170.23", 80), tcp("169.254.169.252", 988), tcp("fd00:ec2::254", 80)}
}

func TestTheAppReachesWhatItNeedsAndNothingElse(t *testing.T) {
	for _, outputs := range mocks.Both() {
		ran := chosen(t, outputs, stagingWhole)
		for _, pod := range []string{"web", "worker-default", "beat", "migrate", "cron-clean", "shell"} {
			for _, to := range []destination{
				{address: "10.32.0.10", port: 53, protocol: "UDP"}, {component: "postgres", port: 5432, protocol: "TCP"},
				{component: "redis-cache", port: 6379, protocol: "TCP"}, tcp("203.0.113.7", 443), tcp("203.0.113.7", 587), tcp("2001:db8::7", 443),
			} {
				assert.True(t, may(t, ran, pod, to), "%s to %v", pod, to)
			}
			for _, to := range append(metadata(), tcp("203.0.113.7", 22), tcp("203.0.113.7", 5432), destination{address: "203.0.113.7", port: 443, protocol: "UDP"}) {
				assert.False(t, may(t, ran, pod, to), "%s to %v", pod, to)
			}
		}
		assert.True(t, may(t, ran, "pgbouncer", destination{component: "postgres", port: 5432, protocol: "TCP"}))
	}
}

func TestADataServiceConnectsToNothing(t *testing.T) {
	ran := chosen(t, mocks.Known, stagingWhole)
	for _, server := range []string{"postgres", "redis-cache", "redis-broker"} {
		for _, to := range append(metadata(), tcp("203.0.113.7", 443), destination{component: "web", port: 8000, protocol: "TCP"}) {
			assert.False(t, may(t, ran, server, to), "%s to %v", server, to)
		}
	}
}

func TestAReplicaConnectsToItsServerOnly(t *testing.T) {
	ran := chosen(t, mocks.Known, smallApp+`, "cache": {"replicas": 2}`)
	for _, replica := range []string{"redis-cache-replica-1", "redis-cache-replica-2"} {
		assert.True(t, may(t, ran, replica, destination{component: "redis-cache", port: 6379, protocol: "TCP"}))
		assert.True(t, may(t, ran, replica, destination{address: "10.32.0.10", port: 53, protocol: "UDP"}), "it looks the server up")
		for _, to := range append(metadata(), tcp("203.0.113.7", 443), destination{component: "web", port: 8000, protocol: "TCP"}, destination{component: "postgres", port: 5432, protocol: "TCP"}) {
			assert.False(t, may(t, ran, replica, to), "%s to %v", replica, to)
		}
	}
	assert.True(t, may(t, ran, "web", destination{component: "redis-cache-replica-1", port: 6379, protocol: "TCP"}))
}

func TestEgressIsWhatTheConfigurationAllows(t *testing.T) {
	ran := chosen(t, mocks.Known, smallApp+`, "namespace": {"egress": [{"cidrs": ["203.0.113.0/24"], "ports": [25]}]}`)
	assert.True(t, may(t, ran, "web", tcp("203.0.113.7", 25)))
	assert.False(t, may(t, ran, "web", tcp("203.0.113.7", 443)), "the defaults are replaced")
	assert.False(t, may(t, ran, "web", tcp("198.51.100.7", 25)))

	none := chosen(t, mocks.Known, smallApp+`, "namespace": {"egress": []}`)
	assert.False(t, may(t, none, "web", tcp("203.0.113.7", 443)))
	assert.True(t, may(t, none, "web", destination{component: "postgres", port: 5432, protocol: "TCP"}))

	open := chosen(t, mocks.Known, smallApp+`, "namespace": {"egress": [{"ports": [80]}]}`)
	for _, to := range metadata() {
		assert.False(t, may(t, open, "web", to), "%v", to)
	}
}

func TestExternalServersAreReached(t *testing.T) {
	ran := chosen(t, mocks.Known, smallApp+`, "namespace": {"egress": []}, "database": {"kind": "external", "external": {"host": "203.0.113.9", "port": 5433, "password": "x"}},
		"cache": {"kind": "external", "external": {"host": "cache.example.com", "password": "x"}}`)
	assert.True(t, may(t, ran, "web", tcp("203.0.113.9", 5433)))
	assert.False(t, may(t, ran, "web", tcp("203.0.113.8", 5433)), "the address is the server's only")
	assert.True(t, may(t, ran, "web", tcp("198.51.100.7", 6379)), "the addresses of a name are not known")
	for _, to := range metadata() {
		assert.False(t, may(t, ran, "web", to), "%v", to)
	}
}
