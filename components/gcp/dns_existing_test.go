package gcp_test

import (
	"errors"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/auto/optup"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/djangostack/djangostack/components/arguments"
	"github.com/djangostack/djangostack/components/gcp"
	"github.com/djangostack/djangostack/emulators/cloud"
	emulatedgcp "github.com/djangostack/djangostack/emulators/gcp"
	"github.com/djangostack/djangostack/tests/enginetest"
	"github.com/djangostack/djangostack/tests/mocks"
)

const recordType = "dns/recordSet"

// inExistingZone is a stack with one record in a zone that was there before, beside the records of others.
func inExistingZone(t *testing.T, address string, others ...cloud.Values) *enginetest.Engine {
	t.Helper()
	account := cloud.NewAccount(mocks.Project)
	account.AddExisting(emulatedgcp.Token("dns/managedZone"), "", "projects/"+mocks.Project+"/managedZones/example", cloud.Values{
		"name": "example", "dnsName": "example.com.", "project": mocks.Project, "visibility": "public", "nameServers": []any{"ns.example."},
	})
	for _, values := range others {
		values["managedZone"], values["project"] = "example", mocks.Project
		id := "projects/" + mocks.Project + "/managedZones/example/rrsets/" + values.Text("name") + "/" + values.Text("type")
		account.AddExisting(emulatedgcp.Token(recordType), "", id, values)
	}
	provider, err := emulatedgcp.New(emulatedgcp.Options{Account: account, Number: mocks.ProjectNumber, Enabled: []string{"dns.googleapis.com"}})
	require.NoError(t, err)
	return enginetest.New(t, "gcp", account, provider, func(ctx *pulumi.Context) error {
		inside, err := providers(ctx)
		if err != nil {
			return err
		}
		zone, err := gcp.NewDNS(ctx, "blog", &gcp.DNSArgs{Project: mocks.Project, Domain: "example.com", Source: arguments.Existing}, inside)
		if err != nil {
			return err
		}
		_, err = gcp.NewRecords(ctx, "blog", &gcp.RecordsArgs{Project: mocks.Project, ZoneName: zone.ZoneName, Records: []gcp.DNSRecord{
			{Name: "blog.example.com", Type: "A", TTL: 300, Values: pulumi.StringArray{pulumi.String(address)}},
		}}, inside)
		return err
	})
}

func blogRecord(address string) cloud.Values {
	return cloud.Values{"name": "blog.example.com.", "type": "A", "ttl": 60.0, "rrdatas": []any{address}}
}

func TestARecordOfSomebodyElseIsNeverOverwritten(t *testing.T) {
	e := inExistingZone(t, "203.0.113.10", blogRecord("198.51.100.7"))
	for what, run := range map[string]func() error{"preview": func() error { return e.Preview() }, "up": func() error { return e.Up() }} {
		err := run()
		require.Error(t, err, what)
		assert.Contains(t, e.Output.String()+err.Error(), "the zone example has the record blog.example.com A 198.51.100.7 already", what)
	}
	require.NoError(t, e.Destroy())
	found := e.Account.Objects(emulatedgcp.Token(recordType))
	require.Len(t, found, 1)
	assert.Equal(t, []string{"198.51.100.7"}, found[0].Values.Texts("rrdatas"))
}

func TestRecordsOfOtherNamesAndTypesAreNoObstacle(t *testing.T) {
	e := inExistingZone(t, "203.0.113.10",
		cloud.Values{"name": "blog.example.com.", "type": "TXT", "rrdatas": []any{`"hello"`}},
		cloud.Values{"name": "www.example.com.", "type": "A", "rrdatas": []any{"198.51.100.7"}})
	require.NoError(t, e.Preview())
	require.NoError(t, e.Up())
	require.NoError(t, e.Up(optup.ExpectNoChanges()))
	require.NoError(t, e.Destroy())
	assert.Len(t, e.Account.Objects(emulatedgcp.Token(recordType)), 2)
}

func TestARecordThatAnInterruptedRunMadeIsContinued(t *testing.T) {
	e := inExistingZone(t, "203.0.113.10")
	e.Account.Fail(cloud.Fault{Operation: "create", Type: emulatedgcp.Token(recordType), Err: errors.New("connection lost"), Late: true})
	require.Error(t, e.Up())
	require.Len(t, e.Account.Objects(emulatedgcp.Token(recordType)), 1, "done, and reported as failed")
	require.NoError(t, e.Up(), e.Output.String())
	require.NoError(t, e.Up(optup.ExpectNoChanges()))
}
