package aws_test

import (
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"

	"github.com/djangostack/djangostack/components/arguments"
	"github.com/djangostack/djangostack/components/aws"
	"github.com/djangostack/djangostack/components/data"
	"github.com/djangostack/djangostack/components/deletion"
	"github.com/djangostack/djangostack/tests/mocks"
)

func withDNS(change func(*aws.DNSArgs)) pulumi.RunFunc {
	return func(ctx *pulumi.Context) error {
		args := &aws.DNSArgs{
			Domain:       "staging.example.com",
			Source:       arguments.Create,
			ParentZoneID: pulumi.String("Z0PARENT"),
			Tags:         tags(),
		}
		change(args)
		dns, err := aws.NewDNS(ctx, "blog", args)
		if err != nil {
			return err
		}
		ctx.Export("zoneId", dns.ZoneID)
		return nil
	}
}

func withRecords(change func(*aws.RecordsArgs)) pulumi.RunFunc {
	return func(ctx *pulumi.Context) error {
		args := &aws.RecordsArgs{
			ZoneID: pulumi.String("Z0MADE"),
			Records: []aws.DNSRecord{
				{Name: "www.example.com", Type: "A", Alias: &aws.Alias{
					DNSName: pulumi.String("blog.elb.amazonaws.com"), ZoneID: pulumi.String("Z215JYRZR1TBD5"),
				}},
				{Name: "example.com", Type: "TXT", TTL: 300, Values: pulumi.StringArray{pulumi.String("hello")}},
				aws.CAA("example.com", "amazon.com"),
			},
		}
		change(args)
		_, err := aws.NewRecords(ctx, "blog", args)
		return err
	}
}

func withCertificate(change func(*aws.CertificateArgs)) pulumi.RunFunc {
	return func(ctx *pulumi.Context) error {
		dns, err := aws.NewDNS(ctx, "blog", &aws.DNSArgs{
			Domain: "example.com", Source: arguments.Create, ParentZoneID: pulumi.String("Z0PARENT"),
		})
		if err != nil {
			return err
		}
		args := &aws.CertificateArgs{
			Domain:           "example.com",
			AlternativeNames: []string{"*.example.com", "www.example.com"},
			ZoneID:           dns.ZoneID,
			DeletionPolicy:   deletion.Delete,
			Delegation:       dns.Delegation,
			Tags:             tags(),
		}
		change(args)
		_, err = aws.NewCertificate(ctx, "blog", args)
		return err
	}
}

func TestACreatedZoneIsDelegatedFromItsParent(t *testing.T) {
	for _, outputs := range mocks.Both() {
		t.Run(string(outputs), func(t *testing.T) {
			ran := mocks.Run(t, outputs, withDNS(unchanged))

			assert.Equal(t, []string{"DNS blog-dns", "Record blog-delegation", "Zone blog-zone"}, ran.Names())
			zone := ran.Find(t, "Zone", "blog-zone")
			assert.Equal(t, "staging.example.com", zone.At(t, "name"))
			delegation := ran.Find(t, "Record", "blog-delegation")
			assert.Equal(t, "Z0PARENT", delegation.At(t, "zoneId"))
			assert.Equal(t, "NS", delegation.At(t, "type"))
			assert.Equal(t, "staging.example.com", delegation.At(t, "name"))
			assert.True(t, ran.Waits(delegation, zone), "the delegation goes before the zone")
			tagged(t, ran, "Zone")
		})
	}
}

func TestADelegationNamesTheZonesServers(t *testing.T) {
	ran := mocks.Run(t, mocks.Known, withDNS(unchanged))

	assert.Equal(t, []any{"ns-1.awsdns-01.org", "ns-2.awsdns-02.com"}, ran.Find(t, "Record", "blog-delegation").At(t, "records"))
}

func TestAProtectedZoneKeepsTheRecordsOfOthers(t *testing.T) {
	for _, protect := range []bool{true, false} {
		zone := mocks.Run(t, mocks.Known, withDNS(func(a *aws.DNSArgs) { a.Data.Protected = protect })).Find(t, "Zone", "blog-zone")
		assert.Equal(t, protect, zone.Protect)
		assert.Equal(t, !protect, zone.At(t, "forceDestroy"))
	}
}

func TestAnExistingZoneIsLookedUpAndNotChanged(t *testing.T) {
	for _, outputs := range mocks.Both() {
		ran := mocks.Run(t, outputs, withDNS(func(a *aws.DNSArgs) { a.Source, a.ParentZoneID = arguments.Existing, nil }))
		assert.Equal(t, []string{"DNS blog-dns"}, ran.Names(), "the component alone")
	}
}

func TestAZoneRefusesArgumentsOfTheOtherKind(t *testing.T) {
	refuses(t, withDNS, func(a *aws.DNSArgs) { *a = aws.DNSArgs{} }, "DNS: Domain is required", "DNS: Source is")
	refuses(t, withDNS, func(a *aws.DNSArgs) { a.ZoneID = pulumi.String("Z1") }, "ZoneID goes with Source existing")
	refuses(t, withDNS, func(a *aws.DNSArgs) { a.Source, a.Data.Protected = arguments.Existing, true },
		"ParentZoneID goes with Source create", "Data.Protected goes with Source create")
}

func TestRecordsAreAliasesOrValues(t *testing.T) {
	for _, outputs := range mocks.Both() {
		ran := mocks.Run(t, outputs, withRecords(unchanged))

		alias := ran.Find(t, "Record", "blog-a-www.example.com")
		assert.Equal(t, "blog.elb.amazonaws.com", alias.At(t, "aliases[0].name"))
		assert.Equal(t, "Z215JYRZR1TBD5", alias.At(t, "aliases[0].zoneId"))
		assert.Nil(t, alias.At(t, "ttl"), "an alias has none")
		text := ran.Find(t, "Record", "blog-txt-example.com")
		assert.Equal(t, []any{"hello"}, text.At(t, "records"))
		assert.Equal(t, 300.0, text.At(t, "ttl"))
		assert.Equal(t, []any{`0 issue "amazon.com"`}, ran.Find(t, "Record", "blog-caa-example.com").At(t, "records"))
	}
}

func TestRecordsRefuseWhatRoute53Would(t *testing.T) {
	refuses(t, withRecords, func(a *aws.RecordsArgs) { *a = aws.RecordsArgs{} }, "Records: ZoneID is required", "Records: Records is required")
	refuses(t, withRecords, func(a *aws.RecordsArgs) { a.Records = []aws.DNSRecord{{Name: "x", Type: "LOC"}} },
		`Records[0].Type is "LOC"`, "Records[0].Values or Alias is required", "Records[0].TTL is required")
	refuses(t, withRecords, func(a *aws.RecordsArgs) { a.Records = append(a.Records, a.Records[0]) }, "Records[3] is a second A record of www.example.com")
	refuses(t, withRecords, func(a *aws.RecordsArgs) { a.Records[0].Type = "CNAME" }, "Alias goes with Type A or AAAA")
	refuses(t, withRecords, func(a *aws.RecordsArgs) { a.Records[0].TTL = 60 }, "Alias goes without Values and TTL")
}

func TestACertificateIsProvedOnceForADomainAndItsWildcard(t *testing.T) {
	for _, outputs := range mocks.Both() {
		t.Run(string(outputs), func(t *testing.T) {
			ran := mocks.Run(t, outputs, withCertificate(unchanged))

			for _, r := range ran.Resources {
				if r.Type == "aws:acm/certificate:Certificate" {
					assert.Equal(t, []any{"example.com", "*.example.com", "www.example.com"}, r.At(t, "subjectAlternativeNames"), "as ACM lists them")
				}
			}
			var proofs []string
			for _, r := range ran.OfKind("Record") {
				if r.Name != "blog-delegation" {
					proofs = append(proofs, r.Name)
				}
			}
			assert.ElementsMatch(t, []string{"blog-proof-example.com", "blog-proof-www.example.com"}, proofs)
		})
	}
}

func TestAProofIsWhatACMAsksFor(t *testing.T) {
	ran := mocks.Run(t, mocks.Known, withCertificate(unchanged))

	proof := ran.Find(t, "Record", "blog-proof-www.example.com")
	assert.Equal(t, "_x1.www.example.com", proof.At(t, "name"))
	assert.Equal(t, "CNAME", proof.At(t, "type"))
	assert.Equal(t, []any{"_y1.acm-validations.aws."}, proof.At(t, "records"))
	assert.Equal(t, "Z0MADE", proof.At(t, "zoneId"))
	assert.Equal(t, true, proof.At(t, "allowOverwrite"), "another region's certificate has the same proof")
}

func TestACertificateIsWaitedForOnceTheWorldKnowsTheZone(t *testing.T) {
	ran := mocks.Run(t, mocks.Known, withCertificate(unchanged))

	issued := ran.Find(t, "CertificateValidation", "blog-certificate-issued")
	assert.True(t, ran.Waits(issued, ran.Find(t, "Record", "blog-delegation")))
	assert.True(t, ran.Waits(issued, ran.Find(t, "Record", "blog-proof-example.com")))
	assert.Equal(t, []any{"_x1.example.com", "_x1.www.example.com"}, issued.At(t, "validationRecordFqdns"))

	alone := mocks.Run(t, mocks.Known, withCertificate(func(a *aws.CertificateArgs) { a.Delegation = nil }))
	issued = alone.Find(t, "CertificateValidation", "blog-certificate-issued")
	assert.False(t, alone.Waits(issued, alone.Find(t, "Record", "blog-delegation")), "the edge is the argument's")
}

func TestACertificateIsLoggedPubliclyAndTagged(t *testing.T) {
	ran := mocks.Run(t, mocks.Known, withCertificate(unchanged))

	for _, r := range ran.Resources {
		if r.Type == "aws:acm/certificate:Certificate" {
			assert.Equal(t, "ENABLED", r.At(t, "options.certificateTransparencyLoggingPreference"))
			assert.Equal(t, "DNS", r.At(t, "validationMethod"))
			assert.Equal(t, "web-team", r.At(t, "tags.owner"))
		}
	}
}

func TestACertificateNeedsADomainAndAZone(t *testing.T) {
	_, err := mocks.Try(mocks.Known, nil, withCertificate(func(a *aws.CertificateArgs) { *a = aws.CertificateArgs{} }))
	assert.ErrorContains(t, err, "Certificate: Domain is required")
	assert.ErrorContains(t, err, "Certificate: ZoneID is required")
}

func TestAddressesAreProtectedAndCounted(t *testing.T) {
	for _, outputs := range mocks.Both() {
		ran := mocks.Run(t, outputs, withAddress(2))
		assert.Equal(t, []string{"Address blog-address", "Eip blog-address-0", "Eip blog-address-1"}, ran.Names())
		assert.True(t, ran.Find(t, "Eip", "blog-address-1").Protect)
		assert.Equal(t, "vpc", ran.Find(t, "Eip", "blog-address-0").At(t, "domain"))
		tagged(t, ran, "Eip")
	}
	for _, count := range []int{0, 6} {
		refusedWith(t, withAddress(count), "Address: Count is")
	}
}

func withAddress(count int) pulumi.RunFunc {
	return func(ctx *pulumi.Context) error {
		_, err := aws.NewAddress(ctx, "blog", &aws.AddressArgs{Count: count, Data: data.Held{Protected: true}, Tags: tags()})
		return err
	}
}
