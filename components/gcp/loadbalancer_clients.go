package gcp

import (
	"fmt"
	"slices"

	gcpcompute "github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/compute"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/djangostack/djangostack/components/gcp/limits"
)

// allowsEveryone reports whether clients may connect from any address.
func (a *LoadBalancerArgs) allowsEveryone() bool { return slices.Contains(a.AllowedCIDRs, "0.0.0.0/0") }

// clientPolicy returns the name of the Cloud Armor policy that denies clients, or nil for
// none, and the policy itself if it is created here. The load balancer itself has no
// firewall.
func (a *LoadBalancerArgs) clientPolicy(ctx *pulumi.Context, name string, parent pulumi.Resource) (pulumi.StringInput, []pulumi.Resource, error) {
	if a.SecurityPolicy != "" {
		return pulumi.String(a.SecurityPolicy), nil, nil
	}
	if a.allowsEveryone() {
		return nil, nil, nil
	}
	policy, err := gcpcompute.NewSecurityPolicy(ctx, child(name, "visitors"), &gcpcompute.SecurityPolicyArgs{
		Project:     pulumi.String(a.Project),
		Description: pulumi.String("Clients of " + name),
		Type:        pulumi.String("CLOUD_ARMOR"),
		Rules:       a.clientRules(),
	}, pulumi.Parent(parent))
	if err != nil {
		return nil, nil, fmt.Errorf("registering the Cloud Armor policy of %s: %w", name, err)
	}
	return policy.Name, []pulumi.Resource{policy}, nil
}

// clientRules allow the ranges, ten in each rule, and deny all other addresses last
// (https://cloud.google.com/armor/docs/security-policy-overview).
func (a *LoadBalancerArgs) clientRules() gcpcompute.SecurityPolicyRuleTypeArray {
	const first = 1000
	rules := gcpcompute.SecurityPolicyRuleTypeArray{}
	for ranges := range slices.Chunk(a.AllowedCIDRs, limits.MaxRuleCIDRs) {
		rules = append(rules, clientRule("allow", "Clients", first+len(rules), ranges))
	}
	return append(rules, clientRule("deny(403)", "Everyone else", limits.LastRulePriority, []string{"*"}))
}

func clientRule(action, who string, priority int, ranges []string) *gcpcompute.SecurityPolicyRuleTypeArgs {
	return &gcpcompute.SecurityPolicyRuleTypeArgs{
		Action:      pulumi.String(action),
		Description: pulumi.String(who),
		Priority:    pulumi.Int(priority),
		Match: &gcpcompute.SecurityPolicyRuleMatchArgs{
			VersionedExpr: pulumi.String("SRC_IPS_V1"),
			Config:        &gcpcompute.SecurityPolicyRuleMatchConfigArgs{SrcIpRanges: pulumi.ToStringArray(ranges)},
		},
	}
}
