package gcp

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/djangostack/djangostack/components/arguments"
	"github.com/djangostack/djangostack/components/connection"
	components "github.com/djangostack/djangostack/components/gcp"
	"github.com/djangostack/djangostack/components/sizes"
	"github.com/djangostack/djangostack/stacks/spec"
)

// redisVersion is the newest that Memorystore for Redis has
// (https://cloud.google.com/memorystore/docs/redis/supported-versions).
const redisVersion = "7.2"

// redis makes the managed cache and the managed broker.
func (w *wiring) redis() error {
	if w.e.Cache.Kind == spec.Managed {
		cache, err := w.server("cache", string(w.e.Cache.Memory), w.e.Cache.Managed, &components.CacheArgs{
			EvictionPolicy: arguments.AllKeysLRU,
			Snapshots:      components.NoSnapshots,
		})
		if err != nil {
			return err
		}
		w.platform.Cache = cache
	}
	if w.e.Broker.Kind != spec.Managed {
		return nil
	}
	args := &components.CacheArgs{
		EvictionPolicy: arguments.NoEviction,
		Snapshots:      components.NoSnapshots,
		Protect:        w.e.ProtectionOf(spec.BrokerData),
	}
	if w.e.Tier == spec.Production {
		args.Snapshots = components.HourlySnapshot
	}
	broker, err := w.server("broker", string(w.e.Broker.Memory), w.e.Broker.Managed, args)
	if err != nil {
		return err
	}
	w.platform.Broker = broker
	return nil
}

// server fills in what cache and broker have in common. One replica takes over;
// more can be read from as well.
func (w *wiring) server(part, memory string, wanted spec.ManagedRedis, args *components.CacheArgs) (*connection.Redis, error) {
	gib, err := sizes.GiB(memory)
	if err != nil {
		return nil, err
	}
	args.Name = part
	args.Project = w.e.GCP.Project
	args.Region = w.e.GCP.Region
	args.NetworkID = w.made.network.NetworkID
	args.Version = redisVersion
	args.MemoryGiB = gib
	args.Availability = components.SingleZone
	if wanted.Replicas > 0 {
		args.Availability = components.MultiZone
	}
	if wanted.Replicas > 1 {
		args.Replicas = wanted.Replicas
	}
	args.KeyID = w.made.key.ID
	args.Labels = w.labels
	cache, err := components.NewCache(w.ctx, w.name, args, w.options...)
	if err != nil {
		return nil, err
	}
	if args.Replicas > 0 {
		cache.Server.Readers = []pulumi.StringInput{cache.ReaderHost}
	}
	return &cache.Server, nil
}
