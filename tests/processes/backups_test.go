package processes_test

import (
	"testing"

	"github.com/djangostack/djangostack/stacks/spec"
	"github.com/djangostack/djangostack/tests/environments"
)

// bucketed returns an environment with backups in a bucket.
func bucketed(t *testing.T) environments.Environment {
	t.Helper()
	return environments.Small(spec.NoCloud).Set(t, "database.backups="+inBucket)
}

const inBucket = "{store: bucket, bucket: {name: company-backups, endpoint: 'https://s3.example.com', accessKeyID: AKIAIOSFODNN7EXAMPLE, secretAccessKey: of-the-bucket}}"

func bucketChanges() []change {
	return rows(6, "Backups in a bucket",
		"database.backups={store: volume}",
		"database.backups.bucket.name=other-backups",
		"database.backups.bucket.endpoint=https://s3.example.org",
		"database.backups.bucket.region=eu-central-1",
		"database.backups.bucket.accessKeyID=AKIAI44QH8DHBEXAMPLE",
		"database.backups.bucket.secretAccessKey=another",
		"database.backups.bucket.image=registry.example.com/rclone:1",
	)
}
