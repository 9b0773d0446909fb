package aws

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	components "github.com/djangostack/djangostack/components/aws"
	"github.com/djangostack/djangostack/components/aws/limits"
	"github.com/djangostack/djangostack/components/data"
	"github.com/djangostack/djangostack/stacks/spec"
)

const (
	// rabbitVersion is the one before 4.2, to which a cluster whose queues are Celery's is not upgraded
	// (https://docs.aws.amazon.com/amazon-mq/latest/developer-guide/upgrading-rabbitmq-v3-to-v4.html).
	rabbitVersion = "3.13"
	// rabbitUser is the user that the app connects as.
	rabbitUser = "djangostack"
)

// rabbitMQ registers the broker on Amazon MQ; nil if the environment has none.
func (w wiring) rabbitMQ(base foundation) (*components.Broker, error) {
	wanted := w.environment.Broker
	if wanted.Kind != spec.Managed || wanted.Engine != spec.RabbitMQ {
		return nil, nil
	}
	mode := components.SingleBroker
	if wanted.Managed.Replicas > 0 {
		mode = components.BrokerCluster
	}
	instanceType, err := limits.BrokerInstanceType(1+wanted.Managed.Replicas, string(wanted.Memory))
	if err != nil {
		return nil, err
	}
	return components.NewBroker(w.ctx, w.name, &components.BrokerArgs{
		VpcID:           base.network.VpcID,
		SubnetIDs:       base.network.PrivateSubnetIDs,
		AllowFrom:       pulumi.StringArray{base.cluster.SecurityGroupID},
		Mode:            mode,
		Version:         rabbitVersion,
		InstanceType:    instanceType,
		User:            rabbitUser,
		MaintenanceDay:  "SUNDAY",
		MaintenanceTime: "03:00",
		Apply:           components.ApplyAtOnce,
		Data:            w.environment.Held(data.Broker),
		Tags:            w.tags,
	}, w.options...)
}
