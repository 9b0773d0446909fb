package aws

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	components "github.com/djangostack/djangostack/components/aws"
	"github.com/djangostack/djangostack/components/aws/limits"
	"github.com/djangostack/djangostack/stacks/spec"
)

const (
	// rabbitVersion is the newest that runs on every size of a broker; 4.2 runs on m7g only,
	// and no broker gets there in place
	// (https://docs.aws.amazon.com/amazon-mq/latest/developer-guide/rabbitmq-version-management.html).
	rabbitVersion = "3.13"
	// queueUser is who the app signs in as.
	queueUser = "djangostack"
)

// queue makes the RabbitMQ that Amazon MQ looks after.
func (w *wiring) queue() error {
	wanted := w.e.Broker
	if wanted.Kind != spec.Managed || wanted.Engine != spec.RabbitMQ {
		return nil
	}
	mode := components.SingleBroker
	if wanted.Managed.Replicas > 0 {
		mode = components.BrokerCluster
	}
	instance, err := limits.BrokerInstanceType(1+wanted.Managed.Replicas, string(wanted.Memory))
	if err != nil {
		return err
	}
	broker, err := components.NewBroker(w.ctx, w.name, &components.BrokerArgs{
		VpcID:           w.made.network.VpcID,
		SubnetIDs:       w.made.network.PrivateSubnetIDs,
		AllowFrom:       pulumi.StringArray{w.made.cluster.SecurityGroupID},
		Mode:            mode,
		Version:         rabbitVersion,
		InstanceType:    instance,
		User:            queueUser,
		MaintenanceDay:  "SUNDAY",
		MaintenanceTime: "03:00",
		Apply:           components.ApplyAtOnce,
		Protect:         w.e.ProtectionOf(spec.BrokerData),
		Tags:            w.tags,
	}, w.options...)
	if err != nil {
		return err
	}
	w.platform.Queue = &broker.Server
	w.platform.Prerequisites = append(w.platform.Prerequisites, broker)
	return nil
}
