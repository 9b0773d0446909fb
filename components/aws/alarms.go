package aws

import (
	"errors"
	"fmt"
	"regexp"

	awscloudwatch "github.com/pulumi/pulumi-aws/sdk/v6/go/aws/cloudwatch"
	awssns "github.com/pulumi/pulumi-aws/sdk/v6/go/aws/sns"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/djangostack/djangostack/components/arguments"
	"github.com/djangostack/djangostack/components/aws/limits"
	"github.com/djangostack/djangostack/components/component"
	"github.com/djangostack/djangostack/components/names"
	"github.com/djangostack/djangostack/components/random"
	"github.com/djangostack/djangostack/components/validate"
)

// AlarmsArgs describes the alarms of an environment and who is notified.
type AlarmsArgs struct {
	// Environment begins the names of the topic and of the alarms, which end in a random suffix:
	// CloudWatch and SNS take an existing name as the same object and overwrite it.
	Environment string
	// Emails are subscribed to a topic that the component creates. AWS asks each address to
	// confirm, and sends nothing before that.
	Emails []string
	// TopicARN is an existing SNS topic in the same region, which is not changed; empty for
	// none.
	TopicARN string
	Alarms   []Alarm
	Tags     Tags
}

// Alarms notify when a managed service needs somebody. They notify again when it is over.
type Alarms struct {
	pulumi.ResourceState

	// TopicARN is the topic of the addresses; the existing one without addresses.
	TopicARN pulumi.StringOutput
}

// NewAlarms registers the topic, its subscriptions and the alarms.
func NewAlarms(ctx *pulumi.Context, name string, args *AlarmsArgs, opts ...pulumi.ResourceOption) (*Alarms, error) {
	a := &Alarms{}
	return component.New(ctx, "djangostack:aws:Alarms", name, a, args.check, func() (pulumi.Map, error) {
		suffix, err := random.NewSuffix(ctx, name+"-alarms-suffix", nil, a)
		if err != nil {
			return nil, err
		}
		var topics pulumi.Array
		if args.TopicARN != "" {
			a.TopicARN = pulumi.String(args.TopicARN).ToStringOutput()
			topics = append(topics, a.TopicARN)
		}
		if len(args.Emails) > 0 {
			topic, err := args.topic(ctx, name, suffix, a)
			if err != nil {
				return nil, err
			}
			a.TopicARN = topic.Arn
			topics = append(topics, topic.Arn)
		}
		for _, alarm := range args.Alarms {
			_, err := awscloudwatch.NewMetricAlarm(ctx, name+"-"+alarm.Name, args.alarm(alarm, suffix, topics), pulumi.Parent(a))
			if err != nil {
				return nil, fmt.Errorf("registering the alarm %s: %w", alarm.Name, err)
			}
		}
		return pulumi.Map{"topicArn": a.TopicARN}, nil
	}, opts...)
}

func (a *AlarmsArgs) check() error {
	topic := regexp.MustCompile(limits.TopicARN)
	problems := []error{
		validate.Check("Alarms",
			validate.Required("Environment", a.Environment != ""),
			validate.Required("Alarms", len(a.Alarms) > 0),
			validate.Required("Emails or TopicARN", len(a.Emails) > 0 || a.TopicARN != "")),
		validate.RefuseIf(a.TopicARN != "" && !topic.MatchString(a.TopicARN), "Alarms", fmt.Sprintf("TopicARN is %q, which is no topic such as arn:aws:sns:eu-central-1:123456789012:alarms", a.TopicARN)),
	}
	for _, address := range a.Emails {
		problems = append(problems, arguments.CheckEmail("Alarms", "Emails", address))
	}
	seen := map[string]bool{}
	for _, alarm := range a.Alarms {
		problems = append(problems, validate.RefuseIf(seen[alarm.Name], "Alarms", fmt.Sprintf("Alarms has %s twice", alarm.Name)))
		seen[alarm.Name] = true
	}
	return errors.Join(problems...)
}

// topic registers the topic and the subscriptions of the addresses. Messages name a metric and
// its value, so that the topic needs no key: CloudWatch could not use the one of AWS
// (https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/AlarmThatSendsEmail.html).
func (a *AlarmsArgs) topic(ctx *pulumi.Context, name string, suffix pulumi.StringOutput, parent pulumi.Resource) (*awssns.Topic, error) {
	called := names.Fit(limits.MaxTopicName-random.SuffixLength, a.Environment, "alarms")
	topic, err := awssns.NewTopic(ctx, name+"-alarms", &awssns.TopicArgs{
		Name: pulumi.Sprintf("%s-%s", called, suffix),
		Tags: a.Tags.For(called),
	}, pulumi.Parent(parent))
	if err != nil {
		return nil, fmt.Errorf("registering the topic of the alarms: %w", err)
	}
	for _, address := range a.Emails {
		_, err := awssns.NewTopicSubscription(ctx, name+"-alarms-"+names.Fit(names.MaxDNSLabel, address), &awssns.TopicSubscriptionArgs{
			Topic:    topic.Arn,
			Protocol: pulumi.String("email"),
			Endpoint: pulumi.String(address),
		}, pulumi.Parent(parent))
		if err != nil {
			return nil, fmt.Errorf("subscribing an address to the alarms: %w", err)
		}
	}
	return topic, nil
}
