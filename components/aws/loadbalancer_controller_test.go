package aws_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/djangostack/djangostack/components/aws"
	"github.com/djangostack/djangostack/tests/mocks"
)

func withBalancer(args *aws.LoadBalancerControllerArgs) pulumi.RunFunc {
	return func(ctx *pulumi.Context) error {
		_, err := aws.NewLoadBalancerController(ctx, "blog", args)
		return err
	}
}

func balancerArgs() *aws.LoadBalancerControllerArgs {
	return &aws.LoadBalancerControllerArgs{
		ClusterName:  pulumi.String("blog-1a2b3c"),
		Region:       "eu-central-1",
		VpcID:        pulumi.String("vpc-1"),
		ChartVersion: "1.13.3",
		Tags:         environment,
	}
}

func TestTheBalancerControllerStartsWithItsCredentials(t *testing.T) {
	for _, outputs := range mocks.Both() {
		ran := mocks.Run(t, outputs, withBalancer(balancerArgs()))
		release := ran.Find(t, "Release", "blog-balancer")
		assert.True(t, ran.Waits(release, ran.Find(t, "PodIdentityAssociation", "blog-balancer-pods")))
		assert.Equal(t, "1.13.3", release.At(t, "version"))
		assert.Equal(t, "kube-system", release.At(t, "namespace"))
		assert.Equal(t, "blog-1a2b3c", release.At(t, "values.clusterName"))
		assert.Equal(t, "vpc-1", release.At(t, "values.vpcId"))
		assert.Equal(t, "aws-load-balancer-controller", release.At(t, "values.serviceAccount.name"))
		assert.Equal(t, false, release.At(t, "values.enableServiceMutatorWebhook"), "load balancers are the program's")
		descendsFrom(t, ran, "LoadBalancerController", "blog")
	}
}

// Helm ignores a value that a chart does not know, so each one was looked up in the chart's own values.yaml
// (https://github.com/kubernetes-sigs/aws-load-balancer-controller/tree/main/helm/aws-load-balancer-controller).
func TestEachValueOfTheBalancerControllerIsOneThatItsChartKnows(t *testing.T) {
	values, is := mocks.Run(t, mocks.Known, withBalancer(balancerArgs())).Find(t, "Release", "blog-balancer").At(t, "values").(map[string]any)
	require.True(t, is)
	assert.ElementsMatch(t, []string{
		"clusterName", "createIngressClassResource", "enableServiceMutatorWebhook", "enableShield", "enableWaf", "enableWafv2",
		"podDisruptionBudget", "region", "replicaCount", "serviceAccount", "vpcId",
	}, slices.Collect(maps.Keys(values)))
}

func TestTheBalancerControllerChangesItsOwnTargetGroupsOnly(t *testing.T) {
	ran := mocks.Run(t, mocks.Known, withBalancer(balancerArgs()))
	for _, statement := range document(t, ran.Find(t, "RolePolicy", "blog-balancer-pods-policy").At(t, "policy")) {
		for _, action := range statement["Action"].([]any) {
			if strings.Contains(action.(string), ":Describe") {
				continue
			}
			assert.Equal(t, map[string]any{"StringEquals": map[string]any{"aws:ResourceTag/eks:eks-cluster-name": []any{"blog-1a2b3c"}}}, statement["Condition"], action)
		}
	}
}

func TestWrongBalancerControllersAreNamed(t *testing.T) {
	refusedWith(t, withBalancer(&aws.LoadBalancerControllerArgs{}), "LoadBalancerController: ClusterName is required",
		"LoadBalancerController: Region is required", "LoadBalancerController: VpcID is required", "LoadBalancerController: ChartVersion is required")
}
