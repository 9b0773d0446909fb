package aws_test

import (
	"testing"

	awssdk "github.com/pulumi/pulumi-aws/sdk/v6/go/aws"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/djangostack/djangostack/components/arguments"
	"github.com/djangostack/djangostack/components/aws"
	"github.com/djangostack/djangostack/components/deletion"
	emulatedaws "github.com/djangostack/djangostack/emulators/aws"
	"github.com/djangostack/djangostack/emulators/cloud"
	"github.com/djangostack/djangostack/tests/enginetest"
)

// certified is a stack with a certificate of blog.example.com, proved in a zone that was there before.
func certified(t *testing.T, account *cloud.Account, name string, policy deletion.Policy) *enginetest.Engine {
	t.Helper()
	provider, err := emulatedaws.New(emulatedaws.Options{Account: account})
	require.NoError(t, err)
	return enginetest.New(t, "aws", account, provider, certificateProgram(name, policy))
}

func certificateProgram(name string, policy deletion.Policy) pulumi.RunFunc {
	return func(ctx *pulumi.Context) error {
		here, err := awssdk.NewProvider(ctx, "aws", &awssdk.ProviderArgs{Region: pulumi.String("eu-central-1")})
		if err != nil {
			return err
		}
		inside := pulumi.Providers(here)
		zone, err := aws.NewDNS(ctx, name, &aws.DNSArgs{Domain: "example.com", Source: arguments.Existing}, inside)
		if err != nil {
			return err
		}
		_, err = aws.NewCertificate(ctx, name, &aws.CertificateArgs{Domain: "blog.example.com", ZoneID: zone.ZoneID, DeletionPolicy: policy, Tags: tags()}, inside)
		return err
	}
}

func accountWithZone() *cloud.Account {
	account := cloud.NewAccount(emulatedaws.AccountID)
	account.AddExisting(emulatedaws.Token("route53/zone"), "", "Z0GIVEN", cloud.Values{"name": "example.com"})
	return account
}

// proofs returns the records that prove the certificates' name.
func proofs(account *cloud.Account) []cloud.Object {
	return account.Objects(emulatedaws.Token(recordType))
}

// All certificates of an account have the same validation record for a name, and are renewed only while it is there.
// With the policy delete, this shows that the test sees the loss.
func TestTheValidationRecordOfAnotherCertificateStays(t *testing.T) {
	for policy, remaining := range map[deletion.Policy]int{deletion.Retain: 1, deletion.Delete: 0} {
		t.Run(string(policy), func(t *testing.T) {
			account := accountWithZone()
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
func TestACertificateThatReplacesAnotherKeepsItsValidationRecord(t *testing.T) {
	for policy, remaining := range map[deletion.Policy]int{deletion.Retain: 1, deletion.Delete: 0} {
		t.Run(string(policy), func(t *testing.T) {
			account := accountWithZone()
			e := certified(t, account, "old", policy)
			require.NoError(t, e.Up(), e.Output.String())
			e.Program = certificateProgram("new", policy)
			require.NoError(t, e.Up(), e.Output.String())
			assert.Len(t, proofs(account), remaining)
			assert.Len(t, account.Objects(emulatedaws.Token("acm/certificate")), 1)
		})
	}
}

func TestAValidationRecordWithAnotherValueIsNotOverwritten(t *testing.T) {
	account := accountWithZone()
	first := certified(t, account, "first", deletion.Retain)
	require.NoError(t, first.Up(), first.Output.String())
	record := proofs(account)[0]
	require.NoError(t, account.Drift(record.Token, record.ID, func(values cloud.Values) { values["records"] = []any{"somewhere.example.net"} }))
	second := certified(t, account, "second", deletion.Retain)
	err := second.Up()
	require.Error(t, err)
	assert.Contains(t, second.Output.String()+err.Error(), "CNAME somewhere.example.net already")
	assert.Equal(t, []string{"somewhere.example.net"}, proofs(account)[0].Values.Texts("records"))
}
