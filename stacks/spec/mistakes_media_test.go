package spec_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestAnAppGetsKeysForABucketWhereItsRightsAreNotEnough(t *testing.T) {
	keys := changed(t, onGCP, "media", object("store", "bucket", "accessKeys", "on"))
	e, err := parse(t, changed(t, keys, "app.bindings", object("S3_KEY", "media.secretAccessKey", "S3_URL", "media.endpoint")))
	require.NoError(t, err)
	assert.True(t, e.HasAccessKeys())

	e, err = parse(t, changed(t, onGCP, "media", object("store", "bucket")))
	require.NoError(t, err)
	assert.False(t, e.HasAccessKeys())
}

func mediaMistakes() []wrong {
	return []wrong{
		{"access keys on AWS", onAWS, "media", object("store", "bucket", "accessKeys", "on"), `media.accessKeys: would be ignored, because cloud is aws, where clients of S3 sign in with the rights of the pods: give the app no keys`},
		{"access keys of no bucket", onGCP, "media", object("store", "none", "accessKeys", "on"), `media.accessKeys: would be ignored, because media.store is not bucket`},
		{"access key that is bound and not there", onGCP, "", map[string]any{"media": object("store", "bucket"), "app.bindings": object("S3_KEY", "media.accessKeyID")}, `app.bindings.S3_KEY: "media.accessKeyID": is a value that this environment does not have, because media.accessKeys is not on, with media.store bucket and cloud gcp`},
	}
}
