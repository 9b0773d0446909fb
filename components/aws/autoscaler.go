package aws

import (
	"fmt"

	appsv1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/apps/v1"
	corev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/core/v1"
	metav1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/meta/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

const (
	autoscalerName = "cluster-autoscaler"
	// autoscalerUser is the id of the user `nobody` in the image.
	autoscalerUser = 65534
	// autoscalerPort serves the health check.
	autoscalerPort = 8085
)

// newAutoscaler registers the Cluster Autoscaler. It adds nodes for pods that do not fit
// and removes empty nodes. No pod waits for it: the group has nodes from the start.
func (c *Cluster) newAutoscaler(ctx *pulumi.Context, name string) error {
	name += "-autoscaler"
	identity, err := NewIdentity(ctx, name, &IdentityArgs{
		ClusterName:    c.Name,
		Region:         c.args.Region,
		Namespace:      pulumi.String(systemNamespace),
		ServiceAccount: autoscalerName,
		Statements:     c.autoscalerStatements(),
		Tags:           c.args.Tags,
	}, pulumi.Parent(c))
	if err != nil {
		return err
	}
	account, err := corev1.NewServiceAccount(ctx, name, &corev1.ServiceAccountArgs{
		Metadata: autoscalerMetadata(systemNamespace),
	}, c.objectOptions()...)
	if err != nil {
		return fmt.Errorf("registering the autoscaler's service account: %w", err)
	}
	allowed, err := c.allowAutoscaler(ctx, name, account)
	if err != nil {
		return err
	}
	// A pod gets its credentials when it starts.
	needs := append(allowed, identity.association)
	_, err = appsv1.NewDeployment(ctx, name, &appsv1.DeploymentArgs{
		Metadata: autoscalerMetadata(systemNamespace),
		Spec: appsv1.DeploymentSpecArgs{
			Replicas: pulumi.Int(1),
			Selector: metav1.LabelSelectorArgs{MatchLabels: autoscalerLabels()},
			Template: corev1.PodTemplateSpecArgs{
				Metadata: metav1.ObjectMetaArgs{Labels: autoscalerLabels()},
				Spec:     c.autoscalerPod(account),
			},
		},
	}, append(c.objectOptions(), pulumi.DependsOn(needs))...)
	if err != nil {
		return fmt.Errorf("registering the autoscaler: %w", err)
	}
	return nil
}

func autoscalerLabels() pulumi.StringMap {
	return pulumi.StringMap{"app.kubernetes.io/name": pulumi.String(autoscalerName)}
}

// autoscalerMetadata is the metadata of a namespaced object, or of a cluster-wide one for
// an empty namespace.
func autoscalerMetadata(namespace string) metav1.ObjectMetaArgs {
	metadata := metav1.ObjectMetaArgs{Name: pulumi.String(autoscalerName), Labels: autoscalerLabels()}
	if namespace != "" {
		metadata.Namespace = pulumi.String(namespace)
	}
	return metadata
}

// autoscalerStatements are the permissions of the autoscaler
// (https://github.com/kubernetes/autoscaler/blob/master/cluster-autoscaler/cloudprovider/aws/README.md).
// It may read all groups, and change those with the tag that EKS puts on the groups of this
// cluster.
func (c *Cluster) autoscalerStatements() []Statement {
	return []Statement{
		{
			Actions: []string{
				"autoscaling:DescribeAutoScalingGroups",
				"autoscaling:DescribeAutoScalingInstances",
				"autoscaling:DescribeLaunchConfigurations",
				"autoscaling:DescribeScalingActivities",
				"autoscaling:DescribeTags",
				"ec2:DescribeImages",
				"ec2:DescribeInstanceTypes",
				"ec2:DescribeLaunchTemplateVersions",
				"ec2:GetInstanceTypesFromInstanceRequirements",
				"eks:DescribeNodegroup",
			},
			Resources: pulumi.StringArray{pulumi.String("*")},
		},
		{
			Actions:   []string{"autoscaling:SetDesiredCapacity", "autoscaling:TerminateInstanceInAutoScalingGroup"},
			Resources: pulumi.StringArray{pulumi.Sprintf("arn:%s:autoscaling:%s:*:autoScalingGroup:*", partition(c.args.Region), c.args.Region)},
			Conditions: []Condition{{
				Operator: "StringEquals",
				Key:      "aws:ResourceTag/eks:cluster-name",
				Values:   pulumi.StringArray{c.Name},
			}},
		},
	}
}

func (c *Cluster) autoscalerPod(account *corev1.ServiceAccount) corev1.PodSpecArgs {
	probe := corev1.ProbeArgs{HttpGet: corev1.HTTPGetActionArgs{Path: pulumi.String("/health-check"), Port: pulumi.Int(autoscalerPort)}}
	return corev1.PodSpecArgs{
		ServiceAccountName: account.Metadata.Name().Elem(),
		PriorityClassName:  pulumi.String("system-cluster-critical"),
		SecurityContext: corev1.PodSecurityContextArgs{
			RunAsNonRoot:   pulumi.Bool(true),
			RunAsUser:      pulumi.Int(autoscalerUser),
			RunAsGroup:     pulumi.Int(autoscalerUser),
			SeccompProfile: corev1.SeccompProfileArgs{Type: pulumi.String("RuntimeDefault")},
		},
		Containers: corev1.ContainerArray{corev1.ContainerArgs{
			Name: pulumi.String(autoscalerName),
			// The first release for the Kubernetes version of the cluster. Each minor
			// version has its own.
			Image:   pulumi.Sprintf("registry.k8s.io/autoscaling/cluster-autoscaler:v%s.0", c.args.Version),
			Command: c.autoscalerCommand(),
			// Pods cannot reach the instance metadata, which has the region.
			Env:           corev1.EnvVarArray{corev1.EnvVarArgs{Name: pulumi.String("AWS_REGION"), Value: pulumi.String(c.args.Region)}},
			LivenessProbe: probe,
			Resources: corev1.ResourceRequirementsArgs{
				Requests: pulumi.StringMap{"cpu": pulumi.String("100m"), "memory": pulumi.String("600Mi")},
				Limits:   pulumi.StringMap{"memory": pulumi.String("600Mi")},
			},
			SecurityContext: corev1.SecurityContextArgs{
				AllowPrivilegeEscalation: pulumi.Bool(false),
				ReadOnlyRootFilesystem:   pulumi.Bool(true),
				Capabilities:             corev1.CapabilitiesArgs{Drop: pulumi.ToStringArray([]string{"ALL"})},
			},
		}},
	}
}

// autoscalerCommand sets the limits of the number of nodes. The limits of the groups
// themselves are wider, see fewestNodes. Without the last flag, the autoscaler does not add
// nodes to reach the minimum.
func (c *Cluster) autoscalerCommand() pulumi.StringArray {
	command := pulumi.StringArray{
		pulumi.String("./cluster-autoscaler"),
		pulumi.String("--cloud-provider=aws"),
		pulumi.String("--expander=least-waste"),
		pulumi.String("--balance-similar-node-groups"),
		pulumi.String("--skip-nodes-with-local-storage=false"),
		pulumi.String("--skip-nodes-with-system-pods=false"),
	}
	for _, group := range c.nodes {
		scaled := group.registered.Resources.Index(pulumi.Int(0)).AutoscalingGroups().Index(pulumi.Int(0)).Name().Elem()
		command = append(command, pulumi.Sprintf("--nodes=%d:%d:%s", group.min, group.max, scaled))
	}
	return append(command, pulumi.String("--enforce-node-group-min-size=true"))
}
