package aws

import (
	"fmt"
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	components "github.com/djangostack/djangostack/components/aws"
	"github.com/djangostack/djangostack/components/aws/limits"
	"github.com/djangostack/djangostack/components/names"
	"github.com/djangostack/djangostack/stacks/cloud"
)

// alarms registers the alarms of everything that AWS manages for the environment.
func (w wiring) alarms(data dataServices, front front) error {
	wanted := w.environment.Monitoring.Alarms
	if wanted == nil {
		return nil
	}
	alarms, err := w.alarmsOf(data, front, wanted.QueueLength)
	if err != nil {
		return err
	}
	_, err = components.NewAlarms(w.ctx, w.name, &components.AlarmsArgs{
		Environment: names.Environment(names.MaxDNSLabel, w.name, w.ctx.Stack()),
		Emails:      wanted.Emails,
		TopicARN:    wanted.TopicARN,
		Alarms:      alarms,
		Tags:        w.tags,
	}, w.options...)
	return err
}

func (w wiring) alarmsOf(data dataServices, front front, queueLength int) ([]components.Alarm, error) {
	alarms := slices.Concat(front.balancer.Alarms(), w.certificateAlarms(front))
	if data.database != nil {
		size, err := w.databaseSize()
		if err != nil {
			return nil, err
		}
		alarms = append(alarms, data.database.Alarms(size)...)
	}
	for _, redis := range []*components.Cache{data.cache, data.broker} {
		if redis != nil {
			alarms = append(alarms, redis.Alarms()...)
		}
	}
	if data.rabbitMQ != nil {
		alarms = append(alarms, data.rabbitMQ.Alarms(queueLength)...)
	}
	if data.search != nil {
		alarms = append(alarms, data.search.Alarms(w.account)...)
	}
	return alarms, nil
}

// certificateAlarms are those of the load balancer's certificates. The CDN's are in another
// region, whose alarms notify topics of that region only.
func (w wiring) certificateAlarms(front front) []components.Alarm {
	alarms := []components.Alarm{components.CertificateAlarm("certificate", front.certificate.ARN)}
	for i, arn := range w.environment.RouteCertificates() {
		alarms = append(alarms, components.CertificateAlarm(fmt.Sprintf("certificate-route-%d", i), pulumi.String(arn)))
	}
	return alarms
}

// databaseSize is the size of the class, which may have more memory than was asked for.
func (w wiring) databaseSize() (components.DatabaseSize, error) {
	wanted := w.environment.Database.Managed
	class, err := limits.DatabaseClass(wanted.CPU, string(wanted.Memory))
	if err != nil {
		return components.DatabaseSize{}, err
	}
	memory, err := limits.DatabaseMemory(class)
	if err != nil {
		return components.DatabaseSize{}, err
	}
	server, err := cloud.NewDatabaseServer(wanted, limits.MaxDatabaseStorageGiB)
	if err != nil {
		return components.DatabaseSize{}, err
	}
	return components.DatabaseSize{MemoryBytes: memory, StorageGiB: server.StorageGiB, MaxStorageGiB: server.MaxStorageGiB}, nil
}
