package gcp

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/djangostack/djangostack/components/binding"
	rooms "github.com/djangostack/djangostack/components/gcp"
	"github.com/djangostack/djangostack/stacks/gcp/size"
	"github.com/djangostack/djangostack/stacks/spec"
)

// redisVersion is the newest that Memorystore for Redis has
// (https://cloud.google.com/memorystore/docs/redis/supported-versions).
const redisVersion = "7.2"

// redis makes the managed cache and the managed broker.
func (w *wiring) redis() error {
	if w.e.Cache.Kind == spec.Managed {
		cache, err := w.server("cache", string(w.e.Cache.Memory), w.e.Cache.Managed, &rooms.CacheArgs{
			WhenFull:  rooms.ForgetKeys,
			Snapshots: rooms.NoSnapshots,
		})
		if err != nil {
			return err
		}
		w.place.Cache = cache
	}
	if w.e.Broker.Kind != spec.Managed {
		return nil
	}
	args := &rooms.CacheArgs{
		WhenFull:  rooms.RefuseKeys,
		Snapshots: rooms.NoSnapshots,
		Protect:   w.e.ProtectionOf(spec.BrokerData),
	}
	if w.e.Shape == spec.Production {
		args.Snapshots = rooms.HourlySnapshot
	}
	broker, err := w.server("broker", string(w.e.Broker.Memory), w.e.Broker.Managed, args)
	if err != nil {
		return err
	}
	w.place.Broker = broker
	return nil
}

// server fills in what cache and broker have in common. One replica takes over;
// more can be read from as well.
func (w *wiring) server(part, memory string, wanted spec.ManagedRedis, args *rooms.CacheArgs) (*binding.Redis, error) {
	gib, err := size.Cache(memory)
	if err != nil {
		return nil, err
	}
	args.Part = part
	args.Project = w.e.GCP.Project
	args.Region = w.e.GCP.Region
	args.NetworkID = w.made.network.NetworkID
	args.Version = redisVersion
	args.MemoryGiB = gib
	args.Availability = rooms.SingleZone
	if wanted.Replicas > 0 {
		args.Availability = rooms.MultiZone
	}
	if wanted.Replicas > 1 {
		args.Replicas = wanted.Replicas
	}
	args.KeyID = w.made.key.ID
	args.Labels = w.labels
	cache, err := rooms.NewCache(w.ctx, w.name, args, w.inside...)
	if err != nil {
		return nil, err
	}
	if args.Replicas > 0 {
		cache.Server.Readers = []pulumi.StringInput{cache.ReaderHost}
	}
	return &cache.Server, nil
}
