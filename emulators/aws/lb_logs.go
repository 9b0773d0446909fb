package aws

import (
	"regexp"
	"slices"
	"strings"

	"github.com/djangostack/djangostack/emulators/cloud"
)

// startLog writes the first file of a load balancer's access log to its bucket, as AWS does when the log is enabled,
// and refuses a log that the load balancer may not write.
// https://docs.aws.amazon.com/elasticloadbalancing/latest/application/enable-access-logging.html
func startLog(m *cloud.Operation, network bool) error {
	if !m.True("accessLogs.enabled") {
		return nil
	}
	name, prefix := m.Text("accessLogs.bucket"), strings.Trim(m.Text("accessLogs.prefix"), "/")
	if strings.Contains(prefix, "AWSLogs") {
		return cloud.Refuse("InvalidConfigurationRequest", "The prefix of the access logs cannot contain AWSLogs: %s", prefix)
	}
	bucket := m.First(Token("s3/bucketV2"), "id", name)
	if bucket.Text("region") != m.Scope.Region {
		return cloud.Refuse("InvalidConfigurationRequest", "The bucket %s is not in %s, the region of the load balancer", name, m.Scope.Region)
	}
	file := m.Template("AWSLogs/{account}/ELBAccessLogTestFile")
	if prefix != "" {
		file = prefix + "/" + file
	}
	service := "logdelivery.elasticloadbalancing.amazonaws.com"
	if network {
		service = "delivery.logs.amazonaws.com"
	}
	policy := m.First(Token("s3/bucketPolicy"), "bucket", name).Text("policy")
	if withKeyOfKMS(m, name) || !letsWrite(policy, service, bucket.Text("arn")+"/"+file) {
		return cloud.Refuse("InvalidConfigurationRequest", "Access Denied for bucket: %s. Please check S3bucket permission", name)
	}
	if !slices.ContainsFunc(m.Find(Object, "bucket", name), func(one vals) bool { return one.Text("id") == name+"/"+file }) {
		m.LeaveBehind(Object, name+"/"+file, "load balancers write it", vals{"bucket": name})
	}
	return nil
}

// withKeyOfKMS tells whether a bucket is encrypted with a KMS key, which load balancers cannot write with.
func withKeyOfKMS(m *cloud.Operation, bucket string) bool {
	encryption := m.First(Token("s3/bucketServerSideEncryptionConfigurationV2"), "bucket", bucket)
	return slices.ContainsFunc(encryption.Texts("rules.applyServerSideEncryptionByDefault.sseAlgorithm"), func(algorithm string) bool {
		return strings.HasPrefix(algorithm, "aws:kms")
	})
}

// letsWrite tells whether a policy lets a service put an object. It assumes that conditions of Allow hold and
// conditions of Deny do not.
func letsWrite(policy, service, object string) bool {
	all, err := statements(policy)
	if err != nil {
		return false
	}
	allowed := false
	for _, one := range all {
		covers := func(values any, wanted string) bool {
			return slices.ContainsFunc(texts(values), func(pattern string) bool { return coveredBy(pattern, wanted) })
		}
		if !covers(one.Principal, service) || !covers(one.Action, "s3:PutObject") || !covers(one.Resource, object) {
			continue
		}
		if one.Effect == "Deny" && len(one.Condition) == 0 {
			return false
		}
		allowed = allowed || one.Effect == "Allow"
	}
	return allowed
}

// coveredBy tells whether a text matches a pattern with stars.
func coveredBy(pattern, text string) bool {
	expression := strings.ReplaceAll(regexp.QuoteMeta(pattern), `\*`, ".*")
	matched, err := regexp.MatchString("^"+expression+"$", text)
	return err == nil && matched
}
