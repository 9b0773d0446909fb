package aws

import (
	"errors"
	"fmt"
	"net/url"

	awsec2 "github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ec2"
	awsmq "github.com/pulumi/pulumi-aws/sdk/v6/go/aws/mq"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/djangostack/djangostack/components/aws/limits"
	"github.com/djangostack/djangostack/components/component"
	"github.com/djangostack/djangostack/components/connection"
	"github.com/djangostack/djangostack/components/data"
	"github.com/djangostack/djangostack/components/names"
	"github.com/djangostack/djangostack/components/random"
	"github.com/djangostack/djangostack/components/validate"
)

// BrokerMode says how many RabbitMQ nodes run.
type BrokerMode string

// A single broker has one node. A cluster has three nodes in three zones. It loses no
// messages of quorum queues when one node fails.
const (
	SingleBroker  BrokerMode = "SINGLE_INSTANCE"
	BrokerCluster BrokerMode = "CLUSTER_MULTI_AZ"
)

// BrokerArgs describes one RabbitMQ broker of Amazon MQ.
type BrokerArgs struct {
	VpcID pulumi.StringInput
	// SubnetIDs are private. A single broker runs in the first.
	SubnetIDs pulumi.StringArrayOutput
	// AllowFrom are the security groups whose members may connect.
	AllowFrom pulumi.StringArray
	Mode      BrokerMode
	// Version is major and minor, for instance 3.13. Amazon MQ applies patch versions.
	Version string
	// InstanceType, for instance mq.m7g.medium. A cluster needs a large one.
	InstanceType string
	// User of the app.
	User string
	// MaintenanceDay, for instance SUNDAY, and MaintenanceTime in UTC, for instance 03:00:
	// the start of the two hours in which Amazon MQ may restart the broker.
	MaintenanceDay  string
	MaintenanceTime string
	Apply           ApplyChanges
	// Data that is protected refuses every plan that deletes or replaces the broker.
	Data data.Held
	Tags Tags
}

// Broker is one RabbitMQ broker in private subnets that speaks TLS only.
type Broker struct {
	pulumi.ResourceState

	// Server is how the app reaches it.
	Server connection.AMQP
	// SecurityGroupID is the group of the broker.
	SecurityGroupID pulumi.StringOutput

	name pulumi.StringOutput
}

const (
	amqpsPort = 5671
)

// NewBroker registers a broker.
func NewBroker(ctx *pulumi.Context, name string, args *BrokerArgs, opts ...pulumi.ResourceOption) (*Broker, error) {
	b := &Broker{}
	return component.New(ctx, "djangostack:aws:Broker", name+"-broker", b, args.check, func() (pulumi.Map, error) {
		group, err := securityGroup{service: "the broker of " + name, vpcID: args.VpcID, port: amqpsPort, allowFrom: args.AllowFrom, tags: args.Tags}.
			register(ctx, name+"-broker", b)
		if err != nil {
			return nil, err
		}
		password, err := random.NewPassword(ctx, name+"-broker-password", args.Data.Protected, b)
		if err != nil {
			return nil, err
		}
		part := names.Fit(limits.MaxBrokerName-autonameLength, name, "broker")
		broker, err := awsmq.NewBroker(ctx, part, args.broker(part, group, password.Result), pulumi.Parent(b), component.Protect(args.Data))
		if err != nil {
			return nil, fmt.Errorf("registering the broker: %w", err)
		}
		b.SecurityGroupID, b.name = group.ID().ToStringOutput(), broker.BrokerName
		b.Server = connection.AMQP{
			Host:     broker.Instances.ApplyT(hostOf).(pulumi.StringOutput),
			Port:     amqpsPort,
			User:     args.User,
			Password: password.Result,
			TLS:      true,
		}
		return component.DataOr(args.Data, pulumi.Map{"host": b.Server.Host}), nil
	}, opts...)
}

func (a *BrokerArgs) check() error {
	return errors.Join(
		validate.Check("Broker",
			validate.Required("VpcID", a.VpcID != nil),
			validate.Required("SubnetIDs", a.SubnetIDs.OutputState != nil),
			validate.Required("AllowFrom", len(a.AllowFrom) > 0),
			validate.Required("Version", a.Version != ""),
			validate.Required("InstanceType", a.InstanceType != ""),
			validate.Required("User", a.User != ""),
			validate.Required("MaintenanceTime", a.MaintenanceTime != ""),
		),
		validate.OneOf("Broker", "Mode", a.Mode, SingleBroker, BrokerCluster),
		validate.OneOf("Broker", "MaintenanceDay", a.MaintenanceDay, "MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY"),
		validate.OneOf("Broker", "Apply", a.Apply, ApplyAtOnce, ApplyInWindow),
		validate.RefuseIf(a.User == "guest", "Broker", "User is guest, which RabbitMQ keeps for itself"),
	)
}

// broker sets no encryption options: Amazon MQ encrypts RabbitMQ's disks with a key that it
// owns, and refuses any option (terraform-provider-aws issue 25998). It sets no audit logs,
// which RabbitMQ does not have. It sets neither the authentication strategy nor the storage
// type: RabbitMQ has one of each, and the provider compares their names case-sensitively,
// so that another case would replace the broker.
func (a *BrokerArgs) broker(part string, group *awsec2.SecurityGroup, password pulumi.StringOutput) *awsmq.BrokerArgs {
	args := &awsmq.BrokerArgs{
		EngineType:              pulumi.String("RabbitMQ"),
		EngineVersion:           pulumi.String(a.Version),
		AutoMinorVersionUpgrade: pulumi.Bool(true),
		DeploymentMode:          pulumi.String(string(a.Mode)),
		HostInstanceType:        pulumi.String(a.InstanceType),
		PubliclyAccessible:      pulumi.Bool(false),
		SecurityGroups:          pulumi.StringArray{group.ID()},
		SubnetIds:               a.SubnetIDs,
		ApplyImmediately:        pulumi.Bool(a.Apply == ApplyAtOnce),
		Logs:                    awsmq.BrokerLogsArgs{General: pulumi.Bool(true)},
		MaintenanceWindowStartTime: awsmq.BrokerMaintenanceWindowStartTimeArgs{
			DayOfWeek: pulumi.String(a.MaintenanceDay),
			TimeOfDay: pulumi.String(a.MaintenanceTime),
			TimeZone:  pulumi.String("UTC"),
		},
		Users: awsmq.BrokerUserArray{awsmq.BrokerUserArgs{Username: pulumi.String(a.User), Password: password}},
		Tags:  a.Tags.For(part),
	}
	if a.Mode == SingleBroker {
		args.SubnetIds = pulumi.StringArray{a.SubnetIDs.Index(pulumi.Int(0))}
	}
	return args
}

func hostOf(instances []awsmq.BrokerInstance) (string, error) {
	if len(instances) == 0 || len(instances[0].Endpoints) == 0 {
		return "", errors.New("Amazon MQ returned no address of the broker")
	}
	address, err := url.Parse(instances[0].Endpoints[0])
	if err != nil {
		return "", fmt.Errorf("reading the broker's address: %w", err)
	}
	return address.Hostname(), nil
}
