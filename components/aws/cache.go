package aws

import (
	"errors"
	"fmt"
	"regexp"
	"strings"

	awselasticache "github.com/pulumi/pulumi-aws/sdk/v6/go/aws/elasticache"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/djangostack/djangostack/components/arguments"
	"github.com/djangostack/djangostack/components/aws/limits"
	"github.com/djangostack/djangostack/components/component"
	"github.com/djangostack/djangostack/components/connection"
	"github.com/djangostack/djangostack/components/data"
	"github.com/djangostack/djangostack/components/deletion"
	"github.com/djangostack/djangostack/components/validate"
)

// CacheEngine is the server software; both speak Redis' protocol.
type CacheEngine string

// The engines that ElastiCache offers with replicas.
const (
	Redis  CacheEngine = "redis"
	Valkey CacheEngine = "valkey"
)

// CacheArgs describes one ElastiCache primary and its replicas.
type CacheArgs struct {
	// Name distinguishes the servers of the environment: cache or broker.
	Name  string
	VpcID pulumi.StringInput
	// SubnetIDs are private, in as many zones as the replicas need.
	SubnetIDs pulumi.StringArrayInput
	// AllowFrom are the security groups whose members may connect.
	AllowFrom pulumi.StringArray
	Engine    CacheEngine
	// Version is major and minor, for instance 8.0; at least 7.0, because older versions
	// cannot change their TLS mode.
	Version string
	// NodeType, for instance cache.t4g.micro.
	NodeType string
	// EvictionPolicy says what the server does when its memory is full.
	EvictionPolicy arguments.EvictionPolicy
	// Replicas, 0 to 5. One of them takes over automatically when the primary fails.
	Replicas int
	// MultiAZ puts the replicas in other zones.
	MultiAZ bool
	// KeyARN is the KMS key at rest; without it ElastiCache uses its own. It cannot be
	// changed.
	KeyARN pulumi.StringInput
	// SnapshotDays is how long daily snapshots are kept; 0 for none.
	SnapshotDays   int
	DeletionPolicy deletion.Policy
	// Data that is protected refuses every plan that deletes or replaces the server.
	Data data.Held
	// SnapshotWindow is a time of day in UTC, hh:mm-hh:mm. MaintenanceWindow is a time of
	// the week, ddd:hh:mm-ddd:hh:mm in lower case. AWS picks empty ones.
	SnapshotWindow    string
	MaintenanceWindow string
	Apply             ApplyChanges
	Logs              ServiceLogs
	Tags              Tags
}

// Cache is one server in private subnets. It requires TLS and a password.
type Cache struct {
	pulumi.ResourceState

	// Server says how the app connects to the primary.
	Server connection.Redis
	// ReaderHost is the host for reads from the replicas, or from the primary without
	// replicas.
	ReaderHost pulumi.StringOutput
	// SecurityGroupID is the security group of the server.
	SecurityGroupID pulumi.StringOutput

	// part is cache or broker, groupID the identifier of the replication group, and nodes how
	// many it has.
	part     string
	groupID  pulumi.StringOutput
	nodes    int
	eviction arguments.EvictionPolicy
}

const redisPort = 6379

// NewCache registers a primary and its replicas.
func NewCache(ctx *pulumi.Context, name string, args *CacheArgs, opts ...pulumi.ResourceOption) (*Cache, error) {
	c := &Cache{part: args.Name, nodes: 1 + args.Replicas, eviction: args.EvictionPolicy}
	part := name + "-" + args.Name
	return component.New(ctx, "djangostack:aws:Cache", part, c, args.check, func() (pulumi.Map, error) {
		nodes, err := args.newParts(ctx, part, c)
		if err != nil {
			return nil, err
		}
		group, err := awselasticache.NewReplicationGroup(ctx, part, nodes.group(args, part),
			pulumi.Parent(c), component.Protect(args.Data), pulumi.DependsOn(nodes.prerequisites))
		if err != nil {
			return nil, fmt.Errorf("registering the replication group %s: %w", part, err)
		}
		c.Server = connection.Redis{Host: group.PrimaryEndpointAddress, Port: redisPort, Password: nodes.password, TLS: true}
		c.ReaderHost, c.groupID = group.ReaderEndpointAddress, group.ReplicationGroupId
		c.SecurityGroupID = nodes.securityGroup.ID().ToStringOutput()
		return component.DataOr(args.Data, pulumi.Map{"host": c.Server.Host, "readerHost": c.ReaderHost}), nil
	}, opts...)
}

func (a *CacheArgs) check() error {
	version := regexp.MustCompile(`^[7-9]\.[0-9]+$`)
	return errors.Join(
		validate.Check("Cache",
			validate.Required("Name", a.Name != ""),
			validate.Required("VpcID", a.VpcID != nil),
			validate.Required("SubnetIDs", a.SubnetIDs != nil),
			validate.Required("AllowFrom", len(a.AllowFrom) > 0),
			validate.Required("NodeType", a.NodeType != ""),
			validate.Required("Replicas, since MultiAZ is asked for,", !a.MultiAZ || a.Replicas > 0),
		),
		validate.OneOf("Cache", "Engine", a.Engine, Redis, Valkey),
		validate.RefuseIf(!version.MatchString(a.Version), "Cache", fmt.Sprintf("Version is %q; it is major and minor, 7.0 at least", a.Version)),
		validate.OneOf("Cache", "EvictionPolicy", a.EvictionPolicy, arguments.AllKeysLRU, arguments.NoEviction),
		validate.Within("Cache", "Replicas", a.Replicas, 0, limits.MaxCacheReplicas),
		validate.Within("Cache", "SnapshotDays", a.SnapshotDays, 0, limits.MaxCacheSnapshotDays),
		validate.OneOf("Cache", "DeletionPolicy", a.DeletionPolicy, deletion.Snapshot, deletion.Delete),
		validate.OneOf("Cache", "Apply", a.Apply, ApplyAtOnce, ApplyInWindow),
		a.Logs.check("Cache"),
	)
}

// family is the name of the parameter group family: the engine and its major version.
func (a *CacheArgs) family() string {
	major, _, _ := strings.Cut(a.Version, ".")
	return string(a.Engine) + major
}
