package aws_test

import (
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/djangostack/djangostack/emulators/aws"
	"github.com/djangostack/djangostack/emulators/cloud"
)

const password = "correct-horse-battery-staple"

// database is an instance in the network, with more arguments.
func database(more pulumi.Map) func(*bench) error {
	return func(b *bench) error {
		n := b.net("10.0.0.0/16", "10.0")
		group := b.add("rds/subnetGroup", "db", pulumi.Map{"subnetIds": n.ids()})
		inputs := pulumi.Map{
			"engine": text("postgres"), "engineVersion": text("17"), "instanceClass": text("db.t4g.micro"), "allocatedStorage": pulumi.Int(20),
			"username": text("shop"), "password": pulumi.ToSecret(text(password)), "dbSubnetGroupName": group.Name, "storageEncrypted": pulumi.Bool(true),
		}
		for key, value := range more {
			inputs[key] = value
		}
		b.add("rds/instance", "db", inputs)
		return nil
	}
}

func TestFinalSnapshotAndDeletionProtection(t *testing.T) {
	l := newLab(t)
	l.mustUp(database(pulumi.Map{"deletionProtection": pulumi.Bool(true)}))
	l.Unchanged()
	require.ErrorContains(t, l.Destroy(), "Cannot delete protected DB Instance")

	changes := l.mustUp(database(nil))
	assert.Equal(t, 1, changes["update"], "%v", changes)
	require.ErrorContains(t, l.Destroy(), "final_snapshot_identifier is required when skip_final_snapshot is false")

	l.mustUp(database(pulumi.Map{"finalSnapshotIdentifier": text("shop-last")}))
	require.NoError(t, l.Destroy(), l.Output.String())
	left := l.account.Left()
	require.Len(t, left, 1)
	assert.Equal(t, "shop-last", left[0].ID)
	assert.Contains(t, left[0].Stays, "final snapshot")
	assert.Empty(t, l.account.Leaked())

	l.mustUp(database(pulumi.Map{"skipFinalSnapshot": pulumi.Bool(true), "snapshotIdentifier": text("shop-last")}))
	require.NoError(t, l.Destroy(), l.Output.String())
}

func TestSecretsAreNotInTheState(t *testing.T) {
	l := newLab(t)
	l.mustUp(database(pulumi.Map{"skipFinalSnapshot": pulumi.Bool(true)}))
	l.Unchanged()
	assert.Contains(t, l.Stored(), "aws:rds/instance:Instance")
	assert.False(t, strings.Contains(l.Stored(), password), "the state has the secret in plain text")
	assert.False(t, strings.Contains(l.Output.String(), password), "the output has the secret in plain text")

	const short = "hunter2"
	err := l.refused(database(pulumi.Map{"password": pulumi.ToSecret(text(short)), "skipFinalSnapshot": pulumi.Bool(true)}))
	assert.Contains(t, err, "expected length of password to be in the range (8 - 128), got a secret")
	assert.NotContains(t, err, short)
	require.NoError(t, l.Destroy())
}

func TestChangesThatReplaceAndThoseThatDoNot(t *testing.T) {
	l := newLab(t)
	plain := pulumi.Map{"skipFinalSnapshot": pulumi.Bool(true)}
	l.mustUp(database(plain))
	for name, test := range map[string]struct {
		key   string
		value pulumi.Input
		op    string
	}{
		"class":     {"instanceClass", text("db.m7g.large"), "update"},
		"storage":   {"allocatedStorage", pulumi.Int(50), "update"},
		"engine":    {"storageEncrypted", pulumi.Bool(false), "replace"},
		"user":      {"username", text("other"), "replace"},
		"default":   {"copyTagsToSnapshot", pulumi.Bool(false), "same"},
		"protected": {"deletionProtection", pulumi.Bool(false), "same"},
	} {
		l.program = database(pulumi.Map{"skipFinalSnapshot": pulumi.Bool(true), test.key: test.value})
		plan, err := l.Preview()
		require.NoError(t, err, l.Output.String())
		for op, count := range plan.ChangeSummary {
			if op == "update" || op == "replace" {
				assert.Equal(t, test.op, string(op), "%s: %d", name, count)
			}
		}
		if test.op == "same" {
			assert.Zero(t, plan.ChangeSummary["update"]+plan.ChangeSummary["replace"], name)
		} else {
			assert.NotZero(t, plan.ChangeSummary["update"]+plan.ChangeSummary["replace"], name)
		}
	}
	l.program = database(plain)
	require.NoError(t, l.Destroy())
}

func TestBucketsThatAreNotEmptyStay(t *testing.T) {
	l := newLab(t)
	bucket := func(force bool) func(*bench) error {
		return func(b *bench) error {
			made := b.add("s3/bucketV2", "Media", pulumi.Map{"forceDestroy": pulumi.Bool(force)})
			blocked := b.add("s3/bucketPublicAccessBlock", "media", pulumi.Map{
				"bucket": made.ID(), "blockPublicPolicy": pulumi.Bool(true), "blockPublicAcls": pulumi.Bool(true),
			})
			b.add("s3/bucketPolicy", "media", pulumi.Map{"bucket": made.ID(), "policy": pulumi.JSONMarshal(pulumi.Map{
				"Version": text("2012-10-17"), "Statement": pulumi.Array{pulumi.Map{
					"Effect": text("Deny"), "Principal": text("*"), "Action": text("s3:*"), "Resource": pulumi.StringArray{made.Arn},
					"Condition": pulumi.Map{"Bool": pulumi.Map{"aws:SecureTransport": text("false")}},
				}},
			})}, pulumi.DependsOn([]pulumi.Resource{blocked}))
			return nil
		}
	}
	l.mustUp(bucket(false))
	l.Unchanged()
	name := string(l.Resources()["Media"].ID)
	assert.Regexp(t, `^media-[0-9a-f]{7}$`, name)
	l.account.Given(aws.Object, "", name+"/cat.png", cloud.Values{"bucket": name})
	require.ErrorContains(t, l.Destroy(), "BucketNotEmpty")
	l.mustUp(bucket(true))
	require.NoError(t, l.Destroy(), l.Output.String())
	assert.Empty(t, l.account.Left())
}

func TestKeysWaitAndZonesEmpty(t *testing.T) {
	l := newLab(t)
	program := func(force bool) func(*bench) error {
		return func(b *bench) error {
			key := b.add("kms/key", "data", pulumi.Map{"deletionWindowInDays": pulumi.Int(7), "enableKeyRotation": pulumi.Bool(true)})
			b.add("kms/alias", "data", pulumi.Map{"targetKeyId": key.Arn})
			b.add("route53/zone", "zone", pulumi.Map{"name": text("shop.example"), "forceDestroy": pulumi.Bool(force)})
			return nil
		}
	}
	l.mustUp(program(false))
	l.Unchanged()
	assert.Regexp(t, `^alias/data-[0-9a-f]{7}$`, l.Resources()["data"].ID)
	zone := string(l.Resources()["zone"].ID)
	l.account.Given(aws.Token("route53/record"), "", zone+"_x_A", cloud.Values{"zoneId": zone, "fqdn": "x.shop.example", "type": "A"})
	require.ErrorContains(t, l.Destroy(), "HostedZoneNotEmpty")
	l.mustUp(program(true))
	require.NoError(t, l.Destroy(), l.Output.String())
	for _, left := range l.account.Left() {
		assert.Contains(t, left.Stays, "deletion is scheduled in 7 days")
	}
	assert.Empty(t, l.account.Leaked())
}

func TestCertificatesWaitForTheirDelegation(t *testing.T) {
	l := newLab(t)
	program := func(domain, parent string) func(*bench) error {
		return func(b *bench) error {
			zone := b.add("route53/zone", "zone", pulumi.Map{"name": text(domain), "forceDestroy": pulumi.Bool(true)})
			certificate := b.add("acm/certificate", "web", pulumi.Map{"domainName": text(domain), "validationMethod": text("DNS")})
			first := certificate.options().Index(pulumi.Int(0))
			value := func(key string) pulumi.Output { return first.MapIndex(text(key)) }
			record := b.add("route53/record", "proof", pulumi.Map{
				"zoneId": zone.ID(), "name": value("resourceRecordName"), "type": value("resourceRecordType"), "ttl": pulumi.Int(60),
				"records": pulumi.Array{value("resourceRecordValue")},
			})
			waits := []pulumi.Resource{record}
			if parent != "" {
				waits = append(waits, b.add("route53/record", "delegation", pulumi.Map{
					"zoneId": text(parent), "name": text(domain), "type": text("NS"), "ttl": pulumi.Int(300), "records": zone.servers(),
				}))
			}
			b.add("acm/certificateValidation", "issued", pulumi.Map{"certificateArn": certificate.Arn}, pulumi.DependsOn(waits))
			return nil
		}
	}
	assert.Contains(t, l.refused(program("nobody.example", "")), "last state: 'PENDING_VALIDATION'")
	require.NoError(t, l.Destroy())
	l.account.Given(aws.Token("route53/zone"), "", "ZPARENT", cloud.Values{"name": "shop.example"})
	assert.Contains(t, l.refused(program("dev.shop.example", "")), "PENDING_VALIDATION", "the zone above does not name it")
	l.mustUp(program("dev.shop.example", "ZPARENT"))
	l.Unchanged()
	require.NoError(t, l.Destroy(), l.Output.String())
	assert.Empty(t, l.account.Leaked())
}
