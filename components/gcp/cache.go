package gcp

import (
	"fmt"
	"strings"

	gcpredis "github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/redis"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/djangostack/djangostack/components/arguments"
	"github.com/djangostack/djangostack/components/component"
	"github.com/djangostack/djangostack/components/connection"
	"github.com/djangostack/djangostack/components/gcp/limits"
	"github.com/djangostack/djangostack/components/names"
)

// CacheAvailability says what a cache survives. It is for life: a change replaces the
// server and loses its keys.
type CacheAvailability string

// A server in a single zone is gone with its zone, and empty after maintenance; one in
// several has a copy in another zone that takes over.
const (
	SingleZone CacheAvailability = "single-zone"
	MultiZone  CacheAvailability = "multi-zone"
)

// CacheSnapshots says how often the keys are written to disk, from where they come
// back after a failure of the whole server.
type CacheSnapshots string

// The intervals that Memorystore offers.
const (
	NoSnapshots    CacheSnapshots = "none"
	HourlySnapshot CacheSnapshots = "ONE_HOUR"
	SixHours       CacheSnapshots = "SIX_HOURS"
	TwelveHours    CacheSnapshots = "TWELVE_HOURS"
	DailySnapshot  CacheSnapshots = "TWENTY_FOUR_HOURS"
)

// CacheArgs describes one Memorystore server and its replicas.
type CacheArgs struct {
	// Part tells the environment's servers apart: cache or broker.
	Name    string
	Project string
	Region  string
	// NetworkID is the network whose members may connect.
	NetworkID pulumi.StringInput
	// Version has major and minor, for instance 7.2. An older one replaces the server and
	// loses its keys.
	Version      string
	Availability CacheAvailability
	// MemoryGiB of the server, 1 to 300.
	MemoryGiB int
	// Replicas that may be read from, 0 to 5; only with MultiZone, and with 5 GiB at
	// least. MultiZone alone has one that cannot be read from. A change from or to 0
	// replaces the server and loses its keys: Memorystore never takes such replicas away,
	// and a server that was made without them has no addresses for them.
	Replicas int
	// EvictionPolicy says what the server does when its memory is full.
	EvictionPolicy arguments.EvictionPolicy
	// KeyID is the KMS key of what is written to disk, in the same region, which Google's
	// service redis uses; without it Google's own. It can never be changed.
	KeyID pulumi.StringInput
	// Snapshots says how often the keys are written to disk.
	Snapshots CacheSnapshots
	// Window is the hour of the week when the server may be restarted; nil for any.
	MaintenanceWindow *WeeklyHour
	// Protect refuses every plan that deletes or replaces the server.
	Protect bool
	Labels  Labels
}

// Cache is one server with a private address that speaks TLS only and asks for a
// password.
type Cache struct {
	pulumi.ResourceState

	// Server is how the app reaches the primary, with the authority of its certificate.
	Server connection.Redis
	// ReaderHost answers reads from the replicas, and from the primary without any.
	ReaderHost pulumi.StringOutput
}

const (
	// redisTLSPort is where Memorystore listens when it speaks TLS
	// (https://cloud.google.com/memorystore/docs/redis/about-in-transit-encryption).
	redisTLSPort = 6378
)

// NewCache registers a server and its replicas.
func NewCache(ctx *pulumi.Context, name string, args *CacheArgs, opts ...pulumi.ResourceOption) (*Cache, error) {
	c := &Cache{}
	part := name + "-" + args.Name
	return component.New(ctx, "djangostack:gcp:Cache", part, c, args.check, func() (pulumi.Map, error) {
		resource := names.Fit(limits.MaxCacheName-autonameLength, name, args.Name)
		server, err := gcpredis.NewInstance(ctx, resource, args.instance(part), pulumi.Parent(c), pulumi.Protect(args.Protect),
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
		c.ReaderHost = server.Host
		if args.Replicas > 0 {
			c.ReaderHost = server.ReadEndpoint
		}
		return pulumi.Map{"host": c.Server.Host, "readerHost": c.ReaderHost}, nil
	}, opts...)
}

// authorities are all that the server may be known by: for a while before one ends,
// there is the next one beside it.
func authorities(certificates []gcpredis.InstanceServerCaCert) string {
	var all []string
	for _, certificate := range certificates {
		if certificate.Cert != nil {
			all = append(all, strings.TrimSpace(*certificate.Cert)+"\n")
		}
	}
	return strings.Join(all, "")
}
