package gcp

import (
	"fmt"
	"strings"

	gcpredis "github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/redis"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/djangostack/djangostack/components/arguments"
	"github.com/djangostack/djangostack/components/component"
	"github.com/djangostack/djangostack/components/connection"
	"github.com/djangostack/djangostack/components/data"
	"github.com/djangostack/djangostack/components/gcp/limits"
	"github.com/djangostack/djangostack/components/names"
)

// CacheAvailability says what failures a cache survives. A change replaces the server and
// loses its keys.
type CacheAvailability string

// A server in a single zone is lost with its zone and empty after maintenance. One in
// several zones has a replica in another zone that takes over.
const (
	SingleZone CacheAvailability = "single-zone"
	MultiZone  CacheAvailability = "multi-zone"
)

// CacheSnapshots says how often the server writes its keys to disk. It restores them after
// it has failed as a whole.
type CacheSnapshots string

// The intervals that Memorystore offers.
const (
	NoSnapshots    CacheSnapshots = "none"
	HourlySnapshot CacheSnapshots = "ONE_HOUR"
	SixHours       CacheSnapshots = "SIX_HOURS"
	TwelveHours    CacheSnapshots = "TWELVE_HOURS"
	DailySnapshot  CacheSnapshots = "TWENTY_FOUR_HOURS"
)

// CacheArgs describes one Memorystore primary and its replicas.
type CacheArgs struct {
	// Name distinguishes the servers of the environment: cache or broker.
	Name    string
	Project string
	Region  string
	// NetworkID is the network whose members may connect.
	NetworkID pulumi.StringInput
	// Version is major and minor, for instance 7.2. An older version replaces the server
	// and loses its keys.
	Version      string
	Availability CacheAvailability
	// MemoryGiB of the server, 1 to 300.
	MemoryGiB int
	// Replicas for reads, 0 to 5; only with MultiZone and at least 5 GiB. MultiZone alone
	// has one replica that does not serve reads. A change from or to 0 replaces the server
	// and loses its keys: Memorystore cannot remove read replicas, and a server that was
	// created without them has no addresses for them.
	Replicas int
	// EvictionPolicy says what the server does when its memory is full.
	EvictionPolicy arguments.EvictionPolicy
	// KeyID is the KMS key of what is written to disk, in the same region, with the user
	// UserRedis; without it Google uses its own key. It cannot be changed.
	KeyID pulumi.StringInput
	// Snapshots says how often the server writes its keys to disk.
	Snapshots CacheSnapshots
	// MaintenanceWindow is the hour of the week in which Google may restart the server; nil
	// for any.
	MaintenanceWindow *WeeklyHour
	// Data that is protected refuses every plan that deletes or replaces the server.
	Data   data.Held
	Labels Labels
}

// Cache is one server with a private address. It requires TLS and a password.
type Cache struct {
	pulumi.ResourceState

	// Server says how the app connects to the primary. It has the CA of the server's
	// certificate.
	Server connection.Redis
	// ReaderHost is the host for reads from the replicas, or from the primary without
	// replicas.
	ReaderHost pulumi.StringOutput

	// part is cache or broker, and id the whole name of the server.
	part       string
	id         pulumi.StringOutput
	eviction   arguments.EvictionPolicy
	replicated bool
}

const (
	// redisTLSPort is Memorystore's port for TLS
	// (https://cloud.google.com/memorystore/docs/redis/about-in-transit-encryption).
	redisTLSPort = 6378
)

// NewCache registers a primary and its replicas.
func NewCache(ctx *pulumi.Context, name string, args *CacheArgs, opts ...pulumi.ResourceOption) (*Cache, error) {
	c := &Cache{part: args.Name, eviction: args.EvictionPolicy, replicated: args.Availability == MultiZone}
	part := name + "-" + args.Name
	return component.New(ctx, "djangostack:gcp:Cache", part, c, args.check, func() (pulumi.Map, error) {
		resource := names.Fit(limits.MaxCacheName-autonameLength, name, args.Name)
		server, err := gcpredis.NewInstance(ctx, resource, args.instance(part), pulumi.Parent(c), component.Protect(args.Data),
			pulumi.ReplaceOnChanges([]string{"readReplicasMode"}))
		if err != nil {
			return nil, fmt.Errorf("registering the server of %s: %w", part, err)
		}
		c.Server = connection.Redis{
			Host:     server.Host,
			Port:     redisTLSPort,
			Password: server.AuthString,
			TLS:      true,
			CA:       server.ServerCaCerts.ApplyT(authorities).(pulumi.StringOutput),
		}
		c.ReaderHost, c.id = server.Host, server.ID().ToStringOutput()
		if args.Replicas > 0 {
			c.ReaderHost = server.ReadEndpoint
		}
		return component.DataOr(args.Data, pulumi.Map{"host": c.Server.Host, "readerHost": c.ReaderHost}), nil
	}, opts...)
}

// authorities are all CAs of the server. Before one expires, the next one is listed beside
// it.
func authorities(certificates []gcpredis.InstanceServerCaCert) string {
	var all []string
	for _, certificate := range certificates {
		if certificate.Cert != nil {
			all = append(all, strings.TrimSpace(*certificate.Cert)+"\n")
		}
	}
	return strings.Join(all, "")
}
