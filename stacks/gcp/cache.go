package gcp

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/djangostack/djangostack/components/arguments"
	"github.com/djangostack/djangostack/components/data"
	components "github.com/djangostack/djangostack/components/gcp"
	"github.com/djangostack/djangostack/components/sizes"
	"github.com/djangostack/djangostack/stacks/spec"
)

// redisVersion is the newest that Memorystore for Redis has
// (https://cloud.google.com/memorystore/docs/redis/supported-versions).
const redisVersion = "7.2"

// cache registers the cache on Memorystore; nil if the environment has none.
func (w wiring) cache(base foundation) (*components.Cache, error) {
	wanted := w.environment.Cache
	if wanted.Kind != spec.Managed {
		return nil, nil
	}
	return w.redis(base, "cache", wanted.Memory, wanted.Managed, components.CacheArgs{
		EvictionPolicy: arguments.AllKeysLRU,
		Snapshots:      components.NoSnapshots,
	})
}

// redisBroker registers the broker on Memorystore; nil if the environment has none.
func (w wiring) redisBroker(base foundation) (*components.Cache, error) {
	wanted := w.environment.Broker
	if wanted.Kind != spec.Managed {
		return nil, nil
	}
	args := components.CacheArgs{
		EvictionPolicy: arguments.NoEviction,
		Snapshots:      components.NoSnapshots,
		Data:           w.environment.Held(data.Broker),
	}
	if w.production() {
		args.Snapshots = components.HourlySnapshot
	}
	return w.redis(base, "broker", wanted.Memory, wanted.Managed, args)
}

// redis completes the arguments that cache and broker share, and registers the servers. A
// single replica is a standby for failover; only further replicas serve reads.
func (w wiring) redis(base foundation, name string, memory spec.Quantity, wanted spec.ManagedRedis, args components.CacheArgs) (*components.Cache, error) {
	gib, err := sizes.GiB(string(memory))
	if err != nil {
		return nil, err
	}
	args.Name = name
	args.Project = w.environment.GCP.Project
	args.Region = w.environment.GCP.Region
	args.NetworkID = base.network.NetworkID
	args.Version = redisVersion
	args.MemoryGiB = gib
	args.Availability = components.SingleZone
	if wanted.Replicas > 0 {
		args.Availability = components.MultiZone
	}
	if wanted.Replicas > 1 {
		args.Replicas = wanted.Replicas
	}
	args.KeyID = base.key.ID
	args.Labels = w.labels
	cache, err := components.NewCache(w.ctx, w.name, &args, w.options...)
	if err != nil {
		return nil, err
	}
	if args.Replicas > 0 {
		cache.Server.Readers = []pulumi.StringInput{cache.ReaderHost}
	}
	return cache, nil
}
