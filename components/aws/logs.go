package aws

import (
	"fmt"
	"slices"
	"strings"

	awslogs "github.com/pulumi/pulumi-aws/sdk/v6/go/aws/cloudwatch"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/djangostack/djangostack/components/aws/limits"
)

// ServiceLogs says how long and with which key the logs of a data service are kept.
type ServiceLogs struct {
	// RetentionDays is one of CloudWatch's retention periods, for instance 7, 30, 90 or
	// 365.
	RetentionDays int
	// KeyARN is the KMS key of the logs, whose policy must allow CloudWatch Logs; without
	// it CloudWatch encrypts with its own keys.
	KeyARN pulumi.StringInput
}

func (l ServiceLogs) check(component string) error {
	return logRetention(component, "Logs.RetentionDays", l.RetentionDays)
}

// group registers the log group that a service writes to. A service that finds no group
// creates one, which keeps logs forever and is left behind.
func (l ServiceLogs) group(ctx *pulumi.Context, resource string, logs pulumi.StringOutput, tags Tags, parent pulumi.Resource) (*awslogs.LogGroup, error) {
	return newLogGroup(ctx, resource, &awslogs.LogGroupArgs{
		Name:            logs.ToStringPtrOutput(),
		RetentionInDays: pulumi.Int(l.RetentionDays),
		Tags:            tags.For(resource),
	}, l.KeyARN, pulumi.Parent(parent))
}

// newLogGroup registers a log group. The key may be nil.
func newLogGroup(ctx *pulumi.Context, name string, args *awslogs.LogGroupArgs, key pulumi.StringInput, opts ...pulumi.ResourceOption) (*awslogs.LogGroup, error) {
	if key != nil {
		args.KmsKeyId = key.ToStringOutput().ToStringPtrOutput()
	}
	group, err := awslogs.NewLogGroup(ctx, name, args, opts...)
	if err != nil {
		return nil, fmt.Errorf("registering the log group %s: %w", name, err)
	}
	return group, nil
}

// logRetention returns an error unless CloudWatch Logs offers this retention period
// (https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html).
func logRetention(component, field string, days int) error {
	offered := limits.LogRetentionDays()
	if slices.Contains(offered, days) {
		return nil
	}
	return fmt.Errorf("%s: %s is %d; allowed are %s", component, field, days, strings.Trim(fmt.Sprint(offered), "[]"))
}
