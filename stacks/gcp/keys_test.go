package gcp_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/djangostack/djangostack/stacks/spec"
	"github.com/djangostack/djangostack/tests/mocks"
)

// An app that speaks the S3 protocol only signs its requests to Cloud Storage with a key.
func TestAnAppOfS3GetsAKeyForTheBucketOfUploads(t *testing.T) {
	text := fmt.Sprintf(whole, spec.Production)
	ran := run(t, mocks.Known, strings.Replace(text, `"media": {"store": "bucket"}`, `"media": {"store": "bucket", "accessKeys": "on"}`, 1))
	settings, secret := ran.Find(t, "ConfigMap", "blog-env").Plain()["data"], ran.Find(t, "Secret", "blog-env")
	assert.Contains(t, settings, "AWS_S3_ENDPOINT_URL")
	assert.Equal(t, "https://storage.googleapis.com", settings.(map[string]any)["AWS_S3_ENDPOINT_URL"])
	assert.Equal(t, "GOOG1EACCESSID", settings.(map[string]any)["AWS_ACCESS_KEY_ID"])
	assert.Equal(t, "when_required", settings.(map[string]any)["AWS_REQUEST_CHECKSUM_CALCULATION"], "Cloud Storage knows no checksums of S3")
	assert.Equal(t, "of-the-access-key", secret.At(t, "stringData.AWS_SECRET_ACCESS_KEY"))
	assert.Equal(t, mocks.Hidden, secret.Plain()["stringData"])

	without := run(t, mocks.Known, text)
	assert.NotContains(t, without.Find(t, "ConfigMap", "blog-env").Plain()["data"], "AWS_S3_ENDPOINT_URL")
	assert.Empty(t, without.OfKind("HmacKey"))
}
