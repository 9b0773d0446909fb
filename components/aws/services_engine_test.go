package aws_test

import (
	"strings"
	"testing"

	awssdk "github.com/pulumi/pulumi-aws/sdk/v6/go/aws"
	awsec2 "github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ec2"
	"github.com/pulumi/pulumi-random/sdk/v4/go/random"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/optrefresh"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/optup"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/djangostack/djangostack/components/arguments"
	"github.com/djangostack/djangostack/components/aws"
	"github.com/djangostack/djangostack/components/data"
	"github.com/djangostack/djangostack/components/deletion"
	emulatedaws "github.com/djangostack/djangostack/emulators/aws"
)

// services is every component that needs the platform, in one account.
type services struct {
	// protect refuses to delete what holds data, and keep leaves it at its end.
	protect, keep bool
	// fixed asks for fixed addresses.
	fixed bool
	// change is what a later update changes.
	change changes

	ctx      *pulumi.Context
	inside   pulumi.ResourceOption
	virginia pulumi.ProviderResource
	key      *aws.Key
	network  *aws.Network
	pods     *awsec2.SecurityGroup
	dns      *aws.DNS
	// alarms of the components so far.
	alarms []aws.Alarm
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
	here, err := awssdk.NewProvider(s.ctx, "aws", &awssdk.ProviderArgs{Region: pulumi.String("eu-central-1")})
	if err != nil {
		return err
	}
	if s.virginia, err = awssdk.NewProvider(s.ctx, "virginia", &awssdk.ProviderArgs{Region: pulumi.String("us-east-1")}); err != nil {
		return err
	}
	chance, err := random.NewProvider(s.ctx, "random", &random.ProviderArgs{})
	if err != nil {
		return err
	}
	s.inside = pulumi.Providers(here, chance)
	keyArgs := keyArgs()
	keyArgs.Data.Protected = false
	if s.key, err = aws.NewKey(s.ctx, "blog", keyArgs, s.inside); err != nil {
		return err
	}
	networkArgs := networkArgs()
	networkArgs.FlowLogs.KeyARN = s.key.ARN
	if s.network, err = aws.NewNetwork(s.ctx, "blog", networkArgs, s.inside); err != nil {
		return err
	}
	s.pods, err = awsec2.NewSecurityGroup(s.ctx, "pods", &awsec2.SecurityGroupArgs{
		VpcId: s.network.VpcID, Description: pulumi.String("Pods"),
	}, pulumi.Provider(here))
	return err
}

func (s *services) data() error {
	logs, snapshot := aws.ServiceLogs{RetentionDays: 30, KeyARN: s.key.ARN}, deletion.Delete
	if s.keep {
		snapshot = deletion.Snapshot
	}
	pods := pulumi.StringArray{s.pods.ID()}
	database, err := aws.NewDatabase(s.ctx, "blog", changed(s.change.database, &aws.DatabaseArgs{
		VpcID: s.network.VpcID, SubnetIDs: s.network.PrivateSubnetIDs, AllowFrom: pods,
		InstanceClass: "db.t4g.micro", Version: 17, StorageGiB: 20, MaxStorageGiB: 100, MultiAZ: true, BackupDays: 14,
		KeyARN: s.key.ARN, Name: "blog", User: "master", Data: data.Held{Protected: s.protect}, DeletionPolicy: snapshot, Replicas: 1,
		Monitoring: aws.EnhancedMonitoring, Region: "eu-central-1", BackupWindow: "02:00-03:00", MaintenanceWindow: "sun:04:00-sun:05:00",
		Apply: aws.ApplyAtOnce, Logs: logs, Tags: tags(),
	}), s.inside)
	if err != nil {
		return err
	}
	s.alarms = database.Alarms(aws.DatabaseSize{MemoryBytes: 1 << 30, StorageGiB: 20, MaxStorageGiB: 100})
	for part, memory := range map[string]arguments.EvictionPolicy{"cache": arguments.AllKeysLRU, "broker-redis": arguments.NoEviction} {
		cache, err := aws.NewCache(s.ctx, "blog", changed(s.change.cache, &aws.CacheArgs{
			Name: part, VpcID: s.network.VpcID, SubnetIDs: s.network.PrivateSubnetIDs, AllowFrom: pods,
			Engine: aws.Valkey, Version: "8.0", NodeType: "cache.t4g.small", EvictionPolicy: memory, Replicas: 1, MultiAZ: true,
			KeyARN: s.key.ARN, SnapshotDays: 7, DeletionPolicy: snapshot, Data: data.Held{Protected: s.protect},
			SnapshotWindow: "02:00-03:00", MaintenanceWindow: "sun:04:00-sun:05:00", Apply: aws.ApplyAtOnce, Logs: logs, Tags: tags(),
		}), s.inside)
		if err != nil {
			return err
		}
		s.alarms = append(s.alarms, cache.Alarms()...)
	}
	broker, err := aws.NewBroker(s.ctx, "blog", &aws.BrokerArgs{
		VpcID: s.network.VpcID, SubnetIDs: s.network.PrivateSubnetIDs, AllowFrom: pods, Mode: aws.BrokerCluster, Version: "3.13",
		InstanceType: "mq.m7g.large", User: "blog", MaintenanceDay: "SUNDAY", MaintenanceTime: "03:00", Apply: aws.ApplyAtOnce,
		Data: data.Held{Protected: s.protect}, Tags: tags(),
	}, s.inside)
	if err != nil {
		return err
	}
	s.alarms = append(s.alarms, broker.Alarms(100)...)
	search, err := aws.NewSearch(s.ctx, "blog", changed(s.change.search, &aws.SearchArgs{
		VpcID: s.network.VpcID, SubnetIDs: s.network.PrivateSubnetIDs, Zones: 2, AllowFrom: pods, Version: "2.19",
		InstanceType: "m7g.large.search", Instances: 2, MasterType: "m7g.large.search", StorageGiB: 20, KeyARN: s.key.ARN, User: "blog",
		ServiceRole: arguments.Create, Data: data.Held{Protected: s.protect}, Logs: logs, Tags: tags(),
	}), s.inside)
	if err != nil {
		return err
	}
	s.alarms = append(s.alarms, search.Alarms(pulumi.String(emulatedaws.AccountID))...)
	return nil
}

func (s *services) names() error {
	parent, err := aws.NewDNS(s.ctx, "parent", &aws.DNSArgs{Domain: "example.com", Source: arguments.Create, Tags: tags()}, s.inside)
	if err != nil {
		return err
	}
	s.dns, err = aws.NewDNS(s.ctx, "blog", &aws.DNSArgs{
		Domain: "blog.example.com", Source: arguments.Create, ParentZoneID: parent.ZoneID, Data: data.Held{Protected: s.protect}, Tags: tags(),
	}, s.inside)
	if err != nil {
		return err
	}
	_, err = aws.NewRecords(s.ctx, "authorities", &aws.RecordsArgs{ZoneID: s.dns.ZoneID, Records: []aws.DNSRecord{
		aws.CAA("blog.example.com", "amazon.com"),
	}}, s.inside)
	return err
}

func (s *services) files() error {
	end := deletion.Delete
	if s.keep {
		end = deletion.Retain
	}
	_, err := aws.NewBucket(s.ctx, "blog", changed(s.change.media, &aws.BucketArgs{
		Name: "media", Access: arguments.PrivateBucket, Versioning: arguments.VersioningEnabled, KeyARN: s.key.ARN, DeletionPolicy: end, Data: data.Held{Protected: s.protect},
		CORS:      []arguments.CORSRule{{Origins: []string{"https://blog.example.com"}, Methods: []string{"GET", "PUT"}, Headers: []string{"*"}, MaxAgeSeconds: 300}},
		Lifecycle: arguments.BucketLifecycle{OldVersionDays: 30}, Tags: tags(),
	}), s.inside)
	if err != nil {
		return err
	}
	static, err := aws.NewBucket(s.ctx, "blog", &aws.BucketArgs{
		Name: "static", Access: arguments.CDNBucket, Versioning: arguments.VersioningSuspended, DeletionPolicy: deletion.Delete, Tags: tags(),
	}, s.inside)
	if err != nil {
		return err
	}
	certificate, err := aws.NewCertificate(s.ctx, "static", &aws.CertificateArgs{
		Domain: "static.blog.example.com", ZoneID: s.dns.ZoneID, DeletionPolicy: deletion.Delete, Delegation: s.dns.Delegation, Tags: tags(),
	}, s.inside, pulumi.Provider(s.virginia))
	if err != nil {
		return err
	}
	cdn, err := aws.NewCDN(s.ctx, "blog", &aws.CDNArgs{
		Origins: []aws.CDNOrigin{{Bucket: static}}, Aliases: []string{"static.blog.example.com"}, CertificateARN: certificate.ARN,
		PriceClass: aws.NorthAmericaAndEurope, Tags: tags(),
	}, s.inside)
	if err != nil {
		return err
	}
	return s.point("static", "static.blog.example.com", aws.Alias{DNSName: cdn.Domain, ZoneID: cdn.HostedZoneID})
}

func (s *services) point(name, host string, alias aws.Alias) error {
	_, err := aws.NewRecords(s.ctx, name, &aws.RecordsArgs{ZoneID: s.dns.ZoneID, Records: []aws.DNSRecord{
		{Name: host, Type: "A", Alias: &alias},
	}}, s.inside)
	return err
}

func (s *services) loadBalancer() error {
	logs, err := aws.NewBucket(s.ctx, "blog", &aws.BucketArgs{
		Name: "logs", Access: arguments.LogBucket, AccountID: pulumi.String(emulatedaws.AccountID), Versioning: arguments.VersioningSuspended, DeletionPolicy: deletion.Delete,
		Lifecycle: arguments.BucketLifecycle{ExpireDays: 90}, Tags: tags(),
	}, s.inside)
	if err != nil {
		return err
	}
	certificate, err := aws.NewCertificate(s.ctx, "blog", changed(s.change.certificate, &aws.CertificateArgs{
		Domain: "blog.example.com", AlternativeNames: []string{"*.blog.example.com"}, ZoneID: s.dns.ZoneID, DeletionPolicy: deletion.Delete, Delegation: s.dns.Delegation, Tags: tags(),
	}), s.inside)
	if err != nil {
		return err
	}
	args := &aws.LoadBalancerArgs{
		VpcID: s.network.VpcID, PublicSubnetIDs: s.network.PublicSubnetIDs, PrivateSubnetIDs: s.network.PrivateSubnetIDs,
		CertificateARN: certificate.ARN, AllowedCIDRs: []string{"0.0.0.0/0"}, Port: 8000, PodGroupID: s.pods.ID(),
		Health: aws.HealthCheck{Path: "/healthz/ready", Codes: "200"}, DrainSeconds: 30, IdleSeconds: 60,
		ClusterName: pulumi.String("blog"), AccessLogs: logs, Data: data.Held{Protected: s.protect}, Tags: tags(),
	}
	if s.fixed {
		address, err := aws.NewAddress(s.ctx, "blog", &aws.AddressArgs{Count: 3, Data: data.Held{Protected: s.protect}, Tags: tags()}, s.inside)
		if err != nil {
			return err
		}
		args.Addresses = address.AllocationIDs
	}
	traffic, err := aws.NewLoadBalancer(s.ctx, "blog", changed(s.change.traffic, args), s.inside, pulumi.DependsOn(s.network.Egress))
	if err != nil {
		return err
	}
	s.alarms = append(s.alarms, aws.CertificateAlarm("certificate", certificate.ARN))
	s.alarms = append(s.alarms, traffic.Alarms()...)
	return s.point("blog", "blog.example.com", aws.Alias{DNSName: traffic.DNSName, ZoneID: traffic.ZoneID})
}

func (s *services) watch() error {
	_, err := aws.NewAlarms(s.ctx, "blog", &aws.AlarmsArgs{
		Environment: "blog-dev", Emails: []string{"ops@example.com"}, TopicARN: "arn:aws:sns:eu-central-1:123456789012:everyone", Alarms: s.alarms, Tags: tags(),
	}, s.inside)
	return err
}

func TestTheServicesComeStayAndGo(t *testing.T) {
	for _, fixed := range []bool{false, true} {
		e := newEngine(t, (&services{fixed: fixed}).run)
		require.NoError(t, e.Preview())
		require.Empty(t, e.Account.Left(), "a preview makes nothing")
		require.NoError(t, e.Up())
		require.NoError(t, e.Up(optup.ExpectNoChanges()), "a second update changes nothing")
		require.NoError(t, e.Refresh(optrefresh.ExpectNoChanges(), optrefresh.Diff()), "a refresh finds nothing")
		require.NoError(t, e.Destroy())
		e.Remaining(t, emulatedaws.Token(serviceRoleType))
	}
}

func TestWhatHoldsDataIsNotDestroyedWhileItIsProtected(t *testing.T) {
	e := newEngine(t, (&services{protect: true, fixed: true}).run)
	require.NoError(t, e.Up())
	require.Error(t, e.Destroy())
	left := map[string]int{}
	for _, object := range e.Account.Left() {
		left[object.Token[strings.LastIndex(object.Token, ":")+1:]]++
	}
	for kind, count := range map[string]int{"BucketV2": 1, "Instance": 1, "ReplicationGroup": 2, "Broker": 1, "Domain": 1, "Zone": 1, "Eip": 3, "LoadBalancer": 2} {
		assert.GreaterOrEqual(t, left[kind], count, kind)
	}
}

func TestOnlyTheLastSnapshotsAndTheKeptBucketStay(t *testing.T) {
	e := newEngine(t, (&services{keep: true}).run)
	require.NoError(t, e.Up())
	require.NoError(t, e.Destroy())
	kinds := map[string]int{}
	for _, left := range e.Account.Left() {
		if left.Token != emulatedaws.Token(serviceRoleType) && (left.KeptBecause == "" || strings.Contains(left.Token, "napshot")) {
			kinds[left.Token[strings.LastIndex(left.Token, ":")+1:]]++
		}
	}
	assert.Equal(t, 1, kinds["BucketV2"])
	assert.Equal(t, 1, kinds["BucketPolicy"], "a kept bucket stays closed")
	assert.Equal(t, 1, kinds["BucketPublicAccessBlock"])
	for kind := range kinds {
		assert.True(t, strings.Contains(kind, "Snapshot") || strings.HasPrefix(kind, "Bucket"), kind)
	}
	assert.Contains(t, kinds, "Snapshot")
}
