package aws

import (
	"fmt"

	awsec2 "github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ec2"
	awselasticache "github.com/pulumi/pulumi-aws/sdk/v6/go/aws/elasticache"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/djangostack/djangostack/components/aws/limits"
	"github.com/djangostack/djangostack/components/deletion"
	"github.com/djangostack/djangostack/components/names"
	"github.com/djangostack/djangostack/components/random"
)

// cacheParts are the resources that a replication group needs.
type cacheParts struct {
	// identifier of the replication group, known before the group exists.
	identifier     pulumi.StringOutput
	subnetGroup    *awselasticache.SubnetGroup
	parameterGroup *awselasticache.ParameterGroup
	securityGroup  *awsec2.SecurityGroup
	password       pulumi.StringOutput
	logs           awselasticache.ReplicationGroupLogDeliveryConfigurationArray
	// prerequisites must exist before the group and outlive it.
	prerequisites []pulumi.Resource
}

func (a *CacheArgs) newParts(ctx *pulumi.Context, part string, parent pulumi.Resource) (*cacheParts, error) {
	keepers := pulumi.StringMap{}
	if a.KeyARN != nil {
		keepers["key"] = a.KeyARN
	}
	suffix, err := random.NewSuffix(ctx, part+"-suffix", keepers, parent)
	if err != nil {
		return nil, err
	}
	n := &cacheParts{identifier: pulumi.Sprintf("%s-%s", names.Fit(limits.MaxReplicationGroupID-random.SuffixLength, part), suffix)}

	n.subnetGroup, err = awselasticache.NewSubnetGroup(ctx, part, &awselasticache.SubnetGroupArgs{
		Description: pulumi.String("Private subnets of " + part),
		SubnetIds:   a.SubnetIDs,
		Tags:        a.Tags.For(part),
	}, pulumi.Parent(parent))
	if err != nil {
		return nil, fmt.Errorf("registering the subnet group of %s: %w", part, err)
	}
	n.parameterGroup, err = awselasticache.NewParameterGroup(ctx, part, &awselasticache.ParameterGroupArgs{
		Description: pulumi.String("Settings of " + part),
		Family:      pulumi.String(a.family()),
		Parameters: awselasticache.ParameterGroupParameterArray{awselasticache.ParameterGroupParameterArgs{
			Name:  pulumi.String("maxmemory-policy"),
			Value: pulumi.String(string(a.EvictionPolicy)),
		}},
		Tags: a.Tags.For(part),
	}, pulumi.Parent(parent))
	if err != nil {
		return nil, fmt.Errorf("registering the parameter group of %s: %w", part, err)
	}
	n.securityGroup, err = securityGroup{service: part, vpcID: a.VpcID, port: redisPort, allowFrom: a.AllowFrom, tags: a.Tags}.register(ctx, part, parent)
	if err != nil {
		return nil, err
	}
	password, err := random.NewPassword(ctx, part+"-password", a.Data.Protected, parent)
	if err != nil {
		return nil, err
	}
	n.password = password.Result
	return n, n.newLogs(ctx, part, a, parent)
}

func (n *cacheParts) newLogs(ctx *pulumi.Context, part string, a *CacheArgs, parent pulumi.Resource) error {
	for _, kind := range []string{"slow-log", "engine-log"} {
		// AWS services may write to log groups with this prefix without a resource policy
		// for the group
		// (https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/AWS-logs-and-resource-policy.html).
		group, err := a.Logs.group(ctx, part+"-"+kind, pulumi.Sprintf("/aws/vendedlogs/elasticache/%s/%s", n.identifier, kind), a.Tags, parent)
		if err != nil {
			return err
		}
		n.prerequisites = append(n.prerequisites, group)
		n.logs = append(n.logs, awselasticache.ReplicationGroupLogDeliveryConfigurationArgs{
			Destination:     group.Name,
			DestinationType: pulumi.String("cloudwatch-logs"),
			LogFormat:       pulumi.String("json"),
			LogType:         pulumi.String(kind),
		})
	}
	return nil
}

func (n *cacheParts) group(a *CacheArgs, part string) *awselasticache.ReplicationGroupArgs {
	args := &awselasticache.ReplicationGroupArgs{
		ReplicationGroupId:        n.identifier.ToStringPtrOutput(),
		Description:               pulumi.String("Keys of " + part),
		Engine:                    pulumi.String(string(a.Engine)),
		EngineVersion:             pulumi.String(a.Version),
		NodeType:                  pulumi.String(a.NodeType),
		NumCacheClusters:          pulumi.Int(1 + a.Replicas),
		AutomaticFailoverEnabled:  pulumi.Bool(a.Replicas > 0),
		MultiAzEnabled:            pulumi.Bool(a.MultiAZ),
		Port:                      pulumi.Int(redisPort),
		ParameterGroupName:        n.parameterGroup.Name.ToStringPtrOutput(),
		SubnetGroupName:           n.subnetGroup.Name.ToStringPtrOutput(),
		SecurityGroupIds:          pulumi.StringArray{n.securityGroup.ID()},
		TransitEncryptionEnabled:  pulumi.Bool(true),
		TransitEncryptionMode:     pulumi.String("required"),
		AuthToken:                 n.password.ToStringPtrOutput(),
		AuthTokenUpdateStrategy:   pulumi.String("ROTATE"),
		AtRestEncryptionEnabled:   pulumi.Bool(true),
		AutoMinorVersionUpgrade:   pulumi.Bool(true),
		ApplyImmediately:          pulumi.Bool(a.Apply == ApplyAtOnce),
		SnapshotRetentionLimit:    pulumi.Int(a.SnapshotDays),
		LogDeliveryConfigurations: n.logs,
		Tags:                      a.Tags.For(part),
	}
	if a.KeyARN != nil {
		args.KmsKeyId = a.KeyARN.ToStringOutput().ToStringPtrOutput()
	}
	if a.DeletionPolicy == deletion.Snapshot {
		args.FinalSnapshotIdentifier = pulumi.Sprintf("%s-final", n.identifier).ToStringPtrOutput()
	}
	if a.SnapshotWindow != "" {
		args.SnapshotWindow = pulumi.String(a.SnapshotWindow)
	}
	if a.MaintenanceWindow != "" {
		args.MaintenanceWindow = pulumi.String(a.MaintenanceWindow)
	}
	return args
}
