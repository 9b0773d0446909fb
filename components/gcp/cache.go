package gcp

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/djangostack/djangostack/components/binding"
)

// CacheMemory says what a cache does when its memory is full.
type CacheMemory string

// A cache forgets the least recently used keys; a broker refuses new ones, because
// a forgotten message is a lost task.
const (
	ForgetKeys CacheMemory = "allkeys-lru"
	RefuseKeys CacheMemory = "noeviction"
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
	Part    string
	Project string
	Region  string
	// NetworkID is the network whose members may connect.
	NetworkID pulumi.StringInput
	// Version has major and minor, for instance 7.2.
	Version      string
	Availability CacheAvailability
	// MemoryGiB of the server, 1 to 300.
	MemoryGiB int
	// Replicas that may be read from, 0 to 5; only with MultiZone, and with 5 GiB at
	// least. MultiZone alone has one that cannot be read from.
	Replicas int
	// WhenFull says what happens when the memory is full.
	WhenFull CacheMemory
	// KeyID is the KMS key of what is written to disk, in the same region, which Google's
	// service redis uses; without it Google's own. It can never be changed.
	KeyID pulumi.StringInput
	// Snapshots says how often the keys are written to disk.
	Snapshots CacheSnapshots
	// Window is the hour of the week when the server may be restarted; nil for any.
	Window *WeeklyHour
	// Protect refuses every plan that deletes or replaces the server.
	Protect bool
	Labels  Labels
}

// Cache is one server with a private address that speaks TLS only and asks for a
// password.
type Cache struct {
	pulumi.ResourceState

	// Server is how the app reaches the primary, with the authority of its certificate.
	Server binding.Redis
	// ReaderHost answers reads from the replicas, and from the primary without any.
	ReaderHost pulumi.StringOutput
}
