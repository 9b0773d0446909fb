package aws_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/djangostack/djangostack/emulators/aws"
)

func shopDatabase(more args) args {
	return args{
		"engine": "postgres", "engineVersion": "17", "instanceClass": "db.t4g.micro", "allocatedStorage": 100, "username": "shop", "dbName": "shop",
		"password": "correct-horse", "skipFinalSnapshot": true, "storageType": "gp3", "storageEncrypted": true,
	}.With(more)
}

func TestDisksThatRDSRefuses(t *testing.T) {
	d := newDirect(t)
	for says, inputs := range map[string]args{
		"You can't specify IOPS or storage throughput for engine postgres and a storage size less than 400": {"iops": 3000},
		"Invalid iops value for engine name postgres and storage type gp3: 3000":                            {"allocatedStorage": 500, "iops": 3000},
		"The maximum allocated storage must be increased by at least 10 percent":                            {"maxAllocatedStorage": 105},
		"Invalid max storage size for engine name postgres":                                                 {"maxAllocatedStorage": 50},
	} {
		_, err := d.TryCreate("rds/instance", "shop", shopDatabase(inputs))
		require.ErrorContains(t, err, says)
	}
}

func TestAStripedVolumeNeedsItsSpeed(t *testing.T) {
	d := newDirect(t)
	group := args{"dbSubnetGroupName": d.Create("rds/subnetGroup", "db", args{"subnetIds": d.testNetwork().public}).ID}
	small := d.Create("rds/instance", "shop", shopDatabase(group))
	assert.Equal(t, 3000.0, small.Values["iops"])
	_, err := d.TryUpdate(small, shopDatabase(group.With(args{"allocatedStorage": 500})), false)
	require.ErrorContains(t, err, "Invalid iops value for engine name postgres and storage type gp3: 3000", "the provider sends what it read before")
	large := d.Update(small, shopDatabase(group.With(args{"allocatedStorage": 500, "iops": 12000, "storageThroughput": 500})), false)
	assert.Equal(t, 12000.0, large["iops"])
	assert.Equal(t, 12000.0, d.Create("rds/instance", "other", shopDatabase(args{"allocatedStorage": 400})).Values["iops"], "a new one gets it by itself")
}

func TestARestoreDoesNotSetWhatTheSnapshotDecides(t *testing.T) {
	d := newDirect(t)
	d.Account.AddExisting(aws.Token("rds/snapshot"), region, "shop-final", map[string]any{
		"dbSnapshotIdentifier": "shop-final", "engine": "postgres", "username": "shop", "dbName": "shop", "allocatedStorage": 200.0, "storageEncrypted": true,
	})
	restored := shopDatabase(args{"snapshotIdentifier": "shop-final", "allocatedStorage": 200})
	for says, inputs := range map[string]args{
		"username is admin_of_shop, but the snapshot's is shop":                           {"username": "admin_of_shop"},
		"dbName is other, but the snapshot's is shop":                                     {"dbName": "other"},
		"storageEncrypted is false, but the snapshot's is true":                           {"storageEncrypted": false},
		"Requested storage size (100) cannot be less than the current storage size (200)": {"allocatedStorage": 100},
	} {
		_, err := d.TryCreate("rds/instance", "shop", restored.With(inputs))
		require.ErrorContains(t, err, says)
	}
	instance := d.Create("rds/instance", "shop", restored.With(args{"username": nil, "dbName": nil}))
	assert.Equal(t, "shop", instance.Values.Text("username"))
}

func TestAParameterWithTheDefaultValueHasNoApplyMethod(t *testing.T) {
	d := newDirect(t)
	group := func(family, method string) args {
		return args{"family": family, "parameters": []any{map[string]any{"name": "rds.force_ssl", "value": "1", "applyMethod": method}}}
	}
	_, err := d.TryCreate("rds/parameterGroup", "shop", group("postgres15", "immediate"))
	require.ErrorContains(t, err, "RDS notes pending-reboot for it, whatever is asked for")
	d.Create("rds/parameterGroup", "shop-15", group("postgres15", "pending-reboot"))
	d.Create("rds/parameterGroup", "shop-14", group("postgres14", "immediate"))
}

func TestWildcardsThatS3Refuses(t *testing.T) {
	d := newDirect(t)
	rule := args{"allowedMethods": []any{"GET"}, "allowedOrigins": []any{"https://*.shop.example"}}
	for says, wrong := range map[string]args{
		"AllowedOrigin can not have more than one wildcard":     {"allowedOrigins": []any{"https://*.*.example"}},
		"AllowedHeader can not have more than one wildcard":     {"allowedHeaders": []any{"x-*-*"}},
		"We currently do not support wildcard for ExposeHeader": {"exposeHeaders": []any{"*"}},
		"allowedMethods and allowedOrigins are required":        {"allowedOrigins": nil},
		"expected corsRules.allowedMethods to be one of":        {"allowedMethods": []any{"PATCH"}},
	} {
		_, err := d.TryCreate("s3/bucketCorsConfigurationV2", "media", args{"bucket": "media", "corsRules": []any{map[string]any(rule.With(wrong))}})
		require.ErrorContains(t, err, says)
	}
}

func TestAnOlderOpenSearchVersionReplacesTheDomain(t *testing.T) {
	d := newDirect(t)
	domain := func(version string) args { return args{"domainName": "shop", "engineVersion": "OpenSearch_" + version} }
	for after, want := range map[string][]string{"2.17": {"engineVersion"}, "3.1": nil, "2.19": nil} {
		_, replaces := d.Diff("opensearch/domain", domain("2.19"), domain(after))
		assert.ElementsMatch(t, want, replaces, after)
	}
}

func TestCertificatesThatACMRefusesOrReplaces(t *testing.T) {
	d := newDirect(t)
	for says, name := range map[string]string{
		"The first domain name can be no longer than 64 characters": strings.Repeat("a", 60) + ".shop.example",
		"is read back in lower case":                                "Www.shop.example",
	} {
		_, err := d.TryCreate("acm/certificate", "web", args{"domainName": name, "validationMethod": "DNS"})
		require.ErrorContains(t, err, says)
	}
	d.Create("acm/certificate", "web", args{
		"domainName": "www.shop.example", "validationMethod": "DNS", "subjectAlternativeNames": []any{strings.Repeat("a", 60) + ".shop.example"},
	})
}

func TestDisksAndPasswordsThatOpenSearchServiceRefuses(t *testing.T) {
	d := newDirect(t)
	domain := func(instance string, size float64, password string) args {
		return args{
			"domainName": "shop", "clusterConfig": map[string]any{"instanceType": instance},
			"ebsOptions": map[string]any{"ebsEnabled": true, "volumeType": "gp3", "volumeSize": size},
			"advancedSecurityOptions": map[string]any{
				"enabled": false, "masterUserOptions": map[string]any{"masterUserName": "shop", "masterUserPassword": password},
			},
		}
	}
	for says, inputs := range map[string]args{
		"Volume size must be between 10 and 100 for t3.small.search":       domain("t3.small.search", 200, "Correct-h0rse"),
		"Volume size must be between 10 and 1024 for m6g.large.search":     domain("m6g.large.search", 5, "Correct-h0rse"),
		"among them a capital and a small letter, a digit and another one": domain("m6g.large.search", 10, "correct-h0rse"),
	} {
		_, err := d.TryCreate("opensearch/domain", "shop", inputs)
		require.ErrorContains(t, err, says)
	}
	d.Create("opensearch/domain", "shop", domain("t3.small.search", 100, "Correct-h0rse"))
}

func TestADiskThatOpenSearchServiceGrowsNeedsTheSpeedOfItsNewSize(t *testing.T) {
	d := newDirect(t)
	domain := func(size float64, speed ...float64) args {
		disk := map[string]any{"ebsEnabled": true, "volumeType": "gp3", "volumeSize": size}
		if len(speed) > 0 {
			disk["iops"], disk["throughput"] = speed[0], speed[1]
		}
		return args{"domainName": "shop", "clusterConfig": map[string]any{"instanceType": "m6g.xlarge.search"}, "ebsOptions": disk}
	}
	made := d.Create("opensearch/domain", "shop", domain(100))
	for says, larger := range map[string]args{
		"throughput must be at least 250 for a volume of 200 GiB (given: 125)": domain(200),
		"iops must be at least 6000 for a volume of 2000 GiB (given: 3000)":    domain(2000, 3000, 250),
	} {
		_, err := d.TryUpdate(made, larger, false)
		require.ErrorContains(t, err, says)
	}
	d.Update(made, domain(2000, 6000, 250), false)
}

func TestReservedUsersOfRabbitMQAreRefused(t *testing.T) {
	d := newDirect(t)
	for user, says := range map[string]string{"guest": "guest is RabbitMQ's own user", "shop!": "can contain only letters, digits"} {
		_, err := d.TryCreate("mq/broker", "shop", args{
			"engineType": "RabbitMQ", "engineVersion": "3.13", "hostInstanceType": "mq.m7g.medium", "autoMinorVersionUpgrade": true,
			"users": []any{map[string]any{"username": user, "password": "correct-horse-battery"}},
		})
		require.ErrorContains(t, err, says)
	}
}

func TestParameterGroupsHaveNoTwoHyphensInARow(t *testing.T) {
	d := newDirect(t)
	for short, family := range map[string]string{"rds/parameterGroup": "postgres17", "elasticache/parameterGroup": "valkey8"} {
		_, err := d.TryCreate(short, "my--shop", args{"family": family})
		require.ErrorContains(t, err, "single hyphens", short)
		d.Create(short, "my-shop", args{"family": family})
	}
}
