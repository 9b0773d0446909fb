package aws

import (
	"fmt"
	"slices"
	"strings"

	"github.com/djangostack/djangostack/emulators/cloud"
)

// Object is the type of an object in a bucket that Pulumi did not create. Tests add some with cloud.Account.AddExisting
// and the property bucket.
const Object = "aws:s3/object"

// oneWildcard is what S3 allows in the origins and headers of CORS.
const oneWildcard = `^[^*]*\*?[^*]*$`

func buckets() kinds {
	return kinds{
		"s3/bucketV2": {
			DisplayName: "S3 Bucket", ID: "{bucket}", Global: true,
			Name:      &cloud.Name{Property: "bucket", Max: 63, Separator: "-", Lower: true, ReplacedBy: "bucketPrefix"},
			Defaults:  vals{"forceDestroy": false},
			ReplaceOn: []string{"bucket", "bucketPrefix", "objectLockEnabled"},
			Computed: []string{
				"corsRules", "grants", "lifecycleRules", "loggings", "replicationConfigurations", "serverSideEncryptionConfigurations",
				"versionings", "websites",
			},
			Rules: rules{
				cloud.Length("bucket", 3, 63), cloud.Match("bucket", `^[a-z0-9]([0-9a-z.-]*[a-z0-9])?$`,
					"only lowercase letters, digits, hyphens and periods allowed, with a letter or digit at both ends"),
				cloud.Exclusive("bucket", "bucketPrefix"),
			},
			Unique:   []string{"bucket"},
			Conflict: code{Code: "BucketAlreadyOwnedByYou", Message: "Your previous request to create the named bucket %s succeeded and you already own it."},
			Outputs: vals{
				"arn": "arn:{partition}:s3:::{bucket}", "bucketDomainName": "{bucket}.s3.amazonaws.com", "region": "{region}",
				"bucketRegionalDomainName": "{bucket}.s3.{region}.amazonaws.com", "requestPayer": "BucketOwner", "objectLockEnabled": false,
			},
			Missing: code{Code: "NoSuchBucket", Message: "The specified bucket does not exist: %s"},
			Apply: func(m *cloud.Operation) error {
				m.Values["hostedZoneId"] = websiteZone(m.Scope.Region)
				return nil
			},
			RefuseDelete: func(m *cloud.Operation) error {
				inside := len(m.Find(Object, "bucket", m.ID)) + len(m.Find(Token("s3/bucketObjectv2"), "bucket", m.ID))
				if inside > 0 && !m.True("forceDestroy") {
					return cloud.Refuse("BucketNotEmpty", "The bucket you tried to delete is not empty: %s has %d objects", m.ID, inside)
				}
				m.DeleteWhere(Object, "bucket", m.ID)
				m.DeleteWhere(Token("s3/bucketObjectv2"), "bucket", m.ID)
				return nil
			},
			AfterDelete: func(m *cloud.Operation) {
				for short := range bucketSettings() {
					m.DeleteWhere(Token(short), "bucket", m.ID)
				}
			},
		},
		"s3/bucketObjectv2": {
			DisplayName: "S3 Object", ID: "{key}", Name: &cloud.Name{Property: "key", Max: 1024, Separator: "-"},
			Defaults: vals{"forceDestroy": false}, ReplaceOn: []string{"bucket", "key"},
			Rules:      rules{cloud.Exclusive("content", "contentBase64", "source")},
			References: []ref{points("bucket", "s3/bucketV2")},
			Outputs: vals{
				"arn": "arn:{partition}:s3:::{bucket}/{key}", "contentType": "application/octet-stream", "storageClass": "STANDARD",
				"etag": "{hex:32}", "serverSideEncryption": "AES256",
			},
		},
	}
}

// websiteZone returns the hosted zone of S3 websites in a region. https://docs.aws.amazon.com/general/latest/gr/s3.html
func websiteZone(region string) string {
	return map[string]string{
		"us-east-1": "Z3AQBSTGFYJSTF", "us-east-2": "Z2O1EMRO9K5GLX", "us-west-2": "Z3BJ6K6RIION7M", "eu-central-1": "Z21DNDUVLTQW6Q",
		"eu-west-1": "Z1BKCTXD74EZPE", "eu-west-2": "Z3GKZC51ZF0DB4", "eu-north-1": "Z3BAZG2TWCNX0D",
	}[region]
}

// setting is one of the settings of a bucket. S3 has one of each and overwrites it silently. The emulator refuses two
// resources for the same setting.
func setting(called string, more kind) *kind {
	more.DisplayName, more.ID, more.Global = called, "{bucket}", true
	more.ReplaceOn = append(more.ReplaceOn, "bucket")
	more.References = append(more.References, points("bucket", "s3/bucketV2"))
	more.Unique, more.Overwrites = []string{"bucket"}, true
	more.Conflict = code{Code: "OverwrittenSilently", Message: "bucket %s has one already, which S3 would overwrite without a word"}
	return &more
}

func bucketSettings() kinds {
	owner := []string{"expectedBucketOwner"}
	storage := []string{"GLACIER", "STANDARD_IA", "ONEZONE_IA", "INTELLIGENT_TIERING", "DEEP_ARCHIVE", "GLACIER_IR"}
	return kinds{
		"s3/bucketVersioningV2": setting("S3 Bucket Versioning", kind{ReplaceOn: owner, Rules: rules{
			cloud.OneOf("versioningConfiguration.status", "Enabled", "Suspended", "Disabled"),
		}}),
		"s3/bucketServerSideEncryptionConfigurationV2": setting("S3 Bucket Server-side Encryption Configuration", kind{ReplaceOn: owner,
			Sets: []string{"rules"},
			Rules: rules{
				cloud.OneOf("rules.applyServerSideEncryptionByDefault.sseAlgorithm", "AES256", "aws:kms", "aws:kms:dsse"),
				func(j *cloud.Validation) {
					const at = "rules.applyServerSideEncryptionByDefault"
					if j.Has(at+".kmsMasterKeyId") && j.Known(at+".sseAlgorithm") && j.Text(at+".sseAlgorithm") == "AES256" {
						j.Fail(at+".kmsMasterKeyId", "a KMS key goes with aws:kms only")
					}
				},
			},
			References: []ref{key("rules.applyServerSideEncryptionByDefault.kmsMasterKeyId")},
		}),
		"s3/bucketCorsConfigurationV2": setting("S3 Bucket CORS Configuration", kind{ReplaceOn: owner,
			Sets: []string{"corsRules"},
			Rules: rules{
				cloud.OneOf("corsRules.allowedMethods", "GET", "PUT", "HEAD", "POST", "DELETE"), cloud.Length("corsRules.id", 0, 255),
				cloud.Match("corsRules.allowedOrigins", oneWildcard, "AllowedOrigin can not have more than one wildcard."),
				cloud.Match("corsRules.allowedHeaders", oneWildcard, "AllowedHeader can not have more than one wildcard."),
				cloud.Match("corsRules.exposeHeaders", `^[^*]*$`, "ExposeHeader contains wildcard. We currently do not support wildcard for ExposeHeader."),
				func(j *cloud.Validation) {
					for i, one := range j.Objects("corsRules") {
						if !one.Has("allowedMethods") || !one.Has("allowedOrigins") {
							j.Fail(fmt.Sprintf("corsRules[%d]", i), "allowedMethods and allowedOrigins are required")
						}
					}
				},
			},
		}),
		"s3/bucketLifecycleConfigurationV2": setting("S3 Bucket Lifecycle Configuration", kind{ReplaceOn: owner,
			Rules: rules{
				cloud.OneOf("rules.status", "Enabled", "Disabled"), cloud.Length("rules.id", 1, 255),
				cloud.OneOf("rules.transitions.storageClass", storage...),
				cloud.OneOf("rules.noncurrentVersionTransitions.storageClass", storage...), lifecycleDoes,
			},
			Outputs: vals{"transitionDefaultMinimumObjectSize": "all_storage_classes_128K"},
		}),
		"s3/bucketOwnershipControls": setting("S3 Bucket Ownership Controls", kind{Rules: rules{
			cloud.OneOf("rule.objectOwnership", "BucketOwnerPreferred", "ObjectWriter", "BucketOwnerEnforced"),
		}}),
		"s3/bucketPublicAccessBlock": setting("S3 Bucket Public Access Block", kind{Defaults: vals{
			"blockPublicAcls": false, "blockPublicPolicy": false, "ignorePublicAcls": false, "restrictPublicBuckets": false,
		}}),
		"s3/bucketPolicy": setting("S3 Bucket Policy", kind{
			JSON: []string{"policy"}, Rules: rules{policyAt("policy", true)}, Apply: checkBucketPolicy,
		}),
		"s3/bucketLoggingV2": setting("S3 Bucket Logging", kind{ReplaceOn: owner, References: []ref{points("targetBucket", "s3/bucketV2")}}),
		"s3/bucketAclV2": setting("S3 Bucket ACL", kind{ReplaceOn: owner,
			Rules: rules{
				cloud.OneNeeded("acl", "accessControlPolicy"), cloud.OneOf("acl", "private", "public-read", "public-read-write",
					"aws-exec-read", "authenticated-read", "bucket-owner-read", "bucket-owner-full-control", "log-delivery-write"),
			},
			Apply: func(m *cloud.Operation) error {
				controls := m.First(Token("s3/bucketOwnershipControls"), "bucket", m.Text("bucket")).Text("rule.objectOwnership")
				if controls == "" || controls == "BucketOwnerEnforced" {
					return cloud.Refuse("AccessControlListNotSupported", "The bucket does not allow ACLs")
				}
				return nil
			},
		}),
	}
}

// lifecycleDoes requires that every rule has an action.
func lifecycleDoes(j *cloud.Validation) {
	does := []string{
		"abortIncompleteMultipartUpload", "expiration", "noncurrentVersionExpiration", "noncurrentVersionTransitions", "transitions",
	}
	for i, one := range j.Objects("rules") {
		if !slices.ContainsFunc(does, one.Has) {
			j.Fail(fmt.Sprintf("rules[%d]", i), "At least one action needs to be specified in a rule")
		}
		for _, transition := range append(one.Objects("transitions"), one.Objects("noncurrentVersionTransitions")...) {
			days, infrequent := transition.Number("days")+transition.Number("noncurrentDays"), strings.HasSuffix(transition.Text("storageClass"), "_IA")
			if infrequent && days < 30 && !transition.Has("date") {
				j.Fail(fmt.Sprintf("rules[%d]", i), "'Days' in Transition action must be greater than or equal to 30 for storageClass '%s'",
					transition.Text("storageClass"))
			}
		}
	}
}

// checkBucketPolicy refuses a policy about other buckets, and a public policy where public policies are blocked.
func checkBucketPolicy(m *cloud.Operation) error {
	bucket := m.Text("bucket")
	mine := m.First(Token("s3/bucketV2"), "id", bucket).Text("arn")
	all, err := statements(m.Text("policy"))
	if err != nil {
		return cloud.Refuse("MalformedPolicy", "%v", err)
	}
	blocked := m.First(Token("s3/bucketPublicAccessBlock"), "bucket", bucket).True("blockPublicPolicy")
	for _, one := range all {
		for _, about := range texts(one.Resource) {
			if about != mine && !strings.HasPrefix(about, mine+"/") {
				return cloud.Refuse("MalformedPolicy", "Policy has invalid resource: %s", about)
			}
		}
		public := one.Effect == "Allow" && slices.Contains(texts(one.Principal), "*") && len(one.Condition) == 0
		if public && blocked {
			return cloud.Refuse("AccessDenied", "User is not authorized to perform: s3:PutBucketPolicy on resource: %q because public "+
				"policies are prevented by the BlockPublicPolicy setting in S3 Block Public Access.", mine)
		}
	}
	return nil
}
