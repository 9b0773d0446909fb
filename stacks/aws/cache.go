package aws

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/djangostack/djangostack/components/arguments"
	components "github.com/djangostack/djangostack/components/aws"
	"github.com/djangostack/djangostack/components/aws/limits"
	"github.com/djangostack/djangostack/components/data"
	"github.com/djangostack/djangostack/components/deletion"
	"github.com/djangostack/djangostack/stacks/spec"
)

const (
	// valkeyVersion: Valkey has the protocol of Redis and costs a fifth less
	// (https://aws.amazon.com/elasticache/pricing/).
	valkeyVersion = "8.0"
	// brokerSnapshotDays is how long the daily snapshots of a production's broker are kept.
	brokerSnapshotDays = 7
)

// cache registers the cache on ElastiCache; nil if the environment has none.
func (w wiring) cache(base foundation) (*components.Cache, error) {
	wanted := w.environment.Cache
	if wanted.Kind != spec.Managed {
		return nil, nil
	}
	return w.valkey(base, "cache", wanted.Memory, wanted.Managed, components.CacheArgs{
		EvictionPolicy: arguments.AllKeysLRU,
		DeletionPolicy: deletion.Delete,
	})
}

// redisBroker registers the broker on ElastiCache; nil if the environment has none.
func (w wiring) redisBroker(base foundation) (*components.Cache, error) {
	wanted := w.environment.Broker
	if wanted.Kind != spec.Managed || wanted.Engine != spec.RedisBroker {
		return nil, nil
	}
	args := components.CacheArgs{
		EvictionPolicy: arguments.NoEviction,
		DeletionPolicy: deletion.Delete,
		Data:           w.environment.Held(data.Broker),
	}
	if w.production() {
		args.DeletionPolicy = deletion.Snapshot
		args.SnapshotDays = brokerSnapshotDays
	}
	return w.valkey(base, "broker", wanted.Memory, wanted.Managed, args)
}

// valkey completes the arguments that cache and broker share, and registers the servers.
func (w wiring) valkey(base foundation, name string, memory spec.Quantity, wanted spec.ManagedRedis, args components.CacheArgs) (*components.Cache, error) {
	nodeType, err := limits.CacheNodeType(string(memory))
	if err != nil {
		return nil, err
	}
	args.Name = name
	args.VpcID = base.network.VpcID
	args.SubnetIDs = base.network.PrivateSubnetIDs
	args.AllowFrom = pulumi.StringArray{base.cluster.SecurityGroupID}
	args.Engine = components.Valkey
	args.Version = valkeyVersion
	args.NodeType = nodeType
	args.Replicas = wanted.Replicas
	args.MultiAZ = wanted.Replicas > 0
	args.KeyARN = base.key.ARN
	args.Apply = components.ApplyAtOnce
	args.Logs = w.serviceLogs(base.key)
	args.Tags = w.tags
	cache, err := components.NewCache(w.ctx, w.name, &args, w.options...)
	if err != nil {
		return nil, err
	}
	if wanted.Replicas > 0 {
		cache.Server.Readers = []pulumi.StringInput{cache.ReaderHost}
	}
	return cache, nil
}
