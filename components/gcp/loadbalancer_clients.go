package gcp

import (
	"fmt"
	"slices"

	gcpcompute "github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/compute"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/djangostack/djangostack/components/gcp/limits"
)

// everyone tells whether visitors may come from anywhere.
func (a *LoadBalancerArgs) allowsEveryone() bool { return slices.Contains(a.AllowedCIDRs, "0.0.0.0/0") }

// guard is the name of the policy that turns visitors away, nil for none, and the
// policy itself where it is made for them. The load balancer has no firewall: it is
// Cloud Armor that judges addresses.
func (a *LoadBalancerArgs) clientPolicy(ctx *pulumi.Context, name string, parent pulumi.Resource) (pulumi.StringInput, []pulumi.Resource, error) {
	if a.SecurityPolicy != "" {
		return pulumi.String(a.SecurityPolicy), nil, nil
	}
	if a.allowsEveryone() {
		return nil, nil, nil
	}
	policy, err := gcpcompute.NewSecurityPolicy(ctx, child(name, "visitors"), &gcpcompute.SecurityPolicyArgs{
		Project:     pulumi.String(a.Project),
		Description: pulumi.String("Visitors of " + name),
		Type:        pulumi.String("CLOUD_ARMOR"),
		Rules:       a.clientRules(),
	}, pulumi.Parent(parent))
	if err != nil {
		return nil, nil, fmt.Errorf("registering the policy for the visitors of %s: %w", name, err)
	}
	return policy.Name, []pulumi.Resource{policy}, nil
}

// visitors are let in by rules that each take ten ranges, and all others turned away by
// the last (https://cloud.google.com/armor/docs/security-policy-overview).
func (a *LoadBalancerArgs) clientRules() gcpcompute.SecurityPolicyRuleTypeArray {
	const first = 1000
	rules := gcpcompute.SecurityPolicyRuleTypeArray{}
	for ranges := range slices.Chunk(a.AllowedCIDRs, limits.MaxRuleCIDRs) {
		rules = append(rules, clientRule("allow", "Visitors", first+len(rules), ranges))
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
