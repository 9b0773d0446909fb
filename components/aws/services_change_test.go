package aws_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/djangostack/djangostack/components/arguments"
	"github.com/djangostack/djangostack/components/aws"
	emulatedaws "github.com/djangostack/djangostack/emulators/aws"
)

// changes are what an update does to the arguments of components; nil changes nothing.
type changes struct {
	database    func(*aws.DatabaseArgs)
	cache       func(*aws.CacheArgs)
	media       func(*aws.BucketArgs)
	certificate func(*aws.CertificateArgs)
	traffic     func(*aws.LoadBalancerArgs)
	search      func(*aws.SearchArgs)
}

func changed[T any](change func(*T), args *T) *T {
	if change != nil {
		change(args)
	}
	return args
}

// holders are the ids of everything that holds data or is pointed to by others.
func (e *running) holders() []string {
	kinds := []string{"rds/instance:", "elasticache/replicationGroup:", "mq/broker:", "opensearch/domain:", "s3/bucketV2:", "route53/zone:", "lb/loadBalancer:", "lb/targetGroup:", "cloudfront/distribution:"}
	var ids []string
	for _, object := range e.Account.Left() {
		if slices.ContainsFunc(kinds, func(kind string) bool { return strings.Contains(object.Token, kind) }) && !strings.Contains(object.URN, "replica-") {
			ids = append(ids, object.Token+" "+object.ID)
		}
	}
	slices.Sort(ids)
	return ids
}

func TestFixedAddressesCanBeAddedAndRemovedLater(t *testing.T) {
	s := &services{}
	e := newEngine(t, s.run)
	require.NoError(t, e.Up())
	for _, fixed := range []bool{true, false} {
		s.fixed = fixed
		require.NoError(t, e.Up(), "a target group belongs to one load balancer at a time")
		assert.Len(t, e.Account.Objects("aws:lb/loadBalancer:LoadBalancer"), map[bool]int{true: 2, false: 1}[fixed])
	}
	require.NoError(t, e.Destroy())
	e.Remaining(t, emulatedaws.Token(serviceRoleType))
}

func TestPlausibleChangesReplaceNothingThatHoldsData(t *testing.T) {
	s := &services{}
	e := newEngine(t, s.run)
	require.NoError(t, e.Up())
	before := e.holders()
	require.NotEmpty(t, before)
	// Each comes instead of the one before it, which is taken back by the same update.
	for _, step := range []struct {
		name   string
		change changes
	}{
		{"one zone, no replica, and monitored less", changes{database: func(a *aws.DatabaseArgs) {
			a.MultiAZ, a.Replicas, a.Monitoring, a.MaintenanceWindow = false, 0, aws.BasicMonitoring, "mon:04:00-mon:05:00"
		}}},
		{"a newer cache with more replicas", changes{cache: func(a *aws.CacheArgs) {
			a.Version, a.Replicas, a.NodeType, a.SnapshotDays = "8.1", 2, "cache.m7g.large", 1
		}}},
		{"no CORS, no old versions, another key", changes{media: func(a *aws.BucketArgs) {
			a.CORS, a.Versioning, a.Lifecycle, a.KeyARN = nil, arguments.VersioningSuspended, arguments.BucketLifecycle{}, nil
		}}},
		{"another name in the certificate", changes{certificate: func(a *aws.CertificateArgs) {
			a.AlternativeNames = []string{"www.blog.example.com"}
		}}},
		{"another port, a longer drain, fewer visitors", changes{traffic: func(a *aws.LoadBalancerArgs) {
			a.Port, a.DrainSeconds, a.IdleSeconds, a.AllowedCIDRs = 8080, 120, 30, []string{"203.0.113.0/24", "198.51.100.0/24"}
		}}},
		{"the first visitors no more", changes{traffic: func(a *aws.LoadBalancerArgs) { a.AllowedCIDRs = []string{"198.51.100.0/24"} }}},
		{"no access logs", changes{traffic: func(a *aws.LoadBalancerArgs) { a.AccessLogs = nil }}},
		// A version and a disk do not go back, so that this is the last.
		{"a new major version, a larger disk, no replica", changes{database: func(a *aws.DatabaseArgs) {
			a.Version, a.StorageGiB, a.Replicas, a.BackupDays, a.InstanceClass = 18, 40, 0, 30, "db.m7g.large"
		}}},
	} {
		s.change = step.change
		require.NoError(t, e.Up(), step.name)
		assert.Equal(t, before, e.holders(), step.name)
	}
	require.NoError(t, e.Destroy())
	e.Remaining(t, emulatedaws.Token(serviceRoleType))
}
