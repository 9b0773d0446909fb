package aws

import (
	"fmt"

	awslogs "github.com/pulumi/pulumi-aws/sdk/v6/go/aws/cloudwatch"
	awsec2 "github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ec2"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/djangostack/djangostack/components/arguments"
	"github.com/djangostack/djangostack/components/validate"
)

// FlowLogs describes the record of accepted and refused connections of a VPC. It costs by
// the gigabyte.
type FlowLogs struct {
	// Mode is On or Off. The other fields apply when it is On.
	Mode arguments.Switch
	// RetentionDays is how long the records are kept.
	RetentionDays int
	// KeyARN is a KMS key that CloudWatch Logs may use, or nil for AWS' own key.
	KeyARN pulumi.StringInput
}

// flowLogsInterval is the number of seconds that one record covers. The alternative, 60,
// writes ten times as many records.
const flowLogsInterval = 600

func (f FlowLogs) check() error {
	if err := validate.OneOf("Network", "FlowLogs.Mode", f.Mode, arguments.Off, arguments.On); err != nil || f.Mode == arguments.Off {
		return err
	}
	return logRetention("Network", "FlowLogs.RetentionDays", f.RetentionDays)
}

func (n *Network) newFlowLogs(ctx *pulumi.Context, name string, args *NetworkArgs, vpc *awsec2.Vpc) error {
	name += "-flow-logs"
	group, err := newLogGroup(ctx, name, &awslogs.LogGroupArgs{
		RetentionInDays: pulumi.Int(args.FlowLogs.RetentionDays),
		Tags:            args.Tags.For(name),
	}, args.FlowLogs.KeyARN, pulumi.Parent(n))
	if err != nil {
		return err
	}
	region, _ := regionOf(args.Zones[0])
	role, err := newRole(ctx, name, roleArgs{
		region:      region,
		description: "Writes the flow logs of a VPC",
		trust: trustOf("vpc-flow-logs.amazonaws.com", Condition{
			Operator: "StringEquals", Key: "aws:SourceAccount", Values: pulumi.StringArray{vpc.OwnerId},
		}),
		statements: flowLogsStatements(group.Arn),
		tags:       args.Tags,
	}, n)
	if err != nil {
		return err
	}
	_, err = awsec2.NewFlowLog(ctx, name, &awsec2.FlowLogArgs{
		VpcId:                  vpc.ID(),
		TrafficType:            pulumi.String("ALL"),
		LogDestinationType:     pulumi.String("cloud-watch-logs"),
		LogDestination:         group.Arn,
		IamRoleArn:             role.Arn,
		MaxAggregationInterval: pulumi.Int(flowLogsInterval),
		Tags:                   args.Tags.For(name),
	}, pulumi.Parent(n), pulumi.DependsOn(role.policies))
	if err != nil {
		return fmt.Errorf("registering the flow logs %s: %w", name, err)
	}
	return nil
}

// flowLogsStatements are the permissions that the service requires
// (https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-iam-role.html), without
// creating log groups.
func flowLogsStatements(group pulumi.StringOutput) []Statement {
	return []Statement{
		{
			Actions:   []string{"logs:CreateLogStream", "logs:PutLogEvents", "logs:DescribeLogStreams"},
			Resources: pulumi.StringArray{group, pulumi.Sprintf("%s:*", group)},
		},
		// AWS has no narrower resource for this action.
		{Actions: []string{"logs:DescribeLogGroups"}, Resources: pulumi.StringArray{pulumi.String("*")}},
	}
}
