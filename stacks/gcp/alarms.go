package gcp

import (
	"fmt"
	"slices"

	"k8s.io/apimachinery/pkg/api/resource"

	components "github.com/djangostack/djangostack/components/gcp"
	"github.com/djangostack/djangostack/components/gcp/limits"
	"github.com/djangostack/djangostack/components/names"
	"github.com/djangostack/djangostack/stacks/cloud"
)

// alarms registers the alert policies of everything that Google manages for the environment.
func (w wiring) alarms(data dataServices, balancer *components.LoadBalancer) error {
	wanted := w.environment.Monitoring.Alarms
	if wanted == nil {
		return nil
	}
	alarms, err := w.alarmsOf(data, balancer)
	if err != nil {
		return err
	}
	_, err = components.NewAlarms(w.ctx, w.name, &components.AlarmsArgs{
		Project:     w.environment.GCP.Project,
		Environment: names.Environment(names.MaxDNSLabel, w.name, w.ctx.Stack()),
		Emails:      wanted.Emails,
		Channels:    wanted.NotificationChannels,
		Alarms:      alarms,
		Labels:      w.labels,
	}, w.options...)
	return err
}

func (w wiring) alarmsOf(data dataServices, balancer *components.LoadBalancer) ([]components.Alarm, error) {
	alarms := slices.Concat(balancer.Alarms(), []components.Alarm{components.CertificateAlarm(w.environment.GCP.Project)})
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
	return alarms, nil
}

// databaseSize is the size of the machine and of its disk.
func (w wiring) databaseSize() (components.DatabaseSize, error) {
	wanted := w.environment.Database.Managed
	memory, err := resource.ParseQuantity(string(wanted.Memory))
	if err != nil {
		return components.DatabaseSize{}, fmt.Errorf("reading database.managed.memory: %w", err)
	}
	server, err := cloud.NewDatabaseServer(wanted, limits.MaxDatabaseStorageGiB)
	if err != nil {
		return components.DatabaseSize{}, err
	}
	return components.DatabaseSize{MemoryBytes: memory.Value(), StorageGiB: server.StorageGiB, MaxStorageGiB: server.MaxStorageGiB}, nil
}
