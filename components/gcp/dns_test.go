package gcp_test

import (
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"

	"github.com/djangostack/djangostack/components/arguments"
	"github.com/djangostack/djangostack/components/data"
	"github.com/djangostack/djangostack/components/gcp"
	"github.com/djangostack/djangostack/tests/mocks"
)

func withDNS(change func(*gcp.DNSArgs)) pulumi.RunFunc {
	return func(ctx *pulumi.Context) error {
		args := &gcp.DNSArgs{
			Project:        mocks.Project,
			Domain:         "staging.example.com",
			Source:         arguments.Create,
			ParentZoneName: pulumi.String("parent"),
			DNSSEC:         arguments.On,
			Labels:         environment,
		}
		change(args)
		dns, err := gcp.NewDNS(ctx, "blog", args)
		if err != nil {
			return err
		}
		_, err = gcp.NewRecords(ctx, "shown", &gcp.RecordsArgs{Project: mocks.Project, ZoneName: dns.ZoneName, Records: []gcp.DNSRecord{
			{Name: "servers", Type: "TXT", TTL: 60, Values: pulumi.StringArray{dns.NameServers.Index(pulumi.Int(0))}},
		}})
		return err
	}
}

func withRecords(change func(*gcp.RecordsArgs)) pulumi.RunFunc {
	return func(ctx *pulumi.Context) error {
		args := &gcp.RecordsArgs{
			Project:  mocks.Project,
			ZoneName: pulumi.String("zone"),
			Records: []gcp.DNSRecord{
				{Name: "www.example.com", Type: "A", TTL: 300, Values: pulumi.StringArray{pulumi.String("203.0.113.10")}},
				{Name: "example.com.", Type: "TXT", TTL: 300, Values: pulumi.StringArray{pulumi.String(`say "hello"`), pulumi.String(strings.Repeat("k", 300))}},
				{Name: "example.com", Type: "MX", TTL: 300, Values: pulumi.StringArray{pulumi.String("10 mail.example.com")}},
				gcp.CAA("example.com", "pki.goog"),
			},
		}
		change(args)
		_, err := gcp.NewRecords(ctx, "blog", args)
		return err
	}
}

func TestACreatedZoneIsSignedAndDelegatedFromItsParent(t *testing.T) {
	for _, outputs := range mocks.Both() {
		t.Run(string(outputs), func(t *testing.T) {
			ran := mocks.Run(t, outputs, withDNS(unchanged))

			zone := ran.Find(t, "ManagedZone", "blog-zone")
			assert.Equal(t, "staging.example.com.", zone.At(t, "dnsName"))
			assert.Equal(t, "public", zone.At(t, "visibility"))
			assert.Equal(t, map[string]any{
				"state": "on", "nonExistence": "nsec3", "defaultKeySpecs": []any{
					map[string]any{"algorithm": "ecdsap256sha256", "keyLength": 256.0, "keyType": "keySigning"},
					map[string]any{"algorithm": "ecdsap256sha256", "keyLength": 256.0, "keyType": "zoneSigning"},
				},
			}, zone.At(t, "dnssecConfig"))
			for name, kind := range map[string]string{"blog-delegation": "NS", "blog-signature": "DS"} {
				record := ran.Find(t, "RecordSet", name)
				assert.Equal(t, "parent", record.At(t, "managedZone"))
				assert.Equal(t, kind, record.At(t, "type"))
				assert.Equal(t, "staging.example.com.", record.At(t, "name"))
				assert.True(t, ran.Waits(record, zone), "the delegation goes before the zone")
			}
			carriesLabels(t, ran, "ManagedZone")
			ofProject(t, ran)
		})
	}
}

func TestADelegationNamesTheZonesServersAndItsKey(t *testing.T) {
	ran := mocks.Run(t, mocks.Known, withDNS(func(a *gcp.DNSArgs) { a.ParentProject = "names-elsewhere" }))

	servers, key := ran.Find(t, "RecordSet", "blog-delegation"), ran.Find(t, "RecordSet", "blog-signature")
	assert.Equal(t, []any{"ns-cloud-a1.googledomains.com.", "ns-cloud-a2.googledomains.com."}, servers.At(t, "rrdatas"))
	assert.Equal(t, []any{"12345 13 2 ABCDEF"}, key.At(t, "rrdatas"))
	assert.Equal(t, "names-elsewhere", servers.At(t, "project"))
}

func TestAZoneThatIsNotSignedHasNoKey(t *testing.T) {
	ran := mocks.Run(t, mocks.Known, withDNS(func(a *gcp.DNSArgs) { a.DNSSEC = arguments.Off }))

	assert.Equal(t, map[string]any{"state": "off"}, ran.Find(t, "ManagedZone", "blog-zone").At(t, "dnssecConfig"))
	for _, record := range ran.OfKind("RecordSet") {
		assert.NotEqual(t, "DS", record.At(t, "type"))
	}
}

func TestAProtectedZoneKeepsTheRecordsOfOthers(t *testing.T) {
	for _, protect := range []bool{true, false} {
		zone := mocks.Run(t, mocks.Known, withDNS(func(a *gcp.DNSArgs) { a.Data.Protected = protect })).Find(t, "ManagedZone", "blog-zone")
		assert.Equal(t, protect, zone.Protect)
		assert.Equal(t, !protect, zone.At(t, "forceDestroy"))
	}
}

func given(a *gcp.DNSArgs) {
	a.Domain, a.Source, a.ParentZoneName, a.DNSSEC = "example.com", arguments.Existing, nil, ""
}

func TestAnExistingZoneIsLookedUpByDomainOrName(t *testing.T) {
	for _, outputs := range mocks.Both() {
		ran := mocks.Run(t, outputs, withDNS(given))
		assert.Empty(t, ran.OfKind("ManagedZone"), "it is left alone")
	}
	byDomain := mocks.Run(t, mocks.Known, withDNS(given)).Find(t, "RecordSet", "shown-txt-servers")
	assert.Equal(t, "outside", byDomain.At(t, "managedZone"), "the public zone, not the private one")

	byName := mocks.Run(t, mocks.Known, withDNS(func(a *gcp.DNSArgs) {
		given(a)
		a.ZoneName = pulumi.String("ours")
	})).Find(t, "RecordSet", "shown-txt-servers")
	assert.Equal(t, "ours", byName.At(t, "managedZone"))
	assert.Equal(t, []any{`"ns-cloud-b1.googledomains.com."`}, byName.At(t, "rrdatas"))

	_, err := mocks.Try(mocks.Known, nil, withDNS(func(a *gcp.DNSArgs) {
		given(a)
		a.Domain = "example.org"
	}))
	assert.ErrorContains(t, err, "has no public zone of example.org")
}

func TestAZoneRefusesArgumentsOfTheOtherKind(t *testing.T) {
	refuses(t, withDNS, func(a *gcp.DNSArgs) { *a = gcp.DNSArgs{} }, "DNS: Project is required", "DNS: Domain is required", "DNS: Source is")
	refuses(t, withDNS, func(a *gcp.DNSArgs) { a.ZoneName, a.DNSSEC = pulumi.String("z"), "" }, "ZoneName goes with Source existing", "DNSSEC is")
	refuses(t, withDNS, func(a *gcp.DNSArgs) { a.Source, a.Data.Protected = arguments.Existing, true },
		"ParentZoneName goes with Source create", "Data.Protected goes with Source create", "DNSSEC on goes with Source create")
	refuses(t, withDNS, func(a *gcp.DNSArgs) { a.ParentZoneName, a.ParentProject = nil, "names-elsewhere" }, "ParentProject goes with ParentZoneName")
}

func TestRecordsAreWrittenAsCloudDNSWantsThem(t *testing.T) {
	for _, outputs := range mocks.Both() {
		ran := mocks.Run(t, outputs, withRecords(unchanged))

		address := ran.Find(t, "RecordSet", "blog-a-www.example.com")
		assert.Equal(t, "www.example.com.", address.At(t, "name"))
		assert.Equal(t, []any{"203.0.113.10"}, address.At(t, "rrdatas"))
		assert.Equal(t, 300.0, address.At(t, "ttl"))
		text := ran.Find(t, "RecordSet", "blog-txt-example.com.")
		assert.Equal(t, "example.com.", text.At(t, "name"))
		long := `"` + strings.Repeat("k", 255) + `" "` + strings.Repeat("k", 45) + `"`
		assert.Equal(t, []any{`"say \"hello\""`, long}, text.At(t, "rrdatas"))
		assert.Equal(t, []any{"10 mail.example.com."}, ran.Find(t, "RecordSet", "blog-mx-example.com").At(t, "rrdatas"))
		assert.Equal(t, []any{`0 issue "pki.goog"`}, ran.Find(t, "RecordSet", "blog-caa-example.com").At(t, "rrdatas"))
		ofProject(t, ran)
	}
}

func TestRecordsRefuseWhatCloudDNSWould(t *testing.T) {
	refuses(t, withRecords, func(a *gcp.RecordsArgs) { *a = gcp.RecordsArgs{} },
		"Records: Project is required", "Records: ZoneName is required", "Records: Records is required")
	refuses(t, withRecords, func(a *gcp.RecordsArgs) { a.Records = []gcp.DNSRecord{{Name: "x", Type: "LOC"}} },
		`Records[0].Type is "LOC"`, "Records[0].Values is required", "Records[0].TTL is required")
	refuses(t, withRecords, func(a *gcp.RecordsArgs) { a.Records = append(a.Records, a.Records[0]) }, "Records[4] is a second A record of www.example.com")
}

func TestAnAddressIsGlobalAndProtected(t *testing.T) {
	for _, outputs := range mocks.Both() {
		ran := mocks.Run(t, outputs, withAddress(mocks.Project))
		address := ran.Find(t, "GlobalAddress", "blog-address")
		assert.Equal(t, "EXTERNAL", address.At(t, "addressType"))
		assert.Equal(t, "IPV4", address.At(t, "ipVersion"))
		assert.True(t, address.Protect)
		carriesLabels(t, ran, "GlobalAddress")
	}
	mocks.Refused(t, withAddress(""), "Address: Project is required")
	mocks.Refused(t, withAddress("Blog"), `Address: Project is "Blog"`)
}

func withAddress(project string) pulumi.RunFunc {
	return func(ctx *pulumi.Context) error {
		_, err := gcp.NewAddress(ctx, "blog", &gcp.AddressArgs{Project: project, Data: data.Held{Protected: true}, Labels: environment})
		return err
	}
}
