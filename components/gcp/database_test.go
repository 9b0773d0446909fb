package gcp_test

import (
	"errors"
	"testing"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"

	"github.com/djangostack/djangostack/components/arguments"
	"github.com/djangostack/djangostack/components/data"
	"github.com/djangostack/djangostack/components/deletion"
	"github.com/djangostack/djangostack/components/gcp"
	"github.com/djangostack/djangostack/tests/mocks"
)

func withDatabase(change func(*gcp.DatabaseArgs)) pulumi.RunFunc {
	return func(ctx *pulumi.Context) error {
		args := &gcp.DatabaseArgs{
			Project:           mocks.Project,
			Region:            region,
			NetworkID:         pulumi.String(networkID),
			SubnetID:          pulumi.String(subnetID),
			Edition:           gcp.Enterprise,
			Tier:              "db-custom-2-8192",
			Version:           17,
			StorageGiB:        50,
			MaxStorageGiB:     200,
			Regional:          true,
			BackupDays:        14,
			KeyID:             pulumi.String(aKey),
			Name:              "blog",
			User:              "djangostack_admin",
			Data:              data.Held{Protected: true},
			DeletionPolicy:    deletion.Retain,
			Insights:          arguments.On,
			BackupHour:        2,
			MaintenanceWindow: &gcp.WeeklyHour{Day: time.Sunday, Hour: 4},
			Labels:            environment,
		}
		change(args)
		database, err := gcp.NewDatabase(ctx, "blog", args)
		if err != nil {
			return err
		}
		ctx.Export("url", database.Admin.URL())
		ctx.Export("ca", database.CA)
		return nil
	}
}

func TestADatabaseIsClosedEncryptedWatchedAndBackedUp(t *testing.T) {
	for _, outputs := range mocks.Both() {
		t.Run(string(outputs), func(t *testing.T) {
			ran := mocks.Run(t, outputs, withDatabase(unchanged))

			server := ran.Find(t, "DatabaseInstance", "blog-database")
			for argument, want := range map[string]any{
				"databaseVersion":                    "POSTGRES_17",
				"region":                             region,
				"encryptionKeyName":                  aKey,
				"deletionProtection":                 true,
				"settings.deletionProtectionEnabled": true,
				"settings.edition":                   "ENTERPRISE",
				"settings.tier":                      "db-custom-2-8192",
				"settings.availabilityType":          "REGIONAL",
				"settings.diskType":                  "PD_SSD",
				"settings.diskAutoresize":            true,
				"settings.diskAutoresizeLimit":       200.0,
				"settings.ipConfiguration": map[string]any{
					"ipv4Enabled": false,
					"sslMode":     "ENCRYPTED_ONLY",
					"pscConfigs":  []any{map[string]any{"pscEnabled": true, "allowedConsumerProjects": []any{mocks.Project}}},
				},
				"settings.backupConfiguration": map[string]any{
					"enabled": true, "startTime": "02:00", "location": region,
					"pointInTimeRecoveryEnabled": true, "transactionLogRetentionDays": 7.0,
					"backupRetentionSettings": map[string]any{"retainedBackups": 14.0, "retentionUnit": "COUNT"},
				},
				"settings.maintenanceWindow": map[string]any{"day": 7.0, "hour": 4.0, "updateTrack": "stable"},
				"settings.insightsConfig": map[string]any{
					"queryInsightsEnabled": true, "recordApplicationTags": true, "recordClientAddress": false,
				},
			} {
				assert.Equal(t, want, server.At(t, argument), argument)
			}
			assert.True(t, server.Protect)
			assert.True(t, ran.Find(t, "RandomPassword", "blog-database-password").Protect)
			carriesLabels(t, ran, "DatabaseInstance", "Address", "ForwardingRule")
			ofProject(t, ran)
			descendsFrom(t, ran, "Database", "blog-database")
		})
	}
}

func TestADatabaseLogsAsTheBenchmarkWants(t *testing.T) {
	server := mocks.Run(t, mocks.Known, withDatabase(unchanged)).Find(t, "DatabaseInstance", "blog-database")

	found := map[string]any{}
	for _, flag := range server.At(t, "settings.databaseFlags").([]any) {
		one := flag.(map[string]any)
		found[one["name"].(string)] = one["value"]
	}
	for flag, want := range map[string]any{
		"log_error_verbosity": "default", "log_connections": "on", "log_disconnections": "on", "log_statement": "ddl",
		"log_min_messages": "warning", "log_min_error_statement": "error", "log_min_duration_statement": "-1",
		"cloudsql.enable_pgaudit": "on",
	} {
		assert.Equal(t, want, found[flag], flag)
	}
}

func TestADatabaseIsReachedThroughItsOwnEndpoint(t *testing.T) {
	ran := mocks.Run(t, mocks.Known, withDatabase(unchanged))

	address, rule := ran.Find(t, "Address", "blog-database"), ran.Find(t, "ForwardingRule", "blog-database")
	server := ran.Find(t, "DatabaseInstance", "blog-database")
	assert.Equal(t, "INTERNAL", address.At(t, "addressType"))
	assert.Equal(t, "GCE_ENDPOINT", address.At(t, "purpose"))
	assert.Equal(t, subnetID, address.At(t, "subnetwork"))
	assert.Equal(t, networkID, rule.At(t, "network"))
	assert.Equal(t, "", rule.At(t, "loadBalancingScheme"), "left out, it would be EXTERNAL")
	assert.Equal(t, "projects/producer/regions/europe-west3/serviceAttachments/blog-database", rule.At(t, "target"))
	assert.Contains(t, rule.At(t, "ipAddress"), "/addresses/blog-database")
	assert.Contains(t, rule.At(t, "description"), "10.20.128.5", "another address makes another endpoint")
	assert.True(t, ran.Waits(rule, server), "the endpoint goes before what it leads to")
}

// The address alone is known long before the server; Ready is what a client needs.
func TestWhoeverSignsInFindsTheAdministratorAndTheFirstDatabase(t *testing.T) {
	program := func(ctx *pulumi.Context) error {
		database, err := gcp.NewDatabase(ctx, "blog", &gcp.DatabaseArgs{
			Project: mocks.Project, Region: region, NetworkID: pulumi.String(networkID), SubnetID: pulumi.String(subnetID),
			Edition: gcp.Enterprise, Tier: "db-f1-micro", Version: 17, StorageGiB: 10, BackupDays: 1, Name: "blog", User: "boss",
			DeletionPolicy: deletion.Delete, Insights: arguments.Off,
		})
		if err != nil {
			return err
		}
		record := func(name, host string, opts ...pulumi.ResourceOption) error {
			_, err := gcp.NewRecords(ctx, name, &gcp.RecordsArgs{Project: mocks.Project, ZoneName: pulumi.String("zone"), Records: []gcp.DNSRecord{
				{Name: host, Type: "A", TTL: 60, Values: pulumi.StringArray{database.Admin.Host}},
			}}, opts...)
			return err
		}
		return errors.Join(record("early", "early.example.com"), record("client", "db.example.com", pulumi.DependsOn(database.Ready)))
	}
	ran := mocks.Run(t, mocks.Known, program)

	client := ran.Find(t, "RecordSet", "client-a-db.example.com")
	assert.Equal(t, []any{"10.20.128.5"}, client.At(t, "rrdatas"))
	for kind, name := range map[string]string{"User": "blog-database-user", "ForwardingRule": "blog-database"} {
		assert.True(t, ran.Waits(client, ran.Find(t, kind, name)), kind)
	}
	assert.True(t, ran.Waits(client, first(t, ran)))
	assert.False(t, ran.Waits(ran.Find(t, "RecordSet", "early-a-early.example.com"), ran.Find(t, "DatabaseInstance", "blog-database")))
}

// first is the first database; the component has the same kind.
func first(t *testing.T, ran mocks.Program) mocks.Resource {
	t.Helper()
	return ran.Find(t, "Database", "blog-database-first")
}

func TestWhatIsInAServerGoesWithIt(t *testing.T) {
	for end, kept := range map[deletion.Policy]bool{deletion.Retain: true, deletion.Delete: false} {
		ran := mocks.Run(t, mocks.Known, withDatabase(func(a *gcp.DatabaseArgs) { a.DeletionPolicy = end }))
		for _, r := range []mocks.Resource{ran.Find(t, "User", "blog-database-user"), first(t, ran)} {
			assert.Equal(t, "ABANDON", r.At(t, "deletionPolicy"), r.Name)
			assert.Equal(t, kept, r.Retain, "%s %s", end, r.Name)
		}
		assert.Equal(t, kept, ran.Find(t, "DatabaseInstance", "blog-database").Retain, end)
		assert.False(t, ran.Find(t, "ForwardingRule", "blog-database").Retain, "nothing stays in the network")
	}
}

func TestTheAdministratorsPasswordIsSecretEverywhere(t *testing.T) {
	for _, outputs := range mocks.Both() {
		ran := mocks.Run(t, outputs, withDatabase(unchanged))
		assert.Equal(t, mocks.Hidden, ran.Find(t, "User", "blog-database-user").Plain()["password"])
		for _, r := range ran.Resources {
			assert.NotContains(t, r.Plain(), "generated-")
		}
	}
}

func TestADiskBeginsWithItsSize(t *testing.T) {
	server := mocks.Run(t, mocks.Known, withDatabase(unchanged)).Find(t, "DatabaseInstance", "blog-database")
	assert.Equal(t, 50.0, server.At(t, "settings.diskSize"))
}

func TestADiskThatMayNotGrowDoesNot(t *testing.T) {
	fixed := mocks.Run(t, mocks.Known, withDatabase(func(a *gcp.DatabaseArgs) { a.MaxStorageGiB = 0 })).Find(t, "DatabaseInstance", "blog-database")
	assert.Equal(t, false, fixed.At(t, "settings.diskAutoresize"))
	assert.Equal(t, 50.0, fixed.At(t, "settings.diskSize"))
}

func TestWhatReplacesAServerGivesItANewName(t *testing.T) {
	ran := mocks.Run(t, mocks.Known, withDatabase(func(a *gcp.DatabaseArgs) { a.RestoreFrom = &gcp.Backup{Instance: "old", RunID: 7} }))

	assert.Equal(t, map[string]any{"key": aKey, "region": region, "restoreFrom": "/old/7"}, ran.Find(t, "RandomId", "blog-database-suffix").At(t, "keepers"))
	assert.Equal(t, "blog-1a2b3c", ran.Find(t, "DatabaseInstance", "blog-database").At(t, "name"))
}

func TestADatabaseIsRestoredFromABackup(t *testing.T) {
	ran := mocks.Run(t, mocks.Known, withDatabase(func(a *gcp.DatabaseArgs) {
		a.RestoreFrom = &gcp.Backup{Instance: "blog-old", RunID: 1764000000000}
	}))

	assert.Equal(t, map[string]any{"instanceId": "blog-old", "backupRunId": 1764000000000.0, "project": mocks.Project},
		ran.Find(t, "DatabaseInstance", "blog-database").At(t, "restoreBackupContext"))
	for _, r := range ran.OfKind("Database") {
		assert.False(t, r.Custom, "the first database comes with the backup")
	}
	assert.Equal(t, "djangostack_admin", ran.Find(t, "User", "blog-database-user").At(t, "name"))
}

func TestQueriesThatAreNotRecordedAreNotSpokenOf(t *testing.T) {
	ran := mocks.Run(t, mocks.Known, withDatabase(func(a *gcp.DatabaseArgs) { a.Insights = arguments.Off }))
	assert.Nil(t, ran.Find(t, "DatabaseInstance", "blog-database").At(t, "settings.insightsConfig"))
}

func TestReplicasAreOfThePrimaryAndHoldNothing(t *testing.T) {
	ran := mocks.Run(t, mocks.Known, withDatabase(func(a *gcp.DatabaseArgs) { a.Replicas = 2 }))

	primary := ran.Find(t, "DatabaseInstance", "blog-database")
	for i, name := range []string{"blog-database-replica-0", "blog-database-replica-1"} {
		replica := ran.Find(t, "DatabaseInstance", name)
		assert.Equal(t, "blog-1a2b3c", replica.At(t, "masterInstanceName"))
		assert.Equal(t, "blog-replica-"+string(rune('0'+i))+"-1a2b3c", replica.At(t, "name"), "not that of one that was there a week ago")
		assert.True(t, ran.Waits(replica, primary), "a replica goes before its primary")
		assert.Equal(t, "ZONAL", replica.At(t, "settings.availabilityType"))
		assert.Equal(t, "ENCRYPTED_ONLY", replica.At(t, "settings.ipConfiguration.sslMode"))
		assert.Equal(t, false, replica.At(t, "deletionProtection"))
		assert.False(t, replica.Protect)
		for _, primarys := range []string{"encryptionKeyName", "settings.backupConfiguration", "settings.maintenanceWindow", "restoreBackupContext"} {
			assert.Nil(t, replica.At(t, primarys), primarys)
		}
		assert.True(t, ran.Waits(ran.Find(t, "ForwardingRule", name), replica))
	}
	assert.Len(t, ran.OfKind("User"), 1, "a replica has its primary's users")
}

func TestEnterprisePlusKeepsLogsForLonger(t *testing.T) {
	server := mocks.Run(t, mocks.Known, withDatabase(func(a *gcp.DatabaseArgs) {
		a.Edition, a.Tier = gcp.EnterprisePlus, "db-perf-optimized-N-2"
	})).Find(t, "DatabaseInstance", "blog-database")

	assert.Equal(t, 14.0, server.At(t, "settings.backupConfiguration.transactionLogRetentionDays"))
}

func TestADatabaseRefusesWhatCloudSQLWould(t *testing.T) {
	refuses(t, withDatabase, func(a *gcp.DatabaseArgs) { *a = gcp.DatabaseArgs{} },
		"Database: Project is required", "Database: Region is required", "Database: NetworkID is required", "Database: SubnetID is required",
		"Database: Edition is", "Database: Name is required", "Database: User is required", "Database: Version is 0",
		"Database: StorageGiB is 0", "Database: BackupDays is 0", "Database: DeletionPolicy is", "Database: Insights is")
	for want, change := range map[string]func(*gcp.DatabaseArgs){
		"MaxStorageGiB is 30; allowed is 50 to 65536":       func(a *gcp.DatabaseArgs) { a.MaxStorageGiB = 30 },
		`User is "cloudsqladmin", which Cloud SQL reserves`: func(a *gcp.DatabaseArgs) { a.User = "cloudsqladmin" },
		`Name is "postgres", which exists on every server`:  func(a *gcp.DatabaseArgs) { a.Name = "postgres" },
		"BackupDays is 366":                                    func(a *gcp.DatabaseArgs) { a.BackupDays = 366 },
		"BackupHour is 24":                                     func(a *gcp.DatabaseArgs) { a.BackupHour = 24 },
		"MaintenanceWindow.Hour is 24":                         func(a *gcp.DatabaseArgs) { a.MaintenanceWindow = &gcp.WeeklyHour{Hour: 24} },
		"EnterprisePlus has db-perf-optimized-N-CPUS":          func(a *gcp.DatabaseArgs) { a.Edition = gcp.EnterprisePlus },
		"Enterprise has db-f1-micro":                           func(a *gcp.DatabaseArgs) { a.Tier = "db-perf-optimized-N-2" },
		"Tier has 3 CPUs; allowed are 1 and even numbers":      func(a *gcp.DatabaseArgs) { a.Tier = "db-custom-3-8192" },
		"number of Tier's mebibytes is 16384; allowed is 3840": func(a *gcp.DatabaseArgs) { a.Tier = "db-custom-2-16384" },
		"Tier has 4000 MiB; allowed are multiples of 256":      func(a *gcp.DatabaseArgs) { a.Tier = "db-custom-2-4000" },
		"RestoreFrom.RunID is required":                        func(a *gcp.DatabaseArgs) { a.RestoreFrom = &gcp.Backup{Instance: "old"} },
	} {
		refuses(t, withDatabase, change, want)
	}
}
