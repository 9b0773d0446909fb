package existing_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/djangostack/djangostack/tests/mocks"
)

func bucketAt(endpoint string) string {
	return smallApp + fmt.Sprintf(`, "database": {"backups": {"store": "bucket", "bucket": {"name": "company-backups", "endpoint": %q, "accessKeyID": "AKIAIOSFODNN7EXAMPLE", "secretAccessKey": "the-secret-key"}}},
	"monitoring": {"alerts": {}}`, endpoint)
}

func TestBackupsGoToABucketThatExists(t *testing.T) {
	for _, outputs := range mocks.Both() {
		ran := chosen(t, outputs, bucketAt("https://s3.example.com"))

		assert.Len(t, ran.OfKind("PersistentVolumeClaim"), 1, "of the database")
		assert.Empty(t, ran.OfKind("ServiceAccount"))
		have := named(ran.Find(t, "PrometheusRule", "blog-alerts").At(t, "spec.groups[0].rules").([]any))
		assert.Subset(t, have["cronjob"], []string{"blog-backup", "blog-restore-drill"}, "their age is watched as that of backups on a volume")
		for _, r := range ran.Resources {
			assert.NotContains(t, fmt.Sprint(r.Plain()), "the-secret-key", r.Name)
		}
	}
}

func TestTheBackupsPodsReachTheServerOfTheirBucket(t *testing.T) {
	for endpoint, want := range map[string]string{
		"https://s3.example.com":                      "map[ports:[map[port:443 protocol:TCP]] to:[map[ipBlock:map[cidr:0.0.0.0/0 except:[169.254.0.0/16]]] map[ipBlock:map[cidr:::/0 except:[fe80::/10 fd00:ec2::/32]]]]]",
		"http://192.0.2.7:9000":                       "map[ports:[map[port:9000 protocol:TCP]] to:[map[ipBlock:map[cidr:192.0.2.7/32]]]]",
		"http://minio.storage.svc.cluster.local:9000": "map[ports:[map[port:9000 protocol:TCP]] to:[map[ipBlock:map[cidr:0.0.0.0/0 except:[169.254.0.0/16]]] map[ipBlock:map[cidr:::/0 except:[fe80::/10 fd00:ec2::/32]]] map[namespaceSelector:map[]]]]",
		"http://s3.example.com":                       "map[ports:[map[port:80 protocol:TCP]]",
	} {
		policy := chosen(t, mocks.Known, bucketAt(endpoint)).Find(t, "NetworkPolicy", "blog-backups")
		assert.Contains(t, fmt.Sprint(policy.At(t, "spec.egress[0]")), want, endpoint)
	}
}
