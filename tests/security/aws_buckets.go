package security

import "slices"

const (
	bucket            = "aws:s3/bucketV2:BucketV2"
	bucketPolicy      = "aws:s3/bucketPolicy:BucketPolicy"
	bucketEncryption  = "aws:s3/bucketServerSideEncryptionConfigurationV2:BucketServerSideEncryptionConfigurationV2"
	bucketLifecycle   = "aws:s3/bucketLifecycleConfigurationV2:BucketLifecycleConfigurationV2"
	bucketVersioning  = "aws:s3/bucketVersioningV2:BucketVersioningV2"
	bucketOwnership   = "aws:s3/bucketOwnershipControls:BucketOwnershipControls"
	bucketAccessBlock = "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock"
	bucketAlgorithm   = "rules[*].applyServerSideEncryptionByDefault.sseAlgorithm"
)

func bucketsOnAWS() []Line {
	logs := called("-access-logs", "with access logs")
	return []Line{
		{
			IDs: []string{"CIS AWS 2.1.4", "CKV2_AWS_6", "CKV_AWS_53", "CKV_AWS_54", "CKV_AWS_55", "CKV_AWS_56"}, Asks: "S3 itself refuses to make a bucket public",
			Of: []string{bucket},
			Needs: []Need{namedBy(bucketAccessBlock, "bucket",
				argument{"blockPublicAcls", is(true)}, argument{"blockPublicPolicy", is(true)},
				argument{"ignorePublicAcls", is(true)}, argument{"restrictPublicBuckets", is(true)})},
		},
		{
			IDs: []string{"CKV_AWS_20", "CKV_AWS_57", "CKV2_AWS_65"}, Asks: "Objects have no access control lists",
			Of:    []string{bucket},
			Needs: []Need{arg("acl", isNotGiven("public-read")), namedBy(bucketOwnership, "bucket", argument{"rule.objectOwnership", is("BucketOwnerEnforced")})},
		},
		{
			IDs: []string{"CKV_AWS_70"}, Asks: "A bucket's policy gives everyone nothing",
			Of: []string{bucketPolicy}, Needs: []Need{arg("policy>Statement[*]", notEveryone())},
		},
		{
			IDs: []string{"CKV_AWS_93"}, Asks: "A bucket's policy cannot lock everyone out",
			Of: []string{bucketPolicy}, Needs: []Need{arg("policy>Statement[*]", that("denies under a condition only", func(got any) bool {
				statement, ok := got.(map[string]any)
				return ok && (statement["Effect"] != "Deny" || !empty(statement["Condition"]))
			}, map[string]any{"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*"}))},
		},
		{
			IDs: []string{"CIS AWS 2.1.1", "CKV_AWS_379"}, Asks: "Nothing comes or goes without TLS",
			Of: []string{bucketPolicy}, Needs: []Need{arg("policy>Statement", that("denies everyone without TLS", refusesPlainText, []any{}, absent{}))},
		},
		{
			IDs: []string{"CKV_AWS_19"}, Asks: "Objects are encrypted",
			Of: []string{bucket}, Needs: []Need{namedBy(bucketEncryption, "bucket", argument{bucketAlgorithm, isOneOf("AES256", "aws:kms")})},
		},
		{
			IDs: []string{"CKV_AWS_145"}, Asks: "Uploaded files are encrypted with a key of the account",
			Of: []string{bucket}, Where: called("-media", "with uploaded files"), Needs: []Need{namedBy(bucketEncryption, "bucket", argument{bucketAlgorithm, is("aws:kms")})},
			NotMet: notMet("S3 encrypts with its own keys. Objects encrypted with another key need requests with signature version 4, and older apps sign their URLs differently; the component accepts a key (`KeyARN`)"),
		},
		{
			IDs: []string{"CKV_AWS_145"}, Asks: "Static files are encrypted with a key of the account",
			Of: []string{bucket}, Where: called("-static", "with static files"), Needs: []Need{namedBy(bucketEncryption, "bucket", argument{bucketAlgorithm, is("aws:kms")})},
			NotMet: notMet("everyone can read these through the CDN; S3 encrypts them with its own keys"),
		},
		{
			IDs: []string{"CKV_AWS_145"}, Asks: "Access logs are encrypted with a key of the account",
			Of: []string{bucket}, In: Other, Where: logs, Needs: []Need{namedBy(bucketEncryption, "bucket", argument{bucketAlgorithm, is("aws:kms")})},
			NotMet: notMet("load balancers write to buckets with S3's own keys only"),
		},
		{
			IDs: []string{"CKV_AWS_21"}, Asks: "What is overwritten or deleted can be brought back",
			Of: []string{bucket}, Where: &Where{Text: "with files of the app", holds: func(r Resource) bool { return !logs.holds(r) }},
			Needs:  []Need{namedBy(bucketVersioning, "bucket", argument{"versioningConfiguration.status", is("Enabled")})},
			NotMet: inStaging("made to be thrown away"),
		},
		{
			IDs: []string{"CKV_AWS_21"}, Asks: "So can access logs",
			Of: []string{bucket}, In: Other, Where: logs, Needs: []Need{namedBy(bucketVersioning, "bucket", argument{"versioningConfiguration.status", is("Enabled")})},
			NotMet: notMet("the load balancer writes each file once, under a unique name, and the app cannot change them; a lifecycle rule deletes them"),
		},
		{
			IDs: []string{"CIS AWS 2.1.2"}, Asks: "Versions are deleted with a second factor only",
			Of: []string{bucketVersioning}, Needs: []Need{arg("versioningConfiguration.mfaDelete", is("Enabled"))},
			NotMet: notMet("only the account's root user can switch it on, with its device in hand; no program can"),
		},
		{
			IDs: []string{"CKV2_AWS_61", "CKV_AWS_300"}, Asks: "Lifecycle rules delete what is no longer needed, including the parts of aborted uploads",
			Of:    []string{bucket},
			Needs: []Need{namedBy(bucketLifecycle, "bucket", argument{"rules", that("has a rule with `abortIncompleteMultipartUpload`", endsUploads, []any{}, absent{})})},
		},
		{
			IDs: []string{"CKV_AWS_18"}, Asks: "Who asked for what is logged",
			Of: []string{bucket}, Needs: []Need{namedBy("aws:s3/bucketLoggingV2:BucketLoggingV2", "bucket")},
			NotMet: notMet("one line per served file; the account's CloudTrail can record requests to its buckets"),
		},
		{
			IDs: []string{"CIS AWS 3.8", "CIS AWS 3.9"}, Asks: "CloudTrail records who reads and writes objects",
			Of: []string{bucket}, Needs: []Need{namedBy("aws:cloudtrail/trail:Trail", "eventSelectors[*].dataResources[*].values[*]")},
			NotMet: notMet("the trail is the account's, not an environment's"),
		},
		{
			IDs: []string{"CKV_AWS_144"}, Asks: "Objects are copied to another region",
			Of: []string{bucket}, Needs: []Need{namedBy("aws:s3/bucketReplicationConfig:BucketReplicationConfig", "bucket")},
			NotMet: notMet("an environment is in one region, and S3 stores objects in three zones of it"),
		},
		{
			IDs: []string{"CKV2_AWS_62"}, Asks: "Someone is told of changes",
			Of: []string{bucket}, Needs: []Need{namedBy("aws:s3/bucketNotification:BucketNotification", "bucket")},
			NotMet: notMet("nothing consumes the events: the app itself writes the objects, and the load balancer its log"),
		},
	}
}

// refusesPlainText tells whether a policy denies requests without TLS.
func refusesPlainText(got any) bool {
	list, _ := got.([]any)
	return slices.ContainsFunc(list, func(each any) bool {
		statement, _ := each.(map[string]any)
		return statement["Effect"] == "Deny" && everyone(statement["Principal"]) && statement["Action"] == "s3:*" &&
			first(statement, `Condition.Bool["aws:SecureTransport"]`) == "false"
	})
}

func endsUploads(got any) bool {
	list, _ := got.([]any)
	return slices.ContainsFunc(list, func(each any) bool {
		rule, _ := each.(map[string]any)
		return rule["status"] == "Enabled" && first(rule, "abortIncompleteMultipartUpload.daysAfterInitiation") != nil
	})
}
