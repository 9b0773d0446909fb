package gcp

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/djangostack/djangostack/emulators/cloud"
)

// Object is the type of an object in a bucket that Pulumi did not create. Tests add some with cloud.Account.AddExisting
// and the property bucket.
const Object = "gcp:storage/object"

func buckets() kinds {
	bucket := kind{
		DisplayName: "Cloud Storage Bucket", ID: "{name}",
		Defaults:  vals{"forceDestroy": false, "storageClass": "STANDARD", "softDeletePolicy.retentionDurationSeconds": 604800.0},
		ReplaceOn: []string{"customPlacementConfig", "enableObjectRetention"},
		IgnoreDiff: func(before, after cloud.Values) []string {
			if strings.EqualFold(before.Text("location"), after.Text("location")) {
				return []string{"location"}
			}
			return nil
		},
		ReplaceWhen: func(before, after cloud.Values) []string {
			if before.True("retentionPolicy.isLocked") && !after.True("retentionPolicy.isLocked") {
				return []string{"retentionPolicy"}
			}
			return nil
		},
		Rules: bucketRules(),
		References: []ref{
			refersTo("encryption.defaultKmsKeyName", "kms/cryptoKey"), refersTo("logging.logBucket", "storage/bucket"),
		},
		Unique:   []string{"name"},
		Conflict: code{Code: "409 conflict", Message: "Your previous request to create the named bucket succeeded and you already own it."},
		Missing:  code{Code: "404 notFound", Message: "The specified bucket does not exist: %s"},
		Outputs: vals{
			"selfLink": "https://www.googleapis.com/storage/v1/b/{name}", "url": "gs://{name}", "publicAccessPrevention": "inherited",
			"rpo": "DEFAULT", "uniformBucketLevelAccess": false, "softDeletePolicy.effectiveTime": "{now}",
			"logging.logObjectPrefix": "{name}",
		},
		Apply: makeBucket,
		RefuseDelete: func(m *cloud.Operation) error {
			inside := append(m.Find(Object, "bucket", m.ID), m.Find(Token("storage/bucketObject"), "bucket", m.ID)...)
			if len(inside) > 0 && !m.True("forceDestroy") {
				return fmt.Errorf("Error trying to delete bucket %s containing objects without `force_destroy` set to true", m.ID)
			}
			if len(inside) > 0 && m.Live().Has("retentionPolicy") {
				return cloud.Refuse("403 retentionPolicyNotMet", "Object '%s/%s' is subject to bucket's retention policy and cannot be deleted", m.ID,
					last(inside[0].Text("id")))
			}
			m.DeleteWhere(Object, "bucket", m.ID)
			m.DeleteWhere(Token("storage/bucketObject"), "bucket", m.ID)
			return nil
		},
		AfterDelete: func(m *cloud.Operation) { m.DeleteWhere(Token("storage/bucketIAMMember"), "bucket", "b/"+m.ID) },
	}
	return kinds{"storage/bucket": &bucket, "storage/bucketObject": bucketObject(), "storage/bucketIAMMember": bucketMember()}
}

func bucketRules() rules {
	return rules{
		cloud.Length("name", 3, 222), bucketName, cloud.OneOf("publicAccessPrevention", "inherited", "enforced"),
		cloud.OneOf("storageClass", "STANDARD", "NEARLINE", "COLDLINE", "ARCHIVE", "MULTI_REGIONAL", "REGIONAL", "DURABLE_REDUCED_AVAILABILITY"),
		cloud.OneOf("lifecycleRules.action.type", "Delete", "SetStorageClass", "AbortIncompleteMultipartUpload"),
		cloud.OneOf("lifecycleRules.condition.withState", "LIVE", "ARCHIVED", "ANY", ""), cloud.OneOf("rpo", "DEFAULT", "ASYNC_TURBO"),
		cloud.Match("cors.origins", `^(\*|https?://[^/]+)$`, "is no origin (SCHEME://HOST[:PORT])"),
		cloud.Match("cors.methods", `^(\*|[A-Z]+)$`, "is no method of HTTP"), softDelete, lifecycle,
	}
}

// bucketName checks a bucket's name. https://cloud.google.com/storage/docs/buckets#naming
func bucketName(j *cloud.Validation) {
	cloud.Match("name", `^[a-z0-9][a-z0-9._-]*[a-z0-9]$`, "only lower-case letters, digits, dashes, underscores and dots, with a letter or digit at both ends")(j)
	name := j.Text("name")
	for _, part := range strings.Split(name, ".") {
		if len(part) > 63 {
			j.Fail("name", "%q name validation failed: each component can be no longer than 63 characters", name)
		}
	}
	if strings.HasPrefix(name, "goog") || strings.Contains(name, "google") {
		j.Fail("name", "bucket names cannot begin with \"goog\" or contain \"google\" (got %q)", name)
	}
}

func softDelete(j *cloud.Validation) {
	const path = "softDeletePolicy.retentionDurationSeconds"
	const day = 24 * 60 * 60
	if kept := j.Number(path); kept != 0 && (kept < 7*day || kept > 90*day) {
		j.Fail(path, "soft delete is off (0) or lasts 7 to 90 days (got %v seconds)", kept)
	}
}

// lifecycle requires a condition and an action of every rule.
func lifecycle(j *cloud.Validation) {
	for i, one := range j.Objects("lifecycleRules") {
		at, action := fmt.Sprintf("lifecycleRules[%d]", i), one.Text("action.type")
		conditions, _ := one["condition"].(cloud.Values)
		switch {
		case len(conditions) == 0:
			j.Fail(at, "a rule needs a condition")
		case action == "SetStorageClass" && !one.Has("action.storageClass"):
			j.Fail(at, "SetStorageClass needs a storage class")
		case action != "SetStorageClass" && one.Text("action.storageClass") != "":
			j.Fail(at, "a storage class goes with SetStorageClass only")
		case action == "AbortIncompleteMultipartUpload":
			for _, name := range slices.Sorted(maps.Keys(conditions)) {
				if !slices.Contains([]string{"age", "matchesPrefixes", "matchesSuffixes"}, name) {
					j.Fail(at, "AbortIncompleteMultipartUpload goes with age, matchesPrefix and matchesSuffix only (got %s)", name)
				}
			}
		}
	}
}

func makeBucket(m *cloud.Operation) error {
	m.Values["location"] = strings.ToUpper(m.Text("location"))
	m.Values["projectNumber"] = numberOf(m.Scope)
	location := strings.ToLower(m.Text("location"))
	if !slices.Contains([]string{"us", "eu", "asia", "nam4", "eur4", "asia1", "eur5", "eur7", "eur8"}, location) && zonesOf(location) == nil {
		return cloud.Refuse("400 invalid", "The specified location constraint is not valid: %s", location)
	}
	if !m.Has("softDeletePolicy") {
		m.Values["softDeletePolicy"] = vals{"retentionDurationSeconds": 604800.0, "effectiveTime": m.Template("{now}")}
	}
	if !m.Has("versioning") {
		m.Values["versioning"] = vals{"enabled": false}
	}
	if !m.Has("website") {
		m.Values["website"] = vals{"mainPageSuffix": "", "notFoundPage": ""}
	}
	if m.True("versioning.enabled") && m.Has("retentionPolicy") {
		return cloud.Refuse("400 invalid", "A bucket cannot have both versioning and a retention policy")
	}
	if m.Old.True("uniformBucketLevelAccess") && !m.True("uniformBucketLevelAccess") && m.Has("publicAccessPrevention") {
		for _, member := range m.Find(Token("storage/bucketIAMMember"), "bucket", "b/"+m.ID) {
			if member.Has("condition") {
				return cloud.Refuse("412 conditionNotMet", "Uniform access cannot be turned off while the bucket's policy has conditions")
			}
		}
	}
	return keyIsUsable(m, "encryption.defaultKmsKeyName", "storage.googleapis.com", location)
}

func bucketObject() *kind {
	return &kind{
		DisplayName: "Cloud Storage Object", ID: "{bucket}-{name}", Name: &cloud.Name{Property: "name", Max: 255, Separator: "-"},
		ReplaceOn: []string{
			"bucket", "cacheControl", "contentDisposition", "contentEncoding", "contentLanguage", "contentType", "customerEncryption",
			"kmsKeyName", "storageClass",
		},
		Rules:      rules{cloud.OneNeeded("content", "source")},
		References: []ref{refersTo("bucket", "storage/bucket"), refersTo("kmsKeyName", "kms/cryptoKey")},
		Unique:     []string{"bucket", "name"},
		Outputs: vals{
			"contentType": "text/plain; charset=utf-8", "crc32c": "{letters:6}==", "md5hash": "{letters:22}==", "outputName": "{name}",
			"generation": 1.0, "storageClass": "STANDARD", "detectMd5hash": "different hash",
			"selfLink":  "https://www.googleapis.com/storage/v1/b/{bucket}/o/{name}",
			"mediaLink": "https://storage.googleapis.com/download/storage/v1/b/{bucket}/o/{name}?generation=1&alt=media",
		},
	}
}

func bucketMember() *kind {
	return member("Cloud Storage Bucket", "bucket", []ref{
		{Path: "bucket", To: "storage/bucket", By: []string{"name", "id"}, ExternalPrefixes: []string{"b/"}},
	}, func(m *cloud.Operation) (string, error) {
		name := strings.TrimPrefix(m.Text("bucket"), "b/")
		m.Values["bucket"] = "b/" + name
		bucket := m.First(Token("storage/bucket"), "name", name)
		public := slices.Contains([]string{"allUsers", "allAuthenticatedUsers"}, m.Text("member"))
		switch {
		case len(bucket) == 0:
			return "", cloud.Refuse("404 notFound", "The specified bucket does not exist: %s", name)
		case public && bucket.Text("publicAccessPrevention") == "enforced":
			return "", cloud.Refuse("412 conditionNotMet", "The member bindings allUsers and allAuthenticatedUsers are not allowed since public access "+
				"prevention is enforced.")
		case m.Has("condition") && !bucket.True("uniformBucketLevelAccess"):
			return "", cloud.Refuse("412 conditionNotMet", "Conditions need uniform bucket-level access")
		}
		return "b/" + name, nil
	})
}
