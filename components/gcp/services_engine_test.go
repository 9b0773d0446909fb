package gcp_test

import (
	"strings"
	"testing"
	"time"

	"github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes"
	corev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/core/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/optrefresh"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/optup"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/djangostack/djangostack/components/arguments"
	"github.com/djangostack/djangostack/components/data"
	"github.com/djangostack/djangostack/components/deletion"
	"github.com/djangostack/djangostack/components/gcp"
	"github.com/djangostack/djangostack/components/labels"
	emulatedgcp "github.com/djangostack/djangostack/emulators/gcp"
	"github.com/djangostack/djangostack/tests/mocks"
)

// changes are what an update does to the arguments of components; nil changes nothing.
type changes struct {
	database    func(*gcp.DatabaseArgs)
	cache       func(*gcp.CacheArgs)
	media       func(*gcp.BucketArgs)
	certificate func(*gcp.CertificateArgs)
	traffic     func(*gcp.LoadBalancerArgs)
}

func changed[T any](change func(*T), args *T) *T {
	if change != nil {
		change(args)
	}
	return args
}

// services is every component that needs the platform, in one project.
type services struct {
	// protect refuses to delete what holds data, and keep leaves it at its end.
	protect, keep bool
	// change is what a later update changes.
	change changes

	ctx     *pulumi.Context
	inside  pulumi.ResourceOption
	cluster pulumi.ProviderResource
	key     *gcp.Key
	network *gcp.Network
	dns     *gcp.DNS
	// alarms of the components so far.
	alarms []gcp.Alarm
}

func (s *services) run(ctx *pulumi.Context) error {
	s.ctx = ctx
	for _, step := range []func() error{s.platform, s.data, s.names, s.files, s.loadBalancer, s.watch} {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

func (s *services) platform() error {
	inside, err := providers(s.ctx)
	if err != nil {
		return err
	}
	apis, err := gcp.NewServices(s.ctx, "blog", &gcp.ServicesArgs{
		Project: mocks.Project, APIs: append(gcp.PlatformAPIs(), gcp.DataAPIs()...),
	}, inside)
	if err != nil {
		return err
	}
	s.inside = pulumi.Composite(inside, pulumi.DependsOn(apis.Enabled))
	s.key, err = gcp.NewKey(s.ctx, "blog", &gcp.KeyArgs{
		Project: mocks.Project, Region: region, Rotation: arguments.RotateQuarterly,
		Users: []gcp.KeyUser{gcp.UserSQL, gcp.UserRedis, gcp.UserStorage}, Labels: environment,
	}, s.inside)
	if err != nil {
		return err
	}
	networkArgs := networkArgs()
	networkArgs.Data.Protected = false
	if s.network, err = gcp.NewNetwork(s.ctx, "blog", networkArgs, s.inside); err != nil {
		return err
	}
	s.cluster, err = kubernetes.NewProvider(s.ctx, "cluster", &kubernetes.ProviderArgs{Kubeconfig: pulumi.String("{}")})
	return err
}

func (s *services) data() error {
	end := deletion.Delete
	if s.keep {
		end = deletion.Retain
	}
	database, err := gcp.NewDatabase(s.ctx, "blog", changed(s.change.database, &gcp.DatabaseArgs{
		Project: mocks.Project, Region: region, NetworkID: s.network.NetworkID, SubnetID: s.network.EndpointSubnetID,
		Edition: gcp.Enterprise, Tier: "db-custom-2-8192", Version: 16, StorageGiB: 20, MaxStorageGiB: 100, Regional: true, BackupDays: 14,
		KeyID: s.key.ID, Name: "blog", User: "djangostack_admin", Data: data.Held{Protected: s.protect}, DeletionPolicy: end, Insights: arguments.On, Replicas: 1,
		BackupHour: 2, MaintenanceWindow: &gcp.WeeklyHour{Day: time.Sunday, Hour: 4}, Labels: environment,
	}), s.inside)
	if err != nil {
		return err
	}
	s.alarms = database.Alarms(gcp.DatabaseSize{MemoryBytes: 8 << 30, StorageGiB: 20, MaxStorageGiB: 100})
	for part, memory := range map[string]arguments.EvictionPolicy{"cache": arguments.AllKeysLRU, "broker": arguments.NoEviction} {
		cache, err := gcp.NewCache(s.ctx, "blog", changed(s.change.cache, &gcp.CacheArgs{
			Name: part, Project: mocks.Project, Region: region, NetworkID: s.network.NetworkID, Version: "7.0", Availability: gcp.MultiZone,
			MemoryGiB: 5, Replicas: 2, EvictionPolicy: memory, KeyID: s.key.ID, Snapshots: gcp.HourlySnapshot,
			MaintenanceWindow: &gcp.WeeklyHour{Day: time.Sunday, Hour: 4}, Data: data.Held{Protected: s.protect}, Labels: environment,
		}), s.inside)
		if err != nil {
			return err
		}
		s.alarms = append(s.alarms, cache.Alarms()...)
	}
	return nil
}

func (s *services) names() error {
	parent, err := gcp.NewDNS(s.ctx, "parent", &gcp.DNSArgs{
		Project: mocks.Project, Domain: "example.com", Source: arguments.Create, DNSSEC: arguments.On, Labels: environment,
	}, s.inside)
	if err != nil {
		return err
	}
	s.dns, err = gcp.NewDNS(s.ctx, "blog", &gcp.DNSArgs{
		Project: mocks.Project, Domain: "blog.example.com", Source: arguments.Create, ParentZoneName: parent.ZoneName, DNSSEC: arguments.On,
		Data: data.Held{Protected: s.protect}, Labels: environment,
	}, s.inside)
	if err != nil {
		return err
	}
	_, err = gcp.NewRecords(s.ctx, "others", &gcp.RecordsArgs{Project: mocks.Project, ZoneName: s.dns.ZoneName, Records: []gcp.DNSRecord{
		gcp.CAA("blog.example.com", "pki.goog"),
		{Name: "blog.example.com", Type: "TXT", TTL: 300, Values: pulumi.StringArray{pulumi.String("v=spf1 -all")}},
		{Name: "blog.example.com", Type: "MX", TTL: 300, Values: pulumi.StringArray{pulumi.String("10 mail.example.net")}},
	}}, s.inside)
	return err
}

func (s *services) files() error {
	end := deletion.Delete
	if s.keep {
		end = deletion.Retain
	}
	_, err := gcp.NewBucket(s.ctx, "blog", changed(s.change.media, &gcp.BucketArgs{
		Project: mocks.Project, Name: "media", Location: region, Access: arguments.PrivateBucket, Versioning: arguments.VersioningEnabled, KeyID: s.key.ID,
		CORS:      []arguments.CORSRule{{Origins: []string{"https://blog.example.com"}, Methods: []string{"GET", "PUT"}, Headers: []string{"Content-Type"}, MaxAgeSeconds: 300}},
		Lifecycle: arguments.BucketLifecycle{OldVersionDays: 30}, SoftDeleteDays: 7, DeletionPolicy: end, Data: data.Held{Protected: s.protect}, Labels: environment,
	}), s.inside)
	if err != nil {
		return err
	}
	static, err := gcp.NewBucket(s.ctx, "blog", &gcp.BucketArgs{
		Project: mocks.Project, Name: "static", Location: "EU", Access: arguments.CDNBucket, Versioning: arguments.VersioningSuspended, DeletionPolicy: deletion.Delete, Labels: environment,
	}, s.inside)
	if err != nil {
		return err
	}
	certificate, address, err := s.certificateAndAddress("static", "static.blog.example.com", nil)
	if err != nil {
		return err
	}
	_, err = gcp.NewCDN(s.ctx, "blog", &gcp.CDNArgs{
		Project: mocks.Project, Bucket: static, Hosts: []string{"static.blog.example.com"}, CertificateMapID: certificate.MapID, Address: address,
		Labels: environment,
	}, s.inside)
	return err
}

// front is a certificate, an address, and the record of a host that leads there.
func (s *services) certificateAndAddress(name, host string, change func(*gcp.CertificateArgs)) (*gcp.Certificate, *gcp.Address, error) {
	certificate, err := gcp.NewCertificate(s.ctx, name, changed(change, &gcp.CertificateArgs{
		Project: mocks.Project, Domain: host, ZoneName: s.dns.ZoneName, DeletionPolicy: deletion.Delete, Delegation: s.dns.Delegation, Labels: environment,
	}), s.inside)
	if err != nil {
		return nil, nil, err
	}
	address, err := gcp.NewAddress(s.ctx, name, &gcp.AddressArgs{Project: mocks.Project, Data: data.Held{Protected: s.protect}, Labels: environment}, s.inside)
	if err != nil {
		return nil, nil, err
	}
	_, err = gcp.NewRecords(s.ctx, name, &gcp.RecordsArgs{Project: mocks.Project, ZoneName: s.dns.ZoneName, Records: []gcp.DNSRecord{
		{Name: host, Type: "A", TTL: 300, Values: pulumi.StringArray{address.IP}},
	}}, s.inside)
	return certificate, address, err
}

func (s *services) loadBalancer() error {
	inCluster := pulumi.Composite(s.inside, pulumi.Provider(s.cluster))
	namespace, err := corev1.NewNamespace(s.ctx, "blog-namespace", nil, inCluster)
	if err != nil {
		return err
	}
	certificate, address, err := s.certificateAndAddress("blog", "blog.example.com", func(a *gcp.CertificateArgs) {
		a.AlternativeNames = []string{"*.blog.example.com"}
		changed(s.change.certificate, a)
	})
	if err != nil {
		return err
	}
	traffic, err := gcp.NewLoadBalancer(s.ctx, "blog", changed(s.change.traffic, &gcp.LoadBalancerArgs{
		Project: mocks.Project, Namespace: namespace.Metadata.Name().Elem(), Labels: labels.Labels{labels.NameLabel: "blog", labels.InstanceLabel: "blog"},
		Service: "blog-web", ServicePort: 80, PodPorts: []int{8000}, Hosts: []string{"blog.example.com"}, AddressName: address.Name,
		CertificateMapName: certificate.MapName, DrainSeconds: 30, TimeoutSeconds: 60, AllowedCIDRs: []string{"203.0.113.0/24"},
		AccessLogs: arguments.On,
	}), pulumi.Composite(s.inside, pulumi.Providers(s.cluster)))
	if err != nil {
		return err
	}
	s.alarms = append(s.alarms, traffic.Alarms()...)
	return nil
}

func (s *services) watch() error {
	_, err := gcp.NewAlarms(s.ctx, "blog", &gcp.AlarmsArgs{
		Project: mocks.Project, Environment: "blog-dev", Emails: []string{"ops@example.com"}, Channels: []string{"projects/" + mocks.Project + "/notificationChannels/42"},
		Alarms: append(s.alarms, gcp.CertificateAlarm(mocks.Project)), Labels: environment,
	}, s.inside)
	return err
}

func TestTheServicesComeStayAndGo(t *testing.T) {
	e := newEngine(t, (&services{}).run)
	require.NoError(t, e.Preview())
	require.Empty(t, e.Account.Left(), "a preview makes nothing")
	require.NoError(t, e.Up())
	require.NoError(t, e.Up(optup.ExpectNoChanges()), "a second update changes nothing")
	require.NoError(t, e.Refresh(optrefresh.ExpectNoChanges(), optrefresh.Diff()), "a refresh finds nothing")
	require.NoError(t, e.Destroy())
	assert.Empty(t, e.Account.Leaked(), "in the project")
	assert.Empty(t, e.Cluster.Left(), "in the cluster")
}

func TestWhatHoldsDataIsNotDestroyedWhileItIsProtected(t *testing.T) {
	e := newEngine(t, (&services{protect: true}).run)
	require.NoError(t, e.Up())
	require.Error(t, e.Destroy())
	for short, count := range map[string]int{"storage/bucket": 1, "sql/databaseInstance": 1, "redis/instance": 2, "dns/managedZone": 1, "compute/globalAddress": 2} {
		assert.GreaterOrEqual(t, len(e.Account.Objects(emulatedgcp.Token(short))), count, short)
	}
}

func TestOnlyTheKeptServerAndTheKeptBucketStay(t *testing.T) {
	e := newEngine(t, (&services{keep: true}).run)
	require.NoError(t, e.Up())
	require.NoError(t, e.Destroy())
	assert.Len(t, e.Account.Objects(emulatedgcp.Token("sql/databaseInstance")), 1, "without its replica")
	assert.Len(t, e.Account.Objects(emulatedgcp.Token("sql/user")), 1)
	assert.Len(t, e.Account.Objects(emulatedgcp.Token("storage/bucket")), 1)
	for _, left := range e.Account.Left() {
		if left.KeptBecause == "" {
			kind := left.Token[:strings.LastIndex(left.Token, ":")]
			assert.True(t, strings.HasPrefix(kind, "gcp:sql/") || strings.HasPrefix(kind, "gcp:storage/"), left.Token)
		}
	}
}
