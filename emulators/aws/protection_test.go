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

// database is an instance in the network, with further arguments.
func database(more pulumi.Map) func(*registrar) error {
	return func(r *registrar) error {
		n := r.net("10.0.0.0/16", "10.0")
		group := r.add("rds/subnetGroup", "db", pulumi.Map{"subnetIds": n.ids()})
		inputs := pulumi.Map{
			"engine": text("postgres"), "engineVersion": text("17"), "instanceClass": text("db.t4g.micro"), "allocatedStorage": pulumi.Int(20),
			"username": text("shop"), "password": pulumi.ToSecret(text(password)), "dbSubnetGroupName": group.Name, "storageEncrypted": pulumi.Bool(true),
		}
		for key, value := range more {
			inputs[key] = value
		}
		r.add("rds/instance", "db", inputs)
		return nil
	}
}

func TestFinalSnapshotAndDeletionProtection(t *testing.T) {
	e := newEngine(t)
	e.mustUp(database(pulumi.Map{"deletionProtection": pulumi.Bool(true)}))
	e.NoChanges(t)
	require.ErrorContains(t, e.Destroy(), "Cannot delete protected DB Instance")
	assert.Contains(t, e.refused(database(pulumi.Map{"engineVersion": text("16"), "allowMajorVersionUpgrade": pulumi.Bool(true)})), "Cannot upgrade postgres from 17 to 16")

	changes := e.mustUp(database(nil))
	assert.Equal(t, 1, changes["update"], "%v", changes)
	require.ErrorContains(t, e.Destroy(), "final_snapshot_identifier is required when skip_final_snapshot is false")

	e.mustUp(database(pulumi.Map{"finalSnapshotIdentifier": text("shop-last")}))
	require.NoError(t, e.Destroy(), e.Output.String())
	left := e.Account.Left()
	require.Len(t, left, 1)
	assert.Equal(t, "shop-last", left[0].ID)
	assert.Contains(t, left[0].KeptBecause, "final snapshot")
	assert.Empty(t, e.Account.Leaked())

	e.mustUp(database(pulumi.Map{"skipFinalSnapshot": pulumi.Bool(true), "snapshotIdentifier": text("shop-last")}))
	require.NoError(t, e.Destroy(), e.Output.String())
}

func TestSecretsAreNotInTheState(t *testing.T) {
	e := newEngine(t)
	e.mustUp(database(pulumi.Map{"skipFinalSnapshot": pulumi.Bool(true)}))
	e.NoChanges(t)
	assert.Contains(t, e.Stored(), "aws:rds/instance:Instance")
	assert.False(t, strings.Contains(e.Stored(), password), "the state has the secret in plain text")
	assert.False(t, strings.Contains(e.Output.String(), password), "the output has the secret in plain text")

	const short = "hunter2"
	err := e.refused(database(pulumi.Map{"password": pulumi.ToSecret(text(short)), "skipFinalSnapshot": pulumi.Bool(true)}))
	assert.Contains(t, err, "expected length of password to be in the range (8 - 128), got a secret")
	assert.NotContains(t, err, short)
	require.NoError(t, e.Destroy())
}

func TestChangesThatReplaceAndThoseThatDoNot(t *testing.T) {
	e := newEngine(t)
	plain := pulumi.Map{"skipFinalSnapshot": pulumi.Bool(true)}
	e.mustUp(database(plain))
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
		e.register = database(pulumi.Map{"skipFinalSnapshot": pulumi.Bool(true), test.key: test.value})
		plan, err := e.Plan()
		require.NoError(t, err, e.Output.String())
		for op, count := range plan {
			if op == "update" || op == "replace" {
				assert.Equal(t, test.op, string(op), "%s: %d", name, count)
			}
		}
		if test.op == "same" {
			assert.Zero(t, plan["update"]+plan["replace"], name)
		} else {
			assert.NotZero(t, plan["update"]+plan["replace"], name)
		}
	}
	e.register = database(plain)
	require.NoError(t, e.Destroy())
}

func TestBucketsThatAreNotEmptyAreNotDeleted(t *testing.T) {
	e := newEngine(t)
	bucket := func(force bool) func(*registrar) error {
		return func(r *registrar) error {
			made := r.add("s3/bucketV2", "Media", pulumi.Map{"forceDestroy": pulumi.Bool(force)})
			blocked := r.add("s3/bucketPublicAccessBlock", "media", pulumi.Map{
				"bucket": made.ID(), "blockPublicPolicy": pulumi.Bool(true), "blockPublicAcls": pulumi.Bool(true),
			})
			r.add("s3/bucketPolicy", "media", pulumi.Map{"bucket": made.ID(), "policy": pulumi.JSONMarshal(pulumi.Map{
				"Version": text("2012-10-17"), "Statement": pulumi.Array{pulumi.Map{
					"Effect": text("Deny"), "Principal": text("*"), "Action": text("s3:*"), "Resource": pulumi.StringArray{made.Arn},
					"Condition": pulumi.Map{"Bool": pulumi.Map{"aws:SecureTransport": text("false")}},
				}},
			})}, pulumi.DependsOn([]pulumi.Resource{blocked}))
			return nil
		}
	}
	e.mustUp(bucket(false))
	e.NoChanges(t)
	name := string(e.Resources()["Media"].ID)
	assert.Regexp(t, `^media-[0-9a-f]{7}$`, name)
	e.Account.AddExisting(aws.Object, "", name+"/cat.png", cloud.Values{"bucket": name})
	require.ErrorContains(t, e.Destroy(), "BucketNotEmpty")
	e.mustUp(bucket(true))
	require.NoError(t, e.Destroy(), e.Output.String())
	assert.Empty(t, e.Account.Left())
}

func TestKeysWaitForTheirDeletionAndZonesMustBeEmpty(t *testing.T) {
	e := newEngine(t)
	program := func(force bool) func(*registrar) error {
		return func(r *registrar) error {
			key := r.add("kms/key", "data", pulumi.Map{"deletionWindowInDays": pulumi.Int(7), "enableKeyRotation": pulumi.Bool(true)})
			r.add("kms/alias", "data", pulumi.Map{"targetKeyId": key.Arn})
			r.add("route53/zone", "zone", pulumi.Map{"name": text("shop.example"), "forceDestroy": pulumi.Bool(force)})
			return nil
		}
	}
	e.mustUp(program(false))
	e.NoChanges(t)
	assert.Regexp(t, `^alias/data-[0-9a-f]{7}$`, e.Resources()["data"].ID)
	zone := string(e.Resources()["zone"].ID)
	e.Account.AddExisting(aws.Token("route53/record"), "", zone+"_x_A", cloud.Values{"zoneId": zone, "fqdn": "x.shop.example", "type": "A"})
	require.ErrorContains(t, e.Destroy(), "HostedZoneNotEmpty")
	e.mustUp(program(true))
	require.NoError(t, e.Destroy(), e.Output.String())
	for _, left := range e.Account.Left() {
		assert.Contains(t, left.KeptBecause, "deletion is scheduled in 7 days")
	}
	assert.Empty(t, e.Account.Leaked())
}

func TestCertificatesWaitForTheirDelegation(t *testing.T) {
	e := newEngine(t)
	program := func(domain, parent string) func(*registrar) error {
		return func(r *registrar) error {
			zone := r.add("route53/zone", "zone", pulumi.Map{"name": text(domain), "forceDestroy": pulumi.Bool(true)})
			certificate := r.add("acm/certificate", "web", pulumi.Map{"domainName": text(domain), "validationMethod": text("DNS")})
			first := certificate.options().Index(pulumi.Int(0))
			value := func(key string) pulumi.Output { return first.MapIndex(text(key)) }
			record := r.add("route53/record", "proof", pulumi.Map{
				"zoneId": zone.ID(), "name": value("resourceRecordName"), "type": value("resourceRecordType"), "ttl": pulumi.Int(60),
				"records": pulumi.Array{value("resourceRecordValue")},
			})
			waits := []pulumi.Resource{record}
			if parent != "" {
				waits = append(waits, r.add("route53/record", "delegation", pulumi.Map{
					"zoneId": text(parent), "name": text(domain), "type": text("NS"), "ttl": pulumi.Int(300), "records": zone.servers(),
				}))
			}
			r.add("acm/certificateValidation", "issued", pulumi.Map{"certificateArn": certificate.Arn}, pulumi.DependsOn(waits))
			return nil
		}
	}
	assert.Contains(t, e.refused(program("nobody.example", "")), "last state: 'PENDING_VALIDATION'")
	require.NoError(t, e.Destroy())
	e.Account.AddExisting(aws.Token("route53/zone"), "", "ZPARENT", cloud.Values{"name": "shop.example"})
	assert.Contains(t, e.refused(program("dev.shop.example", "")), "PENDING_VALIDATION", "the zone above does not name it")
	e.mustUp(program("dev.shop.example", "ZPARENT"))
	e.NoChanges(t)
	require.NoError(t, e.Destroy(), e.Output.String())
	assert.Empty(t, e.Account.Leaked())
}
