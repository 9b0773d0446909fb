package gcp_test

import (
	"strings"
	"testing"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"

	"github.com/djangostack/djangostack/components/arguments"
	"github.com/djangostack/djangostack/components/data"
	"github.com/djangostack/djangostack/components/gcp"
	"github.com/djangostack/djangostack/tests/mocks"
)

func withCache(change func(*gcp.CacheArgs)) pulumi.RunFunc {
	return func(ctx *pulumi.Context) error {
		args := &gcp.CacheArgs{
			Name:              "cache",
			Project:           mocks.Project,
			Region:            region,
			NetworkID:         pulumi.String(networkID),
			Version:           "7.2",
			Availability:      gcp.MultiZone,
			MemoryGiB:         5,
			Replicas:          1,
			EvictionPolicy:    arguments.AllKeysLRU,
			KeyID:             pulumi.String(aKey),
			Snapshots:         gcp.SixHours,
			MaintenanceWindow: &gcp.WeeklyHour{Day: time.Sunday, Hour: 4},
			Data:              data.Held{Protected: true},
			Labels:            environment,
		}
		change(args)
		cache, err := gcp.NewCache(ctx, "blog", args)
		if err != nil {
			return err
		}
		ctx.Export("url", cache.Server.URL(0))
		// What reads the server's values shows them to the tests.
		_, err = gcp.NewRecords(ctx, "shown", &gcp.RecordsArgs{Project: mocks.Project, ZoneName: pulumi.String("zone"), Records: []gcp.DNSRecord{
			{Name: "ca", Type: "TXT", TTL: 60, Values: pulumi.StringArray{cache.Server.CA.ToStringOutput()}},
			{Name: "password", Type: "TXT", TTL: 60, Values: pulumi.StringArray{cache.Server.Password.ToStringOutput()}},
			{Name: "reader", Type: "A", TTL: 60, Values: pulumi.StringArray{cache.ReaderHost}},
		}})
		return err
	}
}

func TestACacheSpeaksTLSAsksForAPasswordAndTakesOver(t *testing.T) {
	for _, outputs := range mocks.Both() {
		t.Run(string(outputs), func(t *testing.T) {
			ran := mocks.Run(t, outputs, withCache(unchanged))

			server := ran.Find(t, "Instance", "blog-cache")
			for argument, want := range map[string]any{
				"tier":                  "STANDARD_HA",
				"memorySizeGb":          5.0,
				"redisVersion":          "REDIS_7_2",
				"redisConfigs":          map[string]any{"maxmemory-policy": "allkeys-lru"},
				"authorizedNetwork":     networkID,
				"connectMode":           "DIRECT_PEERING",
				"authEnabled":           true,
				"transitEncryptionMode": "SERVER_AUTHENTICATION",
				"readReplicasMode":      "READ_REPLICAS_ENABLED",
				"replicaCount":          1.0,
				"customerManagedKey":    aKey,
				"persistenceConfig":     map[string]any{"persistenceMode": "RDB", "rdbSnapshotPeriod": "SIX_HOURS"},
				"maintenancePolicy": map[string]any{"weeklyMaintenanceWindows": []any{
					map[string]any{"day": "SUNDAY", "startTime": map[string]any{"hours": 4.0}},
				}},
			} {
				assert.Equal(t, want, server.At(t, argument), argument)
			}
			assert.Nil(t, server.At(t, "secondaryIpRange"), "Memorystore takes it at updates only, and then refuses it")
			assert.True(t, server.Protect)
			carriesLabels(t, ran, "Instance")
			ofProject(t, ran)
		})
	}
}

func TestACachesAuthoritiesAreKnownAndItsPasswordIsSecret(t *testing.T) {
	ran := mocks.Run(t, mocks.Known, withCache(unchanged))

	assert.Equal(t, []any{"\"redis authority\nthe next one\n\""}, ran.Find(t, "RecordSet", "shown-txt-ca").At(t, "rrdatas"))
	assert.False(t, ran.Find(t, "RecordSet", "shown-txt-ca").Secret("rrdatas"))
	assert.True(t, ran.Find(t, "RecordSet", "shown-txt-password").Secret("rrdatas"))
}

func TestReadsGoToTheReplicasOrToThePrimary(t *testing.T) {
	for replicas, want := range map[int]string{1: "10.20.200.5", 0: "10.20.200.4"} {
		ran := mocks.Run(t, mocks.Known, withCache(func(a *gcp.CacheArgs) { a.Replicas = replicas }))
		assert.Equal(t, []any{want}, ran.Find(t, "RecordSet", "shown-a-reader").At(t, "rrdatas"))
	}
}

func TestAManagedCacheForgetsAndAManagedBrokerDoesNot(t *testing.T) {
	for memory, want := range map[arguments.EvictionPolicy]string{arguments.AllKeysLRU: "allkeys-lru", arguments.NoEviction: "noeviction"} {
		server := mocks.Run(t, mocks.Known, withCache(func(a *gcp.CacheArgs) { a.EvictionPolicy = memory })).Find(t, "Instance", "blog-cache")
		assert.Equal(t, want, server.At(t, `redisConfigs["maxmemory-policy"]`))
	}
}

func TestOneServerNeedsNoOther(t *testing.T) {
	alone := mocks.Run(t, mocks.Known, withCache(func(a *gcp.CacheArgs) {
		a.Replicas, a.Availability, a.Snapshots, a.MemoryGiB, a.KeyID, a.MaintenanceWindow = 0, gcp.SingleZone, gcp.NoSnapshots, 1, nil, nil
	})).Find(t, "Instance", "blog-cache")

	assert.Equal(t, "BASIC", alone.At(t, "tier"))
	assert.Equal(t, "READ_REPLICAS_DISABLED", alone.At(t, "readReplicasMode"))
	assert.Equal(t, map[string]any{"persistenceMode": "DISABLED"}, alone.At(t, "persistenceConfig"))
	for _, none := range []string{"replicaCount", "customerManagedKey", "maintenancePolicy"} {
		assert.Nil(t, alone.At(t, none), none)
	}
	assert.Equal(t, true, alone.At(t, "authEnabled"))
}

func TestTheNameOfACacheFits(t *testing.T) {
	ran := mocks.Run(t, mocks.Known, withCache(func(a *gcp.CacheArgs) { a.Name = strings.Repeat("broker", 10) }))

	assert.LessOrEqual(t, len(ran.OfKind("Instance")[0].Name), 40-8)
}

func TestACacheRefusesWhatMemorystoreWould(t *testing.T) {
	refuses(t, withCache, func(a *gcp.CacheArgs) { *a = gcp.CacheArgs{} },
		"Cache: Name is required", "Cache: Project is required", "Cache: Region is required", "Cache: NetworkID is required",
		"Cache: Version is", "Cache: Availability is", "Cache: EvictionPolicy is", "Cache: Snapshots is", "Cache: MemoryGiB is 0")
	refuses(t, withCache, func(a *gcp.CacheArgs) { a.Availability = gcp.SingleZone }, "Replicas go with Availability multi-zone only")
	refuses(t, withCache, func(a *gcp.CacheArgs) { a.MemoryGiB = 4 }, "MemoryGiB is 4; with Replicas it is 5 at least")
	refuses(t, withCache, func(a *gcp.CacheArgs) { a.Replicas = 6 }, "Replicas is 6")
	refuses(t, withCache, func(a *gcp.CacheArgs) { a.Version = "8.0" }, `Version is "8.0"`)
}
