package gcp_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/djangostack/djangostack/components/arguments"
	"github.com/djangostack/djangostack/components/gcp"
	"github.com/djangostack/djangostack/emulators/cloud"
	emulatedgcp "github.com/djangostack/djangostack/emulators/gcp"
	"github.com/djangostack/djangostack/tests/enginetest"
)

// holders are the ids of everything that holds data or is pointed to by others.
func holders(e *enginetest.Engine) []string {
	kinds := []string{"sql/databaseInstance", "sql/user", "redis/instance", "storage/bucket", "dns/managedZone", "compute/globalAddress", "compute/forwardingRule"}
	var ids []string
	for _, short := range kinds {
		for _, object := range e.Account.Objects(emulatedgcp.Token(short)) {
			if !strings.Contains(object.URN, "replica-") {
				ids = append(ids, object.Token+" "+object.ID)
			}
		}
	}
	slices.Sort(ids)
	return ids
}

func TestPlausibleChangesReplaceNothingThatHoldsData(t *testing.T) {
	s := &services{}
	e := newEngine(t, s.run)
	require.NoError(t, e.Up())
	before := holders(e)
	require.NotEmpty(t, before)
	// Each comes instead of the one before it, which is taken back by the same update.
	for _, step := range []struct {
		name   string
		change changes
	}{
		{"one zone, no replica, and watched less", changes{database: func(a *gcp.DatabaseArgs) {
			a.Regional, a.Replicas, a.Insights, a.MaintenanceWindow, a.BackupDays = false, 0, arguments.Off, nil, 30
		}}},
		{"another machine of another edition", changes{database: func(a *gcp.DatabaseArgs) {
			a.Edition, a.Tier, a.Replicas = gcp.EnterprisePlus, "db-perf-optimized-N-2", 0
		}}},
		{"less and more storage than it has grown to", changes{database: func(a *gcp.DatabaseArgs) { a.StorageGiB, a.MaxStorageGiB = 10, 400 }}},
		{"a cache with more memory and replicas", changes{cache: func(a *gcp.CacheArgs) {
			a.MemoryGiB, a.Replicas, a.Snapshots, a.MaintenanceWindow = 8, 3, gcp.NoSnapshots, nil
		}}},
		{"no CORS, no old versions, no key", changes{media: func(a *gcp.BucketArgs) {
			a.CORS, a.Versioning, a.Lifecycle, a.KeyID, a.SoftDeleteDays = nil, arguments.VersioningSuspended, arguments.BucketLifecycle{}, nil, 0
		}}},
		{"another name in the certificate", changes{certificate: func(a *gcp.CertificateArgs) {
			a.AlternativeNames = []string{"www.blog.example.com"}
		}}},
		{"another port, a longer drain, everyone", changes{traffic: func(a *gcp.LoadBalancerArgs) {
			a.PodPorts, a.DrainSeconds, a.TimeoutSeconds, a.AllowedCIDRs = []int{8080}, 120, 30, []string{"0.0.0.0/0"}
			a.Health = gcp.HealthCheck{Path: "/healthz/ready", Host: "blog.example.com"}
		}}},
		// A version does not go back, so that this is the last.
		{"a new major version", changes{
			database: func(a *gcp.DatabaseArgs) { a.Version, a.Replicas = 17, 0 },
			cache:    func(a *gcp.CacheArgs) { a.Version = "7.2" },
		}},
	} {
		s.change = step.change
		require.NoError(t, e.Up(), step.name)
		assert.Equal(t, before, holders(e), step.name)
	}
	require.NoError(t, e.Destroy())
	assert.Empty(t, e.Account.Leaked())
}

func TestADatabaseBeginsWithABackupOfAnother(t *testing.T) {
	restored := func(ctx *pulumi.Context) error {
		s := &services{change: changes{database: func(a *gcp.DatabaseArgs) {
			a.Replicas, a.RestoreFrom = 0, &gcp.Backup{Instance: "blog-old", RunID: 1764000000000}
		}}}
		s.ctx = ctx
		if err := s.platform(); err != nil {
			return err
		}
		return s.data()
	}
	e := newEngine(t, restored)
	require.ErrorContains(t, e.Up(), "1764000000000")
	e.Account.AddExisting(emulatedgcp.BackupRun, "", "1764000000000", cloud.Values{
		"instance": "blog-old", "backupId": 1764000000000.0, "databaseVersion": "POSTGRES_16", "location": region,
	})
	require.NoError(t, e.Up())
	require.NoError(t, e.Destroy())
}

func TestANewServerTakesTheAddressOfTheOldOne(t *testing.T) {
	s := &services{}
	e := newEngine(t, func(ctx *pulumi.Context) error {
		s.ctx = ctx
		if err := s.platform(); err != nil {
			return err
		}
		return s.data()
	})
	require.NoError(t, e.Up())
	addresses, servers := idsOf(e, "compute/address"), idsOf(e, "sql/databaseInstance")
	require.Len(t, servers, 2, "with a replica")

	s.change.database = func(a *gcp.DatabaseArgs) { a.KeyID = nil }
	require.NoError(t, e.Up())
	assert.Equal(t, addresses, idsOf(e, "compute/address"), "what the app knows stays true")
	now := idsOf(e, "sql/databaseInstance")
	assert.Len(t, now, 2)
	for _, old := range servers {
		assert.NotContains(t, now, old)
	}
	assert.Len(t, idsOf(e, "compute/forwardingRule"), 2)
	require.NoError(t, e.Destroy())
	assert.Empty(t, e.Account.Leaked())
}

func TestAnEndpointFollowsItsAddress(t *testing.T) {
	s := &services{}
	e := newEngine(t, func(ctx *pulumi.Context) error {
		s.ctx = ctx
		if err := s.platform(); err != nil {
			return err
		}
		return s.data()
	})
	require.NoError(t, e.Up())
	addresses, servers := idsOf(e, "compute/address"), idsOf(e, "sql/databaseInstance")

	s.change.database = func(a *gcp.DatabaseArgs) { a.SubnetID = s.network.SubnetID }
	require.NoError(t, e.Up(), "the address before is not in use any more")
	assert.Equal(t, servers, idsOf(e, "sql/databaseInstance"))
	now := idsOf(e, "compute/address")
	assert.Len(t, now, 2)
	for _, old := range addresses {
		assert.NotContains(t, now, old)
	}
	require.NoError(t, e.Destroy())
	assert.Empty(t, e.Account.Leaked())
}

func TestReplicasThatAreReadFromComeAndGoWithTheirServer(t *testing.T) {
	s := &services{}
	e := newEngine(t, func(ctx *pulumi.Context) error {
		s.ctx = ctx
		if err := s.platform(); err != nil {
			return err
		}
		return s.data()
	})
	require.NoError(t, e.Up())
	for _, replicas := range []int{0, 1} {
		before := idsOf(e, "redis/instance")
		s.change.cache = func(a *gcp.CacheArgs) { a.Replicas = replicas }
		require.NoError(t, e.Up())
		now := idsOf(e, "redis/instance")
		assert.Len(t, now, 2)
		for _, old := range before {
			assert.NotContains(t, now, old, "%d replicas", replicas)
		}
	}
	before := idsOf(e, "redis/instance")
	s.change.cache = func(a *gcp.CacheArgs) { a.Replicas = 3 }
	require.NoError(t, e.Up())
	assert.Equal(t, before, idsOf(e, "redis/instance"), "more of them come beside those that are there")
	require.NoError(t, e.Destroy())
}

func idsOf(e *enginetest.Engine, short string) []string {
	var ids []string
	for _, object := range e.Account.Objects(emulatedgcp.Token(short)) {
		ids = append(ids, object.ID)
	}
	slices.Sort(ids)
	return ids
}
