package spec_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"sigs.k8s.io/yaml"

	"github.com/djangostack/djangostack/stacks/spec"
)

func TestPlatformValuesThatAWSRefusesAreReported(t *testing.T) {
	many := make([]any, 41)
	for i := range many {
		many[i] = fmt.Sprintf("203.0.%d.0/24", i)
	}
	nodes := func(pairs ...any) map[string]any {
		wanted := map[string]any{}
		for i := 0; i < len(pairs); i += 2 {
			wanted[pairs[i].(string)] = pairs[i+1]
		}
		return map[string]any{"mode": "nodes", "nodes": wanted, "endpoint": map[string]any{"access": "private"}}
	}
	for _, row := range []wrong{
		{"private addresses at the public endpoint", onAWS, "cluster.endpoint.allowedCIDRs", []any{"10.0.0.0/8"}, `cluster.endpoint.allowedCIDRs[0]: "10.0.0.0/8": is of private addresses`},
		{"more addresses than EKS takes", onAWS, "cluster.endpoint.allowedCIDRs", many, `cluster.endpoint.allowedCIDRs: 41: may be at most 40 blocks on AWS`},
		{"addresses inside a block of the endpoint", onAWS, "cluster.endpoint.allowedCIDRs", []any{"203.0.113.7/24"}, `cluster.endpoint.allowedCIDRs[0]: "203.0.113.7/24": begins inside its block; the block is 203.0.113.0/24`},
		{"addresses inside a block of Google's endpoint", onGCP, "cluster.endpoint.allowedCIDRs", []any{"203.0.113.7/24"}, `cluster.endpoint.allowedCIDRs[0]: "203.0.113.7/24": begins inside its block`},
		{"visitors inside a block", onAWS, "loadBalancer", map[string]any{"allowedCIDRs": []any{"203.0.113.7/24"}}, `loadBalancer.allowedCIDRs[0]: "203.0.113.7/24": begins inside its block`},
		{"more nodes than a group has", onAWS, "cluster", nodes("max", 500), `cluster.nodes.max: 500: may be at most 450 on AWS`},
		{"nodes of no type", onAWS, "cluster", nodes("cpu", 16, "memory", "1Ti"), `cluster.nodes.memory: "1Ti": no node has 16 CPUs and 1Ti of memory; there are t3.medium`},
		{"disk too small for an image", onAWS, "cluster", nodes("disk", "10Gi"), `cluster.nodes.disk: "10Gi": must be from 20Gi to 16384Gi on AWS`},
		{"disk too large for EBS", onAWS, "cluster", nodes("disk", "17Ti"), `cluster.nodes.disk: "17Ti": must be from 20Gi to 16384Gi on AWS`},
		{"path with a space", onAWS, "web.readinessPath", "/health check", `web.readinessPath: "/health check": must be`},
		{"path longer than a health check's", onAWS, "web.readinessPath", "/" + strings.Repeat("a", 1024), `web.readinessPath`},
		{"more zones than the region", onAWS, "aws.region", "us-west-1", `network.zones: 3: may be at most 2 in us-west-1, unless aws.zones names the zones of your account`},
		{"region of China", onAWS, "aws.region", "cn-north-1", `aws.region: "cn-north-1": belongs to a partition of AWS without us-east-1`},
		{"region of GovCloud", onAWS, "aws.region", "us-gov-west-1", `aws.region: "us-gov-west-1": belongs to a partition of AWS`},
		{"two addresses in one", onAWS, "budget", map[string]any{"monthlyUSD": 100, "emails": []any{"a@example.com,b@example.com"}}, `budget.emails[0]: "a@example.com,b@example.com": must be`},
	} {
		t.Run(row.name, func(t *testing.T) {
			_, err := parse(t, row.text(t))
			var problems spec.Problems
			require.True(t, errors.As(err, &problems), "%v", err)
			assert.Contains(t, err.Error(), row.want)
		})
	}
}

func TestANamespaceHasANameWhateverTheStackIsCalled(t *testing.T) {
	for stack, want := range map[string]string{"dev": "blog-dev", "Production_EU.1": "blog-production-eu-1", strings.Repeat("a", 90): "blog-" + strings.Repeat("a", 51) + "-"} {
		raw, err := yaml.YAMLToJSON([]byte(minimal))
		require.NoError(t, err)
		e, err := spec.Parse(raw, stack)
		require.NoError(t, err)
		assert.True(t, strings.HasPrefix(e.Namespace.Name, want), e.Namespace.Name)
		assert.LessOrEqual(t, len(e.Namespace.Name), 63)
	}
}

func TestTheZonesAreTheRegionsFirst(t *testing.T) {
	for region, want := range map[string][]string{"eu-west-1": {"a", "b", "c"}, "ap-northeast-1": {"a", "c", "d"}, "ca-central-1": {"a", "b", "d"}} {
		e, err := parse(t, changed(t, onAWS, "aws.region", region))
		require.NoError(t, err)
		assert.Equal(t, want, e.ZoneLetters(), region)
	}
	e, err := parse(t, changed(t, onAWS, "aws.zones", []any{"b", "c", "e"}))
	require.NoError(t, err)
	assert.Equal(t, []string{"b", "c", "e"}, e.ZoneLetters())
}
