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
	"github.com/djangostack/djangostack/components/deletion"
	"github.com/djangostack/djangostack/components/validate"
)

// CacheEngine is the server that speaks Redis' protocol.
type CacheEngine string

// The engines that ElastiCache runs with replicas.
const (
	Redis  CacheEngine = "redis"
	Valkey CacheEngine = "valkey"
)

// CacheArgs describes one ElastiCache server and its replicas.
type CacheArgs struct {
	// Part tells the environment's servers apart: cache or broker.
	Name  string
	VpcID pulumi.StringInput
	// SubnetIDs are private, in as many zones as the replicas need.
	SubnetIDs pulumi.StringArrayInput
	// AllowFrom are the security groups whose members may connect.
	AllowFrom pulumi.StringArray
	Engine    CacheEngine
	// Version has major and minor, for instance 8.0; 7.0 at least, because older ones
	// cannot change their TLS.
	Version string
	// NodeType is for instance cache.t4g.micro.
	NodeType string
	// EvictionPolicy says what the server does when its memory is full.
	EvictionPolicy arguments.EvictionPolicy
	// Replicas that one of takes over by itself when the primary fails, 0 to 5.
	Replicas int
	// MultiAZ puts them in other zones.
	MultiAZ bool
	// KeyARN is the KMS key at rest; without it a key of the service. It can never be
	// changed.
	KeyARN pulumi.StringInput
	// SnapshotDays that daily snapshots are kept for; 0 for none.
	SnapshotDays   int
	DeletionPolicy deletion.Policy
	// Protect refuses every plan that deletes or replaces the server.
	Protect bool
	// SnapshotWindow is a time of day in UTC, hh:mm-hh:mm, and MaintenanceWindow one of
	// the week, ddd:hh:mm-ddd:hh:mm in lower case. AWS picks what is empty.
	SnapshotWindow    string
	MaintenanceWindow string
	Apply             ApplyChanges
	Logs              ServiceLogs
	Tags              Tags
}

// Cache is one server in private subnets that speaks TLS only and asks for a
// password.
type Cache struct {
	pulumi.ResourceState

	// Server is how the app reaches the primary.
	Server connection.Redis
	// ReaderHost answers reads from the replicas, and from the primary without any.
	ReaderHost pulumi.StringOutput
	// SecurityGroupID is the group of the server.
	SecurityGroupID pulumi.StringOutput
}

const redisPort = 6379

// NewCache registers a server and its replicas.
func NewCache(ctx *pulumi.Context, name string, args *CacheArgs, opts ...pulumi.ResourceOption) (*Cache, error) {
	c := &Cache{}
	part := name + "-" + args.Name
	return component.New(ctx, "djangostack:aws:Cache", part, c, args.check, func() (pulumi.Map, error) {
		nodes, err := args.newParts(ctx, part, c)
		if err != nil {
			return nil, err
		}
		group, err := awselasticache.NewReplicationGroup(ctx, part, nodes.group(args, part),
			pulumi.Parent(c), pulumi.Protect(args.Protect), pulumi.DependsOn(nodes.prerequisites))
		if err != nil {
			return nil, fmt.Errorf("registering the servers of %s: %w", part, err)
		}
		c.Server = connection.Redis{Host: group.PrimaryEndpointAddress, Port: redisPort, Password: nodes.password, TLS: true}
		c.ReaderHost = group.ReaderEndpointAddress
		c.SecurityGroupID = nodes.securityGroup.ID().ToStringOutput()
		return pulumi.Map{"host": c.Server.Host, "readerHost": c.ReaderHost}, nil
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

// family is the engine and its major version, as parameter groups are named.
func (a *CacheArgs) family() string {
	major, _, _ := strings.Cut(a.Version, ".")
	return string(a.Engine) + major
}
