package gcp

import (
	"errors"
	"fmt"
	"regexp"
	"strings"

	gcpredis "github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/redis"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/djangostack/djangostack/components/arguments"
	"github.com/djangostack/djangostack/components/gcp/limits"
	"github.com/djangostack/djangostack/components/validate"
)

func (a *CacheArgs) check() error {
	version := regexp.MustCompile(`^(5\.0|[67]\.[0-9x])$`)
	return errors.Join(
		validate.Check("Cache",
			validate.Required("Name", a.Name != ""),
			validate.Required("Project", a.Project != ""),
			validate.Required("Region", a.Region != ""),
			validate.Required("NetworkID", a.NetworkID != nil),
		),
		checkProject("Cache", a.Project),
		checkRegion("Cache", a.Region),
		validate.RefuseIf(!version.MatchString(a.Version), "Cache", fmt.Sprintf("Version is %q; it is major and minor, for instance 7.2", a.Version)),
		validate.OneOf("Cache", "Availability", a.Availability, SingleZone, MultiZone),
		validate.OneOf("Cache", "EvictionPolicy", a.EvictionPolicy, arguments.AllKeysLRU, arguments.NoEviction),
		validate.OneOf("Cache", "Snapshots", a.Snapshots, NoSnapshots, HourlySnapshot, SixHours, TwelveHours, DailySnapshot),
		validate.Within("Cache", "MemoryGiB", a.MemoryGiB, 1, limits.MaxCacheGiB),
		validate.Within("Cache", "Replicas", a.Replicas, 0, limits.MaxCacheReplicas),
		validate.RefuseIf(a.Replicas > 0 && a.Availability == SingleZone, "Cache", "Replicas go with Availability multi-zone only"),
		validate.RefuseIf(a.Replicas > 0 && a.MemoryGiB < limits.MinReplicatedCacheGiB, "Cache",
			fmt.Sprintf("MemoryGiB is %d; with Replicas it is %d at least", a.MemoryGiB, limits.MinReplicatedCacheGiB)),
		a.MaintenanceWindow.check("Cache"),
		a.Labels.check("Cache"),
	)
}

// instance is the server in a network that Google peers with automatically, until it has no
// server there any more.
func (a *CacheArgs) instance(part string) *gcpredis.InstanceArgs {
	args := &gcpredis.InstanceArgs{
		Project:               pulumi.String(a.Project),
		Region:                pulumi.String(a.Region),
		DisplayName:           pulumi.String("Keys of " + part),
		Tier:                  pulumi.String(a.tier()),
		MemorySizeGb:          pulumi.Int(a.MemoryGiB),
		RedisVersion:          pulumi.String("REDIS_" + strings.ToUpper(strings.ReplaceAll(a.Version, ".", "_"))),
		RedisConfigs:          pulumi.StringMap{"maxmemory-policy": pulumi.String(string(a.EvictionPolicy))},
		AuthorizedNetwork:     a.NetworkID.ToStringOutput().ToStringPtrOutput(),
		ConnectMode:           pulumi.String("DIRECT_PEERING"),
		AuthEnabled:           pulumi.Bool(true),
		TransitEncryptionMode: pulumi.String("SERVER_AUTHENTICATION"),
		ReadReplicasMode:      pulumi.String("READ_REPLICAS_DISABLED"),
		PersistenceConfig:     a.persistence(),
		Labels:                a.Labels.All(),
	}
	if a.Replicas > 0 {
		args.ReadReplicasMode = pulumi.String("READ_REPLICAS_ENABLED")
		args.ReplicaCount = pulumi.Int(a.Replicas)
	}
	if a.KeyID != nil {
		args.CustomerManagedKey = a.KeyID.ToStringOutput().ToStringPtrOutput()
	}
	if a.MaintenanceWindow != nil {
		args.MaintenancePolicy = a.maintenance()
	}
	return args
}

func (a *CacheArgs) tier() string {
	if a.Availability == MultiZone {
		return "STANDARD_HA"
	}
	return "BASIC"
}

func (a *CacheArgs) persistence() *gcpredis.InstancePersistenceConfigArgs {
	if a.Snapshots == NoSnapshots {
		return &gcpredis.InstancePersistenceConfigArgs{PersistenceMode: pulumi.String("DISABLED")}
	}
	return &gcpredis.InstancePersistenceConfigArgs{
		PersistenceMode:   pulumi.String("RDB"),
		RdbSnapshotPeriod: pulumi.String(string(a.Snapshots)),
	}
}

func (a *CacheArgs) maintenance() *gcpredis.InstanceMaintenancePolicyArgs {
	return &gcpredis.InstanceMaintenancePolicyArgs{
		WeeklyMaintenanceWindows: gcpredis.InstanceMaintenancePolicyWeeklyMaintenanceWindowArray{
			&gcpredis.InstanceMaintenancePolicyWeeklyMaintenanceWindowArgs{
				Day:       pulumi.String(strings.ToUpper(a.MaintenanceWindow.Day.String())),
				StartTime: &gcpredis.InstanceMaintenancePolicyWeeklyMaintenanceWindowStartTimeArgs{Hours: pulumi.Int(a.MaintenanceWindow.Hour)},
			},
		},
	}
}
