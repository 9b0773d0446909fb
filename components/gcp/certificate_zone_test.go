package gcp_test

import (
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/djangostack/djangostack/components/arguments"
	"github.com/djangostack/djangostack/components/deletion"
	"github.com/djangostack/djangostack/components/gcp"
	"github.com/djangostack/djangostack/emulators/cloud"
	emulatedgcp "github.com/djangostack/djangostack/emulators/gcp"
	"github.com/djangostack/djangostack/tests/enginetest"
	"github.com/djangostack/djangostack/tests/mocks"
)

// certified is a stack with a certificate of blog.example.com, authorized in a zone that was there before.
func certified(t *testing.T, account *cloud.Account, name string, policy deletion.Policy) *enginetest.Engine {
	t.Helper()
	provider, err := emulatedgcp.New(emulatedgcp.Options{
		Account: account, Number: mocks.ProjectNumber, Enabled: []string{"dns.googleapis.com", "certificatemanager.googleapis.com"},
	})
	require.NoError(t, err)
	return enginetest.New(t, "gcp", account, provider, certificateProgram(name, policy))
}

func certificateProgram(name string, policy deletion.Policy) pulumi.RunFunc {
	return func(ctx *pulumi.Context) error {
		inside, err := providers(ctx)
		if err != nil {
			return err
		}
		zone, err := gcp.NewDNS(ctx, name, &gcp.DNSArgs{Project: mocks.Project, Domain: "example.com", Source: arguments.Existing}, inside)
		if err != nil {
			return err
		}
		_, err = gcp.NewCertificate(ctx, name, &gcp.CertificateArgs{
			Project: mocks.Project, Domain: "blog.example.com", ZoneName: zone.ZoneName, DeletionPolicy: policy, Labels: environment,
		}, inside)
		return err
	}
}

// projectWithZone has a record of cert-manager for the same name, which a CNAME of that name would exclude.
func projectWithZone() *cloud.Account {
	account := cloud.NewAccount(mocks.Project)
	zone := "projects/" + mocks.Project + "/managedZones/example"
	account.AddExisting(emulatedgcp.Token("dns/managedZone"), "", zone, cloud.Values{
		"name": "example", "dnsName": "example.com.", "project": mocks.Project, "visibility": "public", "nameServers": []any{"ns.example."},
	})
	account.AddExisting(emulatedgcp.Token(recordType), "", zone+"/rrsets/_acme-challenge.blog.example.com./TXT", cloud.Values{
		"managedZone": "example", "project": mocks.Project, "name": "_acme-challenge.blog.example.com.", "type": "TXT", "rrdatas": []any{`"challenge"`},
	})
	return account
}

// proofs returns the records that authorize the certificates' name.
func proofs(account *cloud.Account) []cloud.Object {
	var found []cloud.Object
	for _, object := range account.Objects(emulatedgcp.Token(recordType)) {
		if object.Values.Text("type") == "CNAME" {
			found = append(found, object)
		}
	}
	return found
}

// All authorizations of a project have the same record for a name, and their certificates are renewed only while it is
// there. With the policy delete, this shows that the test sees the loss.
func TestTheAuthorizationRecordOfAnotherCertificateStays(t *testing.T) {
	for policy, remaining := range map[deletion.Policy]int{deletion.Retain: 1, deletion.Delete: 0} {
		t.Run(string(policy), func(t *testing.T) {
			account := projectWithZone()
			theirs := certified(t, account, "theirs", deletion.Retain)
			require.NoError(t, theirs.Up(), theirs.Output.String())
			require.Len(t, proofs(account), 1)
			record := proofs(account)[0]
			require.NoError(t, account.Drift(record.Token, record.ID, func(values cloud.Values) { values["ttl"] = 900.0 }))

			mine := certified(t, account, "mine", policy)
			require.NoError(t, mine.Preview(), mine.Output.String())
			require.NoError(t, mine.Up(), mine.Output.String())
			require.Len(t, proofs(account), 1, "one record for both certificates")
			if policy == deletion.Retain {
				assert.InDelta(t, 900.0, proofs(account)[0].Values.Number("ttl"), 0, "a record that is there stays as it is")
				mine.NoChanges(t)
			}
			require.NoError(t, mine.Destroy(), mine.Output.String())
			assert.Len(t, proofs(account), remaining)
		})
	}
}

// A change of app.name creates the new certificate and its record before it deletes the old ones.
func TestACertificateThatReplacesAnotherKeepsItsAuthorizationRecord(t *testing.T) {
	for policy, remaining := range map[deletion.Policy]int{deletion.Retain: 1, deletion.Delete: 0} {
		t.Run(string(policy), func(t *testing.T) {
			account := projectWithZone()
			e := certified(t, account, "old", policy)
			require.NoError(t, e.Up(), e.Output.String())
			e.Program = certificateProgram("new", policy)
			require.NoError(t, e.Up(), e.Output.String())
			assert.Len(t, proofs(account), remaining)
		})
	}
}
