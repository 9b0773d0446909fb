package aws_test

import (
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"

	"github.com/djangostack/djangostack/components/arguments"
	"github.com/djangostack/djangostack/components/aws"
	"github.com/djangostack/djangostack/components/data"
	"github.com/djangostack/djangostack/components/deletion"
	"github.com/djangostack/djangostack/tests/mocks"
)

func withCache(change func(*aws.CacheArgs)) pulumi.RunFunc {
	return func(ctx *pulumi.Context) error {
		args := &aws.CacheArgs{
			Name:              "cache",
			VpcID:             pulumi.String("vpc-1"),
			SubnetIDs:         pulumi.ToStringArray([]string{"subnet-1", "subnet-2"}),
			AllowFrom:         pulumi.StringArray{pulumi.String("sg-cluster")},
			Engine:            aws.Valkey,
			Version:           "8.0",
			NodeType:          "cache.t4g.small",
			EvictionPolicy:    arguments.AllKeysLRU,
			Replicas:          1,
			MultiAZ:           true,
			KeyARN:            pulumi.String("arn:key"),
			SnapshotDays:      7,
			DeletionPolicy:    deletion.Snapshot,
			Data:              data.Held{Protected: true},
			MaintenanceWindow: "sun:04:00-sun:05:00",
			Apply:             aws.ApplyInWindow,
			Logs:              aws.ServiceLogs{RetentionDays: 30},
			Tags:              tags(),
		}
		change(args)
		cache, err := aws.NewCache(ctx, "blog", args)
		if err != nil {
			return err
		}
		ctx.Export("url", cache.Server.URL(0))
		return nil
	}
}

func TestACacheSpeaksTLSAsksForAPasswordAndTakesOver(t *testing.T) {
	for _, outputs := range mocks.Both() {
		t.Run(string(outputs), func(t *testing.T) {
			ran := mocks.Run(t, outputs, withCache(unchanged))

			servers := ran.Find(t, "ReplicationGroup", "blog-cache")
			for argument, want := range map[string]any{
				"engine":                   "valkey",
				"engineVersion":            "8.0",
				"transitEncryptionEnabled": true,
				"transitEncryptionMode":    "required",
				"atRestEncryptionEnabled":  true,
				"kmsKeyId":                 "arn:key",
				"automaticFailoverEnabled": true,
				"multiAzEnabled":           true,
				"numCacheClusters":         2.0,
				"snapshotRetentionLimit":   7.0,
				"autoMinorVersionUpgrade":  true,
				"applyImmediately":         false,
			} {
				assert.Equal(t, want, servers.At(t, argument), argument)
			}
			assert.Equal(t, mocks.Hidden, servers.Plain()["authToken"])
			assert.True(t, servers.Protect)
			tagged(t, ran, "ReplicationGroup", "SubnetGroup", "ParameterGroup", "SecurityGroup", "LogGroup")
			descendsFrom(t, ran, "Cache", "blog-cache")
		})
	}
}

func TestAManagedCacheForgetsAndAManagedBrokerDoesNot(t *testing.T) {
	for memory, want := range map[arguments.EvictionPolicy]string{arguments.AllKeysLRU: "allkeys-lru", arguments.NoEviction: "noeviction"} {
		settings := mocks.Run(t, mocks.Known, withCache(func(a *aws.CacheArgs) { a.EvictionPolicy = memory })).Find(t, "ParameterGroup", "blog-cache")
		assert.Equal(t, []any{map[string]any{"name": "maxmemory-policy", "value": want}}, settings.At(t, "parameters"))
		assert.Equal(t, "valkey8", settings.At(t, "family"))
	}
}

func TestOneServerNeedsNoOther(t *testing.T) {
	alone := mocks.Run(t, mocks.Known, withCache(func(a *aws.CacheArgs) { a.Replicas, a.MultiAZ = 0, false })).Find(t, "ReplicationGroup", "blog-cache")

	assert.Equal(t, 1.0, alone.At(t, "numCacheClusters"))
	assert.Equal(t, false, alone.At(t, "automaticFailoverEnabled"))
	assert.Equal(t, false, alone.At(t, "multiAzEnabled"))
}

func TestTheLogsOfACacheOutliveIt(t *testing.T) {
	ran := mocks.Run(t, mocks.Known, withCache(unchanged))

	servers := ran.Find(t, "ReplicationGroup", "blog-cache")
	for i, kind := range []string{"slow-log", "engine-log"} {
		group := ran.Find(t, "LogGroup", "blog-cache-"+kind)
		assert.Equal(t, "/aws/vendedlogs/elasticache/blog-cache-1a2b3c/"+kind, group.At(t, "name"))
		assert.True(t, ran.Waits(servers, group))
		delivered := servers.At(t, "logDeliveryConfigurations").([]any)[i].(map[string]any)
		assert.Equal(t, group.At(t, "name"), delivered["destination"])
		assert.Equal(t, kind, delivered["logType"])
	}
}

func TestTheLastKeysAreKeptWhereAsked(t *testing.T) {
	kept := mocks.Run(t, mocks.Known, withCache(unchanged)).Find(t, "ReplicationGroup", "blog-cache")
	assert.Equal(t, "blog-cache-1a2b3c-final", kept.At(t, "finalSnapshotIdentifier"))

	skipped := mocks.Run(t, mocks.Known, withCache(func(a *aws.CacheArgs) { a.DeletionPolicy, a.Data.Protected = deletion.Delete, false }))
	servers := skipped.Find(t, "ReplicationGroup", "blog-cache")
	assert.Nil(t, servers.At(t, "finalSnapshotIdentifier"))
	assert.False(t, servers.Protect)
}

func TestTheNameOfACacheFits(t *testing.T) {
	ran := mocks.Run(t, mocks.Known, withCache(func(a *aws.CacheArgs) { a.Name = strings.Repeat("broker", 10) }))

	name := ran.OfKind("ReplicationGroup")[0].At(t, "replicationGroupId").(string)
	assert.LessOrEqual(t, len(name), 40)
	assert.True(t, strings.HasSuffix(name, "-1a2b3c"), name)
}

func TestOnlyTheNamedGroupsReachTheCache(t *testing.T) {
	ran := mocks.Run(t, mocks.Known, withCache(unchanged))

	rules := ran.OfKind("SecurityGroupIngressRule")
	assert.Len(t, rules, 1)
	assert.Equal(t, "sg-cluster", rules[0].At(t, "referencedSecurityGroupId"))
	assert.Equal(t, 6379.0, rules[0].At(t, "toPort"))
	assert.Empty(t, ran.OfKind("SecurityGroupEgressRule"))
}

func TestACacheRefusesWhatElastiCacheWould(t *testing.T) {
	refuses(t, withCache, func(a *aws.CacheArgs) { *a = aws.CacheArgs{} },
		"Cache: Name is required", "Cache: VpcID is required", "Cache: SubnetIDs is required", "Cache: AllowFrom is required",
		"Cache: NodeType is required", "Cache: Engine is", "Cache: Version is", "Cache: EvictionPolicy is", "Cache: DeletionPolicy is", "Cache: Apply is")
	refuses(t, withCache, func(a *aws.CacheArgs) { a.Replicas = 0 }, "Replicas, since MultiAZ is asked for, is required")
	refuses(t, withCache, func(a *aws.CacheArgs) { a.Version = "6.x" }, `Version is "6.x"`)
	refuses(t, withCache, func(a *aws.CacheArgs) { a.Replicas = 6 }, "Replicas is 6")
}

func withBroker(change func(*aws.BrokerArgs)) pulumi.RunFunc {
	return func(ctx *pulumi.Context) error {
		_, err := newBroker(ctx, change)
		return err
	}
}

func newBroker(ctx *pulumi.Context, change func(*aws.BrokerArgs)) (*aws.Broker, error) {
	args := &aws.BrokerArgs{
		VpcID:           pulumi.String("vpc-1"),
		SubnetIDs:       pulumi.ToStringArray([]string{"subnet-1", "subnet-2", "subnet-3"}).ToStringArrayOutput(),
		AllowFrom:       pulumi.StringArray{pulumi.String("sg-cluster")},
		Mode:            aws.BrokerCluster,
		Version:         "3.13",
		InstanceType:    "mq.m7g.large",
		User:            "blog",
		MaintenanceDay:  "SUNDAY",
		MaintenanceTime: "03:00",
		Apply:           aws.ApplyInWindow,
		Data:            data.Held{Protected: true},
		Tags:            tags(),
	}
	change(args)
	return aws.NewBroker(ctx, "blog", args)
}

func TestTheHostOfABrokerIsReadFromItsAddress(t *testing.T) {
	found := make(chan string, 1)
	mocks.Run(t, mocks.Known, func(ctx *pulumi.Context) error {
		broker, err := newBroker(ctx, unchanged)
		if err != nil {
			return err
		}
		broker.Server.Host.ToStringOutput().ApplyT(func(host string) string {
			found <- host
			return host
		})
		return nil
	})
	assert.Equal(t, "b-1234.mq.eu-central-1.on.aws", <-found)
}

func TestABrokerIsClosedAndLogs(t *testing.T) {
	for _, outputs := range mocks.Both() {
		t.Run(string(outputs), func(t *testing.T) {
			ran := mocks.Run(t, outputs, withBroker(unchanged))

			var broker mocks.Resource
			for _, r := range ran.OfKind("Broker") {
				if r.Custom {
					broker = r
				}
			}
			for argument, want := range map[string]any{
				"engineType":              "RabbitMQ",
				"deploymentMode":          "CLUSTER_MULTI_AZ",
				"publiclyAccessible":      false,
				"autoMinorVersionUpgrade": true,
				"subnetIds":               []any{"subnet-1", "subnet-2", "subnet-3"},
			} {
				assert.Equal(t, want, broker.At(t, argument), argument)
			}
			assert.Equal(t, true, broker.At(t, "logs.general"))
			assert.Nil(t, broker.At(t, "logs.audit"), "RabbitMQ writes none")
			assert.Nil(t, broker.At(t, "encryptionOptions"), "Amazon MQ refuses them for RabbitMQ")
			assert.True(t, broker.Protect)
			assert.True(t, outputs == mocks.Unknown || broker.Secret("users"), "what is not known cannot be read")
			assert.Equal(t, 5671.0, ran.OfKind("SecurityGroupIngressRule")[0].At(t, "toPort"))
			assert.Equal(t, "web-team", broker.At(t, "tags.owner"))
		})
	}
}

func TestASingleBrokerRunsInOneSubnet(t *testing.T) {
	ran := mocks.Run(t, mocks.Known, withBroker(func(a *aws.BrokerArgs) { a.Mode = aws.SingleBroker }))

	for _, r := range ran.OfKind("Broker") {
		if r.Custom {
			assert.Equal(t, []any{"subnet-1"}, r.At(t, "subnetIds"))
		}
	}
}

func TestABrokerRefusesWhatAmazonMQWould(t *testing.T) {
	refuses(t, withBroker, func(a *aws.BrokerArgs) { *a = aws.BrokerArgs{} },
		"Broker: VpcID is required", "Broker: SubnetIDs is required", "Broker: AllowFrom is required", "Broker: Version is required",
		"Broker: InstanceType is required", "Broker: User is required", "Broker: Mode is", "Broker: MaintenanceDay is", "Broker: Apply is")
	refuses(t, withBroker, func(a *aws.BrokerArgs) { a.User = "guest" }, "User is guest")
}
