package aws_test

import (
	"maps"
	"testing"

	awssdk "github.com/pulumi/pulumi-aws/sdk/v6/go/aws"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/djangostack/djangostack/components/aws"
	emulatedaws "github.com/djangostack/djangostack/emulators/aws"
	"github.com/djangostack/djangostack/emulators/cloud"
	"github.com/djangostack/djangostack/tests/enginetest"
)

func TestAnUnfitSnapshotIsRefusedBeforeTheServerIsCreated(t *testing.T) {
	fit := cloud.Values{"dbSnapshotIdentifier": "last", "engine": "postgres", "engineVersion": "17.4", "storageEncrypted": true, "allocatedStorage": 50.0}
	for want, change := range map[string]cloud.Values{
		"the snapshot last is not encrypted. Copy it with a key":       {"storageEncrypted": false},
		"the snapshot last needs 5000 GiB, and the server has ":        {"allocatedStorage": 5000.0},
		"the snapshot last is of PostgreSQL 99, and the server is of ": {"engineVersion": "99.1"},
		"the snapshot last is of the engine mysql, not postgres":       {"engine": "mysql"},
		"DBSnapshot not found: last":                                   {"dbSnapshotIdentifier": "another"},
	} {
		values := fit.Clone()
		maps.Copy(values, change)
		account := cloud.NewAccount(emulatedaws.AccountID)
		account.AddExisting(emulatedaws.Token("rds/snapshot"), "eu-central-1", "last", values)
		provider, err := emulatedaws.New(emulatedaws.Options{Account: account})
		require.NoError(t, err)
		e := enginetest.New(t, "aws", account, provider, func(ctx *pulumi.Context) error {
			here, err := awssdk.NewProvider(ctx, "aws", &awssdk.ProviderArgs{Region: pulumi.String("eu-central-1")})
			if err != nil {
				return err
			}
			return databaseIn(func(a *aws.DatabaseArgs) {
				a.RestoreFrom, a.Logs.KeyARN, a.KeyARN = "last", nil, nil
			}, pulumi.Providers(here))(ctx)
		})
		err = e.Preview()
		require.Error(t, err)
		assert.Contains(t, e.Output.String()+err.Error(), want)
	}
}
