package aws_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/djangostack/djangostack/components/aws"
	"github.com/djangostack/djangostack/tests/mocks"
)

func sites(a *aws.LoadBalancerArgs) {
	a.Backends = []aws.Backend{{Name: "sockets", Port: 9000, Health: aws.HealthCheck{Path: "/", Codes: "200-499"}, DrainSeconds: 5}}
	a.Rules = []aws.Rule{
		{Host: "blog.example.com", Path: "/"},
		{Host: "blog.example.com", Path: "/ws/", Backend: "sockets"},
		{Host: "www.example.com", Path: "/", RedirectTo: "blog.example.com"},
		{Host: "*.example.com", Path: "/", Backend: "sockets"},
	}
	a.MoreCertificates = []string{"arn:aws:acm:eu-west-1:123456789012:certificate/other"}
}

// ruleOf returns the rule with a host and the first of its paths; an empty path for none.
func ruleOf(t *testing.T, ran mocks.Program, host string, path any) mocks.Resource {
	t.Helper()
	for _, rule := range ran.OfKind("ListenerRule") {
		if rule.At(t, "conditions[0].hostHeader.values[0]") == host && rule.At(t, "conditions[1].pathPattern.values[0]") == path {
			return rule
		}
	}
	require.Fail(t, "no rule", "%s%s", host, path)
	return mocks.Resource{}
}

func TestRulesLeadHostsAndPathsToProcesses(t *testing.T) {
	for _, outputs := range mocks.Both() {
		ran := mocks.Run(t, outputs, withLoadBalancer(sites))
		require.Len(t, ran.OfKind("ListenerRule"), 4)
		sockets := ruleOf(t, ran, "blog.example.com", "/ws")
		assert.Equal(t, "forward", sockets.At(t, "actions[0].type"))
		assert.Equal(t, []any{"/ws", "/ws/*"}, sockets.At(t, "conditions[1].pathPattern.values"), "not /wsx")
		redirect := ruleOf(t, ran, "www.example.com", nil)
		assert.Equal(t, "blog.example.com", redirect.At(t, "actions[0].redirect.host"))
		assert.Equal(t, "HTTP_301", redirect.At(t, "actions[0].redirect.statusCode"))
		assert.Equal(t, "arn:aws:acm:eu-west-1:123456789012:certificate/other", ran.OfKind("ListenerCertificate")[0].At(t, "certificateArn"))
		group := ran.Find(t, "TargetGroup", "blog-sockets")
		assert.Equal(t, 5.0, group.At(t, "deregistrationDelay"))
		assert.Equal(t, 9000.0, ran.Find(t, "SecurityGroupIngressRule", "blog-web-pods-9000-in").At(t, "fromPort"))
		assert.Equal(t, 9000.0, ran.Find(t, "SecurityGroupEgressRule", "blog-web-pods-9000-out").At(t, "fromPort"))
	}
	assert.Empty(t, mocks.Run(t, mocks.Known, withLoadBalancer(unchanged)).OfKind("ListenerRule"))
}

func TestTheCloserRuleComesFirst(t *testing.T) {
	ran := mocks.Run(t, mocks.Known, withLoadBalancer(func(a *aws.LoadBalancerArgs) {
		sites(a)
		a.Rules = append(a.Rules, aws.Rule{Host: "*.eu.example.com", Path: "/"}, aws.Rule{Host: "*.example.com", Path: "/ws/a/b"})
	}))
	priority := func(host string, path any) float64 { return ruleOf(t, ran, host, path).At(t, "priority").(float64) }
	assert.Less(t, priority("blog.example.com", "/ws"), priority("blog.example.com", nil))
	assert.Less(t, priority("blog.example.com", nil), priority("*.example.com", "/ws/a/b"))
	assert.Less(t, priority("*.example.com", "/ws/a/b"), priority("*.example.com", nil))
	assert.Less(t, priority("*.eu.example.com", nil), priority("*.example.com", nil))
}

// A rule whose priority changes to one that another rule still has is refused.
func TestAFurtherRuleMovesNoOther(t *testing.T) {
	priorities := func(rules int) map[string]any {
		all := map[string]any{}
		ran := mocks.Run(t, mocks.Known, withLoadBalancer(func(a *aws.LoadBalancerArgs) {
			for i := range rules {
				a.Rules = append(a.Rules, aws.Rule{Host: "blog.example.com", Path: fmt.Sprintf("/part-%d", i)})
			}
		}))
		for _, rule := range ran.OfKind("ListenerRule") {
			all[rule.Name] = rule.At(t, "priority")
		}
		return all
	}
	before, after := priorities(12), priorities(13)
	taken := map[any]bool{}
	for name, priority := range after {
		assert.False(t, taken[priority], name)
		taken[priority] = true
		if old, was := before[name]; was {
			assert.Equal(t, old, priority, name)
		}
	}
	require.Len(t, after, 13)
}

func TestRulesToNothingAreRefused(t *testing.T) {
	for want, rule := range map[string]aws.Rule{
		`Rules[0].Backend is "mail", which is not one of Backends`: {Host: "a.example.com", Path: "/", Backend: "mail"},
		"Rules[0].Host":                          {Path: "/"},
		"Rules[0].Path":                          {Host: "a.example.com"},
		"Rules[0].Path may have at most 9 parts": {Host: "a.example.com", Path: "/1/2/3/4/5/6/7/8/9/10"},
	} {
		mocks.Refused(t, withLoadBalancer(func(a *aws.LoadBalancerArgs) { a.Rules = []aws.Rule{rule} }), want)
	}
}
