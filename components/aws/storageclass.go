package aws

import (
	"fmt"
	"maps"
	"slices"

	corev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/core/v1"
	metav1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/meta/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/djangostack/djangostack/components/arguments"
	"github.com/djangostack/djangostack/components/aws/limits"
	"github.com/djangostack/djangostack/components/clusters"
	"github.com/djangostack/djangostack/components/deletion"
)

// Volumes describes the volumes of claims.
type Volumes struct {
	// DeletionPolicy says what happens to a volume when its claim is deleted: Retain or
	// Delete.
	DeletionPolicy deletion.Policy
	// KeyARN is the KMS key of volumes, or nil for AWS' own key.
	KeyARN pulumi.StringInput
}

func (v Volumes) check() error {
	return v.DeletionPolicy.Check("Cluster", "Volumes.DeletionPolicy", deletion.Retain, deletion.Delete)
}

// storageClassName describes the volumes.
const storageClassName = limits.StorageClass

// newStorageClass registers the default StorageClass. EKS creates none.
func (c *Cluster) newStorageClass(ctx *pulumi.Context, name string) error {
	class, err := clusters.NewStorageClass(ctx, name, clusters.StorageClassArgs{
		Name:           storageClassName,
		Provisioner:    c.args.provisioner(),
		Parameters:     c.args.volumeParameters(),
		DeletionPolicy: c.args.Volumes.DeletionPolicy,
	}, c.objectOptions()...)
	if err != nil {
		return err
	}
	c.StorageClass = class.Metadata.Name().Elem()
	c.Ready = append(c.Ready, class)
	return nil
}

// objectOptions are the options of objects in the cluster.
func (c *Cluster) objectOptions() []pulumi.ResourceOption {
	return []pulumi.ResourceOption{pulumi.Parent(c), pulumi.Provider(c.Provider)}
}

func (a *ClusterArgs) provisioner() string {
	if a.Mode == arguments.ModeAuto {
		return "ebs.csi.eks.amazonaws.com"
	}
	return "ebs.csi.aws.com"
}

// volumeParameters are the parameters of the driver, which tags the volumes that it creates.
func (a *ClusterArgs) volumeParameters() pulumi.StringMap {
	parameters := pulumi.StringMap{
		"type":                      pulumi.String("gp3"),
		"encrypted":                 pulumi.String("true"),
		"csi.storage.k8s.io/fstype": pulumi.String("ext4"),
	}
	if a.Volumes.KeyARN != nil {
		parameters["kmsKeyId"] = a.Volumes.KeyARN
	}
	for i, key := range slices.Sorted(maps.Keys(a.Tags)) {
		parameters[fmt.Sprintf("tagSpecification_%d", i+1)] = pulumi.Sprintf("%s=%s", key, a.Tags[key])
	}
	return parameters
}

// volumeTagStatement lets Auto Mode create volumes with further tags. Its own policies allow only the tags of EKS
// (https://docs.aws.amazon.com/eks/latest/userguide/auto-cluster-iam-role.html#tag-prop).
func volumeTagStatement(region string) Statement {
	return Statement{
		Actions:   []string{"ec2:CreateVolume"},
		Resources: pulumi.StringArray{pulumi.Sprintf("arn:%s:ec2:*:*:volume/*", partition(region))},
		Conditions: []Condition{{
			Operator: "StringEquals",
			Key:      "aws:RequestTag/eks:eks-cluster-name",
			Values:   pulumi.StringArray{pulumi.String("${aws:PrincipalTag/eks:eks-cluster-name}")},
		}},
	}
}

// volumeKeyStatements are the permissions on a key that the EBS driver needs
// (https://docs.aws.amazon.com/eks/latest/userguide/ebs-csi.html).
func volumeKeyStatements(key pulumi.StringInput) []Statement {
	return []Statement{
		{
			Actions:    []string{"kms:CreateGrant", "kms:ListGrants", "kms:RevokeGrant"},
			Resources:  pulumi.StringArray{key},
			Conditions: []Condition{{Operator: "Bool", Key: "kms:GrantIsForAWSResource", Values: pulumi.StringArray{pulumi.String("true")}}},
		},
		{Actions: keyUses(), Resources: pulumi.StringArray{key}},
	}
}

// enforceNetworkPolicies turns on the enforcement of NetworkPolicies, which Auto Mode
// otherwise accepts and ignores
// (https://docs.aws.amazon.com/eks/latest/userguide/auto-net-pol.html).
func (c *Cluster) enforceNetworkPolicies(ctx *pulumi.Context, name string) error {
	enforced, err := corev1.NewConfigMap(ctx, name+"-network-policies", &corev1.ConfigMapArgs{
		Metadata: metav1.ObjectMetaArgs{Name: pulumi.String("amazon-vpc-cni"), Namespace: pulumi.String(systemNamespace)},
		Data:     pulumi.StringMap{"enable-network-policy-controller": pulumi.String("true")},
	}, c.objectOptions()...)
	if err != nil {
		return fmt.Errorf("turning NetworkPolicies on: %w", err)
	}
	c.Ready = append(c.Ready, enforced)
	return nil
}
