package aws_test

import (
	"errors"
	"testing"

	awssdk "github.com/pulumi/pulumi-aws/sdk/v6/go/aws"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/optup"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/djangostack/djangostack/components/arguments"
	"github.com/djangostack/djangostack/components/aws"
	emulatedaws "github.com/djangostack/djangostack/emulators/aws"
	"github.com/djangostack/djangostack/emulators/cloud"
	"github.com/djangostack/djangostack/tests/enginetest"
)

const recordType = "route53/record"

// inExistingZone is a stack with records in a zone that was there before, beside the records of others.
func inExistingZone(t *testing.T, address string, others ...cloud.Values) *enginetest.Engine {
	t.Helper()
	account := cloud.NewAccount(emulatedaws.AccountID)
	account.AddExisting(emulatedaws.Token("route53/zone"), "", "Z0GIVEN", cloud.Values{"name": "example.com"})
	for _, values := range others {
		values["zoneId"], values["name"] = "Z0GIVEN", values.Text("fqdn")
		account.AddExisting(emulatedaws.Token(recordType), "", "Z0GIVEN_"+values.Text("fqdn")+"_"+values.Text("type"), values)
	}
	provider, err := emulatedaws.New(emulatedaws.Options{Account: account})
	require.NoError(t, err)
	return enginetest.New(t, "aws", account, provider, func(ctx *pulumi.Context) error {
		here, err := awssdk.NewProvider(ctx, "aws", &awssdk.ProviderArgs{Region: pulumi.String("eu-central-1")})
		if err != nil {
			return err
		}
		inside := pulumi.Providers(here)
		zone, err := aws.NewDNS(ctx, "blog", &aws.DNSArgs{Domain: "example.com", Source: arguments.Existing}, inside)
		if err != nil {
			return err
		}
		_, err = aws.NewRecords(ctx, "blog", &aws.RecordsArgs{ZoneID: zone.ZoneID, Records: []aws.DNSRecord{
			{Name: "blog.example.com", Type: "A", TTL: 300, Values: pulumi.StringArray{pulumi.String(address)}},
			{Name: "*.blog.example.com", Type: "A", TTL: 300, Values: pulumi.StringArray{pulumi.String(address)}},
		}}, inside)
		return err
	})
}

func blogRecord(name, address string) cloud.Values {
	return cloud.Values{"fqdn": name, "type": "A", "ttl": 60.0, "records": []any{address}}
}

func TestARecordOfSomebodyElseIsNeverOverwritten(t *testing.T) {
	for name, said := range map[string]string{"blog.example.com": "blog.example.com", "*.blog.example.com": "*.blog.example.com"} {
		e := inExistingZone(t, "203.0.113.10", blogRecord(name, "198.51.100.7"))
		for what, run := range map[string]func() error{"preview": func() error { return e.Preview() }, "up": func() error { return e.Up() }} {
			err := run()
			require.Error(t, err, what)
			assert.Contains(t, e.Output.String()+err.Error(), "the zone Z0GIVEN has the record "+said+" A 198.51.100.7 already", what)
		}
		require.NoError(t, e.Destroy())
		found := e.Account.Objects(emulatedaws.Token(recordType))
		require.Len(t, found, 1)
		assert.Equal(t, []string{"198.51.100.7"}, found[0].Values.Texts("records"))
	}
}

func TestRecordsOfOtherNamesAndTypesAreNoObstacle(t *testing.T) {
	e := inExistingZone(t, "203.0.113.10",
		cloud.Values{"fqdn": "blog.example.com", "type": "TXT", "records": []any{`"hello"`}},
		cloud.Values{"fqdn": "xblog.example.com", "type": "A", "records": []any{"198.51.100.7"}},
		cloud.Values{"fqdn": "blog-example.com", "type": "A", "records": []any{"198.51.100.7"}})
	require.NoError(t, e.Preview(), e.Output.String())
	require.NoError(t, e.Up(), e.Output.String())
	require.NoError(t, e.Up(optup.ExpectNoChanges()))
	require.NoError(t, e.Destroy())
	assert.Len(t, e.Account.Objects(emulatedaws.Token(recordType)), 3)
}

func TestARecordThatAnInterruptedRunMadeIsContinued(t *testing.T) {
	e := inExistingZone(t, "203.0.113.10")
	e.Account.Fail(cloud.Fault{Operation: "create", Type: emulatedaws.Token(recordType), Err: errors.New("connection lost"), Late: true})
	require.Error(t, e.Up())
	require.NotEmpty(t, e.Account.Objects(emulatedaws.Token(recordType)), "done, and reported as failed")
	require.NoError(t, e.Up(), e.Output.String())
	require.NoError(t, e.Up(optup.ExpectNoChanges()))
}
