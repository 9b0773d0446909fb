package aws

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/djangostack/djangostack/components/arguments"
	components "github.com/djangostack/djangostack/components/aws"
	"github.com/djangostack/djangostack/components/aws/limits"
	"github.com/djangostack/djangostack/components/connection"
	"github.com/djangostack/djangostack/components/deletion"
	"github.com/djangostack/djangostack/stacks/spec"
)

// valkeyVersion speaks Redis' protocol and costs a fifth less
// (https://aws.amazon.com/elasticache/pricing/).
const valkeyVersion = "8.0"

// brokerSnapshotDays is how long a broker's daily snapshots are kept in production.
const brokerSnapshotDays = 7

// redis makes the managed cache and the managed broker.
func (w *wiring) redis() error {
	if w.e.Cache.Kind == spec.Managed {
		cache, err := w.server("cache", string(w.e.Cache.Memory), w.e.Cache.Managed, &components.CacheArgs{
			EvictionPolicy: arguments.AllKeysLRU,
			DeletionPolicy: deletion.Delete,
		})
		if err != nil {
			return err
		}
		w.platform.Cache = cache
	}
	if w.e.Broker.Kind != spec.Managed || w.e.Broker.Engine != spec.RedisBroker {
		return nil
	}
	args := &components.CacheArgs{
		EvictionPolicy: arguments.NoEviction,
		DeletionPolicy: deletion.Delete,
		Protect:        w.e.ProtectionOf(spec.BrokerData),
	}
	if w.e.Tier == spec.Production {
		args.DeletionPolicy = deletion.Snapshot
		args.SnapshotDays = brokerSnapshotDays
	}
	broker, err := w.server("broker", string(w.e.Broker.Memory), w.e.Broker.Managed, args)
	if err != nil {
		return err
	}
	w.platform.Broker = broker
	return nil
}

// server fills in what cache and broker have in common.
func (w *wiring) server(part, memory string, wanted spec.ManagedRedis, args *components.CacheArgs) (*connection.Redis, error) {
	node, err := limits.CacheNodeType(memory)
	if err != nil {
		return nil, err
	}
	args.Name = part
	args.VpcID = w.made.network.VpcID
	args.SubnetIDs = w.made.network.PrivateSubnetIDs
	args.AllowFrom = pulumi.StringArray{w.made.cluster.SecurityGroupID}
	args.Engine = components.Valkey
	args.Version = valkeyVersion
	args.NodeType = node
	args.Replicas = wanted.Replicas
	args.MultiAZ = wanted.Replicas > 0
	args.KeyARN = w.made.key.ARN
	args.Apply = components.ApplyAtOnce
	args.Logs = components.ServiceLogs{RetentionDays: w.logDays(), KeyARN: w.made.key.ARN}
	args.Tags = w.tags
	cache, err := components.NewCache(w.ctx, w.name, args, w.options...)
	if err != nil {
		return nil, err
	}
	if wanted.Replicas > 0 {
		cache.Server.Readers = []pulumi.StringInput{cache.ReaderHost}
	}
	w.platform.Prerequisites = append(w.platform.Prerequisites, cache)
	return &cache.Server, nil
}
