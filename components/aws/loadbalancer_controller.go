package aws

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/djangostack/djangostack/components/clusters"
	"github.com/djangostack/djangostack/components/component"
	"github.com/djangostack/djangostack/components/validate"
)

// controllerName is the name of the controller, its chart and its service account.
const controllerName = "aws-load-balancer-controller"

// LoadBalancerControllerArgs describes the controller that registers pods with target
// groups in mode nodes. Auto Mode has a built-in one.
type LoadBalancerControllerArgs struct {
	ClusterName pulumi.StringInput
	Region      string
	VpcID       pulumi.StringInput
	// ChartVersion of the chart in https://aws.github.io/eks-charts, for instance 1.13.3.
	ChartVersion string
	Tags         Tags
}

// LoadBalancerController is the AWS Load Balancer Controller. It is installed as a chart,
// because its webhook needs a certificate that the chart generates. TargetBindings depend
// on it: it must still run to deregister pods.
type LoadBalancerController struct {
	pulumi.ResourceState
}

// NewLoadBalancerController registers the controller. Pass the provider of the cluster with
// the options.
func NewLoadBalancerController(ctx *pulumi.Context, name string, args *LoadBalancerControllerArgs, opts ...pulumi.ResourceOption) (*LoadBalancerController, error) {
	c := &LoadBalancerController{}
	return component.New(ctx, "djangostack:aws:LoadBalancerController", name, c, args.check, func() (pulumi.Map, error) {
		identity, err := NewIdentity(ctx, name+"-balancer", &IdentityArgs{
			ClusterName:    args.ClusterName,
			Region:         args.Region,
			Namespace:      pulumi.String(systemNamespace),
			ServiceAccount: controllerName,
			Statements:     args.statements(),
			Tags:           args.Tags,
		}, pulumi.Parent(c))
		if err != nil {
			return nil, err
		}
		// A pod gets its credentials when it starts.
		_, err = clusters.NewRelease(ctx, name+"-balancer", args.release(), pulumi.Parent(c), pulumi.DependsOn([]pulumi.Resource{identity.association}))
		return nil, err
	}, opts...)
}

func (a *LoadBalancerControllerArgs) check() error {
	return validate.Check("LoadBalancerController",
		validate.Required("ClusterName", a.ClusterName != nil),
		validate.Required("Region", a.Region != ""),
		validate.Required("VpcID", a.VpcID != nil),
		validate.Required("ChartVersion", a.ChartVersion != ""),
	)
}

func (a *LoadBalancerControllerArgs) release() pulumi.Map {
	return pulumi.Map{
		"name":           pulumi.String(controllerName),
		"namespace":      pulumi.String(systemNamespace),
		"chart":          pulumi.String(controllerName),
		"version":        pulumi.String(a.ChartVersion),
		"repositoryOpts": pulumi.Map{"repo": pulumi.String("https://aws.github.io/eks-charts")},
		"values":         a.values(),
	}
}

// values turn off the controller's support for Services and Ingresses, because the program
// manages load balancers.
func (a *LoadBalancerControllerArgs) values() pulumi.Map {
	return pulumi.Map{
		"clusterName":                 a.ClusterName,
		"region":                      pulumi.String(a.Region),
		"vpcId":                       a.VpcID,
		"replicaCount":                pulumi.Int(2),
		"enableServiceMutatorWebhook": pulumi.Bool(false),
		"createIngressClassResource":  pulumi.Bool(false),
		"enableShield":                pulumi.Bool(false),
		"enableWaf":                   pulumi.Bool(false),
		"enableWafv2":                 pulumi.Bool(false),
		"serviceAccount":              pulumi.Map{"create": pulumi.Bool(true), "name": pulumi.String(controllerName)},
		"podDisruptionBudget":         pulumi.Map{"maxUnavailable": pulumi.Int(1)},
	}
}

// statements are a subset of the controller's own policy, which also creates load
// balancers: it describes resources, and registers targets with the target groups of
// this cluster.
func (a *LoadBalancerControllerArgs) statements() []Statement {
	return []Statement{
		{
			Actions: []string{
				"ec2:DescribeAvailabilityZones",
				"ec2:DescribeInstances",
				"ec2:DescribeNetworkInterfaces",
				"ec2:DescribeSecurityGroups",
				"ec2:DescribeSubnets",
				"ec2:DescribeVpcs",
				"elasticloadbalancing:DescribeLoadBalancers",
				"elasticloadbalancing:DescribeTags",
				"elasticloadbalancing:DescribeTargetGroupAttributes",
				"elasticloadbalancing:DescribeTargetGroups",
				"elasticloadbalancing:DescribeTargetHealth",
			},
			Resources: pulumi.StringArray{pulumi.String("*")},
		},
		{
			Actions:   []string{"elasticloadbalancing:RegisterTargets", "elasticloadbalancing:DeregisterTargets"},
			Resources: pulumi.StringArray{pulumi.Sprintf("arn:%s:elasticloadbalancing:%s:*:targetgroup/*", partition(a.Region), a.Region)},
			Conditions: []Condition{{
				Operator: "StringEquals",
				Key:      "aws:ResourceTag/" + clusterTag,
				Values:   pulumi.StringArray{a.ClusterName},
			}},
		},
	}
}
