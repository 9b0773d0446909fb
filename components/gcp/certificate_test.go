package gcp_test

import (
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"

	"github.com/djangostack/djangostack/components/arguments"
	"github.com/djangostack/djangostack/components/deletion"
	"github.com/djangostack/djangostack/components/gcp"
	"github.com/djangostack/djangostack/tests/mocks"
)

func withCertificate(change func(*gcp.CertificateArgs)) pulumi.RunFunc {
	return func(ctx *pulumi.Context) error {
		dns, err := gcp.NewDNS(ctx, "blog", &gcp.DNSArgs{
			Project: mocks.Project, Domain: "example.com", Source: arguments.Create, ParentZoneName: pulumi.String("parent"), DNSSEC: arguments.On,
		})
		if err != nil {
			return err
		}
		args := &gcp.CertificateArgs{
			Project:          mocks.Project,
			Domain:           "example.com",
			AlternativeNames: []string{"*.example.com", "www.example.org"},
			ZoneName:         dns.ZoneName,
			DeletionPolicy:   deletion.Delete,
			Delegation:       dns.Delegation,
			Labels:           environment,
		}
		change(args)
		certificate, err := gcp.NewCertificate(ctx, "blog", args)
		if err != nil {
			return err
		}
		_, err = gcp.NewRecords(ctx, "shown", &gcp.RecordsArgs{Project: mocks.Project, ZoneName: dns.ZoneName, Records: []gcp.DNSRecord{
			{Name: "id", Type: "TXT", TTL: 60, Values: pulumi.StringArray{certificate.MapID}},
			{Name: "name", Type: "TXT", TTL: 60, Values: pulumi.StringArray{certificate.MapName}},
		}})
		return err
	}
}

// issued is the certificate itself; the component has the same kind.
func issued(t *testing.T, ran mocks.Program) mocks.Resource {
	t.Helper()
	for _, r := range ran.OfKind("Certificate") {
		if r.Custom {
			return r
		}
	}
	assert.Fail(t, "no certificate is registered")
	return mocks.Resource{}
}

func TestACertificateIsProvedOnceForADomainAndItsWildcard(t *testing.T) {
	for _, outputs := range mocks.Both() {
		t.Run(string(outputs), func(t *testing.T) {
			ran := mocks.Run(t, outputs, withCertificate(unchanged))

			var domains []any
			for _, authorization := range ran.OfKind("DnsAuthorization") {
				assert.Equal(t, "PER_PROJECT_RECORD", authorization.At(t, "type"))
				domains = append(domains, authorization.At(t, "domain"))
			}
			assert.Equal(t, []any{"example.com", "www.example.org"}, domains)
			assert.Equal(t, []any{"example.com", "*.example.com", "www.example.org"}, issued(t, ran).At(t, "managed.domains"))
			assert.Len(t, issued(t, ran).At(t, "managed.dnsAuthorizations"), 2)
			carriesLabels(t, ran, "DnsAuthorization", "Certificate", "CertificateMap", "CertificateMapEntry")
			ofProject(t, ran)
		})
	}
}

func TestAProofIsWhatCertificateManagerAsksFor(t *testing.T) {
	ran := mocks.Run(t, mocks.Known, withCertificate(unchanged))

	proof := ran.Find(t, "RecordSet", "blog-proof-example.com")
	assert.Equal(t, "_acme-challenge.example.com.", proof.At(t, "name"))
	assert.Equal(t, "CNAME", proof.At(t, "type"))
	assert.Equal(t, []any{"0123.example.com.authorize.certificatemanager.goog."}, proof.At(t, "rrdatas"))
	assert.True(t, ran.Waits(issued(t, ran), proof))
}

func TestACertificateIsAskedForOnceTheWorldKnowsTheZone(t *testing.T) {
	ran := mocks.Run(t, mocks.Known, withCertificate(unchanged))
	for _, record := range []string{"blog-delegation", "blog-signature"} {
		assert.True(t, ran.Waits(issued(t, ran), ran.Find(t, "RecordSet", record)), record)
	}
	alone := mocks.Run(t, mocks.Known, withCertificate(func(a *gcp.CertificateArgs) { a.Delegation = nil }))
	assert.False(t, alone.Waits(issued(t, alone), alone.Find(t, "RecordSet", "blog-delegation")), "the edge is the argument's")
}

func TestAMapIsOfUseOnceItHasAnEntryForEveryName(t *testing.T) {
	ran := mocks.Run(t, mocks.Known, withCertificate(unchanged))

	entries := ran.OfKind("CertificateMapEntry")
	var hosts []any
	for _, entry := range entries {
		hosts = append(hosts, entry.At(t, "hostname"))
		assert.Equal(t, "blog-certificates-1a2b3c4", entry.At(t, "map"))
		assert.True(t, ran.Waits(entry, issued(t, ran)))
		for _, record := range []string{"shown-txt-id", "shown-txt-name"} {
			assert.True(t, ran.Waits(ran.Find(t, "RecordSet", record), entry), "%s %s", record, entry.Name)
		}
	}
	assert.ElementsMatch(t, []any{"example.com", "*.example.com", "www.example.org"}, hosts)
	assert.Equal(t, []any{`"//certificatemanager.googleapis.com/blog-certificates-id"`}, ran.Find(t, "RecordSet", "shown-txt-id").At(t, "rrdatas"))
	assert.Equal(t, []any{`"blog-certificates-1a2b3c4"`}, ran.Find(t, "RecordSet", "shown-txt-name").At(t, "rrdatas"))
}

func TestACertificateNeedsADomainAndAZone(t *testing.T) {
	_, err := mocks.Try(mocks.Known, nil, withCertificate(func(a *gcp.CertificateArgs) { *a = gcp.CertificateArgs{} }))
	for _, want := range []string{"Project", "Domain", "ZoneName"} {
		assert.ErrorContains(t, err, "Certificate: "+want+" is required")
	}
}
