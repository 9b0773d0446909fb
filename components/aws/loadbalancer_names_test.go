package aws_test

import (
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"

	"github.com/djangostack/djangostack/components/aws"
	"github.com/djangostack/djangostack/tests/mocks"
)

// loadBalancerOf creates a load balancer with this name and fixed addresses.
func loadBalancerOf(name string, cidrs ...string) pulumi.RunFunc {
	return func(ctx *pulumi.Context) error {
		subnets := pulumi.ToStringArray([]string{"subnet-1", "subnet-2"}).ToStringArrayOutput()
		_, err := aws.NewLoadBalancer(ctx, name, &aws.LoadBalancerArgs{
			VpcID: pulumi.String("vpc-1"), PublicSubnetIDs: subnets, PrivateSubnetIDs: subnets,
			Addresses:      pulumi.StringArray{pulumi.String("eipalloc-1"), pulumi.String("eipalloc-2")},
			CertificateARN: pulumi.String("arn:certificate"), AllowedCIDRs: cidrs, Port: 8000, PodGroupID: pulumi.String("sg-cluster"),
			Health: aws.HealthCheck{Path: "/", Codes: "200"}, IdleSeconds: 60, ClusterName: pulumi.String("blog-cluster"),
		})
		return err
	}
}

func TestARuleKeepsItsNameWhenTheListChanges(t *testing.T) {
	rules := func(cidrs ...string) map[string]any {
		sources := map[string]any{}
		for _, rule := range mocks.Run(t, mocks.Known, loadBalancerOf("blog", cidrs...)).OfKind("SecurityGroupIngressRule") {
			sources[rule.Name] = rule.At(t, "cidrIpv4")
		}
		return sources
	}
	both := rules("203.0.113.0/24", "198.51.100.0/24")
	assert.Equal(t, both, rules("198.51.100.0/24", "203.0.113.0/24"))
	for name, source := range rules("198.51.100.0/24") {
		assert.Equal(t, both[name], source, "AWS refuses a rule that becomes the double of another")
	}
}

func TestNamesThatAWSKeepsForItselfAreAvoided(t *testing.T) {
	for name, want := range map[string]struct{ balancers, groups []string }{
		"blog":           {[]string{"blog-web", "blog-front"}, []string{"blog-web", "blog-front"}},
		"internals":      {[]string{"internals-web", "internals-front"}, []string{"internals-web", "internals-front"}},
		"internal":       {[]string{"app-internal-web", "app-internal-front"}, []string{"internal-web", "internal-front"}},
		"internal-tools": {[]string{"app-internal-tools-web", "app-internal-tools-front"}, []string{"internal-tools-web", "internal-tools-front"}},
		"sg":             {[]string{"sg-web", "sg-front"}, []string{"app-sg-web", "app-sg-front"}},
	} {
		ran := mocks.Run(t, mocks.Known, loadBalancerOf(name, "0.0.0.0/0"))
		assert.ElementsMatch(t, want.balancers, namesOf(custom(ran.OfKind("LoadBalancer"))), name)
		assert.ElementsMatch(t, want.groups, namesOf(ran.OfKind("SecurityGroup")), name)
	}
}

func TestBothLoadBalancersHaveTheSameIdleTimeout(t *testing.T) {
	for seconds, want := range map[int]any{60: nil, 350: nil, 605: 605.0} {
		ran := mocks.Run(t, mocks.Known, withLoadBalancer(func(a *aws.LoadBalancerArgs) { fixed(a); a.IdleSeconds = seconds }))
		for _, port := range []string{"443", "80"} {
			assert.Equal(t, want, ran.Find(t, "Listener", "blog-front-"+port).At(t, "tcpIdleTimeoutSeconds"), seconds)
		}
		assert.EqualValues(t, seconds, ran.Find(t, "LoadBalancer", "blog-web").At(t, "idleTimeout"))
	}
}

func namesOf(resources []mocks.Resource) []string {
	names := make([]string, 0, len(resources))
	for _, each := range resources {
		names = append(names, each.Name)
	}
	return names
}
