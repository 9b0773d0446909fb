package aws

import (
	"cmp"
	"errors"
	"fmt"
	"hash/fnv"
	"slices"
	"strings"

	awslb "github.com/pulumi/pulumi-aws/sdk/v6/go/aws/lb"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/djangostack/djangostack/components/aws/limits"
	"github.com/djangostack/djangostack/components/names"
	"github.com/djangostack/djangostack/components/validate"
)

// Backend is a port of a process besides LoadBalancerArgs.Port of its pods.
type Backend struct {
	// Name of the process, or one for the process and the port.
	Name string
	// Port of the pods.
	Port   int
	Health HealthCheck
	// DrainSeconds is how long its stopping pods keep their connections, 0 to 3600.
	DrainSeconds int
}

// Rule leads the requests to a host and path to a process, or redirects them.
type Rule struct {
	// Host is a host name; *.example.com stands for every name below example.com.
	Host string
	// Path and everything below it.
	Path string
	// Backend is the name of one of LoadBalancerArgs.Backends; empty for the pods of
	// LoadBalancerArgs.Port.
	Backend string
	// RedirectTo is the host of a permanent redirect; empty for none.
	RedirectTo string
}

func (a *LoadBalancerArgs) checkRules() error {
	const mostPort = 65535
	var problems []error
	known := []string{""}
	for i, backend := range a.Backends {
		at := fmt.Sprintf("Backends[%d]", i)
		known = append(known, backend.Name)
		problems = append(problems,
			validate.Check("LoadBalancer", validate.Required(at+".Name", backend.Name != ""), validate.Required(at+".Health.Path", backend.Health.Path != ""), validate.Required(at+".Health.Codes", backend.Health.Codes != "")),
			validate.Within("LoadBalancer", at+".Port", backend.Port, 1, mostPort),
			validate.Within("LoadBalancer", at+".DrainSeconds", backend.DrainSeconds, 0, limits.MaxDrainSeconds))
	}
	for i, rule := range a.Rules {
		at := fmt.Sprintf("Rules[%d]", i)
		problems = append(problems,
			validate.Check("LoadBalancer", validate.Required(at+".Host", rule.Host != ""), validate.Required(at+".Path", strings.HasPrefix(rule.Path, "/"))),
			validate.RefuseIf(!slices.Contains(known, rule.Backend), "LoadBalancer", fmt.Sprintf("%s.Backend is %q, which is not one of Backends", at, rule.Backend)),
			validate.RefuseIf(rule.depth() > limits.MaxRuleDepth, "LoadBalancer", fmt.Sprintf("%s.Path may have at most %d parts", at, limits.MaxRuleDepth)))
	}
	return errors.Join(problems...)
}

// backends registers a target group for each further process and port.
func (a *LoadBalancerArgs) backends(ctx *pulumi.Context, name string, parent pulumi.Resource) (map[string]*awslb.TargetGroup, error) {
	groups := map[string]*awslb.TargetGroup{}
	for _, backend := range a.Backends {
		group, err := a.targetGroup(ctx, name, backend.Name, backend.Health, backend.DrainSeconds, parent)
		if err != nil {
			return nil, err
		}
		groups[backend.Name] = group
	}
	return groups, nil
}

// rules registers the rules of the HTTPS listener, and the certificates of hosts that
// CertificateARN does not have.
func (a *LoadBalancerArgs) rules(ctx *pulumi.Context, name string, https *awslb.Listener, groups map[string]*awslb.TargetGroup, parent pulumi.Resource) error {
	priorities := rulePriorities(a.Rules)
	for i, rule := range a.Rules {
		part := name + "-rule-" + rule.name()
		_, err := awslb.NewListenerRule(ctx, part, &awslb.ListenerRuleArgs{
			ListenerArn: https.Arn,
			Priority:    pulumi.Int(priorities[i]),
			Conditions:  rule.conditions(),
			Actions:     awslb.ListenerRuleActionArray{rule.action(groups)},
			Tags:        a.Tags.For(part),
		}, pulumi.Parent(parent))
		if err != nil {
			return fmt.Errorf("registering the rule of %s%s: %w", rule.Host, rule.Path, err)
		}
	}
	for i, certificate := range a.MoreCertificates {
		_, err := awslb.NewListenerCertificate(ctx, fmt.Sprintf("%s-certificate-%s", name, names.Fit(limits.MaxLoadBalancerName, certificate)), &awslb.ListenerCertificateArgs{
			ListenerArn:    https.Arn,
			CertificateArn: pulumi.String(a.MoreCertificates[i]),
		}, pulumi.Parent(parent))
		if err != nil {
			return fmt.Errorf("registering the certificate %s: %w", certificate, err)
		}
	}
	return nil
}

// conditions match the path and what is below it, as the paths of Kubernetes do, so that /api
// is not a part of /apis.
func (r Rule) conditions() awslb.ListenerRuleConditionArray {
	conditions := awslb.ListenerRuleConditionArray{awslb.ListenerRuleConditionArgs{
		HostHeader: awslb.ListenerRuleConditionHostHeaderArgs{Values: pulumi.ToStringArray([]string{r.Host})},
	}}
	if path := strings.TrimRight(r.Path, "/"); path != "" {
		conditions = append(conditions, awslb.ListenerRuleConditionArgs{
			PathPattern: awslb.ListenerRuleConditionPathPatternArgs{Values: pulumi.ToStringArray([]string{path, path + "/*"})},
		})
	}
	return conditions
}

func (r Rule) action(groups map[string]*awslb.TargetGroup) awslb.ListenerRuleActionArgs {
	if r.RedirectTo == "" {
		return awslb.ListenerRuleActionArgs{Type: pulumi.String("forward"), TargetGroupArn: groups[r.Backend].Arn.ToStringPtrOutput()}
	}
	return awslb.ListenerRuleActionArgs{Type: pulumi.String("redirect"), Redirect: awslb.ListenerRuleActionRedirectArgs{
		Host:       pulumi.String(r.RedirectTo),
		StatusCode: pulumi.String("HTTP_301"),
	}}
}

// name is the same for the same requests, so that another rule in the list changes nothing.
func (r Rule) name() string {
	const length = 40
	return fmt.Sprintf("%s-%08x", names.Fit(length, strings.ReplaceAll(r.Host, "*", "any"), r.Path), r.hash())
}

func (r Rule) hash() uint32 {
	sum := fnv.New32a()
	sum.Write([]byte(r.Host + strings.TrimRight(r.Path, "/")))
	return sum.Sum32()
}

func (r Rule) depth() int { return strings.Count(strings.TrimRight(r.Path, "/"), "/") }

// breadth is 0 for a host and larger for a wildcard that stands for more of them.
func (r Rule) breadth() int {
	const deepest = 4
	if !strings.HasPrefix(r.Host, "*") {
		return 0
	}
	return 1 + max(0, deepest-strings.Count(r.Host, "."))
}

// rulePriorities returns a priority for each rule: hosts before wildcards, long paths before
// short ones. Each kind has a separate range, and a rule its place in it by its hash, because
// a changed priority must not be that of another rule, not even for a moment
// (https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_SetRulePriorities.html).
func rulePriorities(rules []Rule) []int {
	const breadths = 5
	size := limits.MaxRulePriority / (breadths * (limits.MaxRuleDepth + 1))
	order := make([]int, len(rules))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int {
		return cmp.Or(cmp.Compare(rules[a].Host, rules[b].Host), cmp.Compare(rules[a].Path, rules[b].Path))
	})
	priorities, taken := make([]int, len(rules)), map[int]bool{}
	for _, i := range order {
		rule := rules[i]
		first := 1 + size*(rule.breadth()*(limits.MaxRuleDepth+1)+limits.MaxRuleDepth-rule.depth())
		place := int(rule.hash()) % size
		for taken[first+place] {
			place = (place + 1) % size
		}
		taken[first+place] = true
		priorities[i] = first + place
	}
	return priorities
}
