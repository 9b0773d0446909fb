package aws

import (
	awslogs "github.com/pulumi/pulumi-aws/sdk/v6/go/aws/cloudwatch"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/djangostack/djangostack/components/arguments"
)

// containerLogsAddon is the add-on that runs Fluent Bit on every node, also on those of
// Auto Mode.
const containerLogsAddon = "amazon-cloudwatch-observability"

// containerLogsConfiguration leaves the logs on and turns off what is paid for beyond them
// (https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/install-CloudWatch-Observability-EKS-addon.html).
// The agent's configuration is the add-on's own without kubernetes, the metrics of Container
// Insights. Application Signals stays in it, because Fluent Bit would otherwise log an error
// four times a minute on each node (aws-observability/helm-charts issue 344), but changes no
// pod: by default the add-on puts its instrumentation into those of Python apps.
const containerLogsConfiguration = `{` +
	`"agent":{"config":{"logs":{"metrics_collected":{"application_signals":{}}},"traces":{"traces_collected":{"application_signals":{}}}}},` +
	`"containerLogs":{"enabled":true},` +
	`"manager":{"applicationSignals":{"autoMonitor":{"monitorAllServices":false}}}}`

// containerLogs are the log groups that Fluent Bit writes to
// (https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Container-Insights-setup-logs-FluentBit.html):
// the output of containers, the services and pods of EKS on the nodes, the nodes' system.
func containerLogs() []string { return []string{"application", "dataplane", "host"} }

// newContainerLogs registers the add-on after its log groups. A group that Fluent Bit
// creates keeps logs forever and is left behind.
func (c *Cluster) newContainerLogs(ctx *pulumi.Context, name string, needs []pulumi.Resource) error {
	if c.args.WorkloadLogs != arguments.On {
		return nil
	}
	resources := pulumi.StringArray{}
	for _, log := range containerLogs() {
		resource := name + "-" + log + "-logs"
		group, err := newLogGroup(ctx, resource, &awslogs.LogGroupArgs{
			Name:            pulumi.Sprintf("/aws/containerinsights/%s/%s", c.Name, log),
			RetentionInDays: pulumi.Int(c.args.LogRetentionDays),
			Tags:            c.args.Tags.For(resource),
		}, c.args.LogsKeyARN, pulumi.Parent(c))
		if err != nil {
			return err
		}
		resources = append(resources, group.Arn, pulumi.Sprintf("%s:*", group.Arn))
	}
	_, err := c.newAddon(ctx, name, needs, addon{
		name:           containerLogsAddon,
		configuration:  containerLogsConfiguration,
		namespace:      "amazon-cloudwatch",
		serviceAccount: "cloudwatch-agent",
		// CloudWatchAgentServerPolicy may also create any log group and change its retention,
		// so that a pod that ends after its group would bring it back.
		statements: []Statement{{
			Actions:   []string{"logs:CreateLogStream", "logs:PutLogEvents"},
			Resources: resources,
		}},
	})
	return err
}
