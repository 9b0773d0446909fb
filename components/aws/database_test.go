package aws_test

import (
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"

	"github.com/djangostack/djangostack/components/aws"
	"github.com/djangostack/djangostack/components/data"
	"github.com/djangostack/djangostack/components/deletion"
	"github.com/djangostack/djangostack/tests/mocks"
)

func withDatabase(change func(*aws.DatabaseArgs)) pulumi.RunFunc { return databaseIn(change) }

func databaseIn(change func(*aws.DatabaseArgs), opts ...pulumi.ResourceOption) pulumi.RunFunc {
	return func(ctx *pulumi.Context) error {
		args := &aws.DatabaseArgs{
			VpcID:             pulumi.String("vpc-1"),
			SubnetIDs:         pulumi.ToStringArray([]string{"subnet-1", "subnet-2"}),
			AllowFrom:         pulumi.StringArray{pulumi.String("sg-cluster")},
			InstanceClass:     "db.m7g.large",
			Version:           17,
			StorageGiB:        50,
			MaxStorageGiB:     200,
			MultiAZ:           true,
			BackupDays:        14,
			KeyARN:            pulumi.String("arn:key"),
			Name:              "blog",
			User:              "master",
			Data:              data.Held{Protected: true},
			DeletionPolicy:    deletion.Snapshot,
			Monitoring:        aws.EnhancedMonitoring,
			Region:            "eu-central-1",
			BackupWindow:      "02:00-03:00",
			MaintenanceWindow: "sun:04:00-sun:05:00",
			Apply:             aws.ApplyInWindow,
			Logs:              aws.ServiceLogs{RetentionDays: 365, KeyARN: pulumi.String("arn:log-key")},
			Tags:              tags(),
		}
		change(args)
		database, err := aws.NewDatabase(ctx, "blog", args, opts...)
		if err != nil {
			return err
		}
		ctx.Export("url", database.Admin.URL())
		return nil
	}
}

func TestADatabaseIsClosedEncryptedWatchedAndBackedUp(t *testing.T) {
	for _, outputs := range mocks.Both() {
		t.Run(string(outputs), func(t *testing.T) {
			ran := mocks.Run(t, outputs, withDatabase(unchanged))

			server := ran.Find(t, "Instance", "blog-database")
			for argument, want := range map[string]any{
				"publiclyAccessible":               false,
				"storageEncrypted":                 true,
				"kmsKeyId":                         "arn:key",
				"multiAz":                          true,
				"backupRetentionPeriod":            14.0,
				"copyTagsToSnapshot":               true,
				"autoMinorVersionUpgrade":          true,
				"deletionProtection":               true,
				"skipFinalSnapshot":                false,
				"deleteAutomatedBackups":           false,
				"iamDatabaseAuthenticationEnabled": true,
				"performanceInsightsEnabled":       true,
				"performanceInsightsKmsKeyId":      "arn:key",
				"monitoringInterval":               60.0,
				"caCertIdentifier":                 "rds-ca-rsa2048-g1",
				"enabledCloudwatchLogsExports":     []any{"postgresql", "upgrade"},
				"engine":                           "postgres",
				"engineVersion":                    "17",
				"storageType":                      "gp3",
				"applyImmediately":                 false,
			} {
				assert.Equal(t, want, server.At(t, argument), argument)
			}
			assert.True(t, server.Protect)
			assert.True(t, ran.Find(t, "RandomPassword", "blog-database-password").Protect)
			tagged(t, ran, "Instance", "SubnetGroup", "ParameterGroup", "SecurityGroup", "SecurityGroupIngressRule", "LogGroup", "Role")
			descendsFrom(t, ran, "Database", "blog-database")
		})
	}
}

func TestADatabaseSpeaksTLSOnly(t *testing.T) {
	settings := mocks.Run(t, mocks.Known, withDatabase(unchanged)).Find(t, "ParameterGroup", "blog-database")

	assert.Equal(t, "postgres17", settings.At(t, "family"))
	found := map[string]any{}
	for _, parameter := range settings.At(t, "parameters").([]any) {
		one := parameter.(map[string]any)
		found[one["name"].(string)] = one["value"]
	}
	assert.Equal(t, "1", found["rds.force_ssl"])
	assert.Equal(t, "ddl", found["log_statement"])
	assert.Contains(t, found, "log_min_duration_statement")
}

func TestOnlyTheNamedGroupsReachTheDatabaseAndItCallsNoOne(t *testing.T) {
	ran := mocks.Run(t, mocks.Known, withDatabase(func(a *aws.DatabaseArgs) {
		a.AllowFrom = append(a.AllowFrom, pulumi.String("sg-bastion"))
	}))

	assert.Empty(t, ran.OfKind("SecurityGroupEgressRule"))
	group := ran.Find(t, "SecurityGroup", "blog-database")
	assert.Nil(t, group.At(t, "ingress"))
	assert.NotEmpty(t, group.At(t, "description"))
	rules := ran.OfKind("SecurityGroupIngressRule")
	assert.Len(t, rules, 2)
	var from []any
	for _, rule := range rules {
		from = append(from, rule.At(t, "referencedSecurityGroupId"))
		assert.Nil(t, rule.At(t, "cidrIpv4"))
		assert.Equal(t, 5432.0, rule.At(t, "fromPort"))
		assert.Equal(t, 5432.0, rule.At(t, "toPort"))
		assert.NotEmpty(t, rule.At(t, "description"))
	}
	assert.ElementsMatch(t, []any{"sg-cluster", "sg-bastion"}, from)
}

func TestTheMasterPasswordIsSecretEverywhere(t *testing.T) {
	for _, outputs := range mocks.Both() {
		ran := mocks.Run(t, outputs, withDatabase(unchanged))
		server := ran.Find(t, "Instance", "blog-database")
		assert.Equal(t, mocks.Hidden, server.Plain()["password"])
		for _, r := range ran.Resources {
			assert.NotContains(t, r.Plain(), "generated-")
		}
	}
}

func TestAServerOutlivesNothingItWritesTo(t *testing.T) {
	ran := mocks.Run(t, mocks.Known, withDatabase(unchanged))

	server := ran.Find(t, "Instance", "blog-database")
	for _, log := range []string{"postgresql", "upgrade"} {
		group := ran.Find(t, "LogGroup", "blog-database-"+log)
		assert.Equal(t, "/aws/rds/instance/"+server.At(t, "identifier").(string)+"/"+log, group.At(t, "name"))
		assert.Equal(t, 365.0, group.At(t, "retentionInDays"))
		assert.Equal(t, "arn:log-key", group.At(t, "kmsKeyId"))
		assert.True(t, ran.Waits(server, group), "otherwise RDS creates the log group and leaves it behind")
	}
	for _, before := range []string{"RolePolicyAttachment", "SubnetGroup", "ParameterGroup", "SecurityGroup"} {
		assert.True(t, ran.Waits(server, ran.OfKind(before)[0]), before)
	}
}

func TestTheFinalSnapshotHasAUniqueName(t *testing.T) {
	kept := mocks.Run(t, mocks.Known, withDatabase(unchanged)).Find(t, "Instance", "blog-database")
	assert.Equal(t, "blog-1a2b3c", kept.At(t, "identifier"))
	assert.Equal(t, "blog-1a2b3c-final", kept.At(t, "finalSnapshotIdentifier"))

	skipped := mocks.Run(t, mocks.Known, withDatabase(func(a *aws.DatabaseArgs) {
		a.DeletionPolicy, a.Data.Protected = deletion.Delete, false
	})).Find(t, "Instance", "blog-database")
	assert.Nil(t, skipped.At(t, "finalSnapshotIdentifier"))
	assert.Equal(t, true, skipped.At(t, "skipFinalSnapshot"))
	assert.Equal(t, true, skipped.At(t, "deleteAutomatedBackups"))
	assert.Equal(t, false, skipped.At(t, "deletionProtection"))
	assert.False(t, skipped.Protect)
}

func TestWhatReplacesAServerGivesItANewName(t *testing.T) {
	suffix := mocks.Run(t, mocks.Known, withDatabase(unchanged)).Find(t, "RandomId", "blog-database-suffix")

	assert.Equal(t, map[string]any{"key": "arn:key", "name": "blog", "user": "master", "restoreFrom": ""}, suffix.At(t, "keepers"))
}

func TestReplicasAreOfThePrimaryAndHoldNothing(t *testing.T) {
	ran := mocks.Run(t, mocks.Known, withDatabase(func(a *aws.DatabaseArgs) { a.Replicas = 2 }))

	primary := ran.Find(t, "Instance", "blog-database")
	for _, name := range []string{"blog-database-replica-0", "blog-database-replica-1"} {
		replica := ran.Find(t, "Instance", name)
		assert.Equal(t, primary.At(t, "identifier"), replica.At(t, "replicateSourceDb"))
		assert.True(t, ran.Waits(replica, primary), "a replica goes before its primary")
		group := ran.Find(t, "LogGroup", name+"-postgresql")
		assert.Equal(t, "/aws/rds/instance/"+replica.At(t, "identifier").(string)+"/postgresql", group.At(t, "name"))
		assert.True(t, ran.Waits(replica, group))
		assert.False(t, replica.Protect)
		for _, primarys := range []string{"username", "password", "dbName", "kmsKeyId", "dbSubnetGroupName", "engine", "finalSnapshotIdentifier"} {
			assert.Nil(t, replica.At(t, primarys), primarys)
		}
		assert.Equal(t, true, replica.At(t, "storageEncrypted"))
		assert.Equal(t, false, replica.At(t, "publiclyAccessible"))
	}
}

func TestADatabaseIsRestoredFromASnapshot(t *testing.T) {
	none := mocks.Run(t, mocks.Known, withDatabase(unchanged)).Find(t, "Instance", "blog-database")
	assert.Nil(t, none.At(t, "snapshotIdentifier"))

	restored := mocks.Run(t, mocks.Known, withDatabase(func(a *aws.DatabaseArgs) { a.RestoreFrom = "rds:blog-2026-11-01" }))
	server := restored.Find(t, "Instance", "blog-database")
	assert.Equal(t, "rds:blog-2026-11-01", server.At(t, "snapshotIdentifier"))
	for _, its := range []string{"kmsKeyId", "username", "dbName"} {
		assert.Nil(t, server.At(t, its), "the snapshot's own, or every update would replace the server")
	}
	assert.Equal(t, true, server.At(t, "storageEncrypted"))
	assert.Equal(t, map[string]any{"restoreFrom": "rds:blog-2026-11-01"}, restored.Find(t, "RandomId", "blog-database-suffix").At(t, "keepers"),
		"nothing else replaces it")
}

func TestALargeDiskAsksForTheSpeedThatGoesWithItsSize(t *testing.T) {
	for size, want := range map[int][2]any{399: {nil, nil}, 400: {12000.0, 500.0}} {
		server := mocks.Run(t, mocks.Known, withDatabase(func(a *aws.DatabaseArgs) { a.StorageGiB, a.MaxStorageGiB = size, 1000 })).
			Find(t, "Instance", "blog-database")
		assert.Equal(t, want[0], server.At(t, "iops"), "%d GiB", size)
		assert.Equal(t, want[1], server.At(t, "storageThroughput"), "%d GiB", size)
	}
}

func TestADiskThatMayNotGrowHasNoLimit(t *testing.T) {
	for most, want := range map[int]float64{0: 0, 50: 0, 55: 55} {
		server := mocks.Run(t, mocks.Known, withDatabase(func(a *aws.DatabaseArgs) { a.MaxStorageGiB = most })).Find(t, "Instance", "blog-database")
		assert.Equal(t, want, server.At(t, "maxAllocatedStorage"))
	}
}

func TestParametersAreAppliedInTheWayThatRDSTellsOf(t *testing.T) {
	settings := mocks.Run(t, mocks.Known, withDatabase(unchanged)).Find(t, "ParameterGroup", "blog-database")

	for _, parameter := range settings.At(t, "parameters").([]any) {
		one, want := parameter.(map[string]any), "immediate"
		if one["name"] == "rds.force_ssl" {
			want = "pending-reboot"
		}
		assert.Equal(t, want, one["applyMethod"], one["name"])
	}
}

func TestBasicMonitoringNeedsNoRole(t *testing.T) {
	ran := mocks.Run(t, mocks.Known, withDatabase(func(a *aws.DatabaseArgs) { a.Monitoring, a.Region = aws.BasicMonitoring, "" }))

	assert.Empty(t, ran.OfKind("Role"))
	assert.Equal(t, 0.0, ran.Find(t, "Instance", "blog-database").At(t, "monitoringInterval"))
}

func TestADatabaseRefusesWhatRDSWould(t *testing.T) {
	refuses(t, withDatabase, func(a *aws.DatabaseArgs) { *a = aws.DatabaseArgs{} },
		"Database: VpcID is required", "Database: SubnetIDs is required", "Database: AllowFrom is required",
		"Database: InstanceClass is required", "Database: Name is required", "Database: User is required",
		"Database: Version is 0", "Database: StorageGiB is 0", "Database: BackupDays is 0",
		"Database: DeletionPolicy is", "Database: Monitoring is", "Database: Apply is", "Database: Logs.RetentionDays is 0")
	refuses(t, withDatabase, func(a *aws.DatabaseArgs) { a.MaxStorageGiB = 30 }, "MaxStorageGiB is 30; allowed is 50 to 65536")
	refuses(t, withDatabase, func(a *aws.DatabaseArgs) { a.MaxStorageGiB = 54 }, "MaxStorageGiB is 54, less than a tenth above StorageGiB, which is 50")
	refuses(t, withDatabase, func(a *aws.DatabaseArgs) { a.User = "admin" }, `User is "admin", which RDS reserves`)
	refuses(t, withDatabase, func(a *aws.DatabaseArgs) { a.Region = "" }, "Region, since Monitoring is enhanced, is required")
	refuses(t, withDatabase, func(a *aws.DatabaseArgs) { a.BackupDays = 36 }, "BackupDays is 36")
}
